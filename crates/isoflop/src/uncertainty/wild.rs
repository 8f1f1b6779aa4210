//! Residuals turned round at random.

use rand_xoshiro::rand_core::Rng;

use super::bootstrap::{self, Bench};
use super::{Ask, Groups, Method, Quantity, Spreads};
use crate::progress::Progress;

/// Every run stays where it is, and its residual is turned round or not by the toss of a coin (one toss for a cluster):
/// keeps the design, and noise that differs between runs.
///
/// Source: Liu 1988, doi:10.1214/aos/1176351062; for least absolute deviations Feng, He and Hu 2011,
/// doi:10.1093/biomet/asr052.
pub struct Wild;

impl Method for Wild {
    fn name(&self) -> &'static str {
        "wild"
    }

    fn label(&self) -> &'static str {
        "residuals turned round at random: keeps the design"
    }

    fn source(&self) -> &'static str {
        "Liu 1988, doi:10.1214/aos/1176351062"
    }

    fn spreads(&self, ask: &Ask, quantities: &[Quantity], progress: &dyn Progress) -> Option<Spreads> {
        let fit = ask.fit;
        let fitted: Vec<f64> = fit.fitted();
        let residuals: Vec<f64> = fit.rows.iter().zip(&fitted).map(|(row, fitted)| row.ln_loss - fitted).collect();
        let independent = ask.groups.independent();
        let draws = bootstrap::refit(ask, progress, |random, bench: &mut Bench| {
            bench.rows.clone_from(&fit.rows);
            let mut toss = || if random.next_u64() >> 63 == 0 { 1.0 } else { -1.0 };
            bench.weights.clear();
            bench.weights.resize(residuals.len(), 1.0);
            match ask.groups {
                Groups::Budgets(_) => bench.weights.iter_mut().for_each(|sign| *sign = toss()),
                Groups::Clusters(groups) => {
                    for group in groups {
                        let sign = toss();
                        for &row in group {
                            bench.weights[row] = sign;
                        }
                    }
                }
            }
            let turned = fitted.iter().zip(&residuals).zip(&bench.weights);
            bench.rows.set_losses(turned.map(|((fitted, residual), sign)| fitted + sign * residual));
        })?;
        let free = fit.setup.free().iter().filter(|free| **free).count();
        // Residuals are smaller than the noise: a fit with p coefficients takes up a share p/n of it.
        let freedom = independent.saturating_sub(free).max(1);
        let factor = bootstrap::t_over_z(ask.level, freedom) * (independent as f64 / freedom as f64).sqrt();
        Some(bootstrap::spreads(ask, &draws, quantities, factor))
    }
}
