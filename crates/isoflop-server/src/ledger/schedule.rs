//! Who is served next.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::{ExperimentId, Ledger, UserId};

impl Ledger {
    /// The next `places` runs to hand out, fairly across users: first the run with the fewest runs of its user going on
    /// or before it in this list, then the one that has waited longest.
    ///
    /// Finals are served like anybody's runs.
    pub fn next(&self, places: usize) -> Vec<ExperimentId> {
        // One entry for each user who waits: how many they would have, and their first run that is not yet taken.
        let mut heads: BinaryHeap<_> = self
            .users()
            .filter_map(|(id, user)| user.queued.first().map(|&first| Reverse((user.running, first, id))))
            .collect();
        let mut chosen = Vec::new();
        while chosen.len() < places
            && let Some(Reverse((running, run, user))) = heads.pop()
        {
            chosen.push(run);
            if let Some(next) = self.after(user, run) {
                heads.push(Reverse((running + 1, next, user)));
            }
        }
        chosen
    }

    fn after(&self, user: UserId, run: ExperimentId) -> Option<ExperimentId> {
        self.user(user).queued.range(run + 1..).next().copied()
    }
}
