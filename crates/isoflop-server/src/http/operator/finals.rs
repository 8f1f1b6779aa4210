//! Final submissions: until when, and their training.

use axum::extract::{Request, State};
use axum::http::HeaderMap;
use isoflop_api::Timestamp;
use serde::{Deserialize, Serialize};

use super::super::App;
use super::super::answer::{self, Reply};
use super::asked::{Nothing, act, asked, operator};
use crate::clock;
use crate::ledger::{Command, Event};

/// Whether final submissions are taken, and how many there are.
#[derive(Debug, Serialize, Deserialize)]
pub struct Finals {
    /// Whether they may be changed no more, whatever the time.
    pub frozen: bool,
    /// Whether they may be changed now.
    pub open: bool,
    /// The moment after which they may not.
    pub deadline: Option<Timestamp>,
    /// Users.
    pub users: usize,
    /// Users who said their last word.
    pub submitted: usize,
    /// Last words that are or were trained.
    pub launched: usize,
}

/// Until when.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Deadline {
    /// The moment; none takes it away, and must be said: a forgotten word must not.
    #[serde(deserialize_with = "Option::deserialize")]
    pub at: Option<Timestamp>,
}

/// What was launched.
#[derive(Debug, Serialize, Deserialize)]
pub struct Launched {
    /// New runs.
    pub experiments: Vec<u64>,
}

/// `GET /v1/operator/finals`
pub(super) async fn told(State(app): State<App>, headers: HeaderMap) -> Reply {
    operator(&app, &headers).await?;
    Ok(answer::ok(&now(&app)))
}

fn now(app: &App) -> Finals {
    let ledger = app.service.ledger();
    let (frozen, deadline) = ledger.finals();
    let words = || ledger.users().filter_map(|(_, user)| user.last_word.as_ref());
    Finals {
        frozen,
        open: !frozen && deadline.is_none_or(|deadline| clock::machine() <= deadline),
        deadline,
        users: ledger.users().count(),
        submitted: words().count(),
        launched: words().filter(|word| word.experiment.is_some()).count(),
    }
}

/// `POST /v1/operator/finals/freeze`
pub(super) async fn freeze(State(app): State<App>, request: Request) -> Reply {
    let (operator, Nothing {}) = asked(&app, request).await?;
    let deadline = app.service.ledger().finals().1;
    let deed = operator.deed("freeze finals", "", "");
    act(&app, deed, Command::Finals { frozen: true, deadline, actor: operator.actor }).await?;
    Ok(answer::ok(&now(&app)))
}

/// `POST /v1/operator/finals/open`: without a deadline, as that may have passed
pub(super) async fn open(State(app): State<App>, request: Request) -> Reply {
    let (operator, Nothing {}) = asked(&app, request).await?;
    let deed = operator.deed("open finals", "", "");
    act(&app, deed, Command::Finals { frozen: false, deadline: None, actor: operator.actor }).await?;
    Ok(answer::ok(&now(&app)))
}

/// `POST /v1/operator/finals/deadline`
pub(super) async fn deadline(State(app): State<App>, request: Request) -> Reply {
    let (operator, Deadline { at }) = asked(&app, request).await?;
    let frozen = app.service.ledger().finals().0;
    let deed = operator.deed("deadline of finals", at.map_or("none".to_owned(), |at| at.to_string()), "");
    act(&app, deed, Command::Finals { frozen, deadline: at, actor: operator.actor }).await?;
    Ok(answer::ok(&now(&app)))
}

/// `POST /v1/operator/finals/launch`: each last word is trained, and the house pays
pub(super) async fn launch(State(app): State<App>, request: Request) -> Reply {
    let (operator, Nothing {}) = asked(&app, request).await?;
    let deed = operator.deed("launch finals", "", "");
    let done = act(&app, deed, Command::LaunchFinals { actor: operator.actor }).await?;
    let launched = done.events.iter().filter_map(|event| match event {
        Event::Submitted { experiment, .. } => Some(*experiment),
        _ => None,
    });
    Ok(answer::ok(&Launched { experiments: launched.collect() }))
}
