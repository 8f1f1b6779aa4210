//! Runs drawn with replacement.

use super::bootstrap::{self, Bench, below};
use super::{Ask, Groups, Method, Quantity, Spreads};
use crate::progress::Progress;

/// Whole runs are drawn with replacement, within budgets or by cluster, and every table is fitted again.
///
/// Assumes no noise model: outliers and noise that grows with the loss come along.
///
/// Source: Efron 1979, doi:10.1214/aos/1176344552; for this law Besiroglu et al. 2024, arXiv:2404.10102.
pub struct Case;

impl Method for Case {
    fn name(&self) -> &'static str {
        "case"
    }

    fn label(&self) -> &'static str {
        "runs drawn with replacement, within budgets or by cluster"
    }

    fn source(&self) -> &'static str {
        "Efron 1979, doi:10.1214/aos/1176344552"
    }

    fn spreads(&self, ask: &Ask, quantities: &[Quantity], progress: &dyn Progress) -> Option<Spreads> {
        let rows = &ask.fit.rows;
        let inputs = ask.fit.setup.law.inputs();
        let own: Vec<f64> = rows.iter().map(|row| row.weight).collect();
        let draws = bootstrap::refit(ask, progress, |random, bench: &mut Bench| {
            bench.weights.clear();
            bench.weights.resize(rows.len(), 0.0);
            match ask.groups {
                Groups::Budgets(groups) => {
                    for group in groups {
                        for _ in 0..group.len() {
                            let drawn = group[below(random, group.len())];
                            bench.weights[drawn] += own[drawn];
                        }
                    }
                }
                Groups::Clusters(groups) => {
                    for _ in 0..groups.len() {
                        for &drawn in &groups[below(random, groups.len())] {
                            bench.weights[drawn] += own[drawn];
                        }
                    }
                }
            }
            bench.rows.gather(rows, &bench.weights, inputs);
        })?;
        Some(bootstrap::spreads(ask, &draws, quantities, 1.0))
    }
}
