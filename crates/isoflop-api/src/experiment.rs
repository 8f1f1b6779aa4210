//! A submitted configuration and what has become of it.

use std::sync::Arc;

use serde::ser::SerializeStruct;
use serde::{Deserialize, Serialize, Serializer};

use crate::{Timestamp, TrainingConfig};

/// One entry of `GET /experiments`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Experiment {
    /// Its number, from 1.
    pub experiment_id: u64,
    /// What is trained.
    #[cfg_attr(feature = "openapi", schema(value_type = TrainingConfig))]
    pub training_config: Arc<TrainingConfig>,
    /// How far it is.
    pub status: Status,
}

/// How far an experiment is. The set is closed: stock clients know these four and no more.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(tag = "status_type", rename_all = "lowercase", deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Status {
    /// Waits for a worker.
    Queued {
        /// When it was submitted.
        #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
        queued_at: Timestamp,
    },
    /// With a worker.
    Running {
        /// When it was submitted.
        #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
        queued_at: Timestamp,
        /// When a worker took it.
        #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
        dispatched_at: Timestamp,
        /// The worker's name for this attempt.
        run_id: String,
        /// Validation losses so far, nats per token.
        val_losses: Vec<f64>,
    },
    /// Ended well.
    Completed {
        /// When it was submitted.
        #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
        queued_at: Timestamp,
        /// When a worker took it.
        #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
        dispatched_at: Timestamp,
        /// The worker's name for this attempt.
        run_id: String,
        /// What the worker says it took, seconds.
        used_runtime_seconds: f64,
        /// Validation losses, nats per token; the last is the answer.
        val_losses: Vec<f64>,
        /// When it ended.
        #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
        completed_at: Timestamp,
    },
    /// Ended badly, or was cancelled.
    Failed {
        /// When it was submitted.
        #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
        queued_at: Timestamp,
        /// When a worker took it; when it ended, if none did.
        #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
        dispatched_at: Timestamp,
        /// The worker's name for this attempt; empty if none took it.
        run_id: String,
        /// What the worker says it took, seconds.
        used_runtime_seconds: f64,
        /// Why.
        reason: FailReason,
        /// When it ended.
        #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
        failed_at: Timestamp,
    },
}

/// Why an experiment failed.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(tag = "reason", rename_all = "lowercase", deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum FailReason {
    /// Its seconds were over.
    Timeout {
        /// Validation losses until then, nats per token.
        partial_val_losses: Vec<f64>,
    },
    /// Anything else, in words.
    Unexpected {
        /// The words.
        failure: String,
    },
}

/// The answer to `GET /final_submission`, where there is one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FinalSubmission {
    /// What is to be trained.
    #[cfg_attr(feature = "openapi", schema(value_type = TrainingConfig))]
    pub training_config: Arc<TrainingConfig>,
    /// The loss it is said to end at, nats per token.
    pub predicted_final_loss: f64,
    /// When this was last said.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub submitted_at: Timestamp,
}

/// On the wire the tag stands behind the fields; serde's own would stand before them.
macro_rules! tagged {
    ($serializer:ident, $name:literal, $($field:ident),+ => $tag:literal: $value:literal) => {{
        let mut object = $serializer.serialize_struct($name, [$(stringify!($field)),+].len() + 1)?;
        $(object.serialize_field(stringify!($field), $field)?;)+
        object.serialize_field($tag, $value)?;
        object.end()
    }};
}

impl Serialize for Status {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Queued { queued_at } => tagged!(serializer, "Status", queued_at => "status_type": "queued"),
            Self::Running { queued_at, dispatched_at, run_id, val_losses } => tagged!(
                serializer, "Status", queued_at, dispatched_at, run_id, val_losses => "status_type": "running"
            ),
            Self::Completed { queued_at, dispatched_at, run_id, used_runtime_seconds, val_losses, completed_at } => {
                tagged!(
                    serializer, "Status", queued_at, dispatched_at, run_id, used_runtime_seconds, val_losses, completed_at
                    => "status_type": "completed"
                )
            }
            Self::Failed { queued_at, dispatched_at, run_id, used_runtime_seconds, reason, failed_at } => tagged!(
                serializer, "Status", queued_at, dispatched_at, run_id, used_runtime_seconds, reason, failed_at
                => "status_type": "failed"
            ),
        }
    }
}

impl Serialize for FailReason {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Timeout { partial_val_losses } => {
                tagged!(serializer, "FailReason", partial_val_losses => "reason": "timeout")
            }
            Self::Unexpected { failure } => tagged!(serializer, "FailReason", failure => "reason": "unexpected"),
        }
    }
}
