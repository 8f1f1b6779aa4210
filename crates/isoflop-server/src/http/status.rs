//! A run in the protocols' words.

use isoflop_api::{Experiment as Told, Status};

use crate::backend::Work;
use crate::ledger::{End, Experiment, State};

/// How far a run is, in the four words of the 2026 protocol: a cancelled or lost run has failed, unexpectedly.
pub(super) fn status(run: &Experiment) -> Status {
    let queued_at = run.queued;
    match &run.state {
        State::Queued => Status::Queued { queued_at },
        State::Running { started, lease } => Status::Running {
            queued_at,
            dispatched_at: *started,
            run_id: lease.run_id.clone(),
            val_losses: run.losses.clone(),
        },
        State::Ended { started, ended, run_id, used_seconds, end } => {
            let (dispatched_at, run_id, used_runtime_seconds) = (*started, run_id.clone(), *used_seconds);
            match end {
                End::Completed => Status::Completed {
                    queued_at,
                    dispatched_at,
                    run_id,
                    used_runtime_seconds,
                    val_losses: run.losses.clone(),
                    completed_at: *ended,
                },
                End::Failed { reason, .. } => Status::Failed {
                    queued_at,
                    dispatched_at,
                    run_id,
                    used_runtime_seconds,
                    reason: reason.clone(),
                    failed_at: *ended,
                },
            }
        }
    }
}

/// A run of the 2026 protocol as its list shows it; nothing of runs of the other.
pub(super) fn told(run: &Experiment) -> Option<Told> {
    match &run.work {
        Work::Training(config) => {
            Some(Told { experiment_id: run.id, training_config: config.clone(), status: status(run) })
        }
        Work::Query(_) => None,
    }
}
