//! Keys of workers and operators, and whether runs are handed out.

use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, StatusCode};
use serde::{Deserialize, Serialize};

use super::super::App;
use super::super::answer::{self, Reply};
use super::asked::{act, asked, operator};
use super::users::Made;
use crate::ledger::{Command, Owner};

/// A new key for all workers, or for all operators.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServerKey {
    /// The key, if it is not to be made here.
    pub key: Option<String>,
}

/// Whether runs are handed out no more.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Draining {
    /// Whether they are not.
    pub on: bool,
}

/// `POST /v1/operator/keys/{whose}`: `worker` or `operator`. The key before it is no key any more.
pub(super) async fn rotate(State(app): State<App>, Path(whose): Path<String>, request: Request) -> Reply {
    let (operator, ServerKey { key }) = asked(&app, request).await?;
    let owner = match whose.as_str() {
        "worker" => Owner::Worker,
        "operator" => Owner::Operator,
        _ => return Err(answer::detail(StatusCode::NOT_FOUND, "there are keys/worker and keys/operator")),
    };
    let made = Made::of(key)?;
    let command = Command::SetKey { owner, key: app.keys.digest_of(&made.key).await };
    act(&app, operator.deed(&format!("rotate {whose} key"), "", ""), command).await?;
    Ok(answer::ok(&made.told(&whose)))
}

/// `GET /v1/operator/drain`
pub(super) async fn draining(State(app): State<App>, headers: HeaderMap) -> Reply {
    operator(&app, &headers).await?;
    Ok(answer::ok(&Draining { on: app.service.ledger().draining() }))
}

/// `POST /v1/operator/drain`
pub(super) async fn drain(State(app): State<App>, request: Request) -> Reply {
    let (operator, Draining { on }) = asked(&app, request).await?;
    let deed = operator.deed("drain", if on { "on" } else { "off" }, "");
    act(&app, deed, Command::Drain { on, actor: operator.actor }).await?;
    Ok(answer::ok(&Draining { on }))
}
