//! Rules on last words.

use std::sync::Arc;

use isoflop_api::{Timestamp, TrainingConfig};

use super::{Cause, End, Event, Final, Ledger, Purpose, Refusal, State, UserId};
use crate::backend::Work;

impl Ledger {
    pub(super) fn save_final(
        &self,
        user: UserId,
        config: &Arc<TrainingConfig>,
        predicted_loss: f64,
        now: Timestamp,
    ) -> Result<Vec<Event>, Refusal> {
        if self.finals_frozen {
            return Err(Refusal::FinalsFrozen);
        }
        if let Some(deadline) = self.finals_deadline.filter(|&deadline| now > deadline) {
            return Err(Refusal::TooLate(deadline));
        }
        if !(predicted_loss.is_finite() && predicted_loss > 0.0) {
            return Err(Refusal::NotAnAmount(predicted_loss));
        }
        Work::Training(config.clone()).check_finite()?;
        Ok(vec![Event::FinalSaved { user, config: config.clone(), predicted_loss }])
    }

    pub(super) fn set_finals(&self, frozen: bool, deadline: Option<Timestamp>, actor: &str) -> Vec<Event> {
        if self.finals() == (frozen, deadline) {
            return Vec::new();
        }
        vec![Event::FinalsSet { frozen, deadline, actor: actor.to_owned() }]
    }

    /// One run for each last word that has none, or whose run was lost or cancelled; nothing can be changed afterwards.
    pub(super) fn launch_finals(&self, actor: &str) -> Vec<Event> {
        let mut events = self.set_finals(true, self.finals_deadline, actor);
        let waiting = self.users().filter_map(|(id, user)| {
            user.last_word.as_ref().filter(|last_word| !self.is_in_hand(last_word)).map(|last_word| (id, last_word))
        });
        let first = self.experiments.len() as u64 + 1;
        events.extend(waiting.zip(first..).map(|((user, last_word), experiment)| {
            let work = Work::Training(last_word.config.clone());
            Event::Submitted { experiment, user, digest: work.digest(), work, reserved: 0.0, purpose: Purpose::Final }
        }));
        events
    }

    /// Whether a last word's run waits, goes on, or ended by itself.
    fn is_in_hand(&self, last_word: &Final) -> bool {
        let Some(run) = last_word.experiment.map(|id| self.known(id)) else { return false };
        !matches!(&run.state, State::Ended { end: End::Failed { cause: Cause::Lost | Cause::Cancelled, .. }, .. })
    }
}
