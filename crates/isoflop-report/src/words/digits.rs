//! Numbers in the digits that they have earned.

/// Digits that a coefficient is written in at most.
pub(super) const DIGITS: i32 = 6;

/// The power of ten of the leading digit.
pub(super) fn magnitude(value: f64) -> i32 {
    if value == 0.0 || !value.is_finite() { 0 } else { value.abs().log10().floor() as i32 }
}

/// A number written down to a power of ten.
pub(super) fn to_place(value: f64, place: i32) -> String {
    let plain = value == 0.0 || (1e-3..1e6).contains(&value.abs());
    if plain {
        let decimals = usize::try_from(-place).unwrap_or(0);
        let step = 10f64.powi(place.max(0));
        return if place > 0 { format!("{:.0}", (value / step).round() * step) } else { format!("{value:.decimals$}") };
    }
    let digits = usize::try_from(magnitude(value) - place).unwrap_or(0);
    format!("{value:.digits$e}")
}

/// A number in so many digits.
pub fn significant(value: f64, digits: i32) -> String {
    to_place(value, magnitude(value) - digits + 1)
}

/// A given number as it was given, or in six digits.
pub(super) fn shortest(value: f64) -> String {
    let (exact, mut rounded) = (value.to_string(), significant(value, DIGITS));
    if rounded.contains('.') && !rounded.contains('e') {
        rounded.truncate(rounded.trim_end_matches('0').trim_end_matches('.').len());
    }
    if exact.len() <= rounded.len() { exact } else { rounded }
}
