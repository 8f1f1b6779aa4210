//! Trains nothing: plays what a [`World`] says becomes of a run, at once or as slowly as asked.

use std::collections::HashMap;
use std::ops::ControlFlow;
use std::sync::{Mutex, PoisonError};
use std::thread::sleep;
use std::time::Duration;

use super::world::{Rehearsal, World};
use super::{BackendError, Outcome, Progress, TrainingBackend, Work};

/// A run reports about this often, however many evaluations it has.
const REPORTS: usize = 100;
/// Between evaluations it reports at least this often, real seconds.
const HEARTBEAT_SECONDS: f64 = 0.25;

/// A world that is asked as if it trained.
pub struct Simulated {
    world: World,
    /// How often work has lost its machine, by its digest, until an attempt does not.
    lost: Mutex<HashMap<String, u32>>,
}

impl Simulated {
    /// Plays `world`.
    pub fn new(world: World) -> Self {
        Self { world, lost: Mutex::default() }
    }

    /// The share of the run after which this attempt loses its machine, if it does. The next attempt draws again.
    fn loses_machine(&self, work: &Work) -> Option<f64> {
        let mut lost = self.lost.lock().unwrap_or_else(PoisonError::into_inner);
        let digest = work.digest();
        let attempt = lost.get(&digest).copied().unwrap_or_default();
        let after = self.world.loses_machine(&digest, attempt);
        match after {
            Some(_) => lost.insert(digest, attempt + 1),
            None => lost.remove(&digest),
        };
        after
    }

    /// Plays a run as far as `end`, in seconds as charged; breaks with those gone by where it was told to stop.
    fn play(&self, run: &Rehearsal, end: f64, report: &mut dyn FnMut(Progress) -> ControlFlow<()>) -> ControlFlow<f64> {
        let pace = self.world.settings.pace.0;
        let done = run.at_seconds.partition_point(|at| *at <= end);
        let every = done.div_ceil(REPORTS).max(1);
        let mut elapsed = 0.0;
        let mut tell = |elapsed_seconds: f64, count: usize| {
            let val_losses = run.val_losses[..count].to_vec();
            match report(Progress { elapsed_seconds, val_losses }) {
                ControlFlow::Break(()) => ControlFlow::Break(elapsed_seconds),
                ControlFlow::Continue(()) => ControlFlow::Continue(()),
            }
        };
        for count in 0..=done {
            let next = if count < done { run.at_seconds[count] } else { end };
            while pace > 0.0 && (next - elapsed) * pace > HEARTBEAT_SECONDS {
                sleep(Duration::from_secs_f64(HEARTBEAT_SECONDS));
                elapsed += HEARTBEAT_SECONDS / pace;
                tell(elapsed, count)?;
            }
            sleep(Duration::from_secs_f64(((next - elapsed) * pace).max(0.0)));
            elapsed = next;
            if count < done && ((count + 1).is_multiple_of(every) || count + 1 == done) {
                tell(elapsed, count + 1)?;
            }
        }
        ControlFlow::Continue(())
    }
}

impl TrainingBackend for Simulated {
    fn name(&self) -> &'static str {
        "simulated"
    }

    fn world(&self) -> Option<&World> {
        Some(&self.world)
    }

    fn train(&self, work: &Work, report: &mut dyn FnMut(Progress) -> ControlFlow<()>) -> Result<Outcome, BackendError> {
        let run = self.world.rehearse(work);
        let used_seconds = run.outcome.used_seconds();
        let lost = self.loses_machine(work);
        let end = lost.unwrap_or(1.0) * used_seconds;
        if let ControlFlow::Break(used_seconds) = self.play(&run, end, report) {
            return Ok(Outcome::Stopped { used_seconds });
        }
        match lost {
            Some(_) => Err(BackendError(format!("the machine was lost after {end:.1} s"))),
            None => Ok(run.outcome),
        }
    }
}
