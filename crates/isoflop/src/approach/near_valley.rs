//! A parabola through the runs near the valley only, moved until it is centred on its own vertex.

use std::borrow::Cow;

use super::parabola::{bends_clearly, vertex};
use super::{Approach, Curve, Minimum, Sample, polynomial_curve};
use crate::analysis::OptimumFlag;
use crate::polynomial::Polynomial;
use crate::profile::{Axis, SAME_SIZE};

/// Runs with |ln N − ln N*| up to this count: within ×3.3 of the optimum.
///
/// On published sweeps runs further out than this make forecasts of the loss
/// worse (`docs/approaches.md`).
pub const WINDOW: f64 = 1.2;

/// The window is widened to this many distinct sizes where the grid is coarse.
const SIZES_AT_LEAST: usize = 5;

/// Where the window settles it does so in two or three moves; a cycle is cut here.
const MOVES_AT_MOST: usize = 6;

/// A local parabola: starts at the best run, and is refitted around its own vertex until the runs in its window stay.
///
/// The choice for profiles that span several decades, where one parabola through
/// everything follows the far walls instead of the valley.
///
/// Source: the windowed form of Hoffmann et al. 2022, section 3.2 (arXiv:2203.15556).
pub struct NearValley;

impl Approach for NearValley {
    fn name(&self) -> &'static str {
        "near-valley"
    }

    fn label(&self) -> &'static str {
        "parabola near the valley"
    }

    fn source(&self) -> &'static str {
        "the windowed form of Hoffmann et al. 2022, section 3.2 (arXiv:2203.15556)"
    }

    fn sizes_needed(&self) -> usize {
        4
    }

    fn minimum(&self, axis: &Axis, sample: Sample) -> Result<Minimum, OptimumFlag> {
        let (fit, _) = Sorted::new(axis, sample).settle(axis)?;
        vertex(axis, &fit)
    }

    fn valley_is_clear(&self, axis: &Axis, sample: Sample) -> bool {
        let runs = Sorted::new(axis, sample);
        runs.settle(axis).is_ok_and(|(_, Window { start, end })| {
            bends_clearly(&runs.u[start..end], &runs.loss[start..end], &runs.weight[start..end])
        })
    }

    fn curve(&self, axis: &Axis, sample: Sample) -> Option<Curve> {
        let (fit, _) = Sorted::new(axis, sample).settle(axis).ok()?;
        Some(polynomial_curve(axis, fit))
    }
}

/// A stretch of the axis: positions in `axis.order`, from the first to before the last.
type Window = std::ops::Range<usize>;

/// The runs of a profile in ascending order along one axis, so that a window is a slice.
struct Sorted<'a> {
    u: Cow<'a, [f64]>,
    loss: Cow<'a, [f64]>,
    weight: Cow<'a, [f64]>,
    /// Scaled distance up to which two runs are of one size.
    same: f64,
}

impl<'a> Sorted<'a> {
    /// Borrows where the runs are in order already, as they are along the size axis: this runs once per resample.
    fn new(axis: &'a Axis, sample: Sample<'a>) -> Self {
        let in_order = |values: &'a [f64]| -> Cow<'a, [f64]> {
            if axis.is_ascending() { values.into() } else { axis.order.iter().map(|&i| values[i]).collect() }
        };
        Self {
            u: in_order(&axis.scaled),
            loss: in_order(sample.loss),
            weight: in_order(sample.weights),
            same: SAME_SIZE / axis.half_width,
        }
    }

    /// The parabola at rest, and the runs it went through.
    fn settle(&self, axis: &Axis) -> Result<(Polynomial<3>, Window), OptimumFlag> {
        let with_weight = (0..self.u.len()).filter(|&i| self.weight[i] > 0.0);
        let best = with_weight.min_by(|&a, &b| self.loss[a].total_cmp(&self.loss[b]));
        let mut center = self.u[best.ok_or(OptimumFlag::TooFewSizes)?];
        let mut window = self.window(center, WINDOW / axis.half_width);
        let mut fit = self.fit(&window)?;
        for _ in 0..MOVES_AT_MOST {
            let [_, slope, bend] = fit.coefficients;
            if bend <= 0.0 {
                return Err(OptimumFlag::NoValley);
            }
            center = (-0.5 * slope / bend).clamp(-1.0, 1.0);
            let next = self.window(center, WINDOW / axis.half_width);
            if next == window {
                break;
            }
            window = next;
            fit = self.fit(&window)?;
        }
        Ok((fit, window))
    }

    fn fit(&self, window: &Window) -> Result<Polynomial<3>, OptimumFlag> {
        let Window { start, end } = *window;
        Polynomial::<3>::fit(&self.u[start..end], &self.loss[start..end], &self.weight[start..end])
            .ok_or(OptimumFlag::TooFewSizes)
    }

    /// The runs within `reach` of `center`, widened on the nearer side until enough distinct sizes with weight are inside.
    fn window(&self, center: f64, reach: f64) -> Window {
        let (u, weight) = (&self.u, &self.weight);
        let mut start = u.partition_point(|&x| x < center - reach);
        let mut end = u.partition_point(|&x| x <= center + reach).max(start);
        let (mut sizes, mut counted) = (0, f64::NEG_INFINITY);
        for i in start..end {
            if weight[i] > 0.0 && u[i] - counted > self.same {
                sizes += 1;
                counted = u[i];
            }
            if sizes >= SIZES_AT_LEAST {
                return start..end;
            }
        }
        while sizes < SIZES_AT_LEAST && (start > 0 || end < u.len()) {
            let take_left = start > 0 && (end == u.len() || center - u[start - 1] <= u[end] - center);
            let value = if take_left { u[start - 1] } else { u[end] };
            let mut counted = false;
            while start > 0 && (u[start - 1] - value).abs() <= self.same {
                start -= 1;
                counted |= weight[start] > 0.0;
            }
            while end < u.len() && (u[end] - value).abs() <= self.same {
                counted |= weight[end] > 0.0;
                end += 1;
            }
            sizes += usize::from(counted);
        }
        start..end
    }
}
