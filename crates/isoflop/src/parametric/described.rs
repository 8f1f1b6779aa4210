//! The table of a fit, described for its report.

use super::{FitData, Observed, Table};
use crate::analysis::FlaggedRun;
use crate::run::{Provenance, RunFlag};

impl FitData {
    /// What is told of `table` and of the rows that were made of it.
    pub(super) fn of(table: Table, observed: &Observed) -> Self {
        let flagged =
            |line: usize, flag: &Option<RunFlag>| Some(FlaggedRun { line, reason: flag.as_ref()?.to_string() });
        let (provenance, runs, mut left_out): (&Provenance, usize, Vec<FlaggedRun>) = match table {
            Table::Runs(table) => {
                let left_out = table.runs().iter().filter_map(|run| flagged(run.line, &run.flag)).collect();
                (&table.provenance, table.runs().len(), left_out)
            }
            Table::Curve(curve) => {
                let left_out = curve.points().iter().filter_map(|point| flagged(point.line, &point.flag)).collect();
                (&curve.provenance, curve.points().len(), left_out)
            }
        };
        let runs_used = runs - left_out.len();
        left_out
            .extend(provenance.unusable.iter().map(|(line, found)| FlaggedRun { line: *line, reason: found.clone() }));
        left_out.sort_by_key(|run| run.line);
        Self {
            path: provenance.path.clone(),
            sha256: provenance.sha256.clone(),
            format: provenance.format.clone(),
            runs: runs + provenance.unusable.len(),
            runs_used,
            flagged: left_out,
            rows_are: observed.rows_are,
            grouped_by: observed.grouped_by,
            groups: observed.groups.all().len(),
            condition: provenance.condition.clone(),
            columns: provenance.columns.clone(),
            derived: provenance.derived,
            conventions: match table {
                Table::Runs(table) => Some(table.conventions),
                Table::Curve(_) => None,
            },
            loss_unit: match table {
                Table::Runs(table) => table.conventions.loss,
                Table::Curve(curve) => curve.loss_unit,
            },
            smallest: observed.smallest,
            largest: observed.largest,
        }
    }
}
