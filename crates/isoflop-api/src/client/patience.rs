//! How often it is tried again, and how long is waited before.

use std::time::Duration;

/// How often a request is tried, and how long is waited between.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Patience {
    /// Tries in all, at least one.
    pub tries: u32,
    /// The wait after the first; each is about twice the one before.
    pub first: Duration,
    /// The longest wait, also where the server asks for more.
    pub most: Duration,
}

impl Default for Patience {
    /// Six tries within about eight seconds.
    fn default() -> Self {
        Self { tries: 6, first: Duration::from_millis(250), most: Duration::from_secs(30) }
    }
}

impl Patience {
    /// Once and no more, for who has a loop of their own.
    pub const NONE: Self = Self { tries: 1, first: Duration::ZERO, most: Duration::ZERO };

    /// How long to wait after `tried` tries; `asked` is what the server asks for.
    ///
    /// Half of it is left to chance, so that clients which a restart cut off do not all come back at once.
    pub fn wait(&self, tried: u32, asked: Option<Duration>) -> Duration {
        let doubled = self.first.saturating_mul(2_u32.saturating_pow(tried.saturating_sub(1)));
        let mut byte = [u8::MAX];
        // Without randomness the whole is waited for.
        let _ = getrandom::fill(&mut byte);
        let chance = 0.5 + 0.5 * f64::from(byte[0]) / f64::from(u8::MAX);
        doubled.min(self.most).mul_f64(chance).max(asked.unwrap_or_default().min(self.most))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_the_longest_and_heed_the_server() {
        let patience = Patience { tries: 9, first: Duration::from_secs(1), most: Duration::from_secs(10) };
        for (tried, whole) in [(1, 1.0), (2, 2.0), (3, 4.0), (4, 8.0), (5, 10.0), (40, 10.0)] {
            let wait = patience.wait(tried, None).as_secs_f64();
            assert!((whole / 2.0..=whole).contains(&wait), "{tried}: {wait}");
        }
        assert_eq!(patience.wait(1, Some(Duration::from_secs(5))), Duration::from_secs(5));
        assert_eq!(patience.wait(1, Some(Duration::from_hours(1))), Duration::from_secs(10));
    }
}
