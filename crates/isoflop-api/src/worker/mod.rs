//! What workers say: the 2026 protocol's callbacks.

mod read;

use serde::{Deserialize, Serialize};

use crate::FailReason;

/// What a worker says of a run that goes on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "log_type", rename_all = "snake_case", deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum WorkerEvent {
    /// The run began.
    RunStarted {
        /// Of which attempt.
        run_id: String,
        /// Where its log is, if anywhere.
        #[cfg_attr(feature = "openapi", schema(required = true))]
        wandb_path: Option<String>,
    },
    /// Every validation loss so far.
    ValidationLoss {
        /// Of which attempt.
        run_id: String,
        /// Nats per token.
        val_losses: Vec<f64>,
    },
    /// It is alive.
    RunHeartbeat {
        /// Which attempt.
        run_id: String,
        /// Since when, seconds.
        elapsed_seconds: f64,
    },
    /// Its machine was taken away.
    Preempted {
        /// Of which attempt.
        run_id: String,
    },
}

/// What a worker says of a run that is over.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "result_type", rename_all = "lowercase", deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Finish {
    /// It ended well.
    Completed {
        /// How long it took, seconds.
        used_runtime_seconds: f64,
        /// Nats per token.
        val_losses: Vec<f64>,
    },
    /// It did not.
    Failed {
        /// How long it took, seconds.
        used_runtime_seconds: f64,
        /// Why.
        reason: FailReason,
    },
}
