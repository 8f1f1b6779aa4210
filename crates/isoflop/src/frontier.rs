//! From the optima of single budgets to laws across budgets: N* = k·C^a and D* = k·C^b.

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

/// The standard deviation of ln N* that an interpolation can claim at best, in spacings of the grid.
/// Source: Porian et al. 2024, appendix (arXiv:2406.19146).
const RESOLUTION: f64 = 0.33;

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
            let weights = vec![1.0; profile.len()];
            let sample = Sample { weights: &weights, loss: &profile.loss };
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
    if at_edge || best_is_unwalled(profile, noise) {
        return Some(OptimumFlag::Edge);
    }
    let clear = approach.valley_is_clear(&profile.sizes, sample)
        && (profile.mirror.is_some() || approach.valley_is_clear(&profile.tokens, sample));
    (!clear).then_some(OptimumFlag::NoValley)
}

/// Whether the best run of a profile is its smallest or largest model, or has no run on one of its
/// sides that is worse by more than the noise: the minimum may then lie beyond the grid.
pub fn best_is_unwalled(profile: &Profile, noise: &Noise) -> bool {
    let loss = &profile.loss;
    let Some(best) = (0..loss.len()).min_by(|&a, &b| loss[a].total_cmp(&loss[b])) else { return true };
    let ln = &profile.sizes.ln;
    let wall = loss[best] + WALL * noise.sd_at(loss[best]);
    let walled = |side: &dyn Fn(usize) -> bool| (0..loss.len()).any(|i| side(i) && loss[i] >= wall);
    profile.at_edge(best) || !walled(&|i| ln[i] < ln[best]) || !walled(&|i| ln[i] > ln[best])
}

/// The laws through `optima`, (ln N*, ln D*) per budget with NaN where there is none; none below [`BUDGETS_NEEDED`] budgets.
pub fn laws(ln_c: &[f64], optima: &[[f64; 2]], weights: &[[f64; 2]]) -> Option<Laws> {
    let line = |axis: usize| {
        let points = ln_c
            .iter()
            .zip(optima)
            .zip(weights)
            .filter(|((_, optimum), _)| optimum[axis].is_finite())
            .map(|((&ln_c, optimum), weight)| Point { ln_c, ln_y: optimum[axis], weight: weight[axis] });
        PowerLaw::fit(points)
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
    /// Standard deviation of (ln N*, ln D*); NaN below two tables.
    pub sd: [f64; 2],
    /// Share of the tables that gave an optimum inside the grid.
    pub found: f64,
}

/// The scatter of every budget's optimum for the approach at position `approach` of the resampling.
pub fn scatter(optima: &Optima, approach: usize, budgets: usize) -> Vec<Scatter> {
    (0..budgets)
        .map(|b| {
            let values = || (0..optima.tables()).map(|k| optima.table(k, approach)[b]).filter(|v| v[0].is_finite());
            let count = values().count() as f64;
            let sd = [0, 1].map(|axis| {
                let mean = values().map(|v| v[axis]).sum::<f64>() / count;
                (values().map(|v| (v[axis] - mean).powi(2)).sum::<f64>() / (count - 1.0)).sqrt()
            });
            Scatter { sd, found: count / optima.tables() as f64 }
        })
        .collect()
}

/// The weight of each budget in an approach's laws.
///
/// Inverse variance: 1/sd², where sd is at least a third of the grid's spacing
/// and is inflated by the share of tables that gave an optimum.
pub fn weights(weighting: Weighting, profiles: &[Profile], scatter: &[Scatter]) -> Vec<[f64; 2]> {
    let weigh = |(profile, scatter): (&Profile, &Scatter)| {
        [(&profile.sizes, scatter.sd[0]), (&profile.tokens, scatter.sd[1])].map(|(axis, sd)| {
            let spacing = 2.0 * axis.half_width / (axis.distinct.max(2) - 1) as f64;
            // f64::max ignores a NaN sd: a budget that was never found again gets the floor, and a share of zero.
            let sd = sd.max(RESOLUTION * spacing) / scatter.found.max(1e-3);
            1.0 / (sd * sd)
        })
    };
    match weighting {
        Weighting::Equal => vec![[1.0; 2]; profiles.len()],
        Weighting::InverseVariance => profiles.iter().zip(scatter).map(weigh).collect(),
    }
}
