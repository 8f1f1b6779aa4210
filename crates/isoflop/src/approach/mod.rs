//! Approaches: how the optimum of one IsoFLOP profile is found.
//!
//! Everything around an approach (laws, intervals, forecasts, checks, figures)
//! is written against this trait, so a new one is a file beside this and a line
//! in [`APPROACHES`].

mod akima;
mod best_run;
mod cubic;
mod near_valley;
mod parabola;

pub use akima::Akima;
pub use best_run::BestRun;
pub use cubic::Cubic;
pub use near_valley::NearValley;
pub use parabola::Parabola;

use crate::analysis::OptimumFlag;
use crate::polynomial::Polynomial;
use crate::profile::{Axis, Profile};

/// Every approach, in the order of help, tables and figures.
pub const APPROACHES: &[&dyn Approach] = &[&BestRun, &Parabola, &NearValley, &Cubic, &Akima];

/// The approach called `name`.
pub fn approach(name: &str) -> Option<&'static dyn Approach> {
    APPROACHES.iter().copied().find(|a| a.name() == name)
}

/// A profile's losses as one table has them: as measured, or resampled.
#[derive(Clone, Copy, Debug)]
pub struct Sample<'a> {
    /// How many times each run counts, in the profile's order.
    pub weights: &'a [f64],
    /// The loss of each run.
    pub loss: &'a [f64],
}

/// The lowest point of a valley along one axis.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Minimum {
    /// ln N* or ln D*.
    pub ln: f64,
    /// Loss there.
    pub loss: f64,
    /// d²L/d(ln)² there, in nats per squared e-fold; NaN where the approach has no curve.
    pub curvature: f64,
    /// Whether it lies at or beyond an end of the axis: then it is only a bound.
    pub at_edge: bool,
}

/// The best allocation of one profile.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Allocation {
    /// ln N*.
    pub ln_params: f64,
    /// ln D*.
    pub ln_tokens: f64,
    /// Loss at the optimum.
    pub loss: f64,
    /// d²L/d(ln N)² at the optimum; NaN where the approach has no curve.
    pub curvature: f64,
    /// Whether N* or D* lies at or beyond an end of its axis: then it is only a bound.
    pub at_edge: bool,
    /// The run of the profile that it is, where the optimum is a run and not a point of a curve.
    pub run: Option<usize>,
}

/// How tables are resampled to form an approach's intervals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resampling {
    /// Runs are drawn with replacement within each budget.
    Cases,
    /// Every loss is disturbed by noise. For curves that pass through every run:
    /// leaving a run out of an interpolation moves it to where no data are.
    Noise,
}

/// How a law weighs the optima of its budgets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weighting {
    /// All alike.
    Equal,
    /// By how finely the grid resolves the optimum: (f/s)², where s is the mean spacing of ln N and f the share of
    /// disturbed tables whose optimum lies inside the grid.
    ///
    /// Porian et al. weigh by one over the variance of ln N*, floored at a third of the spacing and inflated by 1/f;
    /// on their published tables the floor decides at nearly every budget.
    Resolution,
}

/// A fitted valley, to be drawn: ln N → L.
pub type Curve = Box<dyn Fn(f64) -> f64>;

/// How the optimum of one IsoFLOP profile is found.
pub trait Approach: Sync {
    /// Its name on the command line: kebab-case.
    fn name(&self) -> &'static str;
    /// What it is, in a few words, for a sentence: "best run per budget".
    fn label(&self) -> &'static str;
    /// Where the method is described: author, year, section, arXiv id.
    fn source(&self) -> &'static str;
    /// Distinct model sizes below which a budget gives no trustworthy optimum (check D3).
    fn sizes_needed(&self) -> usize;

    /// The minimum of the loss along one axis, inside its range or not.
    ///
    /// # Errors
    /// The reason for which this sample has none.
    fn minimum(&self, axis: &Axis, sample: Sample) -> Result<Minimum, OptimumFlag>;

    /// The curve behind [`minimum`](Self::minimum), where there is one.
    fn curve(&self, axis: &Axis, sample: Sample) -> Option<Curve>;

    /// Whether the valley along an axis stands out from the scatter about it (check D2). True where
    /// the approach has no measure of that.
    fn valley_is_clear(&self, _axis: &Axis, _sample: Sample) -> bool {
        true
    }

    /// How its intervals are formed.
    fn resampling(&self) -> Resampling {
        Resampling::Cases
    }

    /// How its laws weigh the budgets.
    fn weighting(&self) -> Weighting {
        Weighting::Equal
    }

    /// The best (N, D) of a profile: N* from the size axis and D* from the token
    /// axis, each by its own fit, because N*·D* = C/6 holds only where C = 6·N·D does.
    ///
    /// # Errors
    /// The reason for which either axis has no minimum.
    fn optimum(&self, profile: &Profile, sample: Sample) -> Result<Allocation, OptimumFlag> {
        let Minimum { ln: ln_params, loss, curvature, at_edge } = self.minimum(&profile.sizes, sample)?;
        let (ln_tokens, tokens_at_edge) = if let Some(ln_sixth) = profile.mirror {
            (ln_sixth - ln_params, at_edge)
        } else {
            let tokens = self.minimum(&profile.tokens, sample)?;
            (tokens.ln, tokens.at_edge)
        };
        Ok(Allocation { ln_params, ln_tokens, loss, curvature, at_edge: at_edge || tokens_at_edge, run: None })
    }
}

/// Whether a scaled coordinate lies inside the grid; NaN does not.
fn inside(u: f64) -> bool {
    u > -1.0 && u < 1.0
}

/// A polynomial on the scaled axis as a curve over ln N.
fn polynomial_curve<const K: usize>(axis: &Axis, fit: Polynomial<K>) -> Curve {
    let (center, half_width) = (axis.center, axis.half_width);
    Box::new(move |ln| fit.at((ln - center) / half_width))
}
