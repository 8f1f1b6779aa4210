//! What the books say.

use super::{Event, Experiment, ExperimentId, KeyDigest, Ledger, Owner, Purpose, Purse, Terms, User, UserId};
use isoflop_api::Timestamp;

/// What a purse holds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Balance {
    /// Granted.
    pub total: f64,
    /// Spent by what is over and reserved by what is not.
    pub used: f64,
    left: f64,
}

impl Balance {
    /// What may still be asked for; all of it may be. Negative if more was taken away by hand than was left.
    pub fn left(&self) -> f64 {
        self.left
    }
}

impl Ledger {
    /// What `user` has in `purse`.
    pub fn balance(&self, terms: &Terms, user: UserId, purse: Purse) -> Balance {
        let account = self.user(user);
        let total = match purse {
            Purse::Seconds => terms.budget_seconds + account.extra_seconds,
            Purse::Flops => terms.budget_flops + account.extra_flops,
        };
        let (used, left) = account.used(purse).used_and_left(purse, total);
        Balance { total, used, left }
    }

    /// A user.
    ///
    /// # Panics
    /// If there is none: ids come from these books.
    pub fn user(&self, user: UserId) -> &User {
        &self.users[user.0 as usize]
    }

    /// Every user with their id.
    pub fn users(&self) -> impl Iterator<Item = (UserId, &User)> {
        self.users.iter().enumerate().map(|(place, user)| (UserId(place as u32), user))
    }

    /// The user called `name`.
    pub fn user_named(&self, name: &str) -> Option<UserId> {
        self.names.get(name).copied()
    }

    /// Whose key this is.
    pub fn owner(&self, key: &KeyDigest) -> Option<Owner> {
        self.keys.get(key).copied()
    }

    /// Whether there is a key of this owner.
    pub fn has_key(&self, owner: Owner) -> bool {
        self.key_of.contains_key(&owner)
    }

    /// The experiment of this number, whoever's it is.
    pub fn experiment(&self, id: ExperimentId) -> Option<&Experiment> {
        self.experiments.get(usize::try_from(id.checked_sub(1)?).ok()?)
    }

    /// What `user` asked for themselves, in the order they did.
    pub fn experiments_of(&self, user: UserId) -> impl DoubleEndedIterator<Item = &Experiment> {
        self.user(user).experiments.iter().map(|&id| self.known(id)).filter(|run| run.purpose == Purpose::Own)
    }

    /// Every experiment.
    pub fn experiments(&self) -> &[Experiment] {
        &self.experiments
    }

    /// The experiment that stands for this configuration of this user.
    pub fn standing_for(&self, user: UserId, digest: &str) -> Option<ExperimentId> {
        self.taken.get(&(user, digest.to_owned())).copied()
    }

    /// Runs that wait, and runs with workers.
    pub fn load(&self) -> (usize, usize) {
        (self.users.iter().map(|user| user.queued.len()).sum(), self.running.len())
    }

    /// Runs with workers.
    pub fn running(&self) -> impl Iterator<Item = &Experiment> {
        self.running.iter().map(|&id| self.known(id))
    }

    /// Whether last words may be changed no more, and the moment after which they may not.
    pub fn finals(&self) -> (bool, Option<Timestamp>) {
        (self.finals_frozen, self.finals_deadline)
    }

    /// Whether no run is handed out.
    pub fn draining(&self) -> bool {
        self.draining
    }

    /// The moment of the last event.
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// An experiment that these books name.
    pub(super) fn known(&self, id: ExperimentId) -> &Experiment {
        &self.experiments[id as usize - 1]
    }

    /// The books after these events, each with its moment.
    pub fn replay<'a>(events: impl IntoIterator<Item = (Timestamp, &'a Event)>) -> Self {
        let mut ledger = Self::default();
        for (at, event) in events {
            ledger.apply(event, at);
        }
        ledger
    }
}
