//! Everybody's runs: seen, refunded, cancelled, handed out, queued again.

use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::Response;
use serde::{Deserialize, Serialize};

use super::super::App;
use super::super::answer::{self, Reply};
use super::asked::{Operator, act, asked, number, operator, query, unprocessable, user, with_reason};
use super::run::{Run, RunLine, status};
use crate::backend::Work;
use crate::ledger::{Command, Experiment, ExperimentId, Owner, Purpose, UserId};

/// A run is handed out by hand.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dispatch {
    /// What the worker elsewhere calls its run.
    pub run_id: String,
}

/// Why something is done.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Reason {
    /// In words for people.
    pub reason: String,
}

/// Runs, the last first.
#[derive(Debug, Serialize, Deserialize)]
pub struct RunPage {
    /// At most as many as were asked for.
    pub experiments: Vec<RunLine>,
    /// How many there are in all.
    pub matching: usize,
    /// What to give as `before` for those that follow; nothing if none do.
    pub next: Option<u64>,
}

/// Which runs.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Filter {
    user: Option<String>,
    status: Option<String>,
    purpose: Option<String>,
    protocol: Option<String>,
    before: Option<u64>,
    #[serde(default = "page")]
    limit: usize,
}

/// Runs on a page unless it is said.
fn page() -> usize {
    100
}

/// Runs on a page at most.
const LARGEST_PAGE: usize = 1000;
/// What `status` may be.
const STATUSES: [&str; 6] = ["queued", "running", "completed", "failed", "lost", "cancelled"];

/// `GET /v1/operator/experiments?user=&status=&purpose=&protocol=&before=&limit=`
pub(super) async fn list(State(app): State<App>, headers: HeaderMap, uri: Uri) -> Reply {
    operator(&app, &headers).await?;
    let filter: Filter = query(&uri)?;
    one_of("status", filter.status.as_deref(), &STATUSES)?;
    one_of("purpose", filter.purpose.as_deref(), &["own", "final"])?;
    one_of("protocol", filter.protocol.as_deref(), &["2025", "2026"])?;
    let whose = filter.user.as_deref().map(|name| user(&app, name)).transpose()?;
    let ledger = app.service.ledger();
    let mut matching = ledger.experiments().iter().rev().filter(|run| filter.admits(whose, run));
    let limit = filter.limit.clamp(1, LARGEST_PAGE);
    let count = matching.clone().count();
    let before = filter.before.unwrap_or(u64::MAX);
    let experiments: Vec<_> =
        matching.by_ref().filter(|run| run.id < before).take(limit).map(|run| RunLine::of(&ledger, run)).collect();
    let next = matching.next().and(experiments.last()).map(|run| run.experiment_id);
    drop(ledger);
    Ok(answer::ok(&RunPage { experiments, matching: count, next }))
}

impl Filter {
    fn admits(&self, whose: Option<UserId>, run: &Experiment) -> bool {
        let purpose = if run.purpose == Purpose::Own { "own" } else { "final" };
        let protocol = if matches!(run.work, Work::Training(_)) { "2026" } else { "2025" };
        let is = |wanted: &Option<String>, found: &str| wanted.as_ref().is_none_or(|wanted| wanted == found);
        whose.is_none_or(|user| run.user == user)
            && is(&self.status, status(run))
            && is(&self.purpose, purpose)
            && is(&self.protocol, protocol)
    }
}

fn one_of(what: &str, found: Option<&str>, words: &[&str]) -> Result<(), Response> {
    match found {
        Some(found) if !words.contains(&found) => {
            Err(unprocessable(&format!("{what} is \"{found}\", expected one of {}", words.join(", "))))
        }
        _ => Ok(()),
    }
}

/// `GET /v1/operator/experiments/{id}`
pub(super) async fn one(State(app): State<App>, headers: HeaderMap, Path(id): Path<String>) -> Reply {
    operator(&app, &headers).await?;
    let id = number(&id)?;
    run(&app, id).map(|run| answer::ok(&run))
}

fn run(app: &App, id: ExperimentId) -> Result<Run, Response> {
    let ledger = app.service.ledger();
    let run = ledger.experiment(id).map(|run| Run::of(&ledger, run));
    run.ok_or_else(|| answer::detail(StatusCode::NOT_FOUND, format!("no experiment {id}")))
}

/// `POST /v1/operator/experiments/{id}/refund`
pub(super) async fn refund(State(app): State<App>, Path(id): Path<String>, request: Request) -> Reply {
    let (operator, Reason { reason }) = asked(&app, request).await?;
    with_reason(&reason)?;
    let experiment = number(&id)?;
    let command = Command::Refund { experiment, reason: reason.clone(), actor: operator.actor.clone() };
    done(&app, &operator, "refund", experiment, &reason, command).await
}

/// `POST /v1/operator/experiments/{id}/cancel`
pub(super) async fn cancel(State(app): State<App>, Path(id): Path<String>, request: Request) -> Reply {
    let (operator, Reason { reason }) = asked(&app, request).await?;
    let experiment = number(&id)?;
    let command = Command::Cancel { experiment, owner: Owner::Operator };
    done(&app, &operator, "cancel", experiment, &reason, command).await
}

/// `POST /v1/operator/experiments/{id}/requeue`
pub(super) async fn requeue(State(app): State<App>, Path(id): Path<String>, request: Request) -> Reply {
    let (operator, Reason { reason }) = asked(&app, request).await?;
    let experiment = number(&id)?;
    let command = Command::Requeue { experiment, why: "queued again by an operator".to_owned() };
    done(&app, &operator, "requeue", experiment, &reason, command).await
}

/// `POST /v1/operator/experiments/{id}/dispatch`
pub(super) async fn dispatch(State(app): State<App>, Path(id): Path<String>, request: Request) -> Reply {
    let (operator, Dispatch { run_id }) = asked(&app, request).await?;
    let experiment = number(&id)?;
    if run_id.trim().is_empty() || run_id.len() > 200 {
        return Err(unprocessable("\"run_id\" is what the worker calls its run, at most 200 bytes"));
    }
    let deed = operator.deed("dispatch", format!("experiment {experiment} as {run_id}"), "");
    act(&app, deed, Command::Dispatch { experiment, run_id }).await?;
    Ok(answer::done())
}

/// Does it, and tells the run as it is now.
async fn done(
    app: &App,
    operator: &Operator,
    action: &str,
    experiment: ExperimentId,
    reason: &str,
    command: Command,
) -> Reply {
    act(app, operator.deed(action, format!("experiment {experiment}"), reason), command).await?;
    run(app, experiment).map(|run| answer::ok(&run.line))
}
