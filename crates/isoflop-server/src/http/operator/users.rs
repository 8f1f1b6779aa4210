//! Users: who there is, what they have, and their keys.

use axum::extract::{Request, State};
use axum::http::HeaderMap;
use axum::response::Response;
use isoflop_api::Timestamp;
use serde::{Deserialize, Serialize};

use super::super::App;
use super::super::answer::{self, Reply};
use super::asked::{act, asked, operator, unprocessable, user, with_reason};
use crate::auth::{is_weak, new_key, unfit};
use crate::ledger::{Command, Ledger, Owner, Purse, Terms, UserId};

/// Someone new, or a new key for somebody.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewUser {
    /// Their name.
    pub name: String,
    /// Their key, if it is not to be made here.
    pub key: Option<String>,
}

/// A key, told once.
#[derive(Debug, Serialize, Deserialize)]
pub struct NewKey {
    /// Whose.
    pub name: String,
    /// The key, if it was made here.
    pub key: Option<String>,
    /// What is wrong with it.
    pub warning: Option<String>,
}

/// More to spend, or less: of one purse.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Adjustment {
    /// Whose.
    pub name: String,
    /// Seconds of training.
    pub seconds: Option<f64>,
    /// FLOPs.
    pub flops: Option<f64>,
    /// Why.
    pub reason: String,
    /// What this adjustment is called: said again under the same name, it is done once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub once: Option<String>,
}

/// Names of adjustments are at most so long, bytes.
const LONGEST_ONCE: usize = 200;

/// A user in a row.
#[derive(Debug, Serialize, Deserialize)]
pub struct UserLine {
    /// Their name.
    pub name: String,
    /// Granted, seconds.
    pub budget_seconds: f64,
    /// Spent and reserved, seconds.
    pub used_seconds: f64,
    /// Left, seconds.
    pub remaining_seconds: f64,
    /// Granted, FLOPs.
    pub budget_flops: f64,
    /// Spent and reserved, FLOPs.
    pub used_flops: f64,
    /// Left, FLOPs.
    pub remaining_flops: f64,
    /// Runs they asked for.
    pub experiments: usize,
    /// Runs that wait.
    pub queued: usize,
    /// Runs with workers.
    pub running: usize,
    /// The loss they predict for their final submission, nats per token.
    pub predicted_final_loss: Option<f64>,
    /// When they said so.
    pub final_submitted_at: Option<Timestamp>,
}

/// What a user's row holds, in the order of its columns.
pub const USER_COLUMNS: &[&str] = &[
    "name",
    "budget_seconds",
    "used_seconds",
    "remaining_seconds",
    "budget_flops",
    "used_flops",
    "remaining_flops",
    "experiments",
    "queued",
    "running",
    "predicted_final_loss",
    "final_submitted_at",
];

impl UserLine {
    pub(super) fn of(ledger: &Ledger, terms: &Terms, id: UserId) -> Self {
        let user = ledger.user(id);
        let [seconds, flops] = [Purse::Seconds, Purse::Flops].map(|purse| ledger.balance(terms, id, purse));
        let last_word = user.last_word.as_ref();
        Self {
            name: user.name.clone(),
            budget_seconds: seconds.total,
            used_seconds: seconds.used,
            remaining_seconds: seconds.left(),
            budget_flops: flops.total,
            used_flops: flops.used,
            remaining_flops: flops.left(),
            experiments: ledger.experiments_of(id).count(),
            queued: user.queued.len(),
            running: user.running,
            predicted_final_loss: last_word.map(|word| word.predicted_loss),
            final_submitted_at: last_word.map(|word| word.saved),
        }
    }
}

/// What is told of a key that people chose, where it can be guessed.
pub(super) fn warning(key: &str) -> Option<String> {
    is_weak(key).then(|| "this key can be found by trying; let one be made where you can".to_owned())
}

/// Names stand in tables, one to a line.
pub(super) fn name_is_unfit(name: &str) -> Option<&'static str> {
    if name.trim().is_empty() {
        Some("a user needs a name")
    } else if name.chars().count() > 100 || name.chars().any(char::is_control) {
        Some("a name is at most 100 characters on one line")
    } else {
        None
    }
}

/// `GET /v1/operator/users`
pub(super) async fn list(State(app): State<App>, headers: HeaderMap) -> Reply {
    operator(&app, &headers).await?;
    let ledger = app.service.ledger();
    let lines: Vec<_> = ledger.users().map(|(id, _)| UserLine::of(&ledger, app.service.terms(), id)).collect();
    drop(ledger);
    Ok(answer::ok(&lines))
}

/// `POST /v1/operator/users`
pub(super) async fn add(State(app): State<App>, request: Request) -> Reply {
    let (operator, NewUser { name, key }) = asked(&app, request).await?;
    if let Some(why) = name_is_unfit(&name) {
        return Err(unprocessable(why));
    }
    let made = Made::of(key)?;
    let command = Command::AddUser { name: name.clone(), key: app.keys.digest_of(&made.key).await };
    act(&app, operator.deed("add user", name.trim(), ""), command).await?;
    Ok(answer::ok(&made.told(name.trim())))
}

/// `POST /v1/operator/users/key`
pub(super) async fn rotate(State(app): State<App>, request: Request) -> Reply {
    let (operator, NewUser { name, key }) = asked(&app, request).await?;
    let owner = Owner::User(user(&app, &name)?);
    let made = Made::of(key)?;
    let command = Command::SetKey { owner, key: app.keys.digest_of(&made.key).await };
    act(&app, operator.deed("rotate user key", name.trim(), ""), command).await?;
    Ok(answer::ok(&made.told(name.trim())))
}

/// `POST /v1/operator/users/budget`
pub(super) async fn adjust(State(app): State<App>, request: Request) -> Reply {
    let (operator, Adjustment { name, seconds, flops, reason, once }) = asked(&app, request).await?;
    with_reason(&reason)?;
    let (purse, amount, unit) = match (seconds, flops) {
        (Some(amount), None) => (Purse::Seconds, amount, "seconds"),
        (None, Some(amount)) => (Purse::Flops, amount, "FLOPs"),
        _ => return Err(unprocessable("give either \"seconds\" or \"flops\"")),
    };
    if once.as_ref().is_some_and(|once| once.trim().is_empty() || once.len() > LONGEST_ONCE) {
        return Err(unprocessable(&format!("\"once\" is a name of at most {LONGEST_ONCE} bytes")));
    }
    let user = user(&app, &name)?;
    let deed = operator.deed("adjust budget", format!("{}: {amount:+} {unit}", name.trim()), &reason);
    let command = Command::Adjust { user, purse, amount, reason, actor: operator.actor, once };
    act(&app, deed, command).await?;
    Ok(answer::ok(&UserLine::of(&app.service.ledger(), app.service.terms(), user)))
}

/// A key that was asked for, or one made here.
pub(super) struct Made {
    pub key: String,
    is_made: bool,
}

impl Made {
    pub fn of(asked: Option<String>) -> Result<Self, Response> {
        if let Some(why) = asked.as_deref().and_then(unfit) {
            return Err(unprocessable(why));
        }
        let is_made = asked.is_none();
        Ok(Self { key: asked.unwrap_or_else(new_key), is_made })
    }

    pub fn told(self, name: &str) -> NewKey {
        let warning = warning(&self.key);
        NewKey { name: name.to_owned(), key: self.is_made.then_some(self.key), warning }
    }
}
