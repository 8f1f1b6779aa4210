//! Bookkeeping: an event that was decided is written down. No rule is here.

use isoflop_api::Timestamp;

use super::{Amount, Cause, End, Event, Experiment, ExperimentId, Final, Ledger, Purpose, Purse, State, User, UserId};

impl Ledger {
    /// Writes down what happened at `at`.
    pub fn apply(&mut self, event: &Event, at: Timestamp) {
        self.now = self.now.max(at);
        match event {
            Event::UserAdded { user: _, name } => {
                self.names.insert(name.clone(), UserId(self.users.len() as u32));
                self.users.push(User::new(name));
            }
            Event::KeySet { owner, key } => {
                if let Some(earlier) = self.key_of.insert(*owner, key.clone()) {
                    self.keys.remove(&earlier);
                }
                self.keys.insert(key.clone(), *owner);
            }
            Event::BudgetAdjusted { user, purse, amount, once, .. } => {
                if let Some(name) = once {
                    self.granted.insert(name.clone(), (*user, *purse, *amount));
                }
                let user = self.user_mut(*user);
                match purse {
                    Purse::Seconds => user.extra_seconds += amount,
                    Purse::Flops => user.extra_flops += amount,
                }
            }
            Event::Refunded { experiment, .. } => self.charge(*experiment, 0.0),
            Event::Submitted { experiment, user, work, digest, reserved, purpose } => {
                let run = Experiment {
                    id: *experiment,
                    user: *user,
                    work: work.clone(),
                    digest: digest.clone(),
                    purpose: *purpose,
                    queued: at,
                    run_ids: Vec::new(),
                    lost: 0,
                    losses: Vec::new(),
                    charge: 0.0,
                    state: State::Queued,
                };
                self.submitted(run);
                self.charge(*experiment, *reserved);
            }
            Event::Leased { experiment, lease } => {
                let run = self.change(*experiment);
                run.run_ids.push(lease.run_id.clone());
                run.losses.clear();
                run.state = State::Running { started: at, lease: lease.clone() };
                let user = run.user;
                self.running.insert(*experiment);
                let user = self.user_mut(user);
                user.queued.remove(experiment);
                user.running += 1;
            }
            Event::Renewed { experiment, expires } => {
                if let State::Running { lease, .. } = &mut self.experiments[*experiment as usize - 1].state {
                    lease.expires = *expires;
                }
            }
            Event::Waits { experiment, expires } => {
                if let State::Running { started, lease } = &mut self.change(*experiment).state {
                    (*started, lease.expires) = (at, *expires);
                }
            }
            Event::Progressed { experiment, kept, losses } => {
                let run = self.change(*experiment);
                run.losses.truncate(*kept);
                run.losses.extend_from_slice(losses);
            }
            Event::Ended { experiment, used_seconds, charge, end } => {
                self.ended(*experiment, *used_seconds, *charge, end, at);
            }
            Event::Requeued { experiment, counts, .. } => {
                let run = self.change(*experiment);
                run.lost += u32::from(*counts);
                run.losses.clear();
                run.state = State::Queued;
                let user = run.user;
                self.running.remove(experiment);
                let user = self.user_mut(user);
                user.running -= 1;
                user.queued.insert(*experiment);
            }
            Event::FinalSaved { user, config, predicted_loss } => {
                let last_word =
                    Final { config: config.clone(), predicted_loss: *predicted_loss, saved: at, experiment: None };
                self.user_mut(*user).last_word = Some(last_word);
            }
            Event::FinalsSet { frozen, deadline, .. } => {
                self.finals_frozen = *frozen;
                self.finals_deadline = *deadline;
            }
            Event::Drained { on, .. } => self.draining = *on,
            // For people to read.
            Event::Operated { .. } => {}
        }
    }

    fn submitted(&mut self, run: Experiment) {
        let (id, user, purpose) = (run.id, run.user, run.purpose);
        if purpose == Purpose::Own {
            self.taken.insert((user, run.digest.clone()), id);
        }
        self.experiments.push(run);
        let user = self.user_mut(user);
        user.experiments.push(id);
        user.queued.insert(id);
        if purpose == Purpose::Final
            && let Some(last_word) = &mut user.last_word
        {
            last_word.experiment = Some(id);
        }
    }

    fn ended(&mut self, id: ExperimentId, used_seconds: f64, charge: f64, end: &End, at: Timestamp) {
        self.charge(id, charge);
        let run = self.change(id);
        let (started, run_id, was_running) = match &run.state {
            State::Running { started, lease } => (*started, lease.run_id.clone(), true),
            _ => (at, String::new(), false),
        };
        run.state = State::Ended { started, ended: at, run_id, used_seconds, end: end.clone() };
        let (user, digest, purpose) = (run.user, run.digest.clone(), run.purpose);
        run.lost += u32::from(matches!(end, End::Failed { cause: Cause::Lost, .. }));
        let again = matches!(end, End::Failed { cause: Cause::Lost | Cause::Cancelled, .. });
        if again && purpose == Purpose::Own {
            self.taken.remove(&(user, digest));
        }
        self.running.remove(&id);
        let user = self.user_mut(user);
        user.running -= usize::from(was_running);
        user.queued.remove(&id);
    }

    /// A run costs `charge` from now on, not what it did.
    fn charge(&mut self, id: ExperimentId, charge: f64) {
        let run = self.change(id);
        let (user, purse, purpose) = (run.user, run.purse(), run.purpose);
        let before = std::mem::replace(&mut run.charge, charge);
        if purpose == Purpose::Own {
            let used = self.user_mut(user).used_mut(purse);
            *used -= Amount::of(purse, before);
            *used += Amount::of(purse, charge);
        }
    }

    fn user_mut(&mut self, user: UserId) -> &mut User {
        let user = &mut self.users[user.0 as usize];
        user.version += 1;
        user
    }

    /// An experiment whose user will see a difference.
    fn change(&mut self, id: ExperimentId) -> &mut Experiment {
        let user = self.experiments[id as usize - 1].user;
        self.user_mut(user);
        &mut self.experiments[id as usize - 1]
    }
}
