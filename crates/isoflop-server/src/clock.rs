//! The time, which never goes back.

use std::time::{Instant, SystemTime, UNIX_EPOCH};

use isoflop_api::Timestamp;

/// Counts on from where it began, whatever becomes of the machine's clock, and never gives the same moment twice.
#[derive(Debug)]
pub struct Clock {
    start: Timestamp,
    since: Instant,
    last: Timestamp,
}

impl Clock {
    /// Begins at the machine's time, or just after `last` where that is later: the clock was turned back.
    pub fn after(last: Timestamp) -> Self {
        let machine = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let start = Timestamp(machine.as_micros() as i64).max(last);
        Self { start, since: Instant::now(), last }
    }

    /// The moment, later than every one given before.
    pub fn now(&mut self) -> Timestamp {
        let now = Timestamp(self.start.0 + self.since.elapsed().as_micros() as i64);
        self.last = now.max(Timestamp(self.last.0 + 1));
        self.last
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn goes_on_from_a_moment_ahead_of_the_machine() {
        let ahead = Timestamp::parse("2999-01-01T00:00:00Z").expect("a moment");
        let mut clock = Clock::after(ahead);
        let first = clock.now();
        assert!(first > ahead && clock.now() > first);
    }
}
