//! Rules on asking for a run, and on taking that back.

use isoflop_api::{FailReason, Optimizer, Timestamp, TrainingConfig};

use super::lease::charge;
use super::{Cause, End, Event, ExperimentId, Ledger, Owner, Purpose, Purse, Refusal, State, Terms, UserId};
use crate::backend::Work;

impl Ledger {
    /// Each protocol has its order: with an empty purse a configuration of 2026 is refused for the budget even if it is
    /// known, while a query of 2025 that was asked before is free.
    pub(super) fn submit(&self, terms: &Terms, user: UserId, work: &Work, digest: &str) -> Result<Vec<Event>, Refusal> {
        work.check_finite()?;
        let known = self.standing_for(user, digest).map_or(Ok(()), |id| Err(Refusal::AlreadySubmitted(id)));
        if work.purse() == Purse::Flops {
            known.clone()?;
        }
        let (asked, balance) = (work.reservation(), self.balance(terms, user, work.purse()));
        if !(asked.is_finite() && asked >= 0.0) {
            return Err(Refusal::NotAnAmount(asked));
        }
        if asked > balance.left() {
            return Err(Refusal::OverBudget { purse: work.purse(), asked, balance });
        }
        known?;
        let waiting = self.user(user).queued.len();
        if waiting >= terms.max_queued {
            return Err(Refusal::QueueFull(waiting));
        }
        Ok(vec![Event::Submitted {
            experiment: self.experiments.len() as u64 + 1,
            user,
            work: work.clone(),
            digest: digest.to_owned(),
            reserved: asked,
            purpose: Purpose::Own,
        }])
    }

    /// A run that waits costs nothing; one that was going on costs the time since it began.
    pub(super) fn cancel(&self, id: ExperimentId, owner: Owner, now: Timestamp) -> Result<Vec<Event>, Refusal> {
        let seen = self.experiment(id).filter(|run| match owner {
            Owner::User(user) => run.user == user && run.purpose == Purpose::Own,
            Owner::Operator => true,
            Owner::Worker => false,
        });
        let run = seen.ok_or(Refusal::UnknownExperiment(id))?;
        let (used_seconds, charge) = match &run.state {
            State::Queued => (0.0, 0.0),
            State::Running { started, .. } => {
                let used = now.seconds_since(*started).max(0.0);
                (used, charge(run, used))
            }
            State::Ended { end: End::Failed { cause: Cause::Cancelled, .. }, .. } => return Ok(Vec::new()),
            State::Ended { .. } => return Err(Refusal::AlreadyEnded(id)),
        };
        let by = if owner == Owner::Operator { "cancelled by an operator" } else { "cancelled" };
        let reason = FailReason::Unexpected { failure: by.to_owned() };
        let end = End::Failed { reason, cause: Cause::Cancelled };
        Ok(vec![Event::Ended { experiment: id, used_seconds, charge, end }])
    }
}

impl Work {
    /// JSON knows finite numbers only: any other would come back from the disk as nothing, and the books with it.
    pub(super) fn check_finite(&self) -> Result<(), Refusal> {
        match self {
            Self::Training(config) => check_finite(&config_numbers(config)),
            Self::Query(query) => check_finite(&[query.learning_rate, query.train_flops]),
        }
    }
}

/// Every number of a configuration that is no integer.
fn config_numbers(config: &TrainingConfig) -> Vec<f64> {
    let mut numbers = vec![config.max_runtime_seconds, config.architecture_config.rms_norm_eps];
    let (schedule, clip) = match &config.optimizer_config {
        Optimizer::AdamW(adam) => {
            numbers.extend([adam.weight_decay, adam.beta1, adam.beta2, adam.eps, adam.eps_root]);
            (&adam.lr_scheduler, adam.grad_clip_norm)
        }
        Optimizer::Sgd(sgd) => (&sgd.lr_scheduler, sgd.grad_clip_norm),
    };
    numbers.extend([schedule.peak_value, schedule.final_lr_frac, schedule.warmup_frac, schedule.init_value]);
    numbers.extend(clip);
    numbers
}

pub(super) fn check_finite(numbers: &[f64]) -> Result<(), Refusal> {
    numbers.iter().find(|number| !number.is_finite()).map_or(Ok(()), |&number| Err(Refusal::NotAnAmount(number)))
}
