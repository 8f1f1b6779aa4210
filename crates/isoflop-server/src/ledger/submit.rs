//! Rules on asking for a run, and on taking that back.

use isoflop_api::{FailReason, Timestamp};

use super::{Cause, End, Event, ExperimentId, Ledger, Owner, Purpose, Purse, Refusal, State, Terms, UserId};
use crate::backend::Work;

impl Ledger {
    /// Each protocol has its order: with an empty purse a configuration of 2026 is refused for the budget even if it is
    /// known, while a query of 2025 that was asked before is free.
    pub(super) fn submit(&self, terms: &Terms, user: UserId, work: &Work, digest: &str) -> Result<Vec<Event>, Refusal> {
        let known = self.standing_for(user, digest).map_or(Ok(()), |id| Err(Refusal::AlreadySubmitted(id)));
        if work.purse() == Purse::Flops {
            known.clone()?;
        }
        let (asked, balance) = (work.reservation(), self.balance(terms, user, work.purse()));
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
                (used, if run.purpose == Purpose::Own { run.work.cost(used) } else { 0.0 })
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
