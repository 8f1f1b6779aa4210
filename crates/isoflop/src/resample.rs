//! The optima of resampled tables, from which every interval is formed.
//!
//! Resample k draws from a generator seeded by (seed, k) alone, so the numbers
//! are the same for any number of threads and for any choice of approaches.

use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::{Rng, SeedableRng};
use rayon::prelude::*;

use crate::approach::{Approach, Resampling, Sample};
use crate::noise::Noise;
use crate::profile::Profile;
use crate::progress::Progress;

/// What is to be resampled, and how often.
#[derive(Clone, Copy)]
pub struct Plan<'a> {
    /// The budgets.
    pub profiles: &'a [Profile],
    /// The approaches, which all see the same resampled tables.
    pub approaches: &'a [&'static dyn Approach],
    /// The noise that [`Resampling::Noise`] adds.
    pub noise: Noise,
    /// Number of resampled tables.
    pub resamples: usize,
    /// Seed of all of them.
    pub seed: u64,
}

/// The optima of all resampled tables: for each table, approach and budget a pair (ln N*, ln D*), NaN where there is none.
pub struct Optima {
    values: Vec<[f64; 2]>,
    approaches: usize,
    budgets: usize,
}

impl Optima {
    /// The optima of one approach in table `k`, one per budget.
    pub fn table(&self, k: usize, approach: usize) -> &[[f64; 2]] {
        let start = (k * self.approaches + approach) * self.budgets;
        &self.values[start..start + self.budgets]
    }

    /// Number of tables.
    pub fn tables(&self) -> usize {
        self.values.len().checked_div(self.approaches * self.budgets).unwrap_or(0)
    }
}

/// One thread's room for the tables it draws.
struct Room {
    weights: Vec<f64>,
    loss: Vec<f64>,
}

/// Finds the optima of every approach in every resampled table.
///
/// None if `progress` was interrupted.
pub fn optima(plan: Plan, progress: &dyn Progress) -> Option<Optima> {
    let (approaches, budgets) = (plan.approaches.len(), plan.profiles.len());
    let mut values = vec![[f64::NAN; 2]; plan.resamples * approaches * budgets];
    progress.begin("resampling", plan.resamples as u64);
    let longest = plan.profiles.iter().map(Profile::len).max().unwrap_or(0);
    let room = || Room { weights: vec![0.0; longest], loss: vec![0.0; longest] };
    let sd_of = |profile: &Profile| profile.loss.iter().map(|&loss| plan.noise.sd_at(loss)).collect();
    let sd: Vec<Vec<f64>> = plan.profiles.iter().map(sd_of).collect();
    values.par_chunks_mut((approaches * budgets).max(1)).enumerate().with_min_len(16).for_each_init(
        room,
        |room, (k, table)| {
            if !progress.interrupted() {
                draw_table(&plan, &sd, k as u64, room, table);
                progress.advance(1);
            }
        },
    );
    (!progress.interrupted()).then_some(Optima { values, approaches, budgets })
}

/// Draws table `k` budget by budget, and finds each approach's optimum. `sd` is the noise of each profile's runs.
fn draw_table(plan: &Plan, sd: &[Vec<f64>], k: u64, room: &mut Room, table: &mut [[f64; 2]]) {
    let budgets = plan.profiles.len();
    for resampling in [Resampling::Cases, Resampling::Noise] {
        if plan.approaches.iter().all(|a| a.resampling() != resampling) {
            continue;
        }
        let mut random = stream(plan.seed, k, resampling);
        for (b, (profile, sd)) in plan.profiles.iter().zip(sd).enumerate() {
            let (weights, loss) = (&mut room.weights[..profile.len()], &mut room.loss[..profile.len()]);
            let sample = match resampling {
                Resampling::Cases => {
                    draw_cases(&mut random, &profile.weights, weights);
                    Sample { weights, loss: &profile.loss }
                }
                Resampling::Noise => {
                    draw_noise(&mut random, sd, &profile.loss, loss);
                    weights.copy_from_slice(&profile.weights);
                    Sample { weights, loss }
                }
            };
            for (a, approach) in plan.approaches.iter().enumerate() {
                if approach.resampling() == resampling
                    && let Ok(found) = approach.optimum(profile, sample)
                    && !found.at_edge
                {
                    table[a * budgets + b] = [found.ln_params, found.ln_tokens];
                }
            }
        }
    }
}

/// The random stream of table `k`, one for each kind of resampling.
///
/// The odd multiplier is not the one that the seeding itself steps by: neighbouring k would then share words.
fn stream(seed: u64, k: u64, resampling: Resampling) -> Xoshiro256PlusPlus {
    let kind = match resampling {
        Resampling::Cases => 0,
        Resampling::Noise => 1,
    };
    Xoshiro256PlusPlus::seed_from_u64(seed ^ (2 * k + kind + 1).wrapping_mul(0xD1B5_4A32_D192_ED03))
}

/// As many draws with replacement as there are runs: each weight becomes its run's own, times how often that was drawn.
fn draw_cases(random: &mut Xoshiro256PlusPlus, own: &[f64], weights: &mut [f64]) {
    weights.fill(0.0);
    let n = weights.len() as u128;
    for _ in 0..weights.len() {
        // The high word of a 64 × 64 bit product is uniform on 0..n to within n / 2⁶⁴.
        let drawn = (u128::from(random.next_u64()) * n) >> 64;
        weights[drawn as usize] += own[drawn as usize];
    }
}

/// Each loss plus a normal error (Marsaglia's polar method, two at a time).
fn draw_noise(random: &mut Xoshiro256PlusPlus, sd: &[f64], measured: &[f64], loss: &mut [f64]) {
    let mut spare: Option<f64> = None;
    for ((disturbed, &value), &sd) in loss.iter_mut().zip(measured).zip(sd) {
        let normal = spare.take().unwrap_or_else(|| {
            let (first, second) = normal_pair(random);
            spare = Some(second);
            first
        });
        // A loss stays positive however large the noise: its logarithm is taken.
        *disturbed = (value + sd * normal).max(1e-3 * value);
    }
}

/// Two independent standard normal numbers. Source: Marsaglia and Bray 1964, SIAM Review 6(3).
pub(crate) fn normal_pair(random: &mut Xoshiro256PlusPlus) -> (f64, f64) {
    loop {
        let mut uniform = || (random.next_u64() >> 11) as f64 * (2.0 / (1u64 << 53) as f64) - 1.0;
        let (a, b) = (uniform(), uniform());
        let square = a * a + b * b;
        if square > 0.0 && square < 1.0 {
            let factor = (-2.0 * square.ln() / square).sqrt();
            return (a * factor, b * factor);
        }
    }
}
