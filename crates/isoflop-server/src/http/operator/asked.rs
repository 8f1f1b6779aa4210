//! A request of an operator: who asks, what for, and what is written down of it.

use axum::extract::{Query, Request};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::Response;
use serde::de::DeserializeOwned;

use super::super::body::{From, read_bytes, strict};
use super::super::{App, answer, identity};
use crate::ledger::{Command, Deed, ExperimentId, Refusal, UserId};
use crate::service::{Done, Problem};

/// Names of operators are cut here, characters.
const LONGEST_ACTOR: usize = 100;

/// Someone who may, and what they call themselves.
pub(super) struct Operator {
    pub actor: String,
}

impl Operator {
    /// What is written down.
    pub fn deed(&self, action: &str, what: impl Into<String>, reason: &str) -> Deed {
        let (actor, action, reason) = (self.actor.clone(), action.to_owned(), reason.trim().to_owned());
        Deed { actor, action, what: what.into(), reason }
    }
}

/// Whoever bears the key of operators.
pub(super) async fn operator(app: &App, headers: &HeaderMap) -> Result<Operator, Response> {
    identity::operator(app, headers).await?;
    let name = headers.get("x-operator-name").map(|name| String::from_utf8_lossy(name.as_bytes()));
    let name = name.as_deref().map(str::trim).filter(|name| !name.is_empty()).unwrap_or("operator");
    Ok(Operator { actor: name.chars().filter(|c| !c.is_control()).take(LONGEST_ACTOR).collect() })
}

/// The operator and the body, which is an object; an empty one where there is none.
pub(super) async fn asked<T: DeserializeOwned>(app: &App, request: Request) -> Result<(Operator, T), Response> {
    let (operator, body) = asked_bytes(app, request).await?;
    let asked = strict(if body.is_empty() { b"{}" } else { &body })?;
    Ok((operator, asked))
}

/// The operator and the body as it came.
pub(super) async fn asked_bytes(app: &App, request: Request) -> Result<(Operator, Vec<u8>), Response> {
    let (headers, body) = read_bytes(app, request, From::Person).await?;
    Ok((operator(app, &headers).await?, body))
}

/// The words behind `?`, known ones only.
pub(super) fn query<T: DeserializeOwned>(uri: &Uri) -> Result<T, Response> {
    Query::try_from_uri(uri).map(|Query(asked)| asked).map_err(|error| unprocessable(&error.body_text()))
}

/// A body without fields.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Nothing {}

/// Has a command carried out and its deed written down.
pub(super) async fn act(app: &App, deed: Deed, command: Command) -> Result<Done, Response> {
    let command = Command::Operate { deed, command: Some(Box::new(command)) };
    app.service.ask(command).await.map_err(problem)
}

/// A deed that changes nothing in the books.
pub(super) async fn note(app: &App, deed: Deed) -> Result<(), Response> {
    app.service.ask(Command::Operate { deed, command: None }).await.map(drop).map_err(problem)
}

/// Operators are told what there is none of.
fn problem(problem: Problem) -> Response {
    match problem {
        Problem::Refused(refusal @ (Refusal::UnknownExperiment(_) | Refusal::UnknownUser(_))) => {
            answer::detail(StatusCode::NOT_FOUND, refusal.to_string())
        }
        other => answer::problem(other),
    }
}

/// The user called `name`.
pub(super) fn user(app: &App, name: &str) -> Result<UserId, Response> {
    let ledger = app.service.ledger();
    ledger.user_named(name.trim()).ok_or_else(|| {
        let near = isoflop::near::nearest(name, ledger.users().map(|(_, user)| user.name.as_str()));
        let near = near.map(|near| format!("; did you mean \"{near}\"?")).unwrap_or_default();
        answer::detail(StatusCode::NOT_FOUND, format!("no user \"{name}\"{near}"))
    })
}

/// The number of an experiment in a path.
pub(super) fn number(id: &str) -> Result<ExperimentId, Response> {
    id.parse().map_err(|_| answer::detail(StatusCode::NOT_FOUND, format!("no experiment \"{id}\"")))
}

/// What is asked for makes no sense.
pub(super) fn unprocessable(why: &str) -> Response {
    answer::detail(StatusCode::UNPROCESSABLE_ENTITY, why)
}

/// It cannot be done now, through no fault of the request.
pub(super) fn unavailable(why: &str) -> Response {
    answer::detail(StatusCode::SERVICE_UNAVAILABLE, why)
}

/// Others will ask why.
pub(super) fn with_reason(reason: &str) -> Result<(), Response> {
    if reason.trim().is_empty() { Err(unprocessable("\"reason\" must say why")) } else { Ok(()) }
}
