//! Refits to resampled tables, and the spread of what follows from them.

use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::{Rng, SeedableRng};
use rayon::prelude::*;
use statrs::distribution::{ContinuousCDF, Normal, StudentsT};

use super::{Ask, Quantity, Refits, Spread, Spreads};
use crate::fit::newton::{Stop, Theta};
use crate::fit::objective::{Prior, Room};
use crate::interval;
use crate::progress::Progress;
use crate::resample::normal_pair;
use crate::robust::Bend;
use crate::rows::Rows;

/// Other minima of the table that refits start from as well, where they are this close to the lowest, as a share of it.
const CLOSE: f64 = 0.05;
/// At most so many.
const MODES: usize = 4;

/// Refits that are made at least, if the level does not need more…
const FIRST: usize = 100;
/// …and after which there are no more where more than this share did not converge: each takes as long as a fit may, and
/// their intervals would be as rough.
const HOPELESS: f64 = 0.5;

/// One refit.
#[derive(Clone, Copy, Debug)]
pub struct Draw {
    /// Its coefficients, as the paper has them.
    pub theta: Theta,
    /// Whether it converged.
    pub converged: bool,
    /// The residual that one new run has in this draw.
    pub noise: f64,
}

/// All refits, in their order.
pub struct Draws(pub Vec<Draw>);

/// One thread's room.
#[derive(Default)]
pub(super) struct Bench {
    room: Room,
    /// The resampled table.
    pub rows: Rows,
    /// Room for the weights of its rows.
    pub weights: Vec<f64>,
    /// What is known beforehand, drawn anew like the rows.
    priors: Vec<Prior>,
}

/// Refits every table that `resample` makes of the fit's; it is given the random stream of its table.
///
/// What is known beforehand is one more observation: its centre is drawn anew as well, or refits would agree about a
/// coefficient that only the prior knows.
///
/// Stream k is seeded by (seed, k) alone, so the refits are the same for any number of threads.
pub(super) fn refit(
    ask: &Ask,
    progress: &dyn Progress,
    resample: impl Fn(&mut Xoshiro256PlusPlus, &mut Bench) + Sync,
) -> Option<Draws> {
    let fit = ask.fit;
    let lowest = fit.found.modes[0].bottom.objective;
    let close = fit.found.modes.iter().filter(|mode| mode.bottom.objective <= lowest * (1.0 + CLOSE));
    let starts: Vec<Theta> = close.take(MODES).map(|mode| mode.bottom.theta).collect();
    let residuals = inflated(ask);
    progress.begin("refitting", ask.resamples as u64);
    let draw = |bench: &mut Bench, k: usize| {
        if progress.interrupted() {
            return None;
        }
        let mut random = stream(ask.seed, k as u64);
        resample(&mut random, bench);
        bench.priors.clear();
        for prior in fit.setup.priors {
            bench.priors.push(Prior { at: prior.at + prior.sd * normal_pair(&mut random).0, ..*prior });
        }
        let mut search = fit.setup.search(&bench.rows);
        search.objective.priors = &bench.priors;
        let ends = starts.iter().map(|start| search.descend(start, Bend::Exact, &mut bench.room));
        let best = ends.min_by(|a, b| a.objective.total_cmp(&b.objective))?;
        progress.advance(1);
        Some(Draw {
            theta: fit.setup.as_published(&best.theta),
            converged: best.stop == Stop::Converged,
            noise: residuals[below(&mut random, residuals.len())],
        })
    };
    let part = |part: std::ops::Range<usize>| -> Option<Vec<Draw>> {
        part.into_par_iter().with_min_len(8).map_init(Bench::default, draw).collect()
    };
    let first = interval::needed(ask.level).max(FIRST).min(ask.resamples);
    let mut draws = part(0..first)?;
    let unconverged = draws.iter().filter(|draw| !draw.converged).count();
    if unconverged as f64 <= HOPELESS * first as f64 {
        draws.extend(part(first..ask.resamples)?);
    }
    Some(Draws(draws))
}

/// The residuals, made as large as those of new runs: a fit with p coefficients takes up a share p/n of the noise.
fn inflated(ask: &Ask) -> Vec<f64> {
    let residuals = ask.fit.residuals();
    let free = ask.fit.setup.free().iter().filter(|free| **free).count();
    let count = residuals.len() as f64;
    let factor = (count / (count - free as f64).max(1.0)).sqrt();
    residuals.iter().map(|r| factor * r).collect()
}

/// The random stream of table `k`.
fn stream(seed: u64, k: u64) -> Xoshiro256PlusPlus {
    Xoshiro256PlusPlus::seed_from_u64(seed ^ (k + 1).wrapping_mul(0xD1B5_4A32_D192_ED03))
}

/// A number below `count`, each as likely to within count / 2⁶⁴.
pub(super) fn below(random: &mut Xoshiro256PlusPlus, count: usize) -> usize {
    ((u128::from(random.next_u64()) * count as u128) >> 64) as usize
}

/// The spreads of draws: percentiles, moved apart by `expand`.
pub(super) fn spreads(ask: &Ask, draws: &Draws, quantities: &[Quantity], expand: f64) -> Spreads {
    let own = ask.fit.setup.as_published(&ask.fit.theta);
    let spread = |with_noise: bool| {
        let of = |quantity: &Quantity| {
            let value = quantity(&own);
            let mut values: Vec<f64> = draws.0.iter().map(|draw| expand * (quantity(&draw.theta) - value)).collect();
            if with_noise {
                values.iter_mut().zip(&draws.0).for_each(|(value, draw)| *value += draw.noise);
            }
            let finite = values.iter().filter(|v| v.is_finite());
            let count = finite.clone().count() as f64;
            let mean = finite.clone().sum::<f64>() / count;
            let std_error = (finite.map(|v| (v - mean).powi(2)).sum::<f64>() / (count - 1.0)).sqrt();
            let ends = interval::central(&mut values, ask.level);
            Spread { std_error, low: ends.map(|(low, _)| value + low), high: ends.map(|(_, high)| value + high) }
        };
        quantities.par_iter().map(of).collect::<Vec<_>>()
    };
    let unconverged = draws.0.iter().filter(|draw| !draw.converged).count();
    Spreads { of: spread(false), of_new_run: spread(true), refits: Refits { total: draws.0.len(), unconverged } }
}

/// How much further apart the ends must be than those of a known noise, as the noise is itself estimated from
/// `freedom` runs beyond the coefficients: t/z.
///
/// Source: Hesterberg 2015, doi:10.1080/00031305.2015.1089789, section 5 (expanded percentile intervals).
pub(super) fn t_over_z(level: f64, freedom: usize) -> f64 {
    student(level, freedom) / Normal::standard().inverse_cdf(0.5 + 0.5 * level)
}

/// Where Student's t with this freedom leaves half of what the level leaves out.
pub(super) fn student(level: f64, freedom: usize) -> f64 {
    StudentsT::new(0.0, 1.0, freedom.max(1) as f64).map_or(f64::NAN, |t| t.inverse_cdf(0.5 + 0.5 * level))
}
