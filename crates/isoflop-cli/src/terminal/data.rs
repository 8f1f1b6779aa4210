//! What was read.

use isoflop::analysis::{DataSummary, FlaggedRun};
use isoflop::parametric::FitData;
use isoflop::units::plain;
use isoflop_report::words;
use unicode_width::UnicodeWidthStr;

use super::{STRONG, WIDTH, wrapped};

/// Lines named per reason; more are counted.
const NAMED: usize = 6;

/// Reasons told; more are counted.
const REASONS: usize = 5;

/// The table in a few lines: file, runs, budgets, columns, conventions, runs left out.
pub fn text(data: &DataSummary) -> String {
    let count = runs(data.runs);
    let head = format!("{}   {count} · {}", data.path, words::budgets(data));
    let mut text = if head.width() <= WIDTH {
        head.replacen(&data.path, &format!("{STRONG}{}{STRONG:#}", data.path), 1) + "\n"
    } else {
        format!("{STRONG}{}{STRONG:#}\n  {count} · {}\n", data.path, words::budgets(data))
    };
    text += &wrapped(&words::columns(data), "  ", "    ");
    text += &wrapped(&words::conventions(&data.conventions), "  ", "    ");
    text + &left_out(&data.flagged, data.runs_used, runs)
}

/// A curve in a few lines: file, points, range, columns, unit, points left out.
pub fn of_curve(data: &FitData, axis: &str) -> String {
    let (low, high) = (plain(data.smallest), plain(data.largest));
    let range = format!("{} · {axis} from {low} to {high}", points(data.runs));
    let mut text = format!("{STRONG}{}{STRONG:#}\n{}", data.path, wrapped(&range, "  ", "    "));
    let columns: Vec<String> =
        data.columns.iter().map(|used| format!("{} ← {}", used.role.word(), used.column)).collect();
    text += &wrapped(&columns.join(", "), "  ", "    ");
    text += &wrapped(&format!("Loss in {}.", words::loss_unit(data.loss_unit)), "  ", "    ");
    text + &left_out(&data.flagged, data.runs_used, points)
}

/// The runs that no fit used, by reason, with their first lines.
fn left_out(flagged: &[FlaggedRun], used: usize, counted: fn(usize) -> String) -> String {
    if flagged.is_empty() {
        return String::new();
    }
    let mut reasons: Vec<&str> = flagged.iter().map(|run| run.reason.as_str()).collect();
    reasons.sort_unstable();
    reasons.dedup();
    let mut text = wrapped(&format!("{} left out, {used} used:", counted(flagged.len())), "  ", "    ");
    for reason in reasons.iter().take(REASONS) {
        let lines: Vec<String> =
            flagged.iter().filter(|run| run.reason == *reason).map(|run| run.line.to_string()).collect();
        let named = lines[..lines.len().min(NAMED)].join(", ");
        let (word, more) =
            (if lines.len() == 1 { "line" } else { "lines" }, if lines.len() > NAMED { ", …" } else { "" });
        text += &wrapped(&format!("{word} {named}{more}: {reason}"), "    ", "      ");
    }
    if reasons.len() > REASONS {
        text += &format!("    and {} more reasons (--json lists them)\n", reasons.len() - REASONS);
    }
    text
}

fn runs(count: usize) -> String {
    if count == 1 { "1 run".to_string() } else { format!("{count} runs") }
}

fn points(count: usize) -> String {
    if count == 1 { "1 point".to_string() } else { format!("{count} points") }
}
