//! Shares, ratios, grades and tick labels in words.

use isoflop::analysis::{DataSummary, Refits, Severity};
use isoflop::units::{Flops, Params, times};

/// A share as a percentage of two digits: `4.8 %`, `31 %`, `100 %`.
pub fn percent(share: f64) -> String {
    let percent = 100.0 * share;
    let decimals = usize::from(percent.abs() < 9.95);
    format!("{percent:.decimals$} %")
}

/// The nominal level of intervals: `90 %`, `99.5 %`.
pub fn level(level: f64) -> String {
    let percent = 100.0 * level;
    if (percent - percent.round()).abs() < 1e-9 { format!("{percent:.0} %") } else { format!("{percent:.1} %") }
}

/// A ratio in two or three digits: `1.88`, `20.1`, `333`.
pub fn ratio(ratio: f64) -> String {
    Params(ratio).to_string()
}

/// How far a forecast at `compute` reaches beyond the data: `333× the largest budget`, `inside the data`.
pub fn reach(compute: Flops, data: &DataSummary) -> String {
    let (Some(first), Some(last)) = (data.profiles.first(), data.profiles.last()) else { return String::new() };
    match compute.0 {
        c if c > last.compute.0 * (1.0 + 1e-9) => format!("{} the largest budget", times(c / last.compute.0)),
        c if c < first.compute.0 * (1.0 - 1e-9) => format!("{} below the smallest budget", times(first.compute.0 / c)),
        _ => "inside the data".to_string(),
    }
}

/// How the intervals of an approach were formed: `1000 refits, 3 without a law`.
pub fn refits(refits: &Refits) -> String {
    if refits.total == 0 {
        return "no refits, so no intervals".to_string();
    }
    let failed = match refits.failed {
        0 => "all gave a law".to_string(),
        failed => format!("{failed} gave no law"),
    };
    let profiles = match refits.profiles_failed {
        0 => String::new(),
        1 => "; 1 profile gave no optimum".to_string(),
        count => format!("; {count} profiles gave no optimum"),
    };
    format!("{} refits, {failed}{profiles}", refits.total)
}

/// What a grade of warning asks of the reader.
pub const fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Refuse => "Do not quote",
        Severity::Warn => "Read before quoting",
        Severity::Inform => "Good to know",
    }
}

/// A count as an axis says it: `100M`, `1B`, `1.5B`.
pub(crate) fn tick_count(value: f64) -> String {
    let said = Params(value).to_string();
    if said.contains('e') || !said.contains('.') {
        return said;
    }
    let (digits, suffix) = said.split_at(said.find(|c: char| c.is_ascii_alphabetic()).unwrap_or(said.len()));
    format!("{}{suffix}", digits.trim_end_matches('0').trim_end_matches('.'))
}

/// Compute as an axis says it: `1e20`.
pub(crate) fn tick_flops(value: f64) -> String {
    Flops(value).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_say_it_short() {
        assert_eq!([1e8, 1e9, 1.5e9, 3e10, 1e12].map(tick_count), ["100M", "1B", "1.5B", "30B", "1T"]);
        assert_eq!([0.048, 0.312, 1.0, -0.31].map(percent), ["4.8 %", "31 %", "100 %", "-31 %"]);
        assert_eq!([0.9, 0.995].map(level), ["90 %", "99.5 %"]);
    }
}
