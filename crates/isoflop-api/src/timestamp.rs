//! A moment, to the microsecond.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A moment in UTC, in microseconds since 1970. On the wire RFC 3339 with six digits after the point, or none where all
/// would be zero.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(pub i64);

impl Timestamp {
    /// This many seconds later; stays within what a date can say.
    #[must_use]
    pub fn plus_seconds(self, seconds: f64) -> Self {
        Self(self.0.saturating_add((seconds * 1e6) as i64)).within_dates()
    }

    /// The nearest moment that a date can say: another would be written down as this.
    fn within_dates(self) -> Self {
        let [first, last] = [jiff::Timestamp::MIN, jiff::Timestamp::MAX].map(jiff::Timestamp::as_microsecond);
        Self(self.0.clamp(first, last))
    }

    /// Seconds from `earlier` to this, negative if this is before it.
    pub fn seconds_since(self, earlier: Self) -> f64 {
        (self.0 - earlier.0) as f64 / 1e6
    }

    /// Reads RFC 3339.
    pub fn parse(text: &str) -> Option<Self> {
        text.parse::<jiff::Timestamp>().ok().map(|moment| Self(moment.as_microsecond()))
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // `from_microsecond` refuses the fractions of the last second.
        let Self(it) = self.within_dates();
        let (seconds, micros) = (it.div_euclid(1_000_000), it.rem_euclid(1_000_000));
        let moment = jiff::Timestamp::new(seconds, 1000 * micros as i32).expect("a date can say it");
        if micros == 0 { write!(f, "{moment:.0}") } else { write!(f, "{moment:.6}") }
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| de::Error::custom(format!("\"{text}\" is not a moment in RFC 3339")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn six_digits_or_none() {
        let noon = Timestamp::parse("2026-04-27T12:00:00Z").expect("a moment");
        assert_eq!(noon.to_string(), "2026-04-27T12:00:00Z");
        assert_eq!(noon.plus_seconds(0.25).to_string(), "2026-04-27T12:00:00.250000Z");
        assert_eq!(Timestamp::parse("2026-04-27T14:00:00.25+02:00"), Some(noon.plus_seconds(0.25)));
    }

    #[test]
    fn the_first_and_the_last_moment_are_written_down_as_they_are() {
        let noon = Timestamp::parse("2026-04-27T12:00:00Z").expect("a moment");
        for end in ["-009999-01-02T01:59:59Z", "9999-12-30T22:00:00.999999Z", "9999-12-30T22:00:00.500000Z"] {
            assert_eq!(Timestamp::parse(end).expect("a moment").to_string(), end);
        }
        assert_eq!(noon.plus_seconds(f64::NEG_INFINITY).to_string(), "-009999-01-02T01:59:59Z");
        assert_eq!(noon.plus_seconds(f64::INFINITY).to_string(), "9999-12-30T22:00:00.999999Z");
        assert_eq!(Timestamp(i64::MIN).to_string(), "-009999-01-02T01:59:59Z");
    }
}
