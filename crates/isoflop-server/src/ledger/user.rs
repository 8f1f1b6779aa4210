//! Who asks, and what they have to spend.

use std::collections::BTreeSet;
use std::sync::Arc;

use isoflop_api::{Timestamp, TrainingConfig};
use serde::{Deserialize, Serialize};

use super::{Amount, ExperimentId};

/// A user's place in the books, from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct UserId(pub u32);

/// What a run is paid from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purse {
    /// Seconds of training: the 2026 protocol.
    Seconds,
    /// FLOPs: the 2024 and 2025 protocols.
    Flops,
}

/// What a user committed to.
#[derive(Clone, Debug, PartialEq)]
pub struct Final {
    /// What is to be trained.
    pub config: Arc<TrainingConfig>,
    /// The loss it is said to end at, nats per token.
    pub predicted_loss: f64,
    /// When this was last said.
    pub saved: Timestamp,
    /// The run that trains it, once it is launched.
    pub experiment: Option<ExperimentId>,
}

/// One user.
#[derive(Clone, Debug, PartialEq)]
pub struct User {
    /// Their name in the roster; unique.
    pub name: String,
    /// Granted beyond the common budget, seconds.
    pub extra_seconds: f64,
    /// Granted beyond the common budget, FLOPs.
    pub extra_flops: f64,
    /// Spent and reserved by their own runs, seconds.
    pub(super) used_seconds: Amount,
    /// The same, FLOPs.
    pub(super) used_flops: Amount,
    /// Their runs, in the order they were submitted.
    pub experiments: Vec<ExperimentId>,
    /// Those that wait, in that order.
    pub queued: BTreeSet<ExperimentId>,
    /// How many are with workers.
    pub running: usize,
    /// What they committed to.
    pub last_word: Option<Final>,
    /// Counts the events that changed anything they can see.
    pub version: u64,
}

impl User {
    pub(super) fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            extra_seconds: 0.0,
            extra_flops: 0.0,
            used_seconds: Amount::default(),
            used_flops: Amount::default(),
            experiments: Vec::new(),
            queued: BTreeSet::new(),
            running: 0,
            last_word: None,
            version: 0,
        }
    }

    /// Spent and reserved by their own runs.
    pub fn used(&self, purse: Purse) -> Amount {
        match purse {
            Purse::Seconds => self.used_seconds,
            Purse::Flops => self.used_flops,
        }
    }

    pub(super) fn used_mut(&mut self, purse: Purse) -> &mut Amount {
        match purse {
            Purse::Seconds => &mut self.used_seconds,
            Purse::Flops => &mut self.used_flops,
        }
    }
}
