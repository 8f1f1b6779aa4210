//! What this server says of itself: an `OpenAPI` document, and a page of it.
//!
//! Every operation stands once, in [`operations`]; a test holds it against the paths that there are.

mod asked;
mod bodies;
mod closed;
mod examples;
mod operation;
mod operations;
mod page;
mod schemas;

use std::sync::LazyLock;

use axum::http::StatusCode;
use axum::response::Response;
use utoipa::openapi::content::Content;
use utoipa::openapi::path::{OperationBuilder, Parameter, ParameterBuilder, ParameterIn, PathItem, PathsBuilder};
use utoipa::openapi::request_body::RequestBodyBuilder;
use utoipa::openapi::response::ResponseBuilder;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, SecurityRequirement, SecurityScheme};
use utoipa::openapi::tag::TagBuilder;
use utoipa::openapi::{Components, InfoBuilder, OpenApi, OpenApiBuilder, Required};

use self::operation::{Body, Door, Operation};
use self::operations::OPERATIONS;
use super::answer;
use super::pages;

static DOCUMENT: LazyLock<OpenApi> = LazyLock::new(document);
static JSON: LazyLock<Vec<u8>> = LazyLock::new(|| serde_json::to_vec(&*DOCUMENT).expect("the document is JSON"));
static PAGE: LazyLock<String> = LazyLock::new(|| page::page(&JSON));

const ABOUT: &str = "Ask for training runs and learn their losses, within a budget. The five paths of the 2026 protocol \
and the three of 2024 and 2025 answer as the courses' servers do, and nothing is ever added to their bodies. What is \
more stands under /v1. Every answer bears an X-Request-ID, which is the one that was sent if there was one.";

/// `GET /openapi.json`
pub(super) async fn json() -> Response {
    answer::json_bytes(StatusCode::OK, JSON.clone())
}

/// `GET /docs`, and `GET /redoc`
pub(super) async fn docs() -> Response {
    pages::html(&PAGE)
}

fn document() -> OpenApi {
    let info =
        InfoBuilder::new().title("isoflop training API").version(env!("CARGO_PKG_VERSION")).description(Some(ABOUT));
    let mut paths = PathsBuilder::new();
    for operation in OPERATIONS {
        paths = paths.path(operation.path, PathItem::new(operation.method.clone(), told(operation)));
    }
    let tag = |&(name, about): &(&str, &str)| TagBuilder::new().name(name).description(Some(about)).build();
    OpenApiBuilder::new()
        .info(info.build())
        .paths(paths.build())
        .components(Some(components()))
        .tags(Some(operations::TAGS.iter().map(tag)))
        .build()
}

fn components() -> Components {
    let mut components = schemas::schemas();
    for door in [Door::User, Door::Worker, Door::Query] {
        let (name, key, about) = door.key();
        let value = ApiKeyValue::with_description(key, about);
        let key = if door == Door::Query { ApiKey::Query(value) } else { ApiKey::Header(value) };
        components.add_security_scheme(name, SecurityScheme::ApiKey(key));
    }
    components
}

fn told(operation: &Operation) -> OperationBuilder {
    let mut told = OperationBuilder::new()
        .tag(operation.tag)
        .operation_id(Some(operation.id))
        .summary(Some(operation.summary))
        .description(Some(operation.about))
        .security(SecurityRequirement::new::<_, [&str; 0], &str>(operation.door.key().0, []));
    for parameter in path_parameters(operation.path).chain(operation.query.iter().map(asked::Asked::parameter)) {
        told = told.parameter(parameter);
    }
    if let Some(body) = &operation.body {
        let mut content = content(body);
        content.example = examples::of(operation.id);
        let body = RequestBodyBuilder::new().required(Some(Required::True)).content("application/json", content);
        told = told.request_body(Some(body.build()));
    }
    let (status, about, body) = &operation.answer;
    told = told.response(status.to_string(), response(about, body));
    for (status, about, body) in operation.refusals() {
        told = told.response(status.to_string(), response(about, &body));
    }
    told
}

fn path_parameters(path: &str) -> impl Iterator<Item = Parameter> {
    path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}')).map(|name| {
        ParameterBuilder::new()
            .name(name)
            .parameter_in(ParameterIn::Path)
            .required(Required::True)
            .description(Some("The number of an experiment."))
            .schema(Some(asked::integer()))
            .build()
    })
}

fn response(about: &str, body: &Body) -> ResponseBuilder {
    let response = ResponseBuilder::new().description(about);
    match body {
        Body::Nothing => response,
        Body::Text(kind) => response.content(*kind, Content::new(Some(asked::text()))),
        body => response.content("application/json", content(body)),
    }
}

fn content(body: &Body) -> Content {
    Content::new(Some(body.schema()))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::super::ENDPOINTS;
    use super::*;

    /// Paths as both sides spell them, the names of parameters aside.
    fn plain(path: &str) -> String {
        path.split('/').map(|part| if part.starts_with('{') { "{}" } else { part }).collect::<Vec<_>>().join("/")
    }

    #[test]
    fn every_path_for_users_and_workers_is_told_and_no_other() {
        let hidden = ["/internal/", "/v1/operator/", "/pages/"];
        let pages = ["/docs", "/redoc", "/openapi.json", "/dashboard", "/operator", "/healthz", "/readyz", "/metrics"];
        let is_told = |path: &str| !pages.contains(&path) && !hidden.iter().any(|start| path.starts_with(start));
        let there: BTreeSet<_> = ENDPOINTS
            .iter()
            .filter(|endpoint| is_told(endpoint.path))
            .map(|endpoint| (plain(endpoint.path), endpoint.allow.to_lowercase()))
            .collect();
        let document: serde_json::Value = serde_json::from_slice(&JSON).expect("JSON");
        let paths = document["paths"].as_object().expect("paths");
        let told: BTreeSet<_> = paths
            .iter()
            .flat_map(|(path, item)| {
                item.as_object().expect("methods").keys().map(|method| (plain(path), method.clone()))
            })
            .collect();
        assert_eq!(told, there);
    }

    #[test]
    fn every_reference_leads_somewhere() {
        let document: serde_json::Value = serde_json::from_slice(&JSON).expect("JSON");
        let mut todo = vec![&document];
        while let Some(value) = todo.pop() {
            match value {
                serde_json::Value::Object(members) => {
                    if let Some(target) = members.get("$ref").and_then(|target| target.as_str()) {
                        let pointer = target.strip_prefix('#').expect("a reference into the document");
                        assert!(document.pointer(pointer).is_some(), "{target}");
                    }
                    todo.extend(members.values());
                }
                serde_json::Value::Array(items) => todo.extend(items),
                _ => {}
            }
        }
    }
}
