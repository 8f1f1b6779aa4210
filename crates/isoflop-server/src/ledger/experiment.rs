//! One run: who asked, what it costs, how far it is.

use isoflop_api::{FailReason, Timestamp};
use serde::{Deserialize, Serialize};

use super::{Purse, UserId};
use crate::backend::Work;

/// A run's number, from 1.
pub type ExperimentId = u64;

/// What a run is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// Its user asked for it, and pays.
    Own,
    /// It trains a final submission; the house pays, and only operators see it.
    Final,
}

/// One run.
#[derive(Clone, Debug, PartialEq)]
pub struct Experiment {
    /// Its number, from 1.
    pub id: ExperimentId,
    /// Whose it is.
    pub user: UserId,
    /// What is trained.
    pub work: Work,
    /// What tells it from every other configuration.
    pub digest: String,
    /// What it is for.
    pub purpose: Purpose,
    /// When it was submitted.
    pub queued: Timestamp,
    /// What its attempts were called, in their order: it was handed out so many times.
    pub run_ids: Vec<String>,
    /// Times that it was lost with its worker.
    pub lost: u32,
    /// Validation losses of this attempt so far, nats per token.
    pub losses: Vec<f64>,
    /// What it costs its purse: the reservation until it ends, then what it used.
    pub charge: f64,
    /// How far it is.
    pub state: State,
}

/// A run in a worker's hands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Lease {
    /// The name of this attempt.
    pub run_id: String,
    /// Who has it; nobody known if it was handed out by hand.
    pub worker: Option<String>,
    /// When the worker's silence will have been too long.
    pub expires: Timestamp,
}

/// How far a run is. Each state owns what is known in it.
#[derive(Clone, Debug, PartialEq)]
pub enum State {
    /// Waits.
    Queued,
    /// With a worker.
    Running {
        /// Since when.
        started: Timestamp,
        /// On which terms.
        lease: Lease,
    },
    /// Over.
    Ended {
        /// When a worker took it; when it ended, if none did.
        started: Timestamp,
        /// When it ended.
        ended: Timestamp,
        /// The name of the last attempt; empty if there was none.
        run_id: String,
        /// How long it took, as the worker says, seconds.
        used_seconds: f64,
        /// How.
        end: End,
    },
}

/// How a run ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum End {
    /// With a loss.
    Completed,
    /// Without.
    Failed {
        /// In the protocol's words.
        reason: FailReason,
        /// At whose door.
        cause: Cause,
    },
}

/// At whose door a failure is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// The run's own: it diverged, ran out of memory or of time. It is charged, and its configuration stays taken.
    Run,
    /// The machine's: nothing is charged, and the configuration may be submitted again.
    Lost,
    /// Its user stopped it, or an operator did: what was used is charged, and the configuration may be submitted again.
    Cancelled,
}

impl Experiment {
    /// What it is paid from.
    pub fn purse(&self) -> Purse {
        self.work.purse()
    }

    /// Times that it was handed out.
    pub fn attempts(&self) -> usize {
        self.run_ids.len()
    }

    /// A name for its next attempt. One handed out by hand may have been called anything.
    pub fn next_run_id(&self) -> String {
        let mut names = (self.attempts() + 1..).map(|attempt| format!("run-{}-{attempt}", self.id));
        names.find(|name| !self.run_ids.contains(name)).expect("there are more names than attempts")
    }

    /// Whether it is over.
    pub fn has_ended(&self) -> bool {
        matches!(self.state, State::Ended { .. })
    }

    /// The lease, while it is with a worker.
    pub fn lease(&self) -> Option<&Lease> {
        match &self.state {
            State::Running { lease, .. } => Some(lease),
            _ => None,
        }
    }
}

impl Work {
    /// What it is paid from.
    pub fn purse(&self) -> Purse {
        match self {
            Self::Training(_) => Purse::Seconds,
            Self::Query(_) => Purse::Flops,
        }
    }

    /// What it may cost at most, in the unit of its purse.
    pub fn reservation(&self) -> f64 {
        match self {
            Self::Training(config) => config.max_runtime_seconds,
            Self::Query(query) => query.train_flops,
        }
    }

    /// What a run that took `used_seconds` costs: at least a second and at most the reservation; a query always costs
    /// the FLOPs that it names.
    pub fn cost(&self, used_seconds: f64) -> f64 {
        match self {
            Self::Training(config) => used_seconds.max(1.0).min(config.max_runtime_seconds),
            Self::Query(query) => query.train_flops,
        }
    }
}
