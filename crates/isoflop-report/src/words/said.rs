//! A value and its interval, in the digits that the interval earns.

use std::fmt;

use isoflop::analysis::Estimate;
use isoflop::units::Params;

/// An estimate in words: the value, and its interval where there is one.
///
/// `Display` joins them: `91.1B [89.0B, 93.4B]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// `91.1B`.
    pub value: String,
    /// `[89.0B, 93.4B]`.
    pub interval: Option<String>,
}

impl fmt::Display for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.interval {
            Some(interval) => f.pad(&format!("{} {interval}", self.value)),
            None => f.pad(&self.value),
        }
    }
}

/// A count of parameters or tokens: three digits, a fourth where the interval is narrower than about a hundredth.
///
/// ```
/// use isoflop::analysis::Estimate;
/// let size = Estimate { value: 9.112e10, low: Some(8.904e10), high: Some(9.342e10) };
/// assert_eq!(isoflop_report::words::count(&size).to_string(), "91.1B [89.0B, 93.4B]");
/// ```
pub fn count(estimate: &Estimate) -> Said {
    let place = place(estimate, 3, 4);
    // An end far above the value gets no more digits than the value has.
    let digits = magnitude(estimate.value) - place;
    said(estimate, |value| count_to(value, place.max(magnitude(value) - digits)))
}

/// An exponent: three decimals, two where its interval is wide, up to five where it is very narrow.
pub fn exponent(estimate: &Estimate) -> Said {
    decimals(estimate, earned(estimate, -3).clamp(-5, -2))
}

/// A loss: decimals as for an exponent.
pub fn loss(estimate: &Estimate) -> Said {
    exponent(estimate)
}

/// The coefficient of a law, three digits or four: `0.133`, or scientific where zeros would hide them.
pub fn coefficient(estimate: &Estimate) -> Said {
    let place = place(estimate, 3, 4);
    let decimals = usize::try_from(-place).unwrap_or(0);
    if (1e-3..1e4).contains(&estimate.value) {
        said(estimate, |value| format!("{value:.decimals$}"))
    } else {
        said(estimate, |value| scientific_to(value, place))
    }
}

fn decimals(estimate: &Estimate, place: i32) -> Said {
    let decimals = usize::try_from(-place).unwrap_or(0);
    said(estimate, |value| format!("{value:.decimals$}"))
}

fn said(estimate: &Estimate, say: impl Fn(f64) -> String) -> Said {
    let interval = match (estimate.low, estimate.high) {
        (Some(low), Some(high)) => Some(format!("[{}, {}]", say(low), say(high))),
        _ => None,
    };
    Said { value: say(estimate.value), interval }
}

fn width(estimate: &Estimate) -> Option<f64> {
    let width = (estimate.high? - estimate.low?).abs();
    width.is_finite().then_some(width)
}

/// The power of ten of the leading digit.
#[expect(clippy::cast_possible_truncation, reason = "the exponent of an f64 fits an i32")]
fn magnitude(value: f64) -> i32 {
    if value == 0.0 { -300 } else { value.abs().log10().floor() as i32 }
}

/// The place down to which to write: two digits of the interval's width, but past the `usual` place only one.
///
/// Two digits at every place would print a fourth digit of most values, which
/// nobody reads; none past the usual place would hide what a noise-free table shows.
fn earned(estimate: &Estimate, usual: i32) -> i32 {
    let Some(width) = width(estimate) else { return usual };
    let two = magnitude(width) - 1;
    if two < usual { usual.min(two + 1) } else { two }
}

/// The place of the last digit to write, for `fewest` to `most` digits of the value.
fn place(estimate: &Estimate, fewest: i32, most: i32) -> i32 {
    let top = magnitude(estimate.value);
    // 999.96 million, to three digits, is 1.00 billion and starts a place further up.
    let carries = (estimate.value.abs() / 10f64.powi(top - fewest + 1)).round() >= 10f64.powi(fewest);
    let top = top + i32::from(carries);
    let usual = top - fewest + 1;
    earned(estimate, usual).clamp(top - most + 1, usual)
}

/// A count written down to a place: `91.1B` down to 10^8. `Display` of [`Params`] is the case of three digits.
fn count_to(value: f64, place: i32) -> String {
    let unit_of = |value: f64| {
        [(12, "T"), (9, "B"), (6, "M"), (3, "k"), (0, "")].into_iter().find(|(e, _)| value >= 10f64.powi(*e))
    };
    // Rounded first: 999.96 million is 1.00 billion.
    let step = 10f64.powi(place);
    let rounded = (value / step).round() * step;
    match unit_of(rounded * (1.0 + 1e-12)) {
        Some((12, _)) if rounded >= 9.995e15 => scientific_to(value, place),
        Some((e, suffix)) => {
            let decimals = usize::try_from(e - place).unwrap_or(0);
            format!("{:.decimals$}{suffix}", rounded / 10f64.powi(e))
        }
        None => Params(value).to_string(),
    }
}

/// Scientific notation written down to a place, without trailing zeros: `8.84e-5` down to 10^−7.
fn scientific_to(value: f64, place: i32) -> String {
    let digits = usize::try_from(magnitude(value) - place).unwrap_or(0);
    let text = format!("{value:.digits$e}");
    match text.split_once('e') {
        Some((mantissa, exponent)) if mantissa.contains('.') => {
            format!("{}e{exponent}", mantissa.trim_end_matches('0').trim_end_matches('.'))
        }
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn estimate(value: f64, low: f64, high: f64) -> Estimate {
        Estimate { value, low: Some(low), high: Some(high) }
    }

    fn alone(value: f64) -> Estimate {
        Estimate { value, low: None, high: None }
    }

    #[test]
    fn digits_are_earned() {
        assert_eq!(count(&estimate(9.112e10, 8.904e10, 9.342e10)).to_string(), "91.1B [89.0B, 93.4B]");
        assert_eq!(count(&estimate(1.02e9, 9.81e8, 1.06e9)).to_string(), "1.02B [980M, 1.06B]");
        assert_eq!(count(&estimate(2.981e11, 2.9801e11, 2.9823e11)).to_string(), "298.1B [298.0B, 298.2B]");
        assert_eq!(count(&estimate(2.981e11, 8e10, 1.1e12)).to_string(), "298B [80B, 1.10T]");
        assert_eq!(exponent(&estimate(0.46868, 0.4361, 0.5072)).to_string(), "0.469 [0.436, 0.507]");
        assert_eq!(exponent(&estimate(0.5, 0.1, 0.9)).to_string(), "0.50 [0.10, 0.90]");
        assert_eq!(coefficient(&alone(0.08842)).to_string(), "0.0884");
        assert_eq!(coefficient(&estimate(8.8e-5, 8e-5, 9.5e-5)).to_string(), "8.8e-5 [8e-5, 9.5e-5]");
        assert_eq!(count(&estimate(1.828e11, 1.783e11, 1.874e11)).value, "183B");
        assert_eq!(exponent(&estimate(0.51458, 0.51457, 0.51459)).value, "0.51458");
    }

    #[test]
    fn without_an_interval_a_count_reads_as_its_unit_does() {
        for value in [70054233904.7, 206118539185.0, 999_999.0, 9.189e9, 49_999_999.0, 1.4e12, 20.0, 3.2e16, 999.6, 0.5]
        {
            assert_eq!(count(&alone(value)).to_string(), Params(value).to_string());
        }
    }
}
