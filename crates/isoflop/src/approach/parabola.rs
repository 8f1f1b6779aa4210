//! L = c₀ + c₁x + c₂x², x = ln N, over all runs of a budget.

use super::{Approach, Curve, Minimum, Sample, inside, polynomial_curve};
use crate::analysis::OptimumFlag;
use crate::polynomial::{Polynomial, inverse_diagonal};
use crate::profile::Axis;

/// A parabola in ln N (and in ln D) through every run of the budget; N* is its vertex.
///
/// Uses every run, so it is steady; biased where the valley is not symmetric and
/// the grid wide or off-centre: Δ ln N* ≈ (α − β)·h²/10 for a centred grid of
/// half-width h (Czech et al. 2026, arXiv:2603.22339).
///
/// Source: Hoffmann et al. 2022, section 3.2 (arXiv:2203.15556).
pub struct Parabola;

impl Approach for Parabola {
    fn name(&self) -> &'static str {
        "parabola"
    }

    fn label(&self) -> &'static str {
        "parabola per budget"
    }

    fn source(&self) -> &'static str {
        "Hoffmann et al. 2022, section 3.2 (arXiv:2203.15556)"
    }

    fn sizes_needed(&self) -> usize {
        4
    }

    fn minimum(&self, axis: &Axis, sample: Sample) -> Result<Minimum, OptimumFlag> {
        let fit = Polynomial::<3>::fit(&axis.scaled, sample.loss, sample.weights).ok_or(OptimumFlag::TooFewSizes)?;
        vertex(axis, &fit)
    }

    fn valley_is_clear(&self, axis: &Axis, sample: Sample) -> bool {
        bends_clearly(&axis.scaled, sample.loss, sample.weights)
    }

    fn curve(&self, axis: &Axis, sample: Sample) -> Option<Curve> {
        let fit = Polynomial::<3>::fit(&axis.scaled, sample.loss, sample.weights)?;
        Some(polynomial_curve(axis, fit))
    }
}

/// The lowest point of a parabola on the scaled axis.
///
/// # Errors
/// `NoValley` if it does not curve upwards.
pub(super) fn vertex(axis: &Axis, fit: &Polynomial<3>) -> Result<Minimum, OptimumFlag> {
    let [_, slope, bend] = fit.coefficients;
    if bend.is_nan() || bend <= 0.0 {
        return Err(OptimumFlag::NoValley);
    }
    let u = -0.5 * slope / bend;
    let curvature = 2.0 * bend / (axis.half_width * axis.half_width);
    Ok(Minimum { ln: axis.unscale(u), loss: fit.at(u), curvature, at_edge: !inside(u) })
}

/// A bend less than this many standard errors above zero is no valley.
const CLEAR: f64 = 2.0;

/// Whether the bend of a parabola through these points is more than [`CLEAR`] of its standard errors above zero.
///
/// The standard error is that of least squares, with the points' own scatter about the parabola.
pub(super) fn bends_clearly(u: &[f64], loss: &[f64], weights: &[f64]) -> bool {
    let Some(fit) = Polynomial::<3>::fit(u, loss, weights) else { return false };
    let count: f64 = weights.iter().sum();
    let Some(factor) = inverse_diagonal::<3>(u, weights, 2) else { return false };
    let variance = fit.residual_sum(u, loss, weights) / (count - 3.0);
    // With three points there is no scatter to compare with, and 0/0 is not clear.
    count > 3.0 && fit.coefficients[2] > CLEAR * (variance * factor).sqrt()
}
