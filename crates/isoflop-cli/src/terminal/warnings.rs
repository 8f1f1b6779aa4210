//! Warnings with their advice.

use anstyle::AnsiColor;
use isoflop::analysis::{Severity, Warning};

use super::wrapped;

/// Each warning with its mark and number, its advice below it.
pub fn text(warnings: &[Warning]) -> String {
    warnings.iter().map(one).collect()
}

fn one(warning: &Warning) -> String {
    let (mark, colour) = match warning.severity {
        Severity::Refuse => ("!!", AnsiColor::Red),
        Severity::Warn => (" !", AnsiColor::Yellow),
        Severity::Inform => (" ·", AnsiColor::Blue),
    };
    let style = colour.on_default().bold();
    let head = format!("{mark} {:<4}", warning.id);
    let body = wrapped(&format!("{} {}", warning.message, warning.advice), "        ", "        ");
    // Wrapped first, styled after: the escape codes have no width.
    format!("{style}{head}{style:#} {}", &body[head.chars().count() + 1..])
}
