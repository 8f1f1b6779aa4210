//! The course's protocols of 2024 and 2025: a question after a loss, charged by the FLOP.
//!
//! The server of these years was never published. Refusals say their reason both as `message` and as `detail`, as
//! clients read either.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use isoflop_api::{LossQuery, QueryRefusal, read_api_key};
use serde::Serialize;

use super::answer::{self, Reply};
use super::{App, identity};
use crate::backend::Work;
use crate::ledger::{Command, End, Event, Experiment, ExperimentId, Owner, Purse, Refusal, State as RunState, UserId};
use crate::service::Problem;

/// How long an answer is waited for; asking again later is free.
const TIME: Duration = Duration::from_mins(10);

/// The paths of these years, whose key stands in the query.
pub(super) const PATHS: &[&str] = &["/loss", "/total_flops_used", "/previous_runs"];

type Pairs = Vec<(String, String)>;

/// `GET /loss`
pub(super) async fn loss(State(app): State<App>, RawQuery(query): RawQuery) -> Reply {
    let pairs = decoded(query.as_deref());
    let user = user(&app, &pairs).await?;
    let query = Arc::new(LossQuery::read(&pairs).map_err(|refusal| refused(&refusal))?);
    let mut changes = app.service.changes();
    let digest = query.digest();
    let asked = app.service.ask(Command::Submit { user, work: Work::Query(query), digest }).await;
    let id = match asked {
        Ok(done) => match done.events.first() {
            Some(Event::Submitted { experiment, .. }) => *experiment,
            _ => unreachable!("a submission that is not refused submits"),
        },
        Err(Problem::Refused(Refusal::AlreadySubmitted(known))) => known,
        Err(Problem::Refused(refusal @ Refusal::QueueFull(_))) => {
            return Err(message(StatusCode::TOO_MANY_REQUESTS, &words(&refusal)));
        }
        Err(Problem::Refused(refusal)) => return Err(message(StatusCode::UNPROCESSABLE_ENTITY, &words(&refusal))),
        Err(problem) => return Err(answer::problem(problem)),
    };
    let waited = tokio::time::timeout(TIME, async {
        loop {
            if let Some(reply) = ended(&app, user, id) {
                return reply;
            }
            // Missed news is no harm: the books are looked at again.
            if let Err(tokio::sync::broadcast::error::RecvError::Closed) = changes.recv().await {
                return Err(message(StatusCode::SERVICE_UNAVAILABLE, "the server is stopping"));
            }
        }
    });
    let late = "still training; ask again for the answer, at no cost";
    waited.await.unwrap_or_else(|_| Err(message(StatusCode::SERVICE_UNAVAILABLE, late)))
}

/// `GET /total_flops_used`
pub(super) async fn total_flops_used(State(app): State<App>, RawQuery(query): RawQuery) -> Reply {
    let user = user(&app, &decoded(query.as_deref())).await?;
    let ledger = app.service.ledger();
    if ledger.experiments_of(user).all(|run| run.purse() != Purse::Flops) {
        return Err(message(StatusCode::UNPROCESSABLE_ENTITY, "No queries have been made with this API key"));
    }
    Ok(answer::ok(&ledger.balance(app.service.terms(), user, Purse::Flops).used))
}

/// `GET /previous_runs`
pub(super) async fn previous_runs(State(app): State<App>, RawQuery(query): RawQuery) -> Reply {
    #[derive(Serialize)]
    struct Asked {
        #[serde(flatten)]
        query: LossQuery,
        loss: f64,
    }
    #[derive(Serialize)]
    struct Previous {
        previous_runs: Vec<Asked>,
    }
    let user = user(&app, &decoded(query.as_deref())).await?;
    let ledger = app.service.ledger();
    let previous_runs = ledger
        .experiments_of(user)
        .filter_map(|run| match &run.work {
            Work::Query(query) => answer_of(run).map(|loss| Asked { query: (**query).clone(), loss }),
            Work::Training(_) => None,
        })
        .collect();
    Ok(answer::ok(&Previous { previous_runs }))
}

/// The answer to a query, once it is there.
fn ended(app: &App, user: UserId, id: ExperimentId) -> Option<Reply> {
    #[derive(Serialize)]
    struct Answer {
        loss: f64,
        total_flops_used: f64,
    }
    let ledger = app.service.ledger();
    let run = ledger.experiment(id)?;
    let RunState::Ended { end, .. } = &run.state else { return None };
    if let Some(loss) = answer_of(run) {
        let total_flops_used = ledger.balance(app.service.terms(), user, Purse::Flops).used;
        return Some(Ok(answer::ok(&Answer { loss, total_flops_used })));
    }
    let why = match end {
        End::Failed { reason: isoflop_api::FailReason::Unexpected { failure }, .. } => failure.as_str(),
        End::Failed { .. } => "it ran out of time",
        End::Completed => "it has no loss",
    };
    Some(Err(message(StatusCode::UNPROCESSABLE_ENTITY, &format!("the run failed: {why}"))))
}

fn answer_of(run: &Experiment) -> Option<f64> {
    match run.state {
        RunState::Ended { end: End::Completed, .. } => run.losses.last().copied(),
        _ => None,
    }
}

/// The key that a query says.
pub(super) fn key_of(query: Option<&str>) -> Option<String> {
    read_api_key(&decoded(query)).ok().map(str::to_owned)
}

fn decoded(query: Option<&str>) -> Pairs {
    form_urlencoded::parse(query.unwrap_or_default().as_bytes()).into_owned().collect()
}

async fn user(app: &App, pairs: &Pairs) -> Result<UserId, Response> {
    let key = read_api_key(pairs).map_err(|refusal| refused(&refusal))?;
    match identity::owner(app, key).await {
        Some(Owner::User(user)) => Ok(user),
        _ => Err(message(StatusCode::UNPROCESSABLE_ENTITY, &format!("Invalid API key provided: {key}"))),
    }
}

fn refused(refusal: &QueryRefusal) -> Response {
    let status = match refusal {
        QueryRefusal::Missing { .. } | QueryRefusal::NotANumber { .. } => StatusCode::UNPROCESSABLE_ENTITY,
        _ => StatusCode::NOT_FOUND,
    };
    message(status, &refusal.to_string())
}

fn words(refusal: &Refusal) -> String {
    match refusal {
        Refusal::OverBudget { asked, balance, .. } => format!(
            "FLOP budget exceeded: this query takes {asked:e} FLOPs, {:e} of {:e} are used",
            balance.used, balance.total
        ),
        other => other.to_string(),
    }
}

fn message(status: StatusCode, text: &str) -> Response {
    #[derive(Serialize)]
    struct Message<'a> {
        message: &'a str,
        detail: &'a str,
    }
    answer::json_bytes(status, isoflop_api::to_python_wire(&Message { message: text, detail: text }))
}
