//! What operators do to the books, written down with who asked and why.

use std::collections::HashSet;

use isoflop_api::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Command, Event, ExperimentId, KeyDigest, Ledger, Owner, Refusal, State, Terms, UserId};

/// What an operator did, for people to read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deed {
    /// Who.
    pub actor: String,
    /// What kind of thing: `refund`, `add user`.
    pub action: String,
    /// To what, and by how much.
    pub what: String,
    /// Why, if it was said.
    pub reason: String,
}

impl Ledger {
    /// The deed is told with what came of it, in one commit; where all was so already, nothing is told.
    pub(super) fn operate(
        &self,
        terms: &Terms,
        deed: &Deed,
        command: Option<&Command>,
        now: Timestamp,
    ) -> Result<Vec<Event>, Refusal> {
        let mut events = command.map_or(Ok(Vec::new()), |command| self.decide(terms, command, now))?;
        if command.is_none() || !events.is_empty() {
            events.push(Event::Operated { deed: deed.clone() });
        }
        Ok(events)
    }

    pub(super) fn add_users(&self, users: &[(String, KeyDigest)]) -> Result<Vec<Event>, Refusal> {
        let (mut names, mut keys) = (HashSet::new(), HashSet::new());
        let mut events = Vec::with_capacity(2 * users.len());
        for ((name, key), id) in users.iter().zip(self.users.len() as u32..) {
            let name = name.trim();
            if name.is_empty() {
                return Err(Refusal::NoName);
            }
            if self.names.contains_key(name) || !names.insert(name) {
                return Err(Refusal::NameTaken(name.to_owned()));
            }
            if self.keys.contains_key(key) || !keys.insert(key) {
                return Err(Refusal::KeyTaken);
            }
            let user = UserId(id);
            events.push(Event::UserAdded { user, name: name.to_owned() });
            events.push(Event::KeySet { owner: Owner::User(user), key: key.clone() });
        }
        Ok(events)
    }

    /// It is not held against the run.
    pub(super) fn requeue(&self, id: ExperimentId, why: &str) -> Result<Vec<Event>, Refusal> {
        let run = self.experiment(id).ok_or(Refusal::UnknownExperiment(id))?;
        match run.state {
            State::Queued => Ok(Vec::new()),
            State::Running { .. } => Ok(vec![Event::Requeued { experiment: id, counts: false, why: why.to_owned() }]),
            State::Ended { .. } => Err(Refusal::AlreadyEnded(id)),
        }
    }

    /// Whose keys there are, and what is kept of them.
    pub fn keys(&self) -> impl Iterator<Item = (Owner, &KeyDigest)> {
        self.keys.iter().map(|(key, owner)| (*owner, key))
    }
}
