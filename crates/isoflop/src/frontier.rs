//! From the optima of single budgets to laws across budgets: N* = k·C^a and D* = k·C^b.

use rayon::prelude::*;
use smallvec::SmallVec;

use crate::analysis::OptimumFlag;
use crate::approach::{Allocation, Approach, Sample, Weighting};
use crate::noise::Noise;
use crate::power_law::{Point, PowerLaw};
use crate::profile::Profile;
use crate::resample::Optima;

/// Budgets with an optimum inside their grid below which no law is fitted: a line through two points has no check.
pub const BUDGETS_NEEDED: usize = 3;

/// A wall must rise this many noise standard deviations above the best run to be told from noise (check D1).
const WALL: f64 = 2.0;

/// The optimum of one budget, and why it is no part of the law if it is not.
#[derive(Clone, Copy, Debug)]
pub struct Found {
    /// The optimum, also where it is flagged and exists.
    pub optimum: Option<Allocation>,
    /// Why it is left out of the law.
    pub flag: Option<OptimumFlag>,
}

impl Found {
    /// The optimum, if the law may use it.
    pub fn usable(&self) -> Option<Allocation> {
        self.optimum.filter(|_| self.flag.is_none())
    }
}

/// Both laws of one table.
#[derive(Clone, Copy, Debug)]
pub struct Laws {
    /// ln N* against ln C.
    pub params: PowerLaw,
    /// ln D* against ln C.
    pub tokens: PowerLaw,
}

/// The optimum of every profile by one approach, each with the reason that keeps it out of the law.
pub fn optima(approach: &dyn Approach, profiles: &[Profile], noise: &Noise) -> Vec<Found> {
    profiles
        .iter()
        .map(|profile| {
            let sample = Sample { weights: &profile.weights, loss: &profile.loss };
            let (optimum, flag) = match approach.optimum(profile, sample) {
                Err(flag) => (None, Some(flag)),
                Ok(optimum) => (Some(optimum), flag_of(approach, profile, sample, noise, optimum.at_edge)),
            };
            // Too few sizes is the deeper reason where a fit failed for want of them.
            let few = profile.sizes.distinct < approach.sizes_needed();
            Found { optimum, flag: if few { Some(OptimumFlag::TooFewSizes) } else { flag } }
        })
        .collect()
}

fn flag_of(
    approach: &dyn Approach,
    profile: &Profile,
    sample: Sample,
    noise: &Noise,
    at_edge: bool,
) -> Option<OptimumFlag> {
    // A law weighted by resolution counts a budget by how often its optimum is found inside the grid
    // when the losses are disturbed: a low wall costs it weight, not its place.
    let unwalled = approach.weighting() == Weighting::Equal && !open_sides(profile, noise).is_empty();
    if at_edge || unwalled {
        return Some(OptimumFlag::Edge);
    }
    let clear = approach.valley_is_clear(&profile.sizes, sample)
        && (profile.mirror.is_some() || approach.valley_is_clear(&profile.tokens, sample));
    (!clear).then_some(OptimumFlag::NoValley)
}

/// A side of a grid of sizes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Towards smaller models.
    Small,
    /// Towards larger models.
    Large,
}

/// The sides on which a profile's minimum may lie beyond the grid: there its best run is the last, or no run is
/// worse than the best by more than the noise. Empty where the valley has both walls.
pub fn open_sides(profile: &Profile, noise: &Noise) -> Vec<Side> {
    let loss = &profile.loss;
    let Some(best) = (0..loss.len()).min_by(|&a, &b| loss[a].total_cmp(&loss[b])) else { return Vec::new() };
    let ln = &profile.sizes.ln;
    let wall = loss[best] + WALL * noise.sd_at(loss[best]);
    let walled = |side: Side| {
        (0..loss.len()).filter(|&i| loss[i] >= wall).any(|i| match side {
            Side::Small => ln[i] < ln[best],
            Side::Large => ln[i] > ln[best],
        })
    };
    [Side::Small, Side::Large].into_iter().filter(|&side| !walled(side)).collect()
}

/// The laws through `optima`, (ln N*, ln D*) per budget with NaN where there is none; none below [`BUDGETS_NEEDED`] budgets.
pub fn laws(ln_c: &[f64], optima: &[[f64; 2]], weights: &[[f64; 2]]) -> Option<Laws> {
    let line = |axis: usize| {
        let points: SmallVec<[Point; 16]> = ln_c
            .iter()
            .zip(optima)
            .zip(weights)
            .filter(|((_, optimum), _)| optimum[axis].is_finite())
            .map(|((&ln_c, optimum), weight)| Point { ln_c, ln_y: optimum[axis], weight: weight[axis] })
            .collect();
        PowerLaw::fit(points.iter().copied())
    };
    let budgets = optima.iter().filter(|optimum| optimum[0].is_finite()).count();
    if budgets < BUDGETS_NEEDED {
        return None;
    }
    Some(Laws { params: line(0)?, tokens: line(1)? })
}

/// How one approach's optimum of one budget moved among the resampled tables.
#[derive(Clone, Copy, Debug)]
pub struct Scatter {
    /// Standard deviation of ln N*; NaN where fewer than two tables gave an optimum.
    pub sd: f64,
    /// Share of the tables that gave an optimum inside the grid.
    pub found: f64,
}

/// The scatter of every budget's optimum for the approach at position `approach` of the resampling.
pub fn scatter(optima: &Optima, approach: usize, budgets: usize) -> Vec<Scatter> {
    (0..budgets)
        .into_par_iter()
        .map(|b| {
            let found = || (0..optima.tables()).map(|k| optima.table(k, approach)[b][0]).filter(|v| v.is_finite());
            let count = found().count() as f64;
            let mean = found().sum::<f64>() / count;
            let variance = found().map(|v| (v - mean).powi(2)).sum::<f64>() / (count - 1.0);
            Scatter { sd: variance.sqrt(), found: count / optima.tables() as f64 }
        })
        .collect()
}

/// The weight of each budget in laws weighted by resolution: (f/s)², f the share of tables that found the optimum, s
/// the mean spacing of the grid.
pub fn resolution(profiles: &[Profile], scatter: &[Scatter]) -> Vec<[f64; 2]> {
    let weigh = |(profile, scatter): (&Profile, &Scatter)| {
        [&profile.sizes, &profile.tokens].map(|axis| {
            let spacing = 2.0 * axis.half_width / (axis.distinct.max(2) - 1) as f64;
            // An optimum that no disturbed table found again keeps a sliver of weight, so that three such still have a line.
            (scatter.found.max(1e-3) / spacing).powi(2)
        })
    };
    profiles.iter().zip(scatter).map(weigh).collect()
}
