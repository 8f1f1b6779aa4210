//! What could be wrong with the answer, gravest first.

use std::cmp::Reverse;

use crate::document::section::{Block, Section};
use crate::report::Report;

pub(crate) fn section(report: &Report<'_>) -> Section {
    let mut section = Section::new("warnings", "What could be wrong");
    // The analysis promises gravest first; a stable sort keeps a reader safe if a check is added out of turn.
    let mut warnings: Vec<_> = report.analysis.warnings.iter().collect();
    warnings.sort_by_key(|warning| Reverse(warning.severity));
    for warning in &warnings {
        section.push(Block::Warning {
            id: warning.id,
            severity: warning.severity,
            message: warning.message.clone(),
            advice: warning.advice.clone(),
        });
    }
    if warnings.is_empty() {
        section.say("No check raised a warning.");
    }
    section
}
