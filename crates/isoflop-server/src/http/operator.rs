//! What operators do to a live server.

use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::answer::{self, Reply};
use super::body::{From, read_bytes, strict};
use super::{App, identity};
use crate::auth::{is_weak, new_key};
use crate::ledger::{Command, ExperimentId};

/// Someone new.
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

/// A run is handed out by hand.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dispatch {
    /// What the worker elsewhere calls its run.
    pub run_id: String,
}

/// `POST /v1/operator/users`
pub(super) async fn add_user(State(app): State<App>, request: Request) -> Reply {
    let asked: NewUser = of_operator(&app, request).await?;
    let made = asked.key.is_none();
    let key = asked.key.unwrap_or_else(new_key);
    let digest = app.keys.digest_of(&key).await;
    let command = Command::AddUser { name: asked.name.clone(), key: digest };
    app.service.ask(command).await.map_err(answer::problem)?;
    let warning = is_weak(&key).then(|| "this key can be found by trying; let one be made where you can".to_owned());
    Ok(answer::ok(&NewKey { name: asked.name, key: made.then_some(key), warning }))
}

/// `POST /v1/operator/experiments/{id}/dispatch`
pub(super) async fn dispatch(State(app): State<App>, Path(id): Path<String>, request: Request) -> Reply {
    let asked: Dispatch = of_operator(&app, request).await?;
    let command = Command::Dispatch { experiment: number(&id)?, run_id: asked.run_id };
    app.service.ask(command).await.map_err(answer::problem)?;
    Ok(answer::done())
}

/// The request of someone who may.
async fn of_operator<T: DeserializeOwned>(app: &App, request: Request) -> Result<T, Response> {
    let (headers, body) = read_bytes(request, From::Person).await?;
    identity::operator(app, &headers).await?;
    strict(&body)
}

fn number(id: &str) -> Result<ExperimentId, Response> {
    id.parse().map_err(|_| answer::detail(StatusCode::NOT_FOUND, "not found"))
}
