//! Every run weighted at random.

use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::Rng;

use super::bootstrap::{self, Bench};
use super::{Ask, Groups, Method, Quantity, Spreads};
use crate::fit::noise;
use crate::progress::Progress;

/// Every run, or every cluster of runs, counts for a random amount (exponential, with mean 1), and every table is fitted again.
///
/// Assumes no noise model, as `case` does, but leaves no run out: with few runs `case` is too wide, since tables that
/// lack a corner of the grid wander off.
///
/// A fit pulls itself towards its runs, so the refits scatter less than fits to new tables would: by 1 − h where least
/// squares have a run of leverage h. Its mean is p/n for p coefficients and n runs (or clusters), and where the robust
/// loss is not quadratic nothing is pulled. There they scatter more, as resampled medians do. The ends are therefore moved
/// apart by (1 − k·(1−q)²·√(p/n)) / (1 − q·p/n), q = E ρ″ the quadratic share of the residuals; k is from the simulations
/// of `docs/coverage.md`.
///
/// Source: Rubin 1981, doi:10.1214/aos/1176345338; for leverages `MacKinnon` and White 1985,
/// doi:10.1016/0304-4076(85)90158-7 (HC3), here with their mean; for medians Cheung and Lee 2005
/// (Ann. Inst. Statist. Math. 57, 279).
pub struct Weighted;

/// Means of leverages are taken to be at most this: beyond it there are hardly more runs than coefficients.
const LEVERAGE_MAX: f64 = 0.5;

/// k: by how much refits of least absolute deviations scatter too widely.
const TOO_WIDE: f64 = 0.22;

/// By how much the ends are moved apart.
fn expansion(ask: &Ask) -> f64 {
    let fit = ask.fit;
    let free = fit.setup.free().iter().filter(|free| **free).count() as f64;
    let (_, quadratic) = noise(&fit.setup, &fit.residuals(), &fit.rows);
    let (quadratic, leverage) = (quadratic.min(1.0), free / ask.groups.independent().max(1) as f64);
    let pulled = (quadratic * leverage).min(LEVERAGE_MAX);
    let too_wide = TOO_WIDE * (1.0 - quadratic).powi(2) * leverage.min(1.0).sqrt();
    (1.0 - too_wide) / (1.0 - pulled)
}

impl Method for Weighted {
    fn name(&self) -> &'static str {
        "weighted"
    }

    fn label(&self) -> &'static str {
        "every run counts for a random amount (Bayesian bootstrap)"
    }

    fn source(&self) -> &'static str {
        "Rubin 1981, doi:10.1214/aos/1176345338"
    }

    fn spreads(&self, ask: &Ask, quantities: &[Quantity], progress: &dyn Progress) -> Option<Spreads> {
        let fit = ask.fit;
        let own: Vec<f64> = fit.rows.iter().map(|row| row.weight).collect();
        let draws = bootstrap::refit(ask, progress, |random, bench: &mut Bench| {
            bench.weights.clear();
            match ask.groups {
                Groups::Budgets(_) => {
                    bench.weights.extend(own.iter().map(|weight| weight * exponential(random)));
                }
                Groups::Clusters(groups) => {
                    bench.weights.resize(own.len(), 0.0);
                    for group in groups {
                        let weight = exponential(random);
                        for &row in group {
                            bench.weights[row] = weight * own[row];
                        }
                    }
                }
            }
            bench.rows.clone_from(&fit.rows);
            bench.rows.set_weights(&bench.weights);
        })?;
        Some(bootstrap::spreads(ask, &draws, quantities, expansion(ask)))
    }
}

/// −ln of a uniform number that is neither 0 nor 1.
fn exponential(random: &mut Xoshiro256PlusPlus) -> f64 {
    let uniform = ((random.next_u64() >> 11) as f64 + 0.5) / (1u64 << 53) as f64;
    -uniform.ln()
}
