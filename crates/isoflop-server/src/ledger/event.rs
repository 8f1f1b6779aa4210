//! What happened.

use std::sync::Arc;

use isoflop_api::{Timestamp, TrainingConfig};
use serde::{Deserialize, Serialize};

use super::{Deed, End, ExperimentId, Lease, Purpose, Purse, UserId};
use crate::backend::Work;

/// What is kept of a key: never the key itself.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct KeyDigest(pub String);

/// Who a key belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Owner {
    /// Someone who trains.
    User(UserId),
    /// Someone who runs the server.
    Operator,
    /// A machine that trains for others.
    Worker,
}

/// What happened. Carries every number that a rule worked out, so that writing it down needs none.
#[expect(missing_docs, reason = "their fields are the words of the ledger")]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// Someone new.
    UserAdded { user: UserId, name: String },
    /// A key, in place of every earlier one of its owner.
    KeySet { owner: Owner, key: KeyDigest },
    /// A purse was filled or emptied by hand.
    BudgetAdjusted {
        user: UserId,
        purse: Purse,
        amount: f64,
        reason: String,
        actor: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        once: Option<String>,
    },
    /// A run costs nothing any more.
    Refunded { experiment: ExperimentId, reason: String, actor: String },
    /// A run was asked for, and its cost reserved.
    Submitted { experiment: ExperimentId, user: UserId, work: Work, digest: String, reserved: f64, purpose: Purpose },
    /// A run is about to be handed to a worker.
    Leased { experiment: ExperimentId, lease: Lease },
    /// The worker lives.
    Renewed { experiment: ExperimentId, expires: Timestamp },
    /// The worker lives, and the run has yet to begin: its time counts from now.
    Waits { experiment: ExperimentId, expires: Timestamp },
    /// Validation losses: the first `kept` of those known stay, and `losses` follow.
    Progressed { experiment: ExperimentId, kept: usize, losses: Vec<f64> },
    /// A run is over and its cost settled.
    Ended { experiment: ExperimentId, used_seconds: f64, charge: f64, end: End },
    /// A run's worker is gone; it waits again.
    Requeued { experiment: ExperimentId, counts: bool, why: String },
    /// Somebody's last word.
    FinalSaved { user: UserId, config: Arc<TrainingConfig>, predicted_loss: f64 },
    /// Whether last words may still be changed, and until when.
    FinalsSet { frozen: bool, deadline: Option<Timestamp>, actor: String },
    /// Whether runs are still handed out.
    Drained { on: bool, actor: String },
    /// An operator did something; what came of it stands before this, in the same commit.
    Operated { deed: Deed },
}

impl Event {
    /// Whose row in the tables for people is another now.
    pub fn user(&self) -> Option<UserId> {
        match self {
            Self::UserAdded { user, .. } | Self::BudgetAdjusted { user, .. } | Self::FinalSaved { user, .. } => {
                Some(*user)
            }
            _ => None,
        }
    }

    /// Which run looks different now. A renewed lease is the worker's alone.
    pub fn experiment(&self) -> Option<ExperimentId> {
        match self {
            Self::Refunded { experiment, .. }
            | Self::Submitted { experiment, .. }
            | Self::Leased { experiment, .. }
            | Self::Waits { experiment, .. }
            | Self::Progressed { experiment, .. }
            | Self::Ended { experiment, .. }
            | Self::Requeued { experiment, .. } => Some(*experiment),
            _ => None,
        }
    }
}
