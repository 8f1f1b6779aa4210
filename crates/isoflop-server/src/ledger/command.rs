//! What is asked of the books.

use std::sync::Arc;

use isoflop_api::{Finish, Timestamp, TrainingConfig};

use super::{Deed, ExperimentId, KeyDigest, Owner, Purse, UserId};
use crate::backend::Work;

/// What a worker says of a run that goes on.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Report {
    /// Every validation loss so far, if it says them.
    pub losses: Option<Vec<f64>>,
    /// Whether it has not begun, as it waits for a machine of a cluster.
    pub waits: bool,
}

/// What is asked of the books. `actor` is the operator who asks.
#[expect(missing_docs, reason = "their fields are the words of the ledger")]
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// Someone new, with a key.
    AddUser { name: String, key: KeyDigest },
    /// A key in place of every earlier one.
    SetKey { owner: Owner, key: KeyDigest },
    /// More to spend, or less; what is said again under one name is done once.
    Adjust { user: UserId, purse: Purse, amount: f64, reason: String, actor: String, once: Option<String> },
    /// A run is to cost nothing.
    Refund { experiment: ExperimentId, reason: String, actor: String },
    /// A run.
    Submit { user: UserId, work: Work, digest: String },
    /// A run is to stop.
    Cancel { experiment: ExperimentId, owner: Owner },
    /// Work for a worker with free places; runs that it does not know it is holding are handed to it again, as the
    /// same attempts: its name must be that of its process, and not of its machine.
    Lease { worker: String, places: usize, holding: Vec<String> },
    /// A run is handed out by hand.
    Dispatch { experiment: ExperimentId, run_id: String },
    /// A worker lives.
    Report { experiment: ExperimentId, run_id: String, report: Report },
    /// A run is over. Workers of the course do not say which attempt they finished.
    Finish { experiment: ExperimentId, run_id: Option<String>, finish: Finish },
    /// A run was lost through no fault of its own.
    Lost { experiment: ExperimentId, run_id: String, why: String },
    /// A worker that ends gives a run back as it was; that is not held against the run.
    GiveBack { experiment: ExperimentId, run_id: String },
    /// Leases whose time is over end.
    Expire,
    /// Nobody could be heard for a while: every worker has its whole lease again to speak.
    Renew,
    /// The server has started again: what was in its own hands is lost, and other workers could not be heard.
    Restart,
    /// Somebody's last word.
    SaveFinal { user: UserId, config: Arc<TrainingConfig>, predicted_loss: f64 },
    /// Whether last words may still be changed, and until when.
    Finals { frozen: bool, deadline: Option<Timestamp>, actor: String },
    /// Every last word is trained.
    LaunchFinals { actor: String },
    /// No run is handed out any more, or again.
    Drain { on: bool, actor: String },
    /// Many new people with their keys, or none of them.
    AddUsers { users: Vec<(String, KeyDigest)> },
    /// A run is taken from its worker and waits again.
    Requeue { experiment: ExperimentId, why: String },
    /// A command of an operator, which is written down with who asked and why; a deed without one changes nothing else.
    Operate { deed: Deed, command: Option<Box<Command>> },
}
