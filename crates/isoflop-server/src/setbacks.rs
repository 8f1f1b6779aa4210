//! How long to take no more runs, after runs were lost here.
//!
//! A machine that loses every run (no disk, no GPU, a cluster that does not answer) would else take the whole queue and
//! lose each of its runs three times within seconds.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::backend::{BackendError, Outcome};

/// The wait after one run was lost; it doubles with each that follows.
const FIRST: Duration = Duration::from_secs(1);
/// The longest wait.
const LONGEST: Duration = Duration::from_mins(5);

/// Runs lost one after another.
#[derive(Debug, Default)]
pub(crate) struct Setbacks(Mutex<(u32, Option<Instant>)>);

impl Setbacks {
    /// Heeds how a run came to its end here; a loss is written into the log with its reason.
    pub fn heed(&self, run_id: &str, trained: &Result<Outcome, BackendError>) {
        match trained {
            Ok(Outcome::Stopped { .. }) => {}
            Ok(_) => self.over(),
            Err(BackendError(why)) => {
                let wait = self.lost().as_secs();
                tracing::warn!("{run_id} was lost here, the next is taken in {wait} s: {why}");
            }
        }
    }

    /// A run was lost by the machine. How long no other is taken.
    fn lost(&self) -> Duration {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let wait = FIRST.saturating_mul(2_u32.saturating_pow(known.0)).min(LONGEST);
        *known = (known.0 + 1, Some(Instant::now() + wait));
        wait
    }

    /// A run came to its own end: the machine works.
    fn over(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = (0, None);
    }

    /// How long no run is to be taken.
    pub fn left(&self) -> Option<Duration> {
        let until = self.0.lock().unwrap_or_else(PoisonError::into_inner).1?;
        until.checked_duration_since(Instant::now()).filter(|left| !left.is_zero())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_until_a_run_ends() {
        let setbacks = Setbacks::default();
        assert_eq!(setbacks.left(), None);
        let waits: Vec<u64> = (0..12).map(|_| setbacks.lost().as_secs()).collect();
        assert_eq!(waits, [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300]);
        assert!(setbacks.left().is_some_and(|left| left > Duration::from_secs(290)));
        setbacks.over();
        assert_eq!(setbacks.left(), None);
        assert_eq!(setbacks.lost(), FIRST);
    }
}
