//! Answers: bodies in the protocols' words, and what each refusal is there.

use axum::body::Body;
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use isoflop_api::{BudgetSummary, Issue, to_python_wire, to_wire};
use serde::Serialize;

use crate::ledger::{Balance, Purse, Refusal};
use crate::service::Problem;

/// A handler's answer: both sides are sent.
pub(super) type Reply = Result<Response, Response>;

/// A body of JSON as it stands.
pub(super) fn json_bytes(status: StatusCode, body: impl Into<Body>) -> Response {
    let mut answer = Response::new(body.into());
    *answer.status_mut() = status;
    answer.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    answer
}

/// What was asked for.
pub(super) fn ok(value: &impl Serialize) -> Response {
    json_bytes(StatusCode::OK, to_wire(value))
}

/// It is done, and there is nothing to say.
pub(super) fn done() -> Response {
    let mut answer = Response::new(Body::empty());
    *answer.status_mut() = StatusCode::NO_CONTENT;
    answer
}

/// `{"detail": …}`, the reference's form of every refusal.
pub(super) fn detail(status: StatusCode, detail: impl Serialize) -> Response {
    #[derive(Serialize)]
    struct Detail<T> {
        detail: T,
    }
    json_bytes(status, to_python_wire(&Detail { detail }))
}

/// What is wrong with a request.
pub(super) fn issues(issues: &[Issue]) -> Response {
    json_bytes(StatusCode::UNPROCESSABLE_ENTITY, isoflop_api::detail(issues))
}

/// The reference's words for a budget.
pub(super) fn summary(balance: &Balance) -> BudgetSummary {
    BudgetSummary { used_seconds: balance.used, remaining_seconds: balance.left(), total_budget_seconds: balance.total }
}

/// A problem in the words of the 2026 protocol.
pub(super) fn problem(problem: Problem) -> Response {
    match problem {
        Problem::Refused(refusal) => refused(&refusal),
        Problem::Storage(why) => {
            tracing::error!(why, "storage");
            later("the server cannot write now; nothing was changed, ask again")
        }
        Problem::Stopping => later("the server is stopping"),
        Problem::Broken => later("the server is out of order until it is started again"),
    }
}

fn later(why: &str) -> Response {
    let mut answer = detail(StatusCode::SERVICE_UNAVAILABLE, why);
    answer.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("5"));
    answer
}

fn refused(refusal: &Refusal) -> Response {
    let status = match refusal {
        Refusal::OverBudget { purse: Purse::Seconds, balance, .. } => {
            return insufficient(&summary(balance));
        }
        Refusal::UnknownExperiment(_) | Refusal::UnknownUser(_) => return detail(StatusCode::NOT_FOUND, "not found"),
        Refusal::AlreadySubmitted(_) => {
            return detail(StatusCode::CONFLICT, "experiment already exists for this training config");
        }
        Refusal::QueueFull(_) => StatusCode::TOO_MANY_REQUESTS,
        Refusal::FinalsFrozen | Refusal::TooLate(_) => StatusCode::FORBIDDEN,
        Refusal::OverBudget { purse: Purse::Flops, .. } | Refusal::NoName | Refusal::NotAnAmount(_) => {
            StatusCode::UNPROCESSABLE_ENTITY
        }
        Refusal::NotRunning(_)
        | Refusal::NotEnded(_)
        | Refusal::AlreadyEnded(_)
        | Refusal::AnotherRun { .. }
        | Refusal::NotQueued(_)
        | Refusal::Draining
        | Refusal::AllPlacesTaken(_)
        | Refusal::RunIdTaken { .. }
        | Refusal::Unnamed(_)
        | Refusal::AlreadyGranted(_)
        | Refusal::NotLeft { .. }
        | Refusal::NameTaken(_)
        | Refusal::KeyTaken => StatusCode::CONFLICT,
    };
    detail(status, refusal.to_string())
}

fn insufficient(budget_summary: &BudgetSummary) -> Response {
    #[derive(Serialize)]
    struct Insufficient<'a> {
        message: &'static str,
        budget_summary: &'a BudgetSummary,
    }
    detail(StatusCode::BAD_REQUEST, Insufficient { message: "insufficient budget", budget_summary })
}
