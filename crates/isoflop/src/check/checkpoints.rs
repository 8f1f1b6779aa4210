//! A check of what is resampled: D14 for the rows of one run that count as several.

use std::collections::{BTreeMap, BTreeSet};

use super::{Finding, LawView, counted};
use crate::analysis::Severity;
use crate::parametric::Table;

/// Share of the rows that have to look like checkpoints: a name that was used twice by mistake is no design.
const SHARE: f64 = 0.1;

/// D14: rows of one name and size at several token counts, taken for separate runs.
///
/// The noise of a run is in all its checkpoints, so intervals that draw them one by one are too narrow.
pub(super) fn unclustered(view: &LawView) -> Vec<Finding> {
    let Table::Runs(table) = view.table else { return Vec::new() };
    if view.report.data.grouped_by == "clusters" || view.report.data.rows_are != "runs" {
        return Vec::new();
    }
    let mut runs: BTreeMap<(&str, u64), BTreeSet<u64>> = BTreeMap::new();
    for run in table.used() {
        if let Some(name) = &run.name {
            runs.entry((name, run.params.0.to_bits())).or_default().insert(run.tokens.0.to_bits());
        }
    }
    runs.retain(|_, checkpoints| checkpoints.len() > 1);
    let rows: usize = runs.values().map(BTreeSet::len).sum();
    let Some(((first, _), _)) = runs.first_key_value() else { return Vec::new() };
    if (rows as f64) < SHARE * view.report.rows as f64 {
        return Vec::new();
    }
    let message = format!(
        "{} have the names and sizes of {} (\"{first}\", …): checkpoints share the noise of their run, and intervals \
         that take each for a run of its own are too narrow.",
        counted(rows, "row"),
        counted(runs.len(), "run")
    );
    vec![Finding::new(Severity::Warn, message, "Name the column that tells the runs apart with --cluster-by.")]
}
