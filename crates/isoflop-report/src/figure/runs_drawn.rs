//! The runs of a table as points of a figure: by budget, and thinned where there are too many to see.

use isoflop::analysis::DataSummary;
use isoflop::run::RunTable;

/// Most runs drawn; more would cover each other and only make the files larger.
pub(crate) const MOST_RUNS: usize = 5_000;

/// Points to draw: (N, L) of each.
#[derive(Clone, Debug, Default)]
pub(crate) struct RunsDrawn {
    /// Used runs, one list per budget of the table, smallest first.
    pub(crate) by_budget: Vec<Vec<(f64, f64)>>,
    /// Runs that no fit used.
    pub(crate) flagged: Vec<(f64, f64)>,
    /// Runs of the table, drawn or not.
    pub(crate) total: usize,
    /// How many of them are drawn.
    pub(crate) drawn: usize,
}

/// Chooses every k-th run where a table has more than [`MOST_RUNS`], and assigns each to the budget nearest to its C.
pub(crate) fn runs_drawn(runs: &RunTable, data: &DataSummary) -> RunsDrawn {
    let total = runs.runs().len();
    let mut drawn =
        RunsDrawn { by_budget: vec![Vec::new(); data.profiles.len().max(1)], total, ..RunsDrawn::default() };
    // Halfway between two budgets on the log scale, a run changes hands.
    let borders: Vec<f64> =
        data.profiles.windows(2).map(|pair| (pair[0].compute.0 * pair[1].compute.0).sqrt()).collect();
    let kept = total.min(MOST_RUNS);
    for i in 0..kept {
        let run = &runs.runs()[i * total / kept];
        let point = (run.params.0, run.loss.0);
        drawn.drawn += 1;
        if run.flag.is_some() {
            drawn.flagged.push(point);
        } else {
            drawn.by_budget[borders.partition_point(|border| *border < run.compute.0)].push(point);
        }
    }
    for points in &mut drawn.by_budget {
        points.sort_by(|a, b| a.0.total_cmp(&b.0));
    }
    drawn
}

/// Up to `most` indices of `count`, evenly spread, the first and the last among them.
pub(crate) fn evenly(count: usize, most: usize) -> Vec<usize> {
    if count <= most || most < 2 {
        return (0..count.min(most.max(1))).collect();
    }
    (0..most).map(|i| i * (count - 1) / (most - 1)).collect()
}
