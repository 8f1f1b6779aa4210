//! From a table of runs to the rows that a law is fitted to.

use crate::approach::{Approach, NearValley, Parabola};
use crate::fit::FitError;
use crate::frontier::{self, BUDGETS_NEEDED};
use crate::law::Law;
use crate::noise;
use crate::profile;
use crate::rows::{At, Input, Row};
use crate::run::{ComputeRule, Curve, RunTable};
use crate::uncertainty::Groups;
use crate::units::FLOPS_PER_PARAM_TOKEN;

/// What a law is fitted to.
#[derive(Clone, Copy)]
pub enum Table<'a> {
    /// Runs.
    Runs(&'a RunTable),
    /// Points of a curve along one axis.
    Curve(&'a Curve),
}

/// Rows, and how they hang together.
pub struct Observed {
    /// The rows.
    pub rows: Vec<Row>,
    /// Where each row stands in its file; 0 for a per-budget minimum.
    pub lines: Vec<usize>,
    /// Rows that are resampled together.
    pub groups: Groups,
    /// What the rows are, in a few words.
    pub rows_are: &'static str,
    /// How they are grouped: `budgets`, `clusters`, `independent`.
    pub grouped_by: &'static str,
    /// κ of C = κ·N·D.
    pub flops_per_param_token: f64,
    /// The largest C, or x.
    pub largest: f64,
    /// The smallest.
    pub smallest: f64,
}

impl Observed {
    /// The rows that `law` needs.
    ///
    /// A law along one axis is fitted to a curve's points, or to the lowest loss of each budget of a run table.
    ///
    /// # Errors
    /// The law needs what the table has not got.
    pub fn new(law: &dyn Law, table: Table, budget_tolerance: f64) -> Result<Self, FitError> {
        let missing = |input: &'static str| FitError::MissingInput { law: law.name().to_string(), input };
        let along_axis = law.inputs().contains(&Input::Axis);
        match table {
            Table::Curve(curve) if along_axis => Ok(Self::of_curve(curve)),
            Table::Curve(_) => Err(missing("N and D")),
            Table::Runs(runs) if along_axis => Self::of_minima(law, runs, budget_tolerance),
            Table::Runs(runs) => {
                if law.inputs().contains(&Input::UniqueTokens) && runs.used().any(|run| run.unique_tokens.is_none()) {
                    return Err(missing("the unique tokens U"));
                }
                Ok(Self::of_runs(runs, budget_tolerance))
            }
        }
    }

    fn of_runs(table: &RunTable, budget_tolerance: f64) -> Self {
        let mut used: Vec<usize> = (0..table.runs().len()).filter(|&i| table.runs()[i].flag.is_none()).collect();
        // The order of a file's lines is not to move the last digit.
        let numbers = |i: usize| {
            let run = &table.runs()[i];
            [run.params.0, run.tokens.0, run.loss.0, run.compute.0, run.weight]
        };
        used.sort_by(|&a, &b| {
            let pairs = numbers(a).into_iter().zip(numbers(b));
            pairs.fold(std::cmp::Ordering::Equal, |order, (a, b)| order.then(a.total_cmp(&b)))
        });
        let mut places = vec![0; table.runs().len()];
        for (place, &i) in used.iter().enumerate() {
            places[i] = place;
        }
        let runs = || used.iter().map(|&i| &table.runs()[i]);
        let rows = runs()
            .map(|run| {
                let (ln_n, ln_d) = (run.params.0.ln(), run.tokens.0.ln());
                let ln_u = run.unique_tokens.map_or(ln_d, |u| u.0.ln());
                Row {
                    at: At { ln: [ln_n, ln_d, ln_u, run.compute.0.ln()] },
                    ln_loss: run.loss.0.ln(),
                    weight: run.weight,
                }
            })
            .collect();
        let place = |i: usize| places[i];
        let labels: Option<Vec<&str>> = runs().map(|run| run.cluster.as_deref()).collect();
        let (groups, grouped_by) = match labels {
            Some(labels) if !labels.is_empty() => (clusters(&labels), "clusters"),
            _ => {
                let budgets = profile::group(table, budget_tolerance);
                let by_budget = budgets.iter().map(|p| p.runs.iter().map(|&i| place(i)).collect()).collect();
                let groups = Groups::by_budget(by_budget);
                let several = groups.all().len() > 1;
                (groups, if several { "budgets" } else { "independent" })
            }
        };
        let computes = || runs().map(|run| run.compute.0);
        Self {
            rows,
            lines: runs().map(|run| run.line).collect(),
            groups,
            rows_are: "runs",
            grouped_by,
            flops_per_param_token: flops_per_param_token(table),
            largest: computes().fold(0.0, f64::max),
            smallest: computes().fold(f64::INFINITY, f64::min),
        }
    }

    fn of_curve(curve: &Curve) -> Self {
        let points = || curve.used();
        let rows: Vec<Row> = points()
            .map(|point| Row { at: At::axis(point.x.ln()), ln_loss: point.loss.0.ln(), weight: point.weight })
            .collect();
        let labels: Option<Vec<&str>> = points().map(|point| point.cluster.as_deref()).collect();
        let (groups, grouped_by) = match labels {
            Some(labels) if !labels.is_empty() => (clusters(&labels), "clusters"),
            _ => (Groups::Budgets(vec![(0..rows.len()).collect()]), "independent"),
        };
        Self {
            lines: points().map(|point| point.line).collect(),
            groups,
            rows_are: "points of a curve",
            grouped_by,
            flops_per_param_token: FLOPS_PER_PARAM_TOKEN,
            largest: points().map(|point| point.x).fold(0.0, f64::max),
            smallest: points().map(|point| point.x).fold(f64::INFINITY, f64::min),
            rows,
        }
    }

    /// The loss at the bottom of each budget's valley: of the runs near it, or of all its runs where those are too few.
    fn of_minima(law: &dyn Law, table: &RunTable, budget_tolerance: f64) -> Result<Self, FitError> {
        let profiles = profile::group(table, budget_tolerance);
        let noise = noise::estimate(&profiles);
        let minima = |approach: &dyn Approach| -> Vec<(f64, f64)> {
            let found = frontier::optima(approach, &profiles, &noise);
            let usable = profiles.iter().zip(found).filter_map(|(p, f)| Some((p.compute.0, f.usable()?.loss)));
            usable.filter(|(_, loss)| *loss > 0.0).collect()
        };
        let near = minima(&NearValley);
        let minima = if near.len() >= BUDGETS_NEEDED { near } else { minima(&Parabola) };
        if minima.is_empty() {
            return Err(FitError::MissingInput { law: law.name().to_string(), input: "a budget with a valley" });
        }
        let rows: Vec<Row> =
            minima.iter().map(|(c, loss)| Row { at: At::axis(c.ln()), ln_loss: loss.ln(), weight: 1.0 }).collect();
        Ok(Self {
            lines: vec![0; rows.len()],
            groups: Groups::Budgets(vec![(0..rows.len()).collect()]),
            rows_are: "per-budget minima",
            grouped_by: "independent",
            flops_per_param_token: flops_per_param_token(table),
            largest: minima.iter().map(|(c, _)| *c).fold(0.0, f64::max),
            smallest: minima.iter().map(|(c, _)| *c).fold(f64::INFINITY, f64::min),
            rows,
        })
    }
}

/// Rows by label, in the order in which the labels appear.
fn clusters(labels: &[&str]) -> Groups {
    let mut known: std::collections::HashMap<&str, usize> = std::collections::HashMap::new();
    let mut groups: Vec<Vec<usize>> = Vec::new();
    for (row, label) in labels.iter().enumerate() {
        let group = *known.entry(label).or_insert_with(|| {
            groups.push(Vec::new());
            groups.len() - 1
        });
        groups[group].push(row);
    }
    Groups::Clusters(groups)
}

/// κ of C = κ·N·D: 6 where the table's C are that, else the median of what they are.
fn flops_per_param_token(table: &RunTable) -> f64 {
    if table.conventions.compute == ComputeRule::SixNd {
        return FLOPS_PER_PARAM_TOKEN;
    }
    let mut ratios: Vec<f64> = table.used().map(|run| run.compute.0 / (run.params.0 * run.tokens.0)).collect();
    crate::interval::median(&mut ratios)
}
