//! What workers of the 2026 protocol call back. They do not say which attempt they end.

use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use isoflop_api::{Finish, Issue, PathNumber, Request as Readable, WorkerEvent, read_experiment_id, read_request};

use super::answer::{self, Reply};
use super::body::{From, read};
use super::{App, identity};
use crate::ledger::{Command, ExperimentId, Refusal, Report};
use crate::service::Problem;

/// `POST /internal/worker/{experiment_id}/event`
pub(super) async fn event(State(app): State<App>, Path(id): Path<String>, request: Request) -> Reply {
    let (experiment, event) = worker_says::<WorkerEvent>(&app, &id, request).await?;
    let (run_id, losses) = said(event);
    match app.service.ask(Command::Report { experiment, run_id, report: Report { losses, waits: false } }).await {
        // Words of another attempt, or of a run that is not going on, are heard and change nothing.
        Ok(_) | Err(Problem::Refused(Refusal::NotRunning(_) | Refusal::AnotherRun { .. })) => Ok(answer::done()),
        Err(problem) => Err(told(problem)),
    }
}

/// `POST /internal/worker/{experiment_id}/finish`
pub(super) async fn finish(State(app): State<App>, Path(id): Path<String>, request: Request) -> Reply {
    let (experiment, finish) = worker_says::<Finish>(&app, &id, request).await?;
    let command = Command::Finish { experiment, run_id: None, finish };
    app.service.ask(command).await.map_err(told)?;
    Ok(answer::done())
}

/// Which attempt speaks, and its losses if it tells them.
pub(super) fn said(event: WorkerEvent) -> (String, Option<Vec<f64>>) {
    match event {
        WorkerEvent::ValidationLoss { run_id, val_losses } => (run_id, Some(val_losses)),
        WorkerEvent::RunStarted { run_id, .. }
        | WorkerEvent::RunHeartbeat { run_id, .. }
        | WorkerEvent::Preempted { run_id } => (run_id, None),
    }
}

async fn worker_says<T: Readable>(app: &App, id: &str, request: Request) -> Result<(ExperimentId, T), Response> {
    let (headers, body) = read(app, request, From::Worker).await?;
    identity::worker(app, &headers).await?;
    let (id, said) = both(read_experiment_id(id, PathNumber::Positive), read_request(&body))?;
    Ok((id.unsigned_abs(), said))
}

/// What is wrong with the path and with the body is told together.
fn both<A, B>(first: Result<A, Vec<Issue>>, second: Result<B, Vec<Issue>>) -> Result<(A, B), Response> {
    match (first, second) {
        (Ok(first), Ok(second)) => Ok((first, second)),
        (first, second) => {
            let found: Vec<Issue> = first.err().into_iter().chain(second.err()).flatten().collect();
            Err(answer::issues(&found))
        }
    }
}

fn told(problem: Problem) -> Response {
    match problem {
        Problem::Refused(Refusal::UnknownExperiment(_)) => {
            answer::detail(StatusCode::NOT_FOUND, "experiment not found")
        }
        Problem::Refused(Refusal::NotRunning(_) | Refusal::AlreadyEnded(_)) => {
            answer::detail(StatusCode::CONFLICT, "you can only report a finish if currently running")
        }
        other => answer::problem(other),
    }
}
