//! IsoFLOP profiles: the runs of one compute budget, ready for fitting.

use crate::run::RunTable;
use crate::units::{FLOPS_PER_PARAM_TOKEN, Flops};

/// Budgets whose C differ by at most this share are taken as one.
pub const BUDGET_TOLERANCE: f64 = 0.01;

/// ln N (or ln D) this close are one size: the same model read from a figure twice, or counted with and without a
/// bias vector. Real grids are a hundred times coarser.
pub const SAME_SIZE: f64 = 2e-3;

/// How closely D = C/6N must hold in every run for the token axis to be the mirror of the size axis.
const MIRROR_TOLERANCE: f64 = 1e-9;

/// The runs of one compute budget, by increasing N.
#[derive(Clone, Debug)]
pub struct Profile {
    /// C: exact where all runs agree, else their median (the upper one of an even number).
    pub compute: Flops,
    /// Largest C over smallest C, less one.
    pub spread: f64,
    /// Position of each run in the table.
    pub runs: Vec<usize>,
    /// L of each run.
    pub loss: Vec<f64>,
    /// How much each run counts beside the others of its budget: 1 on average.
    pub weights: Vec<f64>,
    /// ln N of each run: ascending.
    pub sizes: Axis,
    /// ln D of each run, in the same order of runs.
    pub tokens: Axis,
    /// ln(C/6) if D = C/6N in every run: the optimum on one axis then gives the other.
    pub mirror: Option<f64>,
}

/// One quantity of a profile's runs in logarithms, scaled for fitting.
#[derive(Clone, Debug)]
pub struct Axis {
    /// ln of the quantity, in the order of the profile's runs.
    pub ln: Vec<f64>,
    /// (ln − center) / `half_width`, between −1 and 1.
    pub scaled: Vec<f64>,
    /// Positions in ascending order of `ln`.
    pub order: Vec<usize>,
    /// Smallest ln.
    pub low: f64,
    /// Largest ln.
    pub high: f64,
    /// Middle of the range of `ln`.
    pub center: f64,
    /// Half of the range of `ln`; 1 where all runs agree, so that scaling is always defined.
    pub half_width: f64,
    /// Number of distinct values, [`SAME_SIZE`] taken as one.
    pub distinct: usize,
    ascending: bool,
}

impl Axis {
    fn new(ln: Vec<f64>) -> Self {
        let mut order: Vec<usize> = (0..ln.len()).collect();
        order.sort_by(|&a, &b| ln[a].total_cmp(&ln[b]));
        let low = order.first().map_or(0.0, |&i| ln[i]);
        let high = order.last().map_or(0.0, |&i| ln[i]);
        let half_width = if high > low { 0.5 * (high - low) } else { 1.0 };
        let center = 0.5 * (low + high);
        let scaled = ln.iter().map(|x| (x - center) / half_width).collect();
        let distinct = same_size(&ln, &order).count();
        let ascending = order.is_sorted();
        Self { ln, scaled, order, low, high, center, half_width, distinct, ascending }
    }

    /// Whether the runs are in ascending order as they stand.
    pub fn is_ascending(&self) -> bool {
        self.ascending
    }

    /// The value whose scaled coordinate is u.
    pub fn unscale(&self, u: f64) -> f64 {
        self.center + self.half_width * u
    }
}

/// Positions along an ascending `order`, in groups of one size: each within [`SAME_SIZE`] of its group's smallest.
pub(crate) fn same_size<'a>(ln: &'a [f64], order: &'a [usize]) -> impl Iterator<Item = &'a [usize]> {
    let mut rest = order;
    std::iter::from_fn(move || {
        let smallest = ln[*rest.first()?];
        // Groups are short: a walk finds their end sooner than a binary search of the rest.
        let (group, others) = rest.split_at(rest.iter().take_while(|&&i| ln[i] - smallest <= SAME_SIZE).count());
        rest = others;
        Some(group)
    })
}

/// Weights over their mean.
fn relative(mut weights: Vec<f64>) -> Vec<f64> {
    let mean = weights.iter().sum::<f64>() / weights.len() as f64;
    for weight in &mut weights {
        *weight /= mean;
    }
    weights
}

impl Profile {
    fn new(table: &RunTable, mut runs: Vec<usize>) -> Self {
        let all = table.runs();
        runs.sort_by(|&a, &b| {
            let key = |i: usize| (all[i].params.0, all[i].tokens.0, all[i].loss.0);
            key(a).partial_cmp(&key(b)).unwrap_or(std::cmp::Ordering::Equal)
        });
        let mut computes: Vec<f64> = runs.iter().map(|&i| all[i].compute.0).collect();
        computes.sort_by(f64::total_cmp);
        let (low, high) = (computes[0], computes[computes.len() - 1]);
        let compute = computes[computes.len() / 2];
        let ln_sixth = (compute / FLOPS_PER_PARAM_TOKEN).ln();
        let ln_n: Vec<f64> = runs.iter().map(|&i| all[i].params.0.ln()).collect();
        let ln_d: Vec<f64> = runs.iter().map(|&i| all[i].tokens.0.ln()).collect();
        let mirrored = ln_n.iter().zip(&ln_d).all(|(n, d)| (n + d - ln_sixth).abs() < MIRROR_TOLERANCE);
        Self {
            compute: Flops(compute),
            spread: high / low - 1.0,
            loss: runs.iter().map(|&i| all[i].loss.0).collect(),
            weights: relative(runs.iter().map(|&i| all[i].weight).collect()),
            sizes: Axis::new(ln_n),
            tokens: Axis::new(ln_d),
            mirror: mirrored.then_some(ln_sixth),
            runs,
        }
    }

    /// Number of runs.
    pub fn len(&self) -> usize {
        self.runs.len()
    }

    /// Whether the profile has no runs; never true of a grouped profile.
    pub fn is_empty(&self) -> bool {
        self.runs.is_empty()
    }

    /// Position of the run with the lowest loss among those with weight; on a tie the smaller model.
    pub fn best(&self, loss: &[f64], weights: &[f64]) -> Option<usize> {
        let mut best: Option<usize> = None;
        for (i, &w) in weights.iter().enumerate() {
            if w > 0.0 && best.is_none_or(|b| loss[i] < loss[b]) {
                best = Some(i);
            }
        }
        best
    }

    /// Whether run `i` is the smallest or the largest model of the profile.
    pub fn at_edge(&self, i: usize) -> bool {
        self.sizes.ln[i] == self.sizes.low || self.sizes.ln[i] == self.sizes.high
    }
}

/// Groups the runs that fits may use by compute budget, smallest budget first.
///
/// Equal C always group. Neighbouring C group as long as the largest of the
/// group is within `tolerance` of its smallest; budgets are never rounded, as
/// that would mix 1.5e19 with 2.4e19.
pub fn group(table: &RunTable, tolerance: f64) -> Vec<Profile> {
    let runs = table.runs();
    let mut order: Vec<usize> = (0..runs.len()).filter(|&i| runs[i].flag.is_none()).collect();
    order.sort_by(|&a, &b| runs[a].compute.0.total_cmp(&runs[b].compute.0).then(a.cmp(&b)));
    order
        .chunk_by(|&a, &b| runs[a].compute == runs[b].compute)
        .fold(Vec::<Vec<usize>>::new(), |mut groups, same| {
            let compute = runs[same[0]].compute.0;
            match groups.last_mut() {
                Some(group) if compute <= runs[group[0]].compute.0 * (1.0 + tolerance) => {
                    group.extend_from_slice(same);
                }
                _ => groups.push(same.to_vec()),
            }
            groups
        })
        .into_iter()
        .map(|runs| Profile::new(table, runs))
        .collect()
}
