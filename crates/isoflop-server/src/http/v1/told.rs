//! A run in our own words: all that its user may know.

use std::sync::Arc;

use axum::http::header::{CACHE_CONTROL, ETAG, IF_NONE_MATCH};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::Response;
use isoflop_api::{LossQuery, Status, Timestamp, TrainingConfig};
use serde::Serialize;
use utoipa::ToSchema;

use super::super::{answer, status};
use crate::backend::Work;
use crate::ledger::{Cause, End, Experiment, ExperimentId, Ledger, Purse, State, UserId};
use crate::runs::Protocol;
use crate::size::Size;

/// A run of one's own.
#[derive(Serialize, ToSchema)]
#[schema(as = OwnExperiment)]
pub(in crate::http) struct Told {
    /// Its number, from 1.
    pub experiment_id: ExperimentId,
    /// The protocol that it was asked for in: `2026` or `2025`.
    #[schema(value_type = String)]
    pub protocol: &'static str,
    /// What is trained, in the protocol of 2026. Left out in events.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<TrainingConfig>)]
    pub training_config: Option<Arc<TrainingConfig>>,
    /// What was asked, in the protocol of 2025.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<LossQuery>)]
    pub query: Option<Arc<LossQuery>>,
    /// N, parameters without embedding and output.
    pub params: f64,
    /// D, tokens.
    pub tokens: f64,
    /// C = 6·N·D, FLOPs.
    pub train_flops: f64,
    /// How far it is.
    pub status: Status,
    /// Times that it was handed to a worker.
    pub attempts: usize,
    /// Times that it was lost with its worker, at no cost.
    pub lost: u32,
    /// What it costs, seconds: the reservation until it ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub charge_seconds: Option<f64>,
    /// What it costs, FLOPs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub charge_flops: Option<f64>,
    /// Why it failed, if it did: `run` (its own fault), `lost` (the machine's: nothing is charged) or `cancelled`.
    #[schema(value_type = Option<String>)]
    pub cause: Option<Cause>,
}

/// When a run was submitted, begun or ended: the last of these that has happened.
pub(in crate::http) fn changed(run: &Experiment) -> Timestamp {
    match run.state {
        State::Queued => run.queued,
        State::Running { started, .. } => started,
        State::Ended { ended, .. } => ended,
    }
}

impl Told {
    /// All of it.
    pub(in crate::http) fn of(run: &Experiment) -> Self {
        let (training_config, query) = match &run.work {
            Work::Training(config) => (Some(Arc::clone(config)), None),
            Work::Query(query) => (None, Some(Arc::clone(query))),
        };
        Self { training_config, query, ..Self::brief(run) }
    }

    /// Without what never changes.
    pub(in crate::http) fn brief(run: &Experiment) -> Self {
        let Size { params, tokens, flops } = Size::of(&run.work);
        let of = |purse| (run.purse() == purse).then_some(run.charge);
        let cause = match &run.state {
            State::Ended { end: End::Failed { cause, .. }, .. } => Some(*cause),
            _ => None,
        };
        Self {
            experiment_id: run.id,
            protocol: Protocol::of(&run.work).name(),
            training_config: None,
            query: None,
            params,
            tokens,
            train_flops: flops,
            status: status::status(run),
            attempts: run.attempts(),
            lost: run.lost,
            charge_seconds: of(Purse::Seconds),
            charge_flops: of(Purse::Flops),
            cause,
        }
    }
}

/// A page of one's own runs, oldest first.
#[derive(Serialize, ToSchema)]
#[schema(as = OwnExperiments)]
pub(in crate::http) struct Page {
    /// The runs.
    pub experiments: Vec<Told>,
    /// What to give as `after` for the next page; none if this is the last.
    pub next: Option<ExperimentId>,
}

/// The word for how far a run is.
pub(super) fn state(run: &Experiment) -> &'static str {
    match &run.state {
        State::Queued => "queued",
        State::Running { .. } => "running",
        State::Ended { end: End::Completed, .. } => "completed",
        State::Ended { end: End::Failed { .. }, .. } => "failed",
    }
}

/// Every word of [`state`].
pub(super) const STATES: [&str; 4] = ["queued", "running", "completed", "failed"];

/// What tells all that `user` can see from what they saw before: the number of changes, and which books these are.
pub(super) fn mark(ledger: &Ledger, user: UserId) -> String {
    let last = ledger.experiments_of(user).next_back().map_or(0, |run| run.queued.0);
    format!("{:x}-{last:x}", ledger.user(user).version)
}

/// Whether the one who asks has `tag` already.
pub(super) fn has(headers: &HeaderMap, tag: &str) -> bool {
    let wanted = headers.get_all(IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    wanted
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .any(|known| known == "*" || known.trim_start_matches("W/") == tag)
}

/// It is as it was.
pub(super) fn unchanged(tag: &str) -> Response {
    let mut answer = Response::default();
    *answer.status_mut() = StatusCode::NOT_MODIFIED;
    tagged(answer, tag)
}

/// With its tag; kept by the one who asked and nobody between.
pub(super) fn tagged(mut answer: Response, tag: &str) -> Response {
    answer.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    if let Ok(tag) = HeaderValue::try_from(tag) {
        answer.headers_mut().insert(ETAG, tag);
    }
    answer
}

/// A tag in its quotation marks.
pub(super) fn quoted(tag: &str) -> String {
    format!("\"{tag}\"")
}

/// A refusal with one sentence.
pub(super) fn refused(status: StatusCode, why: impl AsRef<str>) -> Response {
    answer::detail(status, why.as_ref())
}
