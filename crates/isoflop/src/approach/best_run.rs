//! The run of lowest loss per budget, as it was trained.

use super::{Allocation, Approach, Curve, Minimum, Sample};
use crate::analysis::OptimumFlag;
use crate::profile::{Axis, Profile};

/// N*, D* and L* are those of the best run. Nothing is fitted, so N* snaps to the grid of sizes.
///
/// Source: Stanford CS336 assignment 3, problem `chinchilla_isoflops`; a simplification of
/// Hoffmann et al. 2022, section 3.2 (arXiv:2203.15556).
pub struct BestRun;

impl Approach for BestRun {
    fn name(&self) -> &'static str {
        "best-run"
    }

    fn label(&self) -> &'static str {
        "best run per budget"
    }

    fn source(&self) -> &'static str {
        "Stanford CS336 assignment 3, problem chinchilla_isoflops"
    }

    fn sizes_needed(&self) -> usize {
        3
    }

    fn minimum(&self, axis: &Axis, sample: Sample) -> Result<Minimum, OptimumFlag> {
        let with_weight = axis.order.iter().copied().filter(|&i| sample.weights[i] > 0.0);
        let best = with_weight.min_by(|&a, &b| sample.loss[a].total_cmp(&sample.loss[b]));
        let best = best.ok_or(OptimumFlag::TooFewSizes)?;
        let at_edge = axis.ln[best] == axis.low || axis.ln[best] == axis.high;
        Ok(Minimum { ln: axis.ln[best], loss: sample.loss[best], curvature: f64::NAN, at_edge })
    }

    fn curve(&self, _axis: &Axis, _sample: Sample) -> Option<Curve> {
        None
    }

    /// N* and D* of one and the same run, rather than of the best along each axis.
    fn optimum(&self, profile: &Profile, sample: Sample) -> Result<Allocation, OptimumFlag> {
        let best = profile.best(sample.loss, sample.weights).ok_or(OptimumFlag::TooFewSizes)?;
        Ok(Allocation {
            ln_params: profile.sizes.ln[best],
            ln_tokens: profile.tokens.ln[best],
            loss: sample.loss[best],
            curvature: f64::NAN,
            at_edge: profile.at_edge(best),
            run: Some(best),
        })
    }
}
