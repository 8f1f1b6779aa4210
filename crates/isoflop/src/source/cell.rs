//! One value of a table, as its format knows it, and the number that a run needs from it.

use std::borrow::Cow;

/// A value as the source gives it.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell<'a> {
    /// Absent, null, or an empty field.
    Missing,
    /// A number of a format that has numbers. May be NaN or infinite.
    Number(f64),
    /// A truth value of a format that has them.
    Bool(bool),
    /// Text of a format that tells text from numbers.
    Text(Cow<'a, str>),
    /// Text of a format that does not: a CSV field, without blanks at its ends.
    Untyped(&'a str),
    /// A list or an object.
    Nested,
}

impl Cell<'_> {
    /// The cell of one CSV field.
    pub fn field(text: &str) -> Cell<'_> {
        let text = text.trim_matches([' ', '\t']);
        if text.is_empty() { Cell::Missing } else { Cell::Untyped(text) }
    }

    /// The number in the cell, NaN and infinities included; none if it holds something else.
    pub fn number(&self) -> Option<f64> {
        match self {
            Cell::Number(value) => Some(*value),
            Cell::Untyped(text) => text.parse().ok(),
            _ => None,
        }
    }

    /// The number that a run needs: positive and finite, after multiplying by `factor`.
    pub fn quantity(&self, factor: f64) -> Result<f64, Unfit> {
        let value = self.finite(factor)?;
        if value > 0.0 { Ok(value) } else { Err(Unfit::TooSmall) }
    }

    /// How much a run counts: finite, and 0 or above.
    pub fn weight(&self) -> Result<f64, Unfit> {
        let value = self.finite(1.0)?;
        if value >= 0.0 { Ok(value) } else { Err(Unfit::TooSmall) }
    }

    /// The number times `factor`, neither NaN nor above all numbers.
    fn finite(&self, factor: f64) -> Result<f64, Unfit> {
        let value = self.number().ok_or(match self {
            Cell::Missing => Unfit::Missing,
            _ => Unfit::NotANumber,
        })? * factor;
        match value {
            _ if value.is_nan() => Err(Unfit::NotFinite),
            f64::INFINITY => Err(if self.spells_infinity() { Unfit::NotFinite } else { Unfit::TooLarge }),
            _ => Ok(value),
        }
    }

    /// What a run belongs to: any text, number or truth value.
    pub fn label(&self) -> Result<Box<str>, Unfit> {
        match self {
            Cell::Text(text) if !text.trim().is_empty() => Ok(text.as_ref().into()),
            Cell::Untyped(text) => Ok((*text).into()),
            Cell::Number(number) if number.is_finite() => Ok(number.to_string().into()),
            Cell::Bool(value) => Ok(value.to_string().into()),
            Cell::Missing | Cell::Text(_) => Err(Unfit::Missing),
            // How tables of numbers and text leave a field empty.
            Cell::Number(_) => Err(Unfit::NotFinite),
            Cell::Nested => Err(Unfit::NotANumber),
        }
    }

    /// Whether the file says "infinity" itself, unlike `1e400`, which only overflows to it.
    fn spells_infinity(&self) -> bool {
        match self {
            Cell::Number(value) => value.is_infinite(),
            Cell::Untyped(text) => text.contains(['n', 'N']),
            _ => false,
        }
    }

    /// The cell as a person would quote it.
    pub fn shown(&self) -> String {
        match self {
            Cell::Missing => "missing".to_string(),
            Cell::Number(value) => spelled(*value),
            Cell::Bool(value) => format!("{value}"),
            Cell::Text(text) => format!("\"{}\"", shortened(text)),
            Cell::Untyped(text) => format!("\"{}\"", shortened(text)),
            Cell::Nested => "a list or object".to_string(),
        }
    }
}

/// Why a cell is no quantity of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unfit {
    /// Nothing there.
    Missing,
    /// Text, a truth value, a list.
    NotANumber,
    /// Zero or below; for a weight, below zero.
    TooSmall,
    /// NaN or an infinity, as a diverged run leaves behind.
    NotFinite,
    /// Above what a double holds.
    TooLarge,
}

impl Unfit {
    /// What is needed instead.
    pub fn needed(self) -> &'static str {
        match self {
            Unfit::TooLarge => "a number below 1.8e308 is needed",
            Unfit::NotANumber => "a number is needed",
            _ => "a positive finite number is needed",
        }
    }
}

/// The number that text means to a person but not to a program: `70B`, `1,000`, `3,41`, `"3.2"`.
///
/// Returned as it should be written. Only for hints: such text is never read as
/// a number, because a guess at a unit is worse than a question.
pub fn plain_spelling(text: &str) -> Option<String> {
    let text = text.trim();
    let unit_at = text.rfind(|c: char| c.is_ascii_digit()).map(|last| last + 1)?;
    let (digits, unit) = text.split_at(unit_at);
    let power = match unit.trim().to_ascii_lowercase().as_str() {
        "" => 0,
        "k" | "thousand" => 3,
        "m" | "million" => 6,
        "b" | "g" | "bn" | "billion" => 9,
        "t" | "trillion" => 12,
        _ => return None,
    };
    let grouped = digits.split(',').skip(1).all(|group| group.len() == 3 || group.starts_with("000"));
    let digits = digits.replace(['_', ' '], "");
    let digits = if grouped { digits.replace(',', "") } else { digits.replacen(',', ".", 1) };
    let value: f64 = digits.parse().ok().filter(|value: &f64| value.is_finite())?;
    if power == 0 {
        return Some(digits);
    }
    Some(format!("{:e}", value * 10_f64.powi(power)))
}

/// A number as a person writes it, and the infinities as JSON files do.
pub fn spelled(value: f64) -> String {
    match value.abs() {
        f64::INFINITY => if value > 0.0 { "Infinity" } else { "-Infinity" }.to_string(),
        size if size >= 1e16 || (size < 1e-4 && size > 0.0) => format!("{value:e}"),
        _ => format!("{value}"),
    }
}

/// Text cut to a length that a sentence can carry, on one line.
fn shortened(text: &str) -> String {
    const SHOWN: usize = 40;
    let mut rest = text.chars().map(|c| if c.is_control() { ' ' } else { c });
    let shown: String = rest.by_ref().take(SHOWN).collect();
    if rest.next().is_some() { shown + "…" } else { shown }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_s_numbers_are_spelled_out() {
        let spelled = |text| plain_spelling(text).unwrap_or_default();
        assert_eq!(spelled("70B"), "7e10");
        assert_eq!(spelled("1.5 M"), "1.5e6");
        assert_eq!(spelled("1,000"), "1000");
        assert_eq!(spelled("1,234,567"), "1234567");
        assert_eq!(spelled("3,41"), "3.41");
        assert_eq!(spelled("10_000"), "10000");
        for nonsense in ["", "B", "tall", "70 apples", "1.2.3", "v2"] {
            assert_eq!(spelled(nonsense), "", "{nonsense}");
        }
    }

    #[test]
    fn overflow_is_not_divergence() {
        assert_eq!(Cell::field("1e400").quantity(1.0), Err(Unfit::TooLarge));
        assert_eq!(Cell::field("1e300").quantity(1e9), Err(Unfit::TooLarge));
        assert_eq!(Cell::field("inf").quantity(1.0), Err(Unfit::NotFinite));
        assert_eq!(Cell::field("-1e400").quantity(1.0), Err(Unfit::TooSmall));
        assert_eq!(Cell::field("1e-400").quantity(1.0), Err(Unfit::TooSmall));
        assert_eq!(Cell::field("-0").quantity(1.0), Err(Unfit::TooSmall));
    }
}
