//! Rules on last words.

use std::sync::Arc;

use isoflop_api::{Timestamp, TrainingConfig};

use super::{Event, Ledger, Purpose, Refusal, UserId};
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
        Ok(vec![Event::FinalSaved { user, config: config.clone(), predicted_loss }])
    }

    pub(super) fn set_finals(&self, frozen: bool, deadline: Option<Timestamp>, actor: &str) -> Vec<Event> {
        if self.finals() == (frozen, deadline) {
            return Vec::new();
        }
        vec![Event::FinalsSet { frozen, deadline, actor: actor.to_owned() }]
    }

    /// One run for each last word that has none; nothing can be changed afterwards.
    pub(super) fn launch_finals(&self, actor: &str) -> Vec<Event> {
        let mut events = self.set_finals(true, self.finals_deadline, actor);
        let waiting = self.users().filter_map(|(id, user)| {
            user.last_word.as_ref().filter(|last_word| last_word.experiment.is_none()).map(|last_word| (id, last_word))
        });
        let first = self.experiments.len() as u64 + 1;
        events.extend(waiting.zip(first..).map(|((user, last_word), experiment)| {
            let work = Work::Training(last_word.config.clone());
            Event::Submitted { experiment, user, digest: work.digest(), work, reserved: 0.0, purpose: Purpose::Final }
        }));
        events
    }
}
