//! Numbers of a world's file, each within what makes sense for it.

use serde::Deserialize;

/// A number above 0.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(try_from = "f64")]
pub struct Positive(pub f64);

/// A number of at least 1.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(try_from = "f64")]
pub struct Factor(pub f64);

/// A number of at least 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Deserialize)]
#[serde(try_from = "f64")]
pub struct NotNegative(pub f64);

/// A number from 0 to 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Deserialize)]
#[serde(try_from = "f64")]
pub struct Share(pub f64);

/// A number from -10 to 10.
#[derive(Clone, Copy, Debug, Default, PartialEq, Deserialize)]
#[serde(try_from = "f64")]
pub struct Exponent(pub f64);

/// A number from 0 to 1000.
#[derive(Clone, Copy, Debug, Default, PartialEq, Deserialize)]
#[serde(try_from = "f64")]
pub struct Pace(pub f64);

/// A whole number from 1 to 64.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(try_from = "i64")]
pub struct Count(pub u16);

/// The number, or what was found and what was expected.
fn checked<T>(value: f64, good: bool, expected: &str, wrap: fn(f64) -> T) -> Result<T, String> {
    if good && value.is_finite() { Ok(wrap(value)) } else { Err(format!("found {value}, expected {expected}")) }
}

impl TryFrom<f64> for Positive {
    type Error = String;
    fn try_from(value: f64) -> Result<Self, String> {
        checked(value, value > 0.0, "a number above 0", Self)
    }
}

impl TryFrom<f64> for Factor {
    type Error = String;
    fn try_from(value: f64) -> Result<Self, String> {
        checked(value, value >= 1.0, "a number of at least 1", Self)
    }
}

impl TryFrom<f64> for NotNegative {
    type Error = String;
    fn try_from(value: f64) -> Result<Self, String> {
        checked(value, value >= 0.0, "a number of at least 0", Self)
    }
}

impl TryFrom<f64> for Share {
    type Error = String;
    fn try_from(value: f64) -> Result<Self, String> {
        checked(value, (0.0..=1.0).contains(&value), "a number from 0 to 1", Self)
    }
}

impl TryFrom<f64> for Exponent {
    type Error = String;
    fn try_from(value: f64) -> Result<Self, String> {
        checked(value, value.abs() <= 10.0, "an exponent from -10 to 10", Self)
    }
}

impl TryFrom<f64> for Pace {
    type Error = String;
    fn try_from(value: f64) -> Result<Self, String> {
        checked(value, (0.0..=1000.0).contains(&value), "a number from 0 to 1000", Self)
    }
}

impl TryFrom<i64> for Count {
    type Error = String;
    fn try_from(value: i64) -> Result<Self, String> {
        let good = u16::try_from(value).ok().filter(|count| (1..=64).contains(count));
        good.map(Self).ok_or_else(|| format!("found {value}, expected a whole number from 1 to 64"))
    }
}
