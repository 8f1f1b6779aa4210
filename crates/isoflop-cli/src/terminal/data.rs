//! What was read.

use isoflop::analysis::DataSummary;
use isoflop_report::words;

use super::{STRONG, wrapped};

/// Flagged runs named one by one; more are counted.
const NAMED: usize = 5;

/// The table in a few lines: file, runs, budgets, columns, conventions, runs left out.
pub fn text(data: &DataSummary) -> String {
    let runs = if data.runs == 1 { "1 run".to_string() } else { format!("{} runs", data.runs) };
    let mut text = format!("{STRONG}{}{STRONG:#}   {runs} · {}\n", data.path, words::budgets(data));
    text += &wrapped(&words::columns(data), "  ", "    ");
    text += &wrapped(&words::conventions(&data.conventions), "  ", "    ");
    if !data.flagged.is_empty() {
        let used = data.runs_used;
        text += &wrapped(&format!("{} runs left out, {used} used:", data.flagged.len()), "  ", "    ");
        for run in data.flagged.iter().take(NAMED) {
            text += &wrapped(&format!("line {}: {}", run.line, run.reason), "    ", "      ");
        }
        if data.flagged.len() > NAMED {
            text += &format!("    and {} more (--json lists them)\n", data.flagged.len() - NAMED);
        }
    }
    text
}
