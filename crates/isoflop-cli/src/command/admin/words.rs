//! Numbers, names and moments as operators read them.

use isoflop::units::Params;

/// A whole number as it is, other numbers with one decimal, large ones with a power of ten.
pub fn amount(value: f64) -> String {
    if value.abs() >= 1e7 {
        let text = format!("{value:.3e}");
        let (digits, power) = text.split_once('e').unwrap_or((&text, "0"));
        return format!("{}e{power}", digits.trim_end_matches('0').trim_end_matches('.'));
    }
    if value.fract() == 0.0 { format!("{value}") } else { format!("{value:.1}") }
}

/// A loss.
pub fn loss(value: Option<f64>) -> String {
    value.map_or_else(|| "–".to_owned(), |value| format!("{value:.4}"))
}

/// A share as a percentage.
pub fn share(value: Option<f64>) -> String {
    value.map_or_else(|| "–".to_owned(), |value| format!("{:.1} %", 100.0 * value))
}

/// A count of parameters or tokens: `91.1M`.
pub fn count(value: f64) -> String {
    Params(value).to_string()
}

/// At most this many characters of a text, on one line.
pub fn short(text: &str, most: usize) -> String {
    let text: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    if text.chars().count() <= most {
        return text;
    }
    text.chars().take(most - 1).chain(['…']).collect()
}

/// A moment to the minute: `06-01 23:59`.
pub fn moment(text: &str) -> String {
    text.get(5..16).map_or_else(|| text.to_owned(), |text| text.replace('T', " "))
}

/// Seconds in the unit people would use.
pub fn duration(seconds: f64) -> String {
    match seconds {
        ..120.0 => format!("{seconds:.0} s"),
        ..7200.0 => format!("{:.0} min", seconds / 60.0),
        ..172_800.0 => format!("{:.1} h", seconds / 3600.0),
        _ => format!("{:.1} days", seconds / 86_400.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short() {
        assert_eq!([43_200.0, 12.25, 2e18, -3.5e17].map(amount), ["43200", "12.2", "2e18", "-3.5e17"]);
        assert_eq!([30.0, 600.0, 43_200.0].map(duration), ["30 s", "10 min", "12.0 h"]);
        assert_eq!((short("abc", 3), short("abcd", 3)), ("abc".to_owned(), "ab…".to_owned()));
        assert_eq!(moment("2026-06-01T23:59:00Z"), "06-01 23:59");
    }
}
