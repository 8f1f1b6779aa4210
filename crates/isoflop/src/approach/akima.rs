//! Akima interpolation of ln L through the runs of a budget.
//!
//! Between two neighbouring sizes the curve is the cubic with the runs' losses
//! and Akima's slopes: each slope is the mean of the secants left and right,
//! weighted by how little the secants beyond them bend.

use smallvec::{SmallVec, smallvec};

use super::{Approach, Curve, Minimum, Resampling, Sample, Weighting};
use crate::analysis::OptimumFlag;
use crate::profile::{Axis, same_size};

/// The minimum of an Akima interpolant of ln L against ln N; laws weigh each budget by how well its optimum is known.
///
/// Passes through every run, so it bends to any shape of valley, and has no
/// protection from noise but the weights. Where the authors look for the lowest
/// value on a grid 25 times finer than the runs, this takes the exact minimum of
/// each cubic piece.
///
/// Source: Porian et al. 2024, section 3 and appendix (arXiv:2406.19146); Akima 1970, J. ACM 17(4).
pub struct Akima;

impl Approach for Akima {
    fn name(&self) -> &'static str {
        "akima"
    }

    fn label(&self) -> &'static str {
        "Akima interpolation per budget"
    }

    fn source(&self) -> &'static str {
        "Porian et al. 2024, section 3 (arXiv:2406.19146)"
    }

    fn sizes_needed(&self) -> usize {
        5
    }

    fn resampling(&self) -> Resampling {
        Resampling::Noise
    }

    fn weighting(&self) -> Weighting {
        Weighting::Resolution
    }

    fn minimum(&self, axis: &Axis, sample: Sample) -> Result<Minimum, OptimumFlag> {
        Ok(Interpolant::new(axis, sample)?.minimum(axis))
    }

    fn curve(&self, axis: &Axis, sample: Sample) -> Option<Curve> {
        let interpolant = Interpolant::new(axis, sample).ok()?;
        Some(Box::new(move |ln| interpolant.at(ln).exp()))
    }
}

/// One number per knot, without an allocation for the grids that people use: this runs once per resample.
type Knots = SmallVec<[f64; 24]>;

/// Knots in ascending order, ln L at them, and Akima's slopes.
struct Interpolant {
    x: Knots,
    y: Knots,
    slope: Knots,
}

impl Interpolant {
    /// Runs of one size become one knot at their mean ln L: two knots a hair apart would have any slope between them.
    fn new(axis: &Axis, sample: Sample) -> Result<Self, OptimumFlag> {
        let (mut x, mut y) = (Knots::with_capacity(axis.distinct), Knots::with_capacity(axis.distinct));
        for group in same_size(&axis.ln, &axis.order) {
            let weight: f64 = group.iter().map(|&i| sample.weights[i]).sum();
            if weight > 0.0 {
                x.push(axis.ln[group[0]]);
                y.push(group.iter().map(|&i| sample.weights[i] * sample.loss[i].ln()).sum::<f64>() / weight);
            }
        }
        if x.len() < 3 {
            return Err(OptimumFlag::TooFewSizes);
        }
        let slope = slopes(&x, &y);
        Ok(Self { x, y, slope })
    }

    /// Coefficients of piece k in t = x − xₖ: y + s·t + b·t² + c·t³.
    fn piece(&self, k: usize) -> [f64; 4] {
        let width = self.x[k + 1] - self.x[k];
        let secant = (self.y[k + 1] - self.y[k]) / width;
        let (left, right) = (self.slope[k], self.slope[k + 1]);
        let b = (3.0 * secant - 2.0 * left - right) / width;
        let c = (left + right - 2.0 * secant) / (width * width);
        [self.y[k], left, b, c]
    }

    /// ln L at x; the end pieces carry on beyond the knots.
    fn at(&self, x: f64) -> f64 {
        let k = self.x.partition_point(|&knot| knot <= x).clamp(1, self.x.len() - 1) - 1;
        let [y, s, b, c] = self.piece(k);
        let t = x - self.x[k];
        y + t * (s + t * (b + t * c))
    }

    fn minimum(&self, axis: &Axis) -> Minimum {
        let mut lowest = (f64::INFINITY, f64::NAN, f64::NAN);
        for k in 0..self.x.len() - 1 {
            let [y, s, b, c] = self.piece(k);
            if y < lowest.0 {
                lowest = (y, self.x[k], 2.0 * b);
            }
            // Minimum of the piece: s + 2bt + 3ct² = 0 with 2b + 6ct > 0, that is t = −s / (b + √(b² − 3cs)).
            let discriminant = b * b - 3.0 * c * s;
            let t = if discriminant > 0.0 { -s / (b + discriminant.sqrt()) } else { f64::NAN };
            let value = y + t * (s + t * (b + t * c));
            if t > 0.0 && t < self.x[k + 1] - self.x[k] && value < lowest.0 {
                lowest = (value, self.x[k] + t, 2.0 * b + 6.0 * c * t);
            }
        }
        let last = self.x.len() - 1;
        if self.y[last] < lowest.0 {
            lowest = (self.y[last], self.x[last], f64::NAN);
        }
        let (ln_loss, ln, bend) = lowest;
        let loss = ln_loss.exp();
        Minimum { ln, loss, curvature: loss * bend, at_edge: ln <= axis.low || ln >= axis.high }
    }
}

/// Akima's slope at each knot. Two secants beyond each end are extrapolated linearly (Akima 1970, section 2.3).
fn slopes(x: &[f64], y: &[f64]) -> Knots {
    let n = x.len();
    let mut secants: SmallVec<[f64; 32]> = smallvec![0.0; n + 3];
    for k in 0..n - 1 {
        secants[k + 2] = (y[k + 1] - y[k]) / (x[k + 1] - x[k]);
    }
    secants[1] = 2.0 * secants[2] - secants[3];
    secants[0] = 2.0 * secants[1] - secants[2];
    secants[n + 1] = 2.0 * secants[n] - secants[n - 1];
    secants[n + 2] = 2.0 * secants[n + 1] - secants[n];
    (0..n)
        .map(|k| {
            let [before, left, right, after] = [secants[k], secants[k + 1], secants[k + 2], secants[k + 3]];
            let (toward_left, toward_right) = ((after - right).abs(), (left - before).abs());
            let total = toward_left + toward_right;
            // Where both bends vanish the weights are 0/0 and the plain mean is Akima's rule.
            if total > f64::EPSILON * (left.abs() + right.abs()) {
                (toward_left * left + toward_right * right) / total
            } else {
                0.5 * (left + right)
            }
        })
        .collect()
}
