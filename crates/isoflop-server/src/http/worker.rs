//! Our own workers: they lease runs, say how they go on, and end them. All of it may be said twice.

use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use isoflop_api::{Finish, Json, Place, Request as Readable, WorkerEvent};
use serde::{Deserialize, Serialize};

use super::answer::{self, Reply};
use super::body::{From, read, read_bytes, strict, typed};
use super::callbacks::said;
use super::{App, identity};
use crate::backend::Work;
use crate::ledger::{Command, ExperimentId, Refusal, Report};
use crate::service::Problem;

/// A worker asks for work.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LeaseRequest {
    /// Its name, the same after it was started again.
    pub worker: String,
    /// Runs that it could begin now.
    pub places: usize,
    /// The attempts that it holds.
    pub holding: Vec<String>,
}

/// A run in a worker's hands.
#[derive(Debug, Serialize, Deserialize)]
pub struct Leased {
    /// Which run.
    pub experiment_id: ExperimentId,
    /// The name of this attempt.
    pub run_id: String,
    /// What is to be trained.
    pub work: Work,
    /// The longest silence that is borne, seconds.
    pub lease_seconds: f64,
}

/// The answer to [`LeaseRequest`]: what this worker holds and does not know of.
#[derive(Debug, Serialize, Deserialize)]
pub struct Leases {
    /// The runs.
    pub leases: Vec<Leased>,
}

/// The answer to a word of progress.
#[derive(Debug, Serialize, Deserialize)]
pub struct GoOn {
    /// Whether the run is still this worker's; if not, it stops.
    pub go_on: bool,
}

/// `POST /v1/worker/lease`
pub(super) async fn lease(State(app): State<App>, request: Request) -> Reply {
    let (headers, body) = read_bytes(&app, request, From::Worker).await?;
    identity::worker(&app, &headers).await?;
    let asked: LeaseRequest = strict(&body)?;
    if asked.worker == crate::ledger::OWN_WORKER || asked.worker.is_empty() {
        return Err(answer::detail(StatusCode::UNPROCESSABLE_ENTITY, "a worker needs a name of its own"));
    }
    let LeaseRequest { worker, places, holding } = asked;
    let command = Command::Lease { worker: worker.clone(), places, holding: holding.clone() };
    app.service.ask(command).await.map_err(answer::problem)?;
    let ledger = app.service.ledger();
    let leases = ledger
        .forgotten(&worker, &holding)
        .filter_map(|run| {
            run.lease().map(|lease| Leased {
                experiment_id: run.id,
                run_id: lease.run_id.clone(),
                work: run.work.clone(),
                lease_seconds: app.service.terms().lease_seconds,
            })
        })
        .collect();
    Ok(answer::ok(&Leases { leases }))
}

/// `POST /v1/worker/{experiment_id}/progress`, of the same events as the callbacks; the answer says whether to go on
///
/// A heartbeat of no elapsed second says that the run waits for a machine: its time has not begun.
pub(super) async fn progress(State(app): State<App>, Path(id): Path<String>, request: Request) -> Reply {
    let (headers, body) = read(&app, request, From::Worker).await?;
    identity::worker(&app, &headers).await?;
    let experiment = number(&id)?;
    let event = typed(&body)?;
    let waits = matches!(event, WorkerEvent::RunHeartbeat { elapsed_seconds, .. } if elapsed_seconds <= 0.0);
    let (run_id, losses) = said(event);
    let report = Report { losses, waits };
    let go_on = match app.service.ask(Command::Report { experiment, run_id, report }).await {
        Ok(_) => true,
        Err(Problem::Refused(Refusal::NotRunning(_) | Refusal::AnotherRun { .. })) => false,
        Err(problem) => return Err(answer::problem(problem)),
    };
    Ok(answer::ok(&GoOn { go_on }))
}

/// `POST /v1/worker/{experiment_id}/finish`, of `run_id` and `finish`
pub(super) async fn finish(State(app): State<App>, Path(id): Path<String>, request: Request) -> Reply {
    let (experiment, run_id, body) = of_run(&app, &id, request, &["finish"]).await?;
    let finish = body.get("finish").unwrap_or(&Json::Null);
    let finish = Finish::read(finish, &Place::BODY.field("finish")).map_err(|issues| answer::issues(&issues))?;
    let command = Command::Finish { experiment, run_id: Some(run_id), finish };
    app.service.ask(command).await.map_err(answer::problem)?;
    Ok(answer::done())
}

/// `POST /v1/worker/{experiment_id}/lost`, of `run_id` and `why`: the machine failed, not the run
pub(super) async fn lost(State(app): State<App>, Path(id): Path<String>, request: Request) -> Reply {
    let (experiment, run_id, body) = of_run(&app, &id, request, &["why"]).await?;
    let why = text(&body, "why")?;
    hand_back(&app, Command::Lost { experiment, run_id, why }).await
}

/// `POST /v1/worker/{experiment_id}/give_back`, of `run_id`: the worker ends, and nothing is wrong with the run
pub(super) async fn give_back(State(app): State<App>, Path(id): Path<String>, request: Request) -> Reply {
    let (experiment, run_id, _) = of_run(&app, &id, request, &[]).await?;
    hand_back(&app, Command::GiveBack { experiment, run_id }).await
}

async fn hand_back(app: &App, command: Command) -> Reply {
    match app.service.ask(command).await {
        Ok(_) | Err(Problem::Refused(Refusal::NotRunning(_) | Refusal::AnotherRun { .. })) => Ok(answer::done()),
        Err(problem) => Err(answer::problem(problem)),
    }
}

/// The run, its attempt, and the body, which holds `fields` besides and nothing else.
async fn of_run(
    app: &App,
    id: &str,
    request: Request,
    fields: &[&str],
) -> Result<(ExperimentId, String, Json), Response> {
    let (headers, body) = read(app, request, From::Worker).await?;
    identity::worker(app, &headers).await?;
    let id = number(id)?;
    if let Json::Object(all) = &body
        && let Some((unknown, _)) = all.iter().find(|(name, _)| name != "run_id" && !fields.contains(&name.as_str()))
    {
        return Err(answer::detail(StatusCode::UNPROCESSABLE_ENTITY, format!("\"{unknown}\" is no field of it")));
    }
    let run_id = text(&body, "run_id")?;
    Ok((id, run_id, body))
}

fn number(id: &str) -> Result<ExperimentId, Response> {
    id.parse().map_err(|_| answer::detail(StatusCode::NOT_FOUND, "not found"))
}

fn text(body: &Json, name: &str) -> Result<String, Response> {
    match body.get(name) {
        Some(Json::Text(text)) => Ok(text.clone()),
        _ => Err(answer::detail(StatusCode::UNPROCESSABLE_ENTITY, format!("\"{name}\" must be a text"))),
    }
}
