//! The analysis as JSON: the same bytes as `--json` prints.

use isoflop::analysis::Analysis;

use crate::format::Format;
use crate::report::{Report, ReportError};

/// `results.json`.
pub(crate) struct Json;

impl Format for Json {
    fn path(&self) -> &'static str {
        "results.json"
    }

    fn write(&self, report: &Report<'_>) -> Result<String, ReportError> {
        Ok(json(report.analysis)?)
    }
}

/// The analysis as indented JSON with a line break at its end, in full precision.
///
/// # Errors
/// None that an [`Analysis`] can cause.
pub fn json(analysis: &Analysis) -> Result<String, serde_json::Error> {
    serde_json::to_string_pretty(analysis).map(|text| text + "\n")
}
