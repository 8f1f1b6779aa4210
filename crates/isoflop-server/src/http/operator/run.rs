//! A run as operators see it: flat, for tables.

use isoflop_api::{FailReason, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::backend::Work;
use crate::ledger::{Cause, End, Experiment, Ledger, Purpose, State};

/// A run in a row.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RunLine {
    /// Its number.
    pub experiment_id: u64,
    /// Whose.
    pub user: String,
    /// `own`, or `final`: what trains a final submission.
    pub purpose: String,
    /// `2026` or `2025`.
    pub protocol: String,
    /// `queued`, `running`, `completed`, `failed`, or what users see as failed too: `lost`, `cancelled`.
    pub status: String,
    /// When it was submitted.
    pub queued_at: Timestamp,
    /// When a worker took it.
    pub started_at: Option<Timestamp>,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// Times that it was handed out.
    pub attempts: usize,
    /// The name of its last attempt.
    pub run_id: Option<String>,
    /// Who has it.
    pub worker: Option<String>,
    /// How long it took, seconds.
    pub used_seconds: Option<f64>,
    /// What it costs: reserved, or settled.
    pub charge: f64,
    /// `seconds` or `flops`.
    pub charge_unit: String,
    /// Why it failed.
    pub failure: Option<String>,
    /// N, parameters without embedding.
    pub params: f64,
    /// D.
    pub tokens: f64,
    /// C = 6ND.
    pub compute: f64,
    /// The last validation loss, nats per token.
    pub loss: Option<f64>,
}

/// A run with all that was asked and found.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Run {
    /// Its row.
    #[serde(flatten)]
    pub line: RunLine,
    /// Every validation loss, nats per token.
    pub losses: Vec<f64>,
    /// What was asked for.
    pub config: Value,
}

/// What a run's row holds, in the order of its columns.
pub const RUN_COLUMNS: &[&str] = &[
    "experiment_id",
    "user",
    "purpose",
    "protocol",
    "status",
    "queued_at",
    "started_at",
    "ended_at",
    "attempts",
    "run_id",
    "worker",
    "used_seconds",
    "charge",
    "charge_unit",
    "failure",
    "params",
    "tokens",
    "compute",
    "loss",
    "losses",
    "config",
];

impl RunLine {
    pub(super) fn of(ledger: &Ledger, run: &Experiment) -> Self {
        let (protocol, charge_unit, params, tokens) = match &run.work {
            Work::Training(config) => {
                ("2026", "seconds", config.params_without_embedding() as f64, config.total_train_tokens as f64)
            }
            Work::Query(query) => {
                let params = query.params() as f64;
                ("2025", "flops", params, query.train_flops / (isoflop::units::FLOPS_PER_PARAM_TOKEN * params))
            }
        };
        let mut line = Self {
            experiment_id: run.id,
            user: ledger.user(run.user).name.clone(),
            purpose: if run.purpose == Purpose::Own { "own" } else { "final" }.to_owned(),
            protocol: protocol.to_owned(),
            status: status(run).to_owned(),
            queued_at: run.queued,
            started_at: None,
            ended_at: None,
            attempts: run.attempts(),
            run_id: None,
            worker: None,
            used_seconds: None,
            charge: run.charge,
            charge_unit: charge_unit.to_owned(),
            failure: None,
            params,
            tokens,
            compute: isoflop::units::FLOPS_PER_PARAM_TOKEN * params * tokens,
            loss: run.losses.last().copied(),
        };
        match &run.state {
            State::Queued => {}
            State::Running { started, lease } => {
                line.started_at = Some(*started);
                line.run_id = Some(lease.run_id.clone());
                line.worker.clone_from(&lease.worker);
            }
            State::Ended { started, ended, run_id, used_seconds, end } => {
                line.started_at = Some(*started);
                line.ended_at = Some(*ended);
                line.run_id = Some(run_id.clone()).filter(|run_id| !run_id.is_empty());
                line.used_seconds = Some(*used_seconds);
                if let End::Failed { reason, .. } = end {
                    line.failure = Some(match reason {
                        FailReason::Timeout { .. } => "timeout".to_owned(),
                        FailReason::Unexpected { failure } => failure.clone(),
                    });
                }
            }
        }
        line
    }
}

impl Run {
    pub(super) fn of(ledger: &Ledger, run: &Experiment) -> Self {
        let config = match &run.work {
            Work::Training(config) => serde_json::to_value(config),
            Work::Query(query) => serde_json::to_value(query),
        };
        let config = config.expect("records become JSON");
        Self { line: RunLine::of(ledger, run), losses: run.losses.clone(), config }
    }
}

/// How far a run is, with operators' words for two kinds of failure.
pub(super) fn status(run: &Experiment) -> &'static str {
    match &run.state {
        State::Queued => "queued",
        State::Running { .. } => "running",
        State::Ended { end: End::Completed, .. } => "completed",
        State::Ended { end: End::Failed { cause, .. }, .. } => match cause {
            Cause::Run => "failed",
            Cause::Lost => "lost",
            Cause::Cancelled => "cancelled",
        },
    }
}
