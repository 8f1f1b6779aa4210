//! Coefficients of a fitted law.

use isoflop::analysis::FittedCoefficient;
use isoflop::law::Scale;

use super::Said;
use super::digits::{DIGITS, magnitude, shortest, to_place};

/// A coefficient and its interval, in the digits that the interval earns.
pub fn fitted(coefficient: &FittedCoefficient) -> Said {
    let value = coefficient.value;
    if coefficient.fixed {
        return Said { value: shortest(value), interval: None };
    }
    let width = match (coefficient.low, coefficient.high) {
        (Some(low), Some(high)) => Some(high - low),
        _ => coefficient.std_error,
    };
    let place = width.filter(|width| *width > 0.0).map_or(magnitude(value) - 3, |width| magnitude(width) - 1);
    // Where amplitudes are uncertain by orders of magnitude, each end has digits of its own.
    let fewest = |number: f64| if coefficient.scale == Scale::Log { magnitude(number) - 1 } else { i32::MAX };
    let say = |number: f64| to_place(number, place.min(fewest(number)).max(magnitude(number) - DIGITS + 1));
    let interval = match (coefficient.low, coefficient.high) {
        (Some(low), Some(high)) => Some(format!("[{}, {}]", say(low), say(high))),
        (Some(low), None) => Some(format!("from {}", say(low))),
        (None, Some(high)) => Some(format!("up to {}", say(high))),
        (None, None) => None,
    };
    Said { value: to_place(value, place.min(magnitude(value) - 1).max(magnitude(value) - DIGITS + 1)), interval }
}
