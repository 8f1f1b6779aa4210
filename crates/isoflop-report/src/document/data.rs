//! What was read, and how it was counted.

use isoflop::analysis::Analysis;

use crate::document::section::{Block, Section, Span, code, text};
use crate::document::table::Table;
use crate::report::Report;
use crate::words;

/// The table in one line.
pub(crate) fn subject(analysis: &Analysis) -> Vec<Span> {
    let data = &analysis.data;
    let runs = if data.runs_used == data.runs {
        plural(data.runs, "run")
    } else {
        format!("{} of {} used", data.runs_used, plural(data.runs, "run"))
    };
    vec![code(data.path.as_str()), text(format!(" · {runs} · {}", words::budgets(data)))]
}

fn plural(count: usize, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}

pub(crate) fn section(report: &Report<'_>) -> Section {
    let data = &report.analysis.data;
    let mut section = Section::new("data", "Data");
    let conventions = data.conventions;
    let mut facts = vec![
        ("File", vec![code(data.path.as_str()), text(format!(", read as {}", data.format))]),
        ("Runs", vec![text(format!("{} in the file, {} used", data.runs, data.runs_used))]),
        ("Budgets", vec![text(words::budgets(data))]),
        ("Columns", vec![code(words::columns(data))]),
        ("N counts", vec![text(words::params_count(conventions.params))]),
        ("C counts", vec![text(words::compute_rule(conventions.compute))]),
        ("Loss", vec![text(words::loss_unit(conventions.loss))]),
    ];
    if let Some(condition) = &data.condition {
        facts.push(("Condition", vec![code(format!("--where '{condition}'"))]));
    }
    let noise = match (data.noise_free, data.noise_share) {
        (true, _) => Some("none to rounding: the losses follow a smooth formula".to_string()),
        (false, Some(share)) => {
            Some(format!("{} of the loss, one standard deviation of a run about its profile", words::percent(share)))
        }
        (false, None) => None,
    };
    facts.extend(noise.map(|noise| ("Noise", vec![text(noise)])));
    section.push(Block::Facts(facts));
    if !data.flagged.is_empty() {
        let mut table = Table::new("Runs left out of every fit", &[">Line", "Reason"]);
        for run in &data.flagged {
            table.row([run.line.to_string(), run.reason.clone()]);
        }
        section.push(Block::Table(table.held()));
    }
    section
}
