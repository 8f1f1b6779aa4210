//! How far a run's loss lies from a smooth profile.
//!
//! Two questions, two looks. How noisy are the runs? Repeats of one size say it
//! best. Where there are none, each size near the valley is compared with the
//! cubic through its two neighbours on either side; the median of what differs
//! is the noise, untouched by far walls and single bad runs.
//! Was the table trained at all? A polynomial of high degree through a whole
//! profile leaves nothing where the losses were computed from a smooth formula.

use crate::interval;
use crate::polynomial::Polynomial;
use crate::power_law::{Point, PowerLaw};
use crate::profile::{Profile, same_size};

/// The noise of one run where a table cannot show its own: 0.3 % of L, typical of published sweeps.
pub const USUAL_SHARE: f64 = 0.003;

/// Below this share of the loss, residuals are rounding. Real runs repeat to about 1e-3 of
/// their loss, a hundred times this threshold.
pub const ROUNDING_LEVEL: f64 = 1e-5;

/// Runs up to this share above their profile's lowest loss are near the valley.
const NEAR: f64 = 0.10;

/// Neighbours on each side that a run is compared with.
const NEIGHBOURS: usize = 2;

/// Comparisons below which their median says nothing.
const COMPARISONS_NEEDED: usize = 5;

/// Terms of the smooth curve: degree 6, or fewer where a profile has fewer sizes.
const TERMS_AT_MOST: usize = 7;

/// Degrees of freedom below which residuals about smooth curves are too few to be called rounding.
const FREEDOM_NEEDED: usize = 3;

/// Comparisons below which how the noise grows with the loss is not asked.
const COMPARISONS_FOR_GROWTH: usize = 20;

/// Standard errors by which the growth of the noise must differ from none to be believed.
const GROWTH_T: f64 = 2.0;

/// The steepest growth that is believed: repeats with other seeds gave 3.8 (Porian et al. 2024, arXiv:2406.19146:
/// 0.002 nats at a loss of 3, 0.05 at 7). Steeper slopes are the scatter of few comparisons.
const GROWTH_AT_MOST: f64 = 3.8;

/// The noise of a table: σ(L) = level·(L/pivot)^growth.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Noise {
    /// Standard deviation of one run whose loss is `pivot`; [`USUAL_SHARE`] of it where the table shows none.
    pub level: f64,
    /// The loss that `level` refers to.
    pub pivot: f64,
    /// How σ grows with L: 1 is a constant share of the loss. Small, badly tuned runs are noisier than that:
    /// on Porian et al.'s RefinedWeb sweeps it is about 4.
    pub growth: f64,
    /// Whether the table itself shows its noise.
    pub measured: bool,
    /// Whether the losses follow a smooth formula to rounding.
    pub only_rounding: bool,
}

impl Noise {
    /// Standard deviation of a run with this loss.
    pub fn sd_at(&self, loss: f64) -> f64 {
        self.level * (loss / self.pivot).powf(self.growth)
    }

    /// The level as a share of the loss, where the table shows it.
    pub fn share(&self) -> Option<f64> {
        self.measured.then_some(self.level / self.pivot)
    }
}

/// Estimates the noise of `profiles`: from repeats of one size where there are enough, else from neighbours.
pub fn estimate(profiles: &[Profile]) -> Noise {
    let losses = || profiles.iter().flat_map(|p| &p.loss);
    let pivot = (losses().map(|l| l.ln()).sum::<f64>() / losses().count() as f64).exp();
    if let Some(share) = smooth_share(profiles)
        && share < ROUNDING_LEVEL
    {
        return Noise { level: share * pivot, pivot, growth: 1.0, measured: true, only_rounding: true };
    }
    let mut deviations: Vec<(f64, f64)> = profiles.iter().flat_map(of_repeats).collect();
    if deviations.len() < COMPARISONS_NEEDED {
        deviations.extend(profiles.iter().flat_map(from_neighbours));
    }
    let growth = growth(&deviations).unwrap_or(1.0);
    let mut at_pivot: Vec<f64> = deviations.iter().map(|(loss, d)| d / (loss / pivot).powf(growth)).collect();
    let measured = at_pivot.len() >= COMPARISONS_NEEDED;
    let level = if measured { interval::MEDIAN_TO_SD * interval::median(&mut at_pivot) } else { USUAL_SHARE * pivot };
    Noise { level, pivot, growth, measured, only_rounding: false }
}

/// The noise as a share of the loss by repeats of one size, and by neighbours: two measures of one thing, unless
/// the repeats are no repeats. None where either has too few comparisons.
pub fn by_repeats_and_neighbours(profiles: &[Profile]) -> Option<(f64, f64)> {
    let share = |deviations: Vec<(f64, f64)>| {
        let mut shares: Vec<f64> = deviations.iter().map(|(loss, d)| d / loss).collect();
        (shares.len() >= COMPARISONS_NEEDED).then(|| interval::MEDIAN_TO_SD * interval::median(&mut shares))
    };
    let (repeats, neighbours) = (profiles.iter().flat_map(of_repeats), profiles.iter().flat_map(from_neighbours));
    Some((share(repeats.collect())?, share(neighbours.collect())?))
}

/// The slope of ln |deviation| on ln L, where it stands out.
fn growth(deviations: &[(f64, f64)]) -> Option<f64> {
    let points = || {
        let positive = deviations.iter().filter(|(_, d)| *d > 0.0);
        positive.map(|(loss, d)| Point { ln_c: loss.ln(), ln_y: d.ln(), weight: 1.0 })
    };
    let count = points().count();
    if count < COMPARISONS_FOR_GROWTH {
        return None;
    }
    let line = PowerLaw::fit(points())?;
    let mean = points().map(|p| p.ln_c).sum::<f64>() / count as f64;
    let spread: f64 = points().map(|p| (p.ln_c - mean).powi(2)).sum();
    let residual: f64 = points().map(|p| (p.ln_y - line.ln_at(p.ln_c)).powi(2)).sum();
    let error = (residual / (count - 2) as f64 / spread).sqrt();
    (line.exponent > GROWTH_T * error).then_some(line.exponent.min(GROWTH_AT_MOST))
}

/// The runs of one size and budget.
struct Cell {
    ln_size: f64,
    loss: f64,
    runs: f64,
}

fn cells(profile: &Profile) -> Vec<Cell> {
    let cell = |group: &[usize]| {
        let runs = group.len() as f64;
        let mean = |values: &[f64]| group.iter().map(|&i| values[i]).sum::<f64>() / runs;
        Cell { ln_size: mean(&profile.sizes.ln), loss: mean(&profile.loss), runs }
    };
    same_size(&profile.sizes.ln, &profile.sizes.order).map(cell).collect()
}

/// (L, |L − mean|·√(n/(n − 1))) for each run that has repeats of its size in its budget: n runs in all.
fn of_repeats(profile: &Profile) -> Vec<(f64, f64)> {
    let repeated = same_size(&profile.sizes.ln, &profile.sizes.order).filter(|group| group.len() > 1);
    repeated
        .flat_map(|group| {
            let runs = group.len() as f64;
            let mean = group.iter().map(|&i| profile.loss[i]).sum::<f64>() / runs;
            group.iter().map(move |&i| (profile.loss[i], (profile.loss[i] - mean).abs() * (runs / (runs - 1.0)).sqrt()))
        })
        .collect()
}

/// (L, |L − L̂| / s) for each size near the valley, where L is the mean loss of its n runs, L̂ the cubic through its
/// neighbours at its size (Lagrange weights c), and s² = 1/n + Σ c²/n makes the deviation that of one run.
fn from_neighbours(profile: &Profile) -> Vec<(f64, f64)> {
    let cells = cells(profile);
    let near = (1.0 + NEAR) * cells.iter().map(|cell| cell.loss).fold(f64::INFINITY, f64::min);
    let last = cells.len().saturating_sub(NEIGHBOURS);
    (NEIGHBOURS..last)
        .filter(|&i| cells[i].loss <= near)
        .map(|i| {
            let others = (i - NEIGHBOURS..=i + NEIGHBOURS).filter(|&j| j != i);
            let (mut predicted, mut variance) = (0.0, 1.0 / cells[i].runs);
            for j in others.clone() {
                let ratio = |k: usize| (cells[i].ln_size - cells[k].ln_size) / (cells[j].ln_size - cells[k].ln_size);
                let weight: f64 = others.clone().filter(|&k| k != j).map(ratio).product();
                predicted += weight * cells[j].loss;
                variance += weight * weight / cells[j].runs;
            }
            (cells[i].loss, (cells[i].loss - predicted).abs() / variance.sqrt())
        })
        .collect()
}

/// Root mean square of what polynomials of high degree leave of whole profiles, as a share of the loss.
fn smooth_share(profiles: &[Profile]) -> Option<f64> {
    let (mut squares, mut freedom) = (0.0, 0);
    for profile in profiles {
        let terms = profile.sizes.distinct.saturating_sub(1).min(TERMS_AT_MOST);
        let Some(residual) = residual_sum(profile, terms) else { continue };
        let mean = profile.loss.iter().sum::<f64>() / profile.len() as f64;
        squares += residual / (mean * mean);
        freedom += profile.len() - terms;
    }
    (freedom >= FREEDOM_NEEDED).then(|| (squares / freedom as f64).sqrt())
}

/// Residual sum of squares of a profile about a polynomial of `terms` terms; none below three, which fit no valley.
fn residual_sum(profile: &Profile, terms: usize) -> Option<f64> {
    fn of<const K: usize>(profile: &Profile) -> Option<f64> {
        let ones = vec![1.0; profile.len()];
        let fit = Polynomial::<K>::fit(&profile.sizes.scaled, &profile.loss, &ones)?;
        Some(fit.residual_sum(&profile.sizes.scaled, &profile.loss, &ones))
    }
    match terms {
        3 => of::<3>(profile),
        4 => of::<4>(profile),
        5 => of::<5>(profile),
        6 => of::<6>(profile),
        7 => of::<7>(profile),
        _ => None,
    }
}
