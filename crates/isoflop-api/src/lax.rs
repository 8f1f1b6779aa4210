//! How pydantic understands a value that is almost of the wanted type: its lax mode, for values that came as JSON.
//!
//! The rules are those of pydantic-core 2.41 (`input_python.rs`, `shared.rs`), where they say what they do with Python's
//! `int`, `float`, `bool`, `str` and `None`.

use std::borrow::Cow;

use crate::fault::{Bound, Fault};
use crate::json::Json;

/// Integers beyond this, either way, are held as this: far outside of what any field may hold, and near enough to zero
/// that products of two do not overflow.
pub(crate) const FAR: i128 = 1 << 62;
/// Characters in a text that pydantic reads as an integer; a minus counts.
const MAX_DIGITS: usize = 4300;

/// A truth value.
pub(crate) fn boolean(value: &Json) -> Result<bool, Fault> {
    match value {
        Json::Bool(truth) => Ok(*truth),
        Json::Text(text) => match text.to_ascii_lowercase().as_str() {
            "0" | "f" | "n" | "no" | "off" | "false" => Ok(false),
            "1" | "t" | "y" | "on" | "yes" | "true" => Ok(true),
            _ => Err(Fault::BoolParsing),
        },
        Json::Broken(_) => Err(Fault::StringUnicode),
        Json::Int(digits) => match digits.parse::<i64>() {
            Ok(0) => Ok(false),
            Ok(1) => Ok(true),
            Ok(_) => Err(Fault::BoolParsing),
            Err(_) => Err(Fault::BoolType),
        },
        Json::Float(number) => match float_as_int(*number) {
            Ok(0) => Ok(false),
            Ok(1) => Ok(true),
            Ok(_) => Err(Fault::BoolParsing),
            Err(_) => Err(Fault::BoolType),
        },
        _ => Err(Fault::BoolType),
    }
}

/// An integer, held within ±[`FAR`].
pub(crate) fn int(value: &Json) -> Result<i128, Fault> {
    match value {
        Json::Bool(truth) => Ok(i128::from(*truth)),
        Json::Int(digits) => Ok(held(digits)),
        Json::Float(number) => float_as_int(*number),
        Json::Text(text) => text_as_int(text),
        Json::Broken(_) => Err(Fault::StringUnicode),
        _ => Err(Fault::IntType),
    }
}

/// An integer above zero.
pub(crate) fn positive_int(value: &Json) -> Result<i128, Fault> {
    let number = int(value)?;
    if number > 0 { Ok(number) } else { Err(Fault::GreaterThan(Bound::Int(0))) }
}

/// Any float, `NaN` and the infinities included; -0.0 becomes 0.0.
pub(crate) fn float(value: &Json) -> Result<f64, Fault> {
    let number = match value {
        Json::Bool(truth) => f64::from(u8::from(*truth)),
        Json::Float(number) => *number,
        // Python refuses to round an integer to infinity.
        Json::Int(digits) => digits.parse().ok().filter(|number: &f64| number.is_finite()).ok_or(Fault::FloatType)?,
        Json::Text(text) => text_as_float(text).ok_or(Fault::FloatParsing)?,
        Json::Broken(_) => return Err(Fault::StringUnicode),
        _ => return Err(Fault::FloatType),
    };
    Ok(number + 0.0)
}

/// A float that is neither infinite nor `NaN`; the reference lets those in and falls over them later.
pub(crate) fn finite(value: &Json) -> Result<f64, Fault> {
    let number = float(value)?;
    if number.is_finite() { Ok(number) } else { Err(Fault::FiniteNumber) }
}

/// A text.
pub(crate) fn text(value: &Json) -> Result<String, Fault> {
    match value {
        Json::Text(text) => Ok(text.clone()),
        Json::Broken(_) => Err(Fault::StringUnicode),
        _ => Err(Fault::StringType),
    }
}

/// A text in which surrogates without a partner, which no UTF-8 can hold, become U+FFFD.
pub(crate) fn lossy_text(value: &Json) -> Result<String, Fault> {
    match value {
        Json::Broken(text) => Ok(text.clone()),
        other => text(other),
    }
}

/// Nothing for `null`, else what `read` makes of the value.
pub(crate) fn nullable<T>(
    read: impl FnOnce(&Json) -> Result<T, Fault>,
) -> impl FnOnce(&Json) -> Result<Option<T>, Fault> {
    |value| if *value == Json::Null { Ok(None) } else { read(value).map(Some) }
}

/// An integer in a text, as in a path.
pub(crate) fn text_as_int(text: &str) -> Result<i128, Fault> {
    if is_strict_int(text) {
        return if text.len() > MAX_DIGITS { Err(Fault::IntParsingSize) } else { Ok(held(text)) };
    }
    let cleaned = tidy_int(text).ok_or(Fault::IntParsing)?;
    let short = cleaned.len() <= MAX_DIGITS;
    if short && is_strict_int(&cleaned) { Ok(held(&cleaned)) } else { Err(Fault::IntParsing) }
}

fn held(digits: &str) -> i128 {
    let far = if digits.starts_with('-') { -FAR } else { FAR };
    digits.parse().map_or(far, |number: i128| number.clamp(-FAR, FAR))
}

fn float_as_int(number: f64) -> Result<i128, Fault> {
    if !number.is_finite() {
        Err(Fault::FiniteNumber)
    } else if number.fract() != 0.0 {
        Err(Fault::IntFromFloat)
    } else if number.abs() < i64::MAX as f64 {
        Ok((number as i128).clamp(-FAR, FAR))
    } else {
        Err(Fault::IntParsingSize)
    }
}

/// Whether an integer is written as in JSON.
fn is_strict_int(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let plain = digits.bytes().all(|byte| byte.is_ascii_digit());
    plain && !digits.is_empty() && (digits == "0" || !digits.starts_with('0'))
}

/// What is forgiven around an integer: blanks, a plus, zeros before, zeros after a point, single underscores. Nothing if
/// nothing was forgiven, or more than that would have to be.
fn tidy_int(text: &str) -> Option<String> {
    let trimmed = text.trim();
    let unsigned = match trimmed.strip_prefix('+') {
        Some(rest) if rest.starts_with('-') => return None,
        Some(rest) => rest,
        None => trimmed,
    };
    let (minus, digits) = match unsigned.strip_prefix('-') {
        Some(rest) if rest.starts_with(['-', '+']) => return None,
        Some(rest) => ("-", rest),
        None => ("", unsigned),
    };
    let digits = without_leading_zeros(digits)?;
    let integer = match digits.split_once('.') {
        Some((integer, zeros)) if !zeros.is_empty() && zeros.bytes().all(|byte| byte == b'0') => integer,
        _ => digits,
    };
    Some(format!("{minus}{}", without_underscores(integer).as_deref().unwrap_or(integer)))
}

fn without_leading_zeros(digits: &str) -> Option<&str> {
    if !digits.starts_with('0') {
        return digits.starts_with(|first: char| first.is_ascii_digit()).then_some(digits);
    }
    let rest = digits.trim_start_matches(['0', '_']);
    match rest.chars().next() {
        // One zero stays: that before a point, or the last of nothing but zeros.
        None => Some(&digits[digits.len() - 1..]),
        Some('.') => Some(&digits[digits.len() - rest.len() - 1..]),
        Some('1'..='9' | '-') => Some(rest),
        Some(_) => None,
    }
}

fn without_underscores(digits: &str) -> Option<Cow<'_, str>> {
    let single = !digits.starts_with('_') && !digits.ends_with('_') && !digits.contains("__");
    (single && digits.contains('_')).then(|| digits.replace('_', "").into())
}

fn text_as_float(text: &str) -> Option<f64> {
    text.trim().parse().ok().or_else(|| without_underscores(text)?.parse().ok())
}
