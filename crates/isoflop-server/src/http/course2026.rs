//! The course's protocol of 2026: configurations in, experiments out, charged by the second.

use std::cmp::Reverse;
use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::{Path, Request, State};
use axum::http::header::ETAG;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::Response;
use isoflop_api::{
    FinalSubmission, FinalSubmissionRequest, Optimizer, PathNumber, SubmitResponse, TrainingConfig, read_experiment_id,
};

use super::answer::{self, Reply};
use super::body::{From, read, typed};
use super::{App, identity, lists, status};
use crate::backend::Work;
use crate::ledger::{Command, Event, Purpose, Purse, UserId};

const WARNING: HeaderName = HeaderName::from_static("x-isoflop-warning");

/// `POST /submit`
pub(super) async fn submit(State(app): State<App>, request: Request) -> Reply {
    let (headers, body) = read(&app, request, From::Person).await?;
    let user = identity::user(&app, &headers).await?;
    let config: Arc<TrainingConfig> = Arc::new(typed(&body)?);
    let warning = implicit_sgd(&config);
    let digest = config.digest();
    let command = Command::Submit { user, work: Work::Training(config), digest };
    let done = app.service.ask(command).await.map_err(answer::problem)?;
    let (Some(Event::Submitted { experiment, .. }), Some(balance)) = (done.events.first(), done.balance) else {
        unreachable!("a submission that is not refused submits")
    };
    let told = SubmitResponse { experiment_id: *experiment, budget_summary: answer::summary(&balance) };
    let mut answer = answer::ok(&told);
    if let Some(warning) = warning {
        answer.headers_mut().insert(WARNING, warning);
    }
    Ok(answer)
}

/// The wire has no tag for optimizers, and a configuration that says nothing but the learning rate gets plain descent:
/// few mean that.
fn implicit_sgd(config: &TrainingConfig) -> Option<HeaderValue> {
    let text = "this configuration trains with SGD; give any AdamW field, such as beta1, to train with AdamW";
    matches!(config.optimizer_config, Optimizer::Sgd(_)).then(|| HeaderValue::from_static(text))
}

/// `GET /experiments`
pub(super) async fn experiments(State(app): State<App>, headers: HeaderMap) -> Reply {
    let user = identity::user(&app, &headers).await?;
    let version = app.service.ledger().user(user).version;
    let tag = lists::tag(user, version);
    if lists::is_known(&headers, &tag) {
        let mut unchanged = Response::new(Body::empty());
        *unchanged.status_mut() = StatusCode::NOT_MODIFIED;
        unchanged.headers_mut().insert(ETAG, tag);
        return Ok(unchanged);
    }
    if let Some(list) = app.lists.at(user, version) {
        return Ok(tagged(list, tag));
    }
    let (version, told) = {
        let ledger = app.service.ledger();
        let mut runs: Vec<_> = ledger.experiments_of(user).collect();
        runs.sort_by_key(|run| (run.queued, Reverse(run.id)));
        (ledger.user(user).version, runs.into_iter().filter_map(status::told).collect::<Vec<_>>())
    };
    let list = Bytes::from(isoflop_api::to_wire(&told));
    app.lists.keep(user, version, &list);
    Ok(tagged(list, lists::tag(user, version)))
}

fn tagged(list: Bytes, tag: HeaderValue) -> Response {
    let mut answer = answer::json_bytes(StatusCode::OK, list);
    answer.headers_mut().insert(ETAG, tag);
    answer
}

/// `GET /experiment/{experiment_id}`
pub(super) async fn experiment(State(app): State<App>, headers: HeaderMap, Path(id): Path<String>) -> Reply {
    let user = identity::user(&app, &headers).await?;
    let id = read_experiment_id(&id, PathNumber::Any).map_err(|issues| answer::issues(&issues))?;
    let told = u64::try_from(id).ok().and_then(|id| {
        let ledger = app.service.ledger();
        let own = ledger.experiment(id).filter(|run| run.user == user && run.purpose == Purpose::Own);
        own.and_then(status::told)
    });
    told.map(|told| answer::ok(&told)).ok_or_else(|| answer::detail(StatusCode::NOT_FOUND, "not found"))
}

/// `GET /budget`
pub(super) async fn budget(State(app): State<App>, headers: HeaderMap) -> Reply {
    let user = identity::user(&app, &headers).await?;
    let balance = app.service.ledger().balance(app.service.terms(), user, Purse::Seconds);
    Ok(answer::ok(&answer::summary(&balance)))
}

/// `GET /final_submission`
pub(super) async fn final_submission(State(app): State<App>, headers: HeaderMap) -> Reply {
    let user = identity::user(&app, &headers).await?;
    Ok(answer::ok(&last_word(&app, user)))
}

/// `POST /final_submission`
pub(super) async fn save_final_submission(State(app): State<App>, request: Request) -> Reply {
    let (headers, body) = read(&app, request, From::Person).await?;
    let user = identity::user(&app, &headers).await?;
    let FinalSubmissionRequest { training_config: config, predicted_final_loss: predicted_loss } = typed(&body)?;
    let command = Command::SaveFinal { user, config: config.clone(), predicted_loss };
    let done = app.service.ask(command).await.map_err(answer::problem)?;
    Ok(answer::ok(&FinalSubmission {
        training_config: config,
        predicted_final_loss: predicted_loss,
        submitted_at: done.at,
    }))
}

fn last_word(app: &App, user: UserId) -> Option<FinalSubmission> {
    let ledger = app.service.ledger();
    ledger.user(user).last_word.as_ref().map(|last_word| FinalSubmission {
        training_config: last_word.config.clone(),
        predicted_final_loss: last_word.predicted_loss,
        submitted_at: last_word.saved,
    })
}
