//! The books: users, what they may spend, what they asked for, and what became of it.
//!
//! Pure rules without clock, disk or socket. [`Ledger::decide`] reads a [`Command`] and says which [`Event`]s follow, or
//! why none do; [`Ledger::apply`] writes an event down. The state is nothing but the events applied in their order, so
//! that replaying them gives it back.

mod account;
mod amount;
mod apply;
mod command;
mod event;
mod experiment;
mod finals;
mod lease;
mod operate;
mod query;
mod refusal;
mod said;
mod schedule;
mod submit;
mod terms;
mod user;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use isoflop_api::Timestamp;

pub use amount::Amount;
pub use command::{Command, Report};
pub use event::{Event, KeyDigest, Owner};
pub use experiment::{Cause, End, Experiment, ExperimentId, Lease, Purpose, State};
pub use lease::OWN_WORKER;
pub use operate::Deed;
pub use query::Balance;
pub use refusal::Refusal;
pub use said::LONGEST_FAILURE;
pub use terms::Terms;
pub use user::{Final, Purse, User, UserId};

/// Everything that is known, in memory.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Ledger {
    users: Vec<User>,
    names: BTreeMap<String, UserId>,
    keys: HashMap<KeyDigest, Owner>,
    /// The same, the other way.
    key_of: HashMap<Owner, KeyDigest>,
    experiments: Vec<Experiment>,
    /// What was granted under a name.
    granted: BTreeMap<String, (UserId, Purse, f64)>,
    /// Which experiment stands for a configuration of a user.
    taken: HashMap<(UserId, String), ExperimentId>,
    /// With a worker.
    running: BTreeSet<ExperimentId>,
    finals_deadline: Option<Timestamp>,
    finals_frozen: bool,
    draining: bool,
    /// The moment of the last event.
    now: Timestamp,
}

impl Ledger {
    /// What follows from `command` at the moment `now` under `terms`: events to be applied in this order, none if
    /// what it asks for is so already.
    ///
    /// # Errors
    /// The rule that says no.
    pub fn decide(&self, terms: &Terms, command: &Command, now: Timestamp) -> Result<Vec<Event>, Refusal> {
        self.check_user(command)?;
        match command {
            Command::AddUser { name, key } => self.add_user(name, key),
            Command::SetKey { owner, key } => self.set_key(*owner, key),
            Command::Adjust { user, purse, amount, reason, actor, once } => {
                self.adjust(terms, *user, *purse, *amount, reason, actor, once.as_deref())
            }
            Command::Refund { experiment, reason, actor } => self.refund(*experiment, reason, actor),
            Command::Submit { user, work, digest } => self.submit(terms, *user, work, digest),
            Command::Cancel { experiment, owner } => self.cancel(*experiment, *owner, now),
            Command::Lease { worker, places, holding } => Ok(self.lease(terms, worker, *places, holding, now)),
            Command::Dispatch { experiment, run_id } => self.dispatch(terms, *experiment, run_id, now),
            Command::Report { experiment, run_id, report } => self.report(terms, *experiment, run_id, report, now),
            Command::Finish { experiment, run_id, finish } => self.finish(*experiment, run_id.as_deref(), finish),
            Command::Lost { experiment, run_id, why } => self.lost(terms, *experiment, run_id, why),
            Command::GiveBack { experiment, run_id } => self.give_back(*experiment, run_id),
            Command::Expire => Ok(self.expire(terms, now)),
            Command::Renew => Ok(self.renew(terms, now)),
            Command::Restart => Ok(self.restart(terms, now)),
            Command::SaveFinal { user, config, predicted_loss } => self.save_final(*user, config, *predicted_loss, now),
            Command::Finals { frozen, deadline, actor } => Ok(self.set_finals(*frozen, *deadline, actor)),
            Command::LaunchFinals { actor } => Ok(self.launch_finals(actor)),
            Command::Drain { on, actor } => Ok(self.drain(*on, actor)),
            Command::AddUsers { users } => self.add_users(users),
            Command::Requeue { experiment, why } => self.requeue(*experiment, why),
            Command::Operate { deed, command } => self.operate(terms, deed, command.as_deref(), now),
        }
    }

    /// A command for somebody who is not in these books would else end in a panic of the one writer.
    fn check_user(&self, command: &Command) -> Result<(), Refusal> {
        let (Command::Submit { user, .. }
        | Command::Adjust { user, .. }
        | Command::SaveFinal { user, .. }
        | Command::SetKey { owner: Owner::User(user), .. }) = command
        else {
            return Ok(());
        };
        if (user.0 as usize) < self.users.len() { Ok(()) } else { Err(Refusal::UnknownUser(user.0)) }
    }
}
