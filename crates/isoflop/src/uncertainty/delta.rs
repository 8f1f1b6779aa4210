//! Slopes and a sandwich.

use super::bootstrap::student;
use super::{Ask, Groups, Method, Quantity, Refits, Spread, Spreads};
use crate::fit::newton::Theta;
use crate::fit::objective::Room;
use crate::fit::{Cholesky, noise};
use crate::law::COEFFICIENTS_MAX;
use crate::progress::Progress;
use crate::robust::Bend;

/// The quantity's slope along each coefficient, and the coefficients' covariance: instant, and right where the table is
/// large and the quantity nearly linear.
///
/// The covariance is τ·(ΣJJᵀ)⁻¹ with τ = E ψ²/(E ψ′)² for independent runs, and the sandwich over clusters where runs
/// belong together; ends by Student's t. A prior of strength s adds s/E ψ′ to its place of `ΣJJᵀ`.
///
/// Source: Huber 1967 (Berkeley symposium 5, 221-233); Cameron and Miller 2015, doi:10.3368/jhr.50.2.317.
pub struct Delta;

impl Method for Delta {
    fn name(&self) -> &'static str {
        "delta"
    }

    fn label(&self) -> &'static str {
        "slopes and a sandwich covariance: instant"
    }

    fn source(&self) -> &'static str {
        "Huber 1967, Berkeley symposium 5, 221-233"
    }

    fn spreads(&self, ask: &Ask, quantities: &[Quantity], _progress: &dyn Progress) -> Option<Spreads> {
        let fit = ask.fit;
        let free = fit.setup.free().iter().filter(|free| **free).count();
        let t = student(ask.level, ask.groups.independent().saturating_sub(free));
        let covariance = covariance(ask);
        let residuals = fit.residuals();
        let noise = residuals.iter().map(|r| r * r).sum::<f64>() / (residuals.len() as f64 - free as f64).max(1.0);
        let spread = |quantity: &Quantity, more: f64| {
            let value = quantity(&fit.setup.as_published(&fit.theta));
            let slope = slope(ask, quantity);
            let variance = (0..COEFFICIENTS_MAX)
                .flat_map(|a| (0..COEFFICIENTS_MAX).map(move |b| (a, b)))
                .map(|(a, b)| slope[a] * covariance[a][b] * slope[b])
                .sum::<f64>();
            let std_error = (variance + more).sqrt();
            let end = |sign: f64| Some(value + sign * t * std_error).filter(|end| end.is_finite());
            Spread { std_error, low: end(-1.0), high: end(1.0) }
        };
        Some(Spreads {
            of: quantities.iter().map(|quantity| spread(quantity, 0.0)).collect(),
            of_new_run: quantities.iter().map(|quantity| spread(quantity, noise)).collect(),
            refits: Refits::default(),
        })
    }
}

/// ∂quantity/∂θ in the coordinates of the searches.
pub(super) fn slope(ask: &Ask, quantity: &Quantity) -> Theta {
    /// What a coefficient is moved by.
    const STEP: f64 = 1e-5;
    let fit = ask.fit;
    let mut slope = [0.0; COEFFICIENTS_MAX];
    for k in (0..fit.setup.count()).filter(|&k| fit.setup.free()[k]) {
        let at = |by: f64| {
            let mut theta = fit.theta;
            theta[k] += by;
            quantity(&fit.setup.as_published(&theta))
        };
        slope[k] = (at(STEP) - at(-STEP)) / (2.0 * STEP);
    }
    slope
}

/// The coefficients' covariance in the coordinates of the searches.
fn covariance(ask: &Ask) -> [[f64; COEFFICIENTS_MAX]; COEFFICIENTS_MAX] {
    let fit = ask.fit;
    let count = fit.setup.count();
    let theta = &fit.theta[..count];
    let squared = crate::robust::Squared;
    let mut room = Room::default();
    // ΣwJJᵀ is the majorant of least squares.
    let mut objective = fit.setup.search(&fit.rows).objective;
    objective.robust = &squared;
    objective.priors = &[];
    objective.prepare(theta, Bend::Majorant, &mut room);
    let mut outer = objective.normal(theta, Bend::Majorant, &room).hessian;
    let residuals = fit.residuals();
    let (psi_squared, psi_prime) = noise(&fit.setup, &residuals, &fit.rows);
    for prior in fit.setup.priors {
        outer[prior.place][prior.place] += prior.strength / psi_prime;
    }
    let Some(system) = Cholesky::new(&outer, fit.setup.free(), 0.0) else {
        return [[f64::INFINITY; COEFFICIENTS_MAX]; COEFFICIENTS_MAX];
    };
    let mut inverse = system.inverse();
    match ask.groups {
        Groups::Budgets(_) => {
            for value in inverse.as_flattened_mut() {
                *value *= psi_squared / (psi_prime * psi_prime);
            }
            inverse
        }
        Groups::Clusters(groups) => {
            let mut meat = [[0.0; COEFFICIENTS_MAX]; COEFFICIENTS_MAX];
            for group in groups {
                let score = score(ask, group, &residuals);
                for a in 0..count {
                    for b in 0..count {
                        meat[a][b] += score[a] * score[b];
                    }
                }
            }
            // Few clusters look more alike than they are.
            let many = groups.len() as f64;
            for value in meat.as_flattened_mut() {
                *value *= many / (many - 1.0);
            }
            // What is known beforehand is one more cluster.
            for prior in fit.setup.priors {
                meat[prior.place][prior.place] += (prior.strength * prior.sd).powi(2);
            }
            let mut sandwich = [[0.0; COEFFICIENTS_MAX]; COEFFICIENTS_MAX];
            for a in 0..count {
                for b in 0..count {
                    for c in 0..count {
                        for d in 0..count {
                            sandwich[a][b] += inverse[a][c] * meat[c][d] * inverse[d][b] / (psi_prime * psi_prime);
                        }
                    }
                }
            }
            sandwich
        }
    }
}

/// Σ wψJ of the rows of one cluster.
fn score(ask: &Ask, group: &[usize], residuals: &[f64]) -> Theta {
    let fit = ask.fit;
    let mut weights = vec![0.0; fit.rows.len()];
    for &row in group {
        weights[row] = fit.rows.row(row).weight;
    }
    let mut rows = crate::rows::Rows::default();
    rows.gather(&fit.rows, &weights, fit.setup.law.inputs());
    debug_assert!(residuals.len() == fit.rows.len());
    let theta = &fit.theta[..fit.setup.count()];
    let mut objective = fit.setup.search(&rows).objective;
    objective.priors = &[];
    let mut room = Room::default();
    objective.prepare(theta, Bend::Majorant, &mut room);
    objective.normal(theta, Bend::Majorant, &room).gradient
}
