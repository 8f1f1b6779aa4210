//! L = c₀ + c₁x + c₂x² + c₃x³, x = ln N: a parabola with an asymmetry term.

use super::{Approach, Curve, Minimum, Sample, inside, polynomial_curve};
use crate::analysis::OptimumFlag;
use crate::polynomial::Polynomial;
use crate::profile::Axis;

/// A cubic through every run of the budget; N* is its local minimum.
///
/// The third term takes up the asymmetry of a valley whose walls rise at
/// different rates (α ≠ β), at the price of about twice the variance.
///
/// Source: the next Taylor term of Hoffmann et al. 2022, section 3.2 (arXiv:2203.15556).
pub struct Cubic;

impl Approach for Cubic {
    fn name(&self) -> &'static str {
        "cubic"
    }

    fn label(&self) -> &'static str {
        "cubic per budget"
    }

    fn source(&self) -> &'static str {
        "the next Taylor term of Hoffmann et al. 2022, section 3.2 (arXiv:2203.15556)"
    }

    fn sizes_needed(&self) -> usize {
        6
    }

    fn minimum(&self, axis: &Axis, sample: Sample) -> Result<Minimum, OptimumFlag> {
        let fit = Polynomial::<4>::fit(&axis.scaled, sample.loss, sample.weights).ok_or(OptimumFlag::TooFewSizes)?;
        let [_, c1, c2, c3] = fit.coefficients;
        // Roots of c₁ + 2c₂u + 3c₃u². The one with L″ > 0 is written without subtraction
        // where c₂ > 0, so that it tends to the parabola's vertex as c₃ → 0.
        let discriminant = c2 * c2 - 3.0 * c3 * c1;
        if discriminant.is_nan() || discriminant <= 0.0 {
            return Err(OptimumFlag::NoValley);
        }
        let root = discriminant.sqrt();
        let u = if c2 > 0.0 { -c1 / (c2 + root) } else { (root - c2) / (3.0 * c3) };
        let curvature = 2.0 * root / (axis.half_width * axis.half_width);
        Ok(Minimum { ln: axis.unscale(u), loss: fit.at(u), curvature, at_edge: !inside(u) })
    }

    fn curve(&self, axis: &Axis, sample: Sample) -> Option<Curve> {
        let fit = Polynomial::<4>::fit(&axis.scaled, sample.loss, sample.weights)?;
        Some(polynomial_curve(axis, fit))
    }
}
