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
        Ok(Interpolant::new(axis, sample)?.minimum())
    }

    fn curve(&self, axis: &Axis, sample: Sample) -> Option<Curve> {
        let interpolant = Interpolant::new(axis, sample).ok()?;
        Some(Box::new(move |ln| interpolant.at(ln).exp()))
    }
}

/// A size at which there are runs: ln N, ln L and Akima's slope there.
#[derive(Clone, Copy, Default)]
struct Knot {
    x: f64,
    y: f64,
    slope: f64,
}

/// Knots in ascending order, without an allocation for the grids that people use: this is made once per resample.
struct Interpolant {
    knots: SmallVec<[Knot; 16]>,
}

impl Interpolant {
    /// Runs of one size become one knot at their mean ln L: two knots a hair apart would have any slope between them.
    fn new(axis: &Axis, sample: Sample) -> Result<Self, OptimumFlag> {
        let mut knots: SmallVec<[Knot; 16]> = smallvec![Knot::default(); axis.distinct];
        let mut count = 0;
        for group in same_size(&axis.ln, &axis.order) {
            let (mut weight, mut sum) = (0.0, 0.0);
            for &i in group {
                weight += sample.weights[i];
                sum += sample.weights[i] * sample.loss[i].ln();
            }
            if weight > 0.0 {
                knots[count] = Knot { x: axis.ln[group[0]], y: sum / weight, slope: 0.0 };
                count += 1;
            }
        }
        knots.truncate(count);
        if knots.len() < 3 {
            return Err(OptimumFlag::TooFewSizes);
        }
        find_slopes(&mut knots);
        Ok(Self { knots })
    }

    /// ln L at x; the end pieces carry on beyond the knots.
    fn at(&self, x: f64) -> f64 {
        let knots = &self.knots;
        let k = knots.partition_point(|knot| knot.x <= x).clamp(1, knots.len() - 1) - 1;
        let [y, s, b, c] = piece(knots[k], knots[k + 1]);
        let t = x - knots[k].x;
        y + t * (s + t * (b + t * c))
    }

    fn minimum(&self) -> Minimum {
        let (first, last) = (self.knots[0], self.knots[self.knots.len() - 1]);
        let mut lowest = (f64::INFINITY, f64::NAN, f64::NAN);
        for (left, right) in self.knots.iter().zip(&self.knots[1..]) {
            // A cubic stays above the lowest of its four Bézier points: most pieces are passed by at that.
            let third = (right.x - left.x) / 3.0;
            let inner = (left.y + left.slope * third).min(right.y - right.slope * third);
            if inner.min(left.y).min(right.y) >= lowest.0 {
                continue;
            }
            let [y, s, b, c] = piece(*left, *right);
            if y < lowest.0 {
                lowest = (y, left.x, 2.0 * b);
            }
            // Minimum of the piece: s + 2bt + 3ct² = 0 with 2b + 6ct > 0, that is t = −s / (b + √(b² − 3cs)).
            let discriminant = b * b - 3.0 * c * s;
            let t = if discriminant > 0.0 { -s / (b + discriminant.sqrt()) } else { f64::NAN };
            let value = y + t * (s + t * (b + t * c));
            if t > 0.0 && t < right.x - left.x && value < lowest.0 {
                lowest = (value, left.x + t, 2.0 * b + 6.0 * c * t);
            }
        }
        if last.y < lowest.0 {
            lowest = (last.y, last.x, f64::NAN);
        }
        let (ln_loss, ln, bend) = lowest;
        let loss = ln_loss.exp();
        Minimum { ln, loss, curvature: loss * bend, at_edge: ln <= first.x || ln >= last.x }
    }
}

/// Coefficients of the piece between two neighbouring knots in t = x − x of the left one: y + s·t + b·t² + c·t³.
fn piece(left: Knot, right: Knot) -> [f64; 4] {
    let width = right.x - left.x;
    let secant = (right.y - left.y) / width;
    let b = (3.0 * secant - 2.0 * left.slope - right.slope) / width;
    let c = (left.slope + right.slope - 2.0 * secant) / (width * width);
    [left.y, left.slope, b, c]
}

/// Akima's slope at each knot. Two secants beyond each end are extrapolated linearly (Akima 1970, section 2.3).
fn find_slopes(knots: &mut [Knot]) {
    let n = knots.len();
    let mut secants: SmallVec<[f64; 20]> = smallvec![0.0; n + 3];
    for (secant, (left, right)) in secants[2..].iter_mut().zip(knots.iter().zip(&knots[1..])) {
        *secant = (right.y - left.y) / (right.x - left.x);
    }
    secants[1] = 2.0 * secants[2] - secants[3];
    secants[0] = 2.0 * secants[1] - secants[2];
    secants[n + 1] = 2.0 * secants[n] - secants[n - 1];
    secants[n + 2] = 2.0 * secants[n + 1] - secants[n];
    for (knot, around) in knots.iter_mut().zip(secants.windows(4)) {
        let [before, left, right, after] = [around[0], around[1], around[2], around[3]];
        let (toward_left, toward_right) = ((after - right).abs(), (left - before).abs());
        let total = toward_left + toward_right;
        // Where both bends vanish the weights are 0/0 and the plain mean is Akima's rule.
        knot.slope = if total > f64::EPSILON * (left.abs() + right.abs()) {
            (toward_left * left + toward_right * right) / total
        } else {
            0.5 * (left + right)
        };
    }
}
