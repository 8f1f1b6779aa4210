//! The time, which never goes back.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use isoflop_api::Timestamp;

/// Counts on from where it began, and never gives the same moment twice. A machine's clock that is set back changes
/// nothing; one that is ahead, as the machine slept or was set right, is followed.
#[derive(Debug)]
pub struct Clock {
    start: Timestamp,
    since: Instant,
    last: Timestamp,
    leapt: bool,
}

/// Clocks that count differ by less.
const LEAP: Duration = Duration::from_secs(2);

impl Clock {
    /// Begins at the machine's time, or just after `last` where that is later: the clock was turned back.
    pub fn after(last: Timestamp) -> Self {
        Self { start: machine().max(last), since: Instant::now(), last, leapt: false }
    }

    /// The moment, later than every one given before.
    pub fn now(&mut self) -> Timestamp {
        self.moment(machine())
    }

    /// Whether time was left out since this was asked last: nobody could speak in it.
    pub fn has_leapt(&mut self) -> bool {
        std::mem::take(&mut self.leapt)
    }

    fn moment(&mut self, machine: Timestamp) -> Timestamp {
        let counted = Timestamp(self.start.0 + self.since.elapsed().as_micros() as i64);
        let now = if machine.seconds_since(counted) > LEAP.as_secs_f64() {
            (self.start, self.since, self.leapt) = (machine, Instant::now(), true);
            machine
        } else {
            counted
        };
        self.last = now.max(Timestamp(self.last.0 + 1));
        self.last
    }
}

/// What the machine says.
pub(crate) fn machine() -> Timestamp {
    Timestamp(SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_micros() as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn goes_on_from_a_moment_ahead_of_the_machine() {
        let ahead = Timestamp::parse("2999-01-01T00:00:00Z").expect("a moment");
        let mut clock = Clock::after(ahead);
        let first = clock.now();
        assert!(first > ahead && clock.now() > first && !clock.has_leapt());
    }

    #[test]
    fn follows_a_machine_that_slept_and_says_so() {
        let mut clock = Clock::after(Timestamp(0));
        let before = clock.now();
        let woken = before.plus_seconds(3600.0);
        assert_eq!(clock.moment(woken), woken);
        assert!(clock.has_leapt() && !clock.has_leapt());
        // Set back again: it counts on.
        assert!(clock.moment(before) > woken && !clock.has_leapt());
    }
}
