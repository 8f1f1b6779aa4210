//! What was read.

use isoflop::analysis::DataSummary;
use isoflop_report::words;
use unicode_width::UnicodeWidthStr;

use super::{STRONG, WIDTH, wrapped};

/// Lines named per reason; more are counted.
const NAMED: usize = 6;

/// Reasons told; more are counted.
const REASONS: usize = 5;

/// The table in a few lines: file, runs, budgets, columns, conventions, runs left out.
pub fn text(data: &DataSummary) -> String {
    let runs = runs(data.runs);
    let head = format!("{}   {runs} · {}", data.path, words::budgets(data));
    let mut text = if head.width() <= WIDTH {
        head.replacen(&data.path, &format!("{STRONG}{}{STRONG:#}", data.path), 1) + "\n"
    } else {
        format!("{STRONG}{}{STRONG:#}\n  {runs} · {}\n", data.path, words::budgets(data))
    };
    text += &wrapped(&words::columns(data), "  ", "    ");
    text += &wrapped(&words::conventions(&data.conventions), "  ", "    ");
    text + &left_out(data)
}

/// The runs that no fit used, by reason, with their first lines.
fn left_out(data: &DataSummary) -> String {
    if data.flagged.is_empty() {
        return String::new();
    }
    let mut reasons: Vec<&str> = data.flagged.iter().map(|run| run.reason.as_str()).collect();
    reasons.sort_unstable();
    reasons.dedup();
    let mut text = wrapped(&format!("{} left out, {} used:", runs(data.flagged.len()), data.runs_used), "  ", "    ");
    for reason in reasons.iter().take(REASONS) {
        let lines: Vec<String> =
            data.flagged.iter().filter(|run| run.reason == *reason).map(|run| run.line.to_string()).collect();
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
