//! What trains: a known law, a table of runs, or any program.

use std::ops::ControlFlow;
use std::sync::Arc;

use isoflop_api::{FailReason, LossQuery, TrainingConfig};
use serde::{Deserialize, Serialize};

mod choice;
pub(crate) mod command;
mod recorded;
#[cfg(test)]
pub(crate) mod sample;
mod simulated;
#[cfg(test)]
mod tests;
pub mod world;

pub use choice::{BACKENDS, BackendKind, ChoiceError, backend, is_there};
pub use command::Program;
pub use recorded::Recorded;
pub use simulated::Simulated;

/// What a user asks to be trained, by protocol.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Work {
    /// A configuration of the 2026 protocol, charged by the second.
    Training(Arc<TrainingConfig>),
    /// A question of the 2024 and 2025 protocols, charged by the FLOP.
    Query(Arc<LossQuery>),
}

impl Work {
    /// What tells this work from every other.
    pub fn digest(&self) -> String {
        match self {
            Self::Training(config) => config.digest(),
            Self::Query(query) => query.digest(),
        }
    }
}

/// What is known while a run goes on.
#[derive(Clone, Debug, PartialEq)]
pub struct Progress {
    /// How long it has been going on, seconds as charged.
    pub elapsed_seconds: f64,
    /// Every validation loss so far, nats per token.
    pub val_losses: Vec<f64>,
}

/// How a run ended.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// With a loss.
    Completed {
        /// How long it took, seconds as charged.
        used_seconds: f64,
        /// Validation losses, nats per token, all finite; the last is the answer, and a query has but that one.
        val_losses: Vec<f64>,
    },
    /// Without.
    Failed {
        /// How long it took, seconds as charged.
        used_seconds: f64,
        /// Why, for the user.
        reason: FailReason,
    },
    /// It was told to stop, and did.
    Stopped {
        /// How long it took, seconds as charged.
        used_seconds: f64,
    },
}

impl Outcome {
    /// How long the run took, seconds as charged.
    pub fn used_seconds(&self) -> f64 {
        match *self {
            Self::Completed { used_seconds, .. }
            | Self::Failed { used_seconds, .. }
            | Self::Stopped { used_seconds } => used_seconds,
        }
    }
}

/// The backend itself failed, not the run: the run may be tried again and costs nothing.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct BackendError(pub String);

/// Trains one run at a time on the calling thread; many threads may call it at once.
pub trait TrainingBackend: Send + Sync {
    /// Its name in `--backend`.
    fn name(&self) -> &'static str;

    /// The world that it plays, if its answers follow from one: operators may know, users may not.
    fn world(&self) -> Option<&world::World> {
        None
    }

    /// Trains to the end, or until `report` says to stop. Never uses more than the work's own limit.
    ///
    /// # Errors
    /// [`BackendError`] where the backend and not the run is at fault.
    fn train(&self, work: &Work, report: &mut dyn FnMut(Progress) -> ControlFlow<()>) -> Result<Outcome, BackendError>;
}
