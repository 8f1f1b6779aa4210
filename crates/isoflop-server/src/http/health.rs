//! What those who watch the server ask, without a key.

use axum::body::Body;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::Response;
use serde::Serialize;

use super::{App, answer};

/// Clients that keep answers tell by this whether the same books still stand behind an address.
const SERVER_ID: HeaderName = HeaderName::from_static("x-isoflop-server");

/// `GET /healthz`: whether it lives; if not, nothing but another start helps
pub(super) async fn alive(State(app): State<App>) -> Response {
    #[derive(Serialize)]
    struct Alive {
        status: &'static str,
    }
    if app.service.condition().is_broken() {
        let mut told = answer::ok(&Alive { status: "broken" });
        *told.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
        return told;
    }
    let mut told = answer::ok(&Alive { status: "alive" });
    told.headers_mut().insert(SERVER_ID, app.id);
    told
}

/// `GET /readyz`: whether it can take new work, and why not
pub(super) async fn ready(State(app): State<App>) -> Response {
    #[derive(Serialize)]
    struct Ready {
        ready: bool,
        why_not: Vec<&'static str>,
    }
    let condition = app.service.condition();
    if condition.is_broken() {
        // Its books may be half written.
        let mut told = answer::ok(&Ready { ready: false, why_not: vec!["broken: start the server again"] });
        *told.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
        return told;
    }
    let reasons = [
        (!condition.is_writable(), "the database cannot be written"),
        (app.service.ledger().draining(), "draining: no run is handed out"),
        (condition.is_stopping(), "stopping"),
    ];
    let why_not: Vec<_> = reasons.into_iter().filter_map(|(holds, why)| holds.then_some(why)).collect();
    let ready = why_not.is_empty();
    let mut told = answer::ok(&Ready { ready, why_not });
    if !ready {
        *told.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
    }
    told
}

/// `GET /metrics`
pub(super) async fn metrics(State(app): State<App>) -> Response {
    let text = app.service.metrics().text(&app.service.ledger());
    let mut told = Response::new(Body::from(text));
    let kind = HeaderValue::from_static("application/openmetrics-text; version=1.0.0; charset=utf-8");
    told.headers_mut().insert(CONTENT_TYPE, kind);
    told
}
