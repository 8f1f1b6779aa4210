//! Quantities with their units: parameters N, tokens D, compute C and loss L.
//!
//! Each is an `f64` in a newtype, so that a model size is never passed where a
//! token count is meant. `Display` prints what people say (`70.1B`, `6e18`) in
//! three digits; full precision is in the field.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Size of a model N, in parameters.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Params(pub f64);

/// Training tokens D.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Tokens(pub f64);

/// Training compute C, in floating-point operations (not per second).
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Flops(pub f64);

/// Validation loss L, in the unit that [`Conventions`](crate::run::Conventions) names.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Loss(pub f64);

/// FLOPs per parameter and token of training: C = 6·N·D.
///
/// Two for the forward pass and four for the backward pass; attention and the
/// embedding look-up are not counted. Source: Kaplan et al. 2020, section 2.1
/// (arXiv:2001.08361).
pub const FLOPS_PER_PARAM_TOKEN: f64 = 6.0;

/// The compute of one run by the 6ND rule: C = 6·N·D.
pub fn six_nd(params: Params, tokens: Tokens) -> Flops {
    Flops(FLOPS_PER_PARAM_TOKEN * params.0 * tokens.0)
}

/// Tokens that compute C buys for a model of N parameters: D = C / 6N.
pub fn tokens_bought(compute: Flops, params: Params) -> Tokens {
    Tokens(compute.0 / (FLOPS_PER_PARAM_TOKEN * params.0))
}

/// Parameters that compute C pays for on D tokens: N = C / 6D.
pub fn params_afforded(compute: Flops, tokens: Tokens) -> Params {
    Params(compute.0 / (FLOPS_PER_PARAM_TOKEN * tokens.0))
}

/// A count with an SI-like suffix in three significant digits: `9.19B`, `183B`, `5.55e17`.
fn count(value: f64, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    const SUFFIXES: [(f64, &str); 5] = [(1e12, "T"), (1e9, "B"), (1e6, "M"), (1e3, "k"), (1.0, "")];
    // 999.5 rounds to "1000", which belongs to the next suffix up.
    let Some((unit, suffix)) = SUFFIXES.into_iter().find(|(unit, _)| value >= 0.9995 * unit) else {
        let decimals = if value >= 0.0995 { 3 } else { 4 };
        return f.pad(&if value >= 0.00995 { format!("{value:.decimals$}") } else { scientific(value, 3) });
    };
    let scaled = value / unit;
    if scaled >= 999.5 {
        return f.pad(&scientific(value, 3));
    }
    let decimals = if scaled >= 99.95 {
        0
    } else if scaled >= 9.995 {
        1
    } else {
        2
    };
    f.pad(&format!("{scaled:.decimals$}{suffix}"))
}

/// Scientific notation with at most `digits` significant digits and no trailing zeros: `6e18`, `1.25e16`.
pub(crate) fn scientific(value: f64, digits: usize) -> String {
    let text = format!("{value:.*e}", digits.saturating_sub(1));
    let Some((mantissa, exponent)) = text.split_once('e') else { return text };
    let mantissa = if mantissa.contains('.') { mantissa.trim_end_matches('0').trim_end_matches('.') } else { mantissa };
    format!("{mantissa}e{exponent}")
}

/// A place on an axis as people say it: `160`, `0.5`, `1.25e16`.
pub fn plain(value: f64) -> String {
    if value != 0.0 && !(1e-3..1e6).contains(&value.abs()) {
        return scientific(value, 4);
    }
    let text = format!("{value:.*}", if value.abs() < 1.0 { 5 } else { 2 });
    text.trim_end_matches('0').trim_end_matches('.').to_string()
}

/// A ratio of budgets as people say it: `1.5×`, `33×`, `333×`, `1e7×`.
pub fn times(ratio: f64) -> String {
    match ratio {
        r if r < 9.95 => format!("{}×", format!("{r:.1}").trim_end_matches('0').trim_end_matches('.')),
        r if r < 9999.5 => format!("{r:.0}×"),
        r => format!("{}×", scientific(r, 2)),
    }
}

impl fmt::Display for Params {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        count(self.0, f)
    }
}

impl fmt::Display for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        count(self.0, f)
    }
}

impl fmt::Display for Flops {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&scientific(self.0, 3))
    }
}

impl fmt::Display for Loss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{:.4}", self.0))
    }
}

impl Flops {
    /// The shortest text that reads back as the same number: `1e23`, `6.5e21`.
    pub fn to_string_exact(self) -> String {
        format!("{:e}", self.0)
    }
}

/// Text that is no amount of compute.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("\"{text}\" is not an amount of compute; write FLOPs such as 1e23, 10^23 or 6.5e21")]
pub struct ParseFlopsError {
    text: String,
}

impl FromStr for Flops {
    type Err = ParseFlopsError;

    /// Reads `1e23`, `1e+23`, `10^23`, `2*10^23`, `2x10^23` or a plain number.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let refuse = || ParseFlopsError { text: text.to_string() };
        let trimmed = text.trim();
        let value = match trimmed.split_once('^') {
            None => number(trimmed).ok_or_else(refuse)?,
            Some((left, exponent)) => {
                let (factor, base) = match left.rsplit_once(['*', 'x', '·', '×']) {
                    None => (1.0, left),
                    Some((factor, base)) => (number(factor.trim()).ok_or_else(refuse)?, base),
                };
                let exponent = number(exponent.trim()).ok_or_else(refuse)?;
                factor * number(base.trim()).ok_or_else(refuse)?.powf(exponent)
            }
        };
        if value.is_finite() && value > 0.0 { Ok(Flops(value)) } else { Err(refuse()) }
    }
}

/// Text that is no count of parameters or tokens.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("\"{text}\" is not a count; write a positive number such as 70B, 1.4T or 7e10")]
pub struct ParseCountError {
    text: String,
}

/// Reads a plain number or one with a suffix as [`count`] writes it: `70B`, `1.4T`, `7e10`.
fn read_count(text: &str) -> Result<f64, ParseCountError> {
    let trimmed = text.trim();
    let (digits, unit) = match trimmed.char_indices().last() {
        Some((at, 'k' | 'K')) => (&trimmed[..at], 1e3),
        Some((at, 'm' | 'M')) => (&trimmed[..at], 1e6),
        Some((at, 'b' | 'B' | 'g' | 'G')) => (&trimmed[..at], 1e9),
        Some((at, 't' | 'T')) => (&trimmed[..at], 1e12),
        _ => (trimmed, 1.0),
    };
    let value = number(digits.trim_end()).map(|value| value * unit);
    let positive = value.filter(|value| value.is_finite() && *value > 0.0);
    positive.ok_or_else(|| ParseCountError { text: text.to_string() })
}

impl FromStr for Params {
    type Err = ParseCountError;

    /// Reads `70B`, `7e10` or a plain number.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        read_count(text).map(Params)
    }
}

impl FromStr for Tokens {
    type Err = ParseCountError;

    /// Reads `1.4T`, `1.4e12` or a plain number.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        read_count(text).map(Tokens)
    }
}

/// A plain decimal number. Rust's own parser also takes "inf" and "nan"; this does not.
fn number(text: &str) -> Option<f64> {
    if text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'e' | b'E' | b'+' | b'-')) {
        text.parse().ok()
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_read_three_digits() {
        let said: Vec<String> =
            [70054233904.7, 206118539185.0, 999_999.0, 9.189e9, 49_999_999.0, 1.4e12, 20.0, 0.5, 0.0231, 1.0366e15]
                .map(|n| Params(n).to_string())
                .to_vec();
        assert_eq!(said, ["70.1B", "206B", "1.00M", "9.19B", "50.0M", "1.40T", "20.0", "0.500", "0.0231", "1.04e15"]);
        assert_eq!(Flops(6e18).to_string(), "6e18");
        assert_eq!(Flops(1.25e16).to_string(), "1.25e16");
        assert_eq!(Flops(1e23).to_string(), "1e23");
    }

    #[test]
    fn ratios_are_said_short() {
        assert_eq!([1.0, 1.5, 9.96, 33.3, 333.33, 1e7].map(times), ["1×", "1.5×", "10×", "33×", "333×", "1e7×"]);
    }

    #[test]
    fn places_on_an_axis_are_said_plainly() {
        assert_eq!(
            [160.0, 0.5, 736.25, 999_999.0, 1e6, 6e18, 1e-4, -1.0, 0.0].map(plain),
            ["160", "0.5", "736.25", "999999", "1e6", "6e18", "1e-4", "-1", "0"]
        );
    }

    #[test]
    fn compute_is_read_in_the_ways_people_write_it() {
        for text in ["1e23", "1e+23", "1E23", "10^23", " 10^23 ", "1*10^23", "1x10^23", "100000000000000000000000"] {
            let Flops(value) = text.parse().expect(text);
            assert!((value / 1e23 - 1.0).abs() < 1e-12, "{text} read as {value}");
        }
    }

    #[test]
    fn counts_are_read_as_they_are_written() {
        for (text, value) in
            [("70B", 7e10), ("1.4T", 1.4e12), (" 100 M", 1e8), ("7e10", 7e10), ("12k", 12e3), ("5", 5.0)]
        {
            assert_eq!((text.parse(), text.parse()), (Ok(Params(value)), Ok(Tokens(value))), "{text}");
        }
        for text in ["", "B", "many", "-70B", "0", "infB", "nan", "1e400", "70BB", "70 B,1T", "é"] {
            assert!(text.parse::<Params>().is_err(), "{text} was taken");
        }
    }

    #[test]
    fn nonsense_is_refused() {
        for text in ["", "lots", "-1e23", "0", "inf", "nan", "1e400", "10^", "^23", "10^400", "1e23 FLOPs", "1e23,1e24"]
        {
            assert!(text.parse::<Flops>().is_err(), "{text} was taken");
        }
    }
}
