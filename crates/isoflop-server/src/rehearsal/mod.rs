//! A course played in advance: users who submit at random, in books of their own and in a time of its own.
//!
//! The rules, the queue and the store are the server's; the clock jumps from one submission or end of a run to the next,
//! so a week takes seconds.

mod play;
mod student;

use std::time::Instant;

use serde::{Deserialize, Serialize};

use crate::backend::world::{self, WORLDS};
use crate::house::House;
use crate::ledger::Terms;

pub use student::tiny;

/// What is played.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Plan {
    /// Users.
    pub users: usize,
    /// What each submits.
    pub submissions: usize,
    /// How long they have, hours; more is submitted the nearer the end is.
    pub hours: f64,
    /// Runs at once; as many as the server trains, or may have running, unless it is said.
    pub places: Option<usize>,
    /// Where randomness starts.
    pub seed: u64,
}

impl Default for Plan {
    fn default() -> Self {
        Self { users: 50, submissions: 40, hours: 168.0, places: None, seed: 0 }
    }
}

/// Submissions in all, so that a rehearsal stays one.
const MOST: usize = 200_000;

impl Plan {
    /// Why it cannot be played.
    pub fn unfit(&self) -> Option<&'static str> {
        if !(self.hours.is_finite() && self.hours > 0.0 && self.hours <= 1e5) {
            Some("\"hours\" must be above 0 and at most 100000")
        } else if self.users == 0 || self.submissions == 0 || self.places == Some(0) {
            Some("\"users\", \"submissions\" and \"places\" must be at least 1")
        } else if self.users.saturating_mul(self.submissions) > MOST {
            Some("at most 200000 submissions can be rehearsed")
        } else {
            None
        }
    }
}

/// What came of it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Rehearsed {
    /// What was played; with its places.
    pub plan: Plan,
    /// The world that said how long runs take.
    pub world: String,
    /// Submissions that were accepted.
    pub accepted: usize,
    /// Submissions refused as the budget did not suffice.
    pub over_budget: usize,
    /// Submissions refused as the same was submitted before.
    pub duplicates: usize,
    /// Submissions refused as too many waited.
    pub queue_full: usize,
    /// Runs that ended with a loss.
    pub completed: usize,
    /// Runs that were stopped at their limit.
    pub timed_out: usize,
    /// Runs that failed otherwise.
    pub failed: usize,
    /// The mean share of users' budgets that was used.
    pub budget_used: f64,
    /// Users who had less than a hundredth of it left.
    pub users_out_of_budget: usize,
    /// Runs that waited at once, at most.
    pub longest_queue: usize,
    /// When that was, hours.
    pub longest_queue_at_hours: f64,
    /// How long runs waited: half of them at most this, seconds.
    pub median_wait_seconds: f64,
    /// Nineteen of twenty at most this, seconds.
    pub p95_wait_seconds: f64,
    /// All of them at most this, seconds.
    pub longest_wait_seconds: f64,
    /// When the last run was over, hours.
    pub over_at_hours: f64,
    /// Runs over in an hour, from the beginning to the last of them.
    pub runs_per_hour: f64,
    /// The share of places that were taken, until the last run was over.
    pub places_used: f64,
    /// Events that were written.
    pub events: usize,
    /// Events decided, written to memory and applied in a second of this machine: the server's own limit without its
    /// disk.
    pub events_per_second: f64,
}

/// Plays a plan under a server's terms, in its world, or in the first one where it has none.
pub fn rehearse(plan: &Plan, terms: &Terms, house: &House) -> Rehearsed {
    let usual = world::named(WORLDS[0].name).expect("the first world is there");
    let (world, name) = match house.world() {
        Some(world) => (world, world.settings.about.clone()),
        None => (&usual, WORLDS[0].about.to_owned()),
    };
    let own = if house.places > 0 { house.places } else { terms.max_running };
    let places = plan.places.unwrap_or(own).min(terms.max_running).max(1);
    let plan = Plan { places: Some(places), ..plan.clone() };
    let start = Instant::now();
    let mut rehearsed = play::play(&plan, places, terms, world);
    rehearsed.world = name;
    rehearsed.events_per_second = rehearsed.events as f64 / start.elapsed().as_secs_f64().max(1e-9);
    rehearsed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rehearsal_adds_up_and_is_the_same_again() {
        let plan = Plan { users: 6, submissions: 30, hours: 10.0, places: Some(3), seed: 1 };
        let terms = Terms { budget_seconds: 20_000.0, ..Terms::default() };
        let [first, again] = [(); 2].map(|()| {
            let rehearsed = rehearse(&plan, &terms, &House::default());
            Rehearsed { events_per_second: 0.0, ..rehearsed }
        });
        assert_eq!(first, again);
        assert_eq!(first.accepted + first.over_budget + first.duplicates + first.queue_full, 180);
        assert_eq!(first.completed + first.timed_out + first.failed, first.accepted);
        assert!(first.over_budget > 0 && first.completed > 0, "{first:?}");
        assert!((0.0..=1.0).contains(&first.budget_used) && (0.0..=1.0).contains(&first.places_used), "{first:?}");
        assert!(first.median_wait_seconds <= first.p95_wait_seconds, "{first:?}");
    }
}
