//! How to make the report again.

use crate::document::section::{Block, Section, code, text};
use crate::report::Report;

pub(crate) fn section(report: &Report<'_>) -> Section {
    let analysis = report.analysis;
    let mut section = Section::new("remake", "How to remake this");
    section.push(Block::Command(report.remake.to_string()));
    section.push(Block::Facts(vec![
        ("Seed", vec![text(analysis.seed.to_string())]),
        ("Version", vec![text(format!("isoflop {}", analysis.version))]),
        ("Data", vec![code(analysis.data.path.as_str()), text(", SHA-256 "), code(analysis.data.sha256.as_str())]),
        ("Numbers", vec![code("results.json"), text(format!(" (schema {})", analysis.schema))]),
    ]));
    section
}
