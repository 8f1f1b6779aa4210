//! The play itself: what happens next, until nothing does.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use isoflop_api::{FailReason, Finish, Timestamp, TrainingConfig};

use super::student::{Dice, drawn};
use super::{Plan, Rehearsed};
use crate::backend::world::World;
use crate::backend::{Outcome, Work};
use crate::ledger::{Command, Event, ExperimentId, KeyDigest, Ledger, Purse, Refusal, Terms, UserId};
use crate::store::Store;

/// When, and what: a submission by its number, or the end of a run.
type Next = Reverse<(Timestamp, Happens)>;

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Happens {
    Ends(ExperimentId),
    Submits(usize),
}

/// Events that are written at once, as the writer does under load.
const BATCH: usize = 512;

struct Play<'a> {
    terms: &'a Terms,
    world: &'a World,
    places: usize,
    ledger: Ledger,
    store: Store,
    unwritten: Vec<(Event, Timestamp)>,
    next: BinaryHeap<Next>,
    waits: Vec<f64>,
    busy_seconds: f64,
    told: Rehearsed,
}

/// Plays it to the end of the last run.
pub(super) fn play(plan: &Plan, places: usize, terms: &Terms, world: &World) -> Rehearsed {
    let mut dice = Dice::new(plan.seed);
    let seconds = plan.hours * 3600.0;
    let submissions: Vec<(UserId, TrainingConfig, Timestamp)> = (0..plan.users * plan.submissions)
        .map(|number| {
            let user = UserId((number % plan.users) as u32);
            // The root crowds them towards the end, as deadlines do.
            let at = Timestamp(0).plus_seconds(seconds * dice.share().sqrt());
            (user, drawn(&mut dice), at)
        })
        .collect();
    let store = Store::in_memory().expect("there is memory for a rehearsal");
    let mut play = Play {
        terms,
        world,
        places,
        ledger: Ledger::default(),
        store,
        unwritten: Vec::new(),
        next: BinaryHeap::new(),
        waits: Vec::new(),
        busy_seconds: 0.0,
        told: Rehearsed { plan: plan.clone(), ..Rehearsed::default() },
    };
    let users = (0..plan.users).map(|user| (format!("user {user}"), KeyDigest(user.to_string()))).collect();
    play.happen(&Command::AddUsers { users }, Timestamp(0)).expect("users of a rehearsal have names and keys");
    play.next.extend((0..).zip(&submissions).map(|(number, (_, _, at))| Reverse((*at, Happens::Submits(number)))));
    let mut now = Timestamp(0);
    while let Some(Reverse((at, happens))) = play.next.pop() {
        now = at;
        match happens {
            Happens::Submits(number) => play.submit(submissions[number].0, &submissions[number].1, at),
            Happens::Ends(experiment) => play.end(experiment, at),
        }
        play.hand_out(at);
    }
    play.write();
    play.tell(now)
}

impl Play<'_> {
    fn happen(&mut self, command: &Command, at: Timestamp) -> Result<Vec<Event>, Refusal> {
        let events = self.ledger.decide(self.terms, command, at)?;
        for event in &events {
            self.ledger.apply(event, at);
            self.unwritten.push((event.clone(), at));
        }
        self.told.events += events.len();
        if self.unwritten.len() >= BATCH {
            self.write();
        }
        Ok(events)
    }

    fn write(&mut self) {
        let mut writing = self.store.write().expect("memory can be written");
        for (event, at) in self.unwritten.drain(..) {
            writing.append(&event, at).expect("memory can be written");
        }
        writing.commit().expect("memory can be written");
    }

    fn submit(&mut self, user: UserId, config: &TrainingConfig, at: Timestamp) {
        let work = Work::Training(config.clone().into());
        let digest = work.digest();
        match self.happen(&Command::Submit { user, work, digest }, at) {
            Ok(_) => self.told.accepted += 1,
            Err(Refusal::OverBudget { .. }) => self.told.over_budget += 1,
            Err(Refusal::AlreadySubmitted(_)) => self.told.duplicates += 1,
            Err(_) => self.told.queue_full += 1,
        }
    }

    fn hand_out(&mut self, at: Timestamp) {
        let (queued, running) = self.ledger.load();
        if queued > 0 && running < self.places {
            let holding =
                self.ledger.running().filter_map(|run| run.lease().map(|lease| lease.run_id.clone())).collect();
            let lease = Command::Lease { worker: "rehearsal".to_owned(), places: self.places - running, holding };
            for event in self.happen(&lease, at).unwrap_or_default() {
                if let Event::Leased { experiment, .. } = event {
                    self.start(experiment, at);
                }
            }
        }
        let (queued, _) = self.ledger.load();
        if queued > self.told.longest_queue {
            self.told.longest_queue = queued;
            self.told.longest_queue_at_hours = at.seconds_since(Timestamp(0)) / 3600.0;
        }
    }

    fn start(&mut self, experiment: ExperimentId, at: Timestamp) {
        let Some(run) = self.ledger.experiment(experiment) else { return };
        self.waits.push(at.seconds_since(run.queued));
        let seconds = self.world.rehearse(&run.work).outcome.used_seconds();
        self.busy_seconds += seconds;
        self.next.push(Reverse((at.plus_seconds(seconds), Happens::Ends(experiment))));
    }

    fn end(&mut self, experiment: ExperimentId, at: Timestamp) {
        let Some(run) = self.ledger.experiment(experiment) else { return };
        let finish = match self.world.rehearse(&run.work).outcome {
            Outcome::Completed { used_seconds, val_losses } => {
                self.told.completed += 1;
                Finish::Completed { used_runtime_seconds: used_seconds, val_losses }
            }
            Outcome::Failed { used_seconds, reason } => {
                let timed_out = matches!(reason, FailReason::Timeout { .. });
                self.told.timed_out += usize::from(timed_out);
                self.told.failed += usize::from(!timed_out);
                Finish::Failed { used_runtime_seconds: used_seconds, reason }
            }
            Outcome::Stopped { .. } => return,
        };
        let run_id = run.lease().map(|lease| lease.run_id.clone());
        self.happen(&Command::Finish { experiment, run_id, finish }, at).expect("a run that goes on can end");
    }

    fn tell(mut self, end: Timestamp) -> Rehearsed {
        let seconds = end.seconds_since(Timestamp(0)).max(1.0);
        let used: Vec<f64> = self
            .ledger
            .users()
            .map(|(id, _)| self.ledger.balance(self.terms, id, Purse::Seconds))
            .map(|balance| if balance.total > 0.0 { balance.used / balance.total } else { 1.0 })
            .collect();
        self.waits.sort_by(f64::total_cmp);
        let at = |share: f64| self.waits.get(((self.waits.len() as f64 - 1.0) * share) as usize).copied();
        let told = &mut self.told;
        told.budget_used = used.iter().sum::<f64>() / used.len().max(1) as f64;
        told.users_out_of_budget = used.iter().filter(|share| **share > 0.99).count();
        told.median_wait_seconds = at(0.5).unwrap_or_default();
        told.p95_wait_seconds = at(0.95).unwrap_or_default();
        told.longest_wait_seconds = at(1.0).unwrap_or_default();
        told.over_at_hours = seconds / 3600.0;
        told.runs_per_hour = (told.completed + told.timed_out + told.failed) as f64 / told.over_at_hours;
        told.places_used = self.busy_seconds / (seconds * self.places as f64);
        self.told
    }
}
