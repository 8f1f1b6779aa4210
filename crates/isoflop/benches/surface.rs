//! Fits of L(N, D) = E + A/N^α + B/D^β, timed: isoflop's part of `bench/surfaces.py`.
//!
//! Runs, objective, starts and resamples are those of `bench/peers/surface_data.py`, and so is the line that is
//! printed for each job. The kernels, one evaluation over the 240 rows, have no peer and come last.
//!
//! `cargo bench --bench surface -- kernel` runs the jobs whose names contain the word.

mod table;

use std::hint::black_box;
use std::time::Instant;

use isoflop::fit::newton::{Bottom, Stop};
use isoflop::fit::objective::Room;
use isoflop::fit::search::{Projection, descend_all, search};
use isoflop::robust::Bend;
use isoflop::rows::Rows;
use rayon::prelude::*;
use serde_json::json;
use table::{Fits, with_fits};

/// Refits of each kind.
const RESAMPLES: usize = 4_000;
/// The mean objective of the first of them is printed, as some peers do not get through all.
const COMPARED: usize = 100;
/// Values of each exponent in the search of a refit; a fit has more.
const POINTS: usize = 16;
/// Valleys of a refit that are followed.
const VALLEYS: usize = 6;

fn main() {
    // Cargo hands over `--bench`.
    let only = std::env::args().skip(1).find(|argument| !argument.starts_with('-')).unwrap_or_default();
    with_fits(|fits| print(fits, &only));
}

fn print(fits: &Fits, only: &str) {
    for (name, job) in JOBS.iter().filter(|(name, _)| name.contains(only)) {
        let Timed { mut seconds, objective, note } = job(fits);
        seconds.sort_by(f64::total_cmp);
        let note = format!("{note}; timed {}×", seconds.len());
        let (median, least) = (seconds[seconds.len() / 2], seconds[0]);
        println!(
            "{}",
            json!({
                "job": name, "peer": "isoflop", "seconds": median, "least": least,
                "objective": objective, "extrapolated": false, "note": note,
            })
        );
    }
}

/// The name of a job, and what does it.
type Job = (&'static str, fn(&Fits) -> Timed);

/// Every job, in the order of the table.
const JOBS: &[Job] = &[
    ("warm-fit", warm_fit),
    ("global-fit", |fits| searched(fits, "projected", 500)),
    ("hoffmann-grid", |fits| searched(fits, "hoffmann-grid", 7)),
    ("warm-refits", warm_refits),
    ("global-refits", global_refits),
    ("kernel: objective", |fits| kernel(fits, None)),
    ("kernel: objective+gradient", |fits| kernel(fits, Some(Bend::Majorant))),
    ("kernel: objective+gradient+hessian", |fits| kernel(fits, Some(Bend::Exact))),
];

/// What a job took, and what it reached.
struct Timed {
    seconds: Vec<f64>,
    objective: f64,
    note: String,
}

/// The answer and the seconds of each call, after one that is not counted.
fn timed<T>(repeats: usize, mut call: impl FnMut() -> T) -> (T, Vec<f64>) {
    let mut answer = call();
    let seconds = (0..repeats).map(|_| {
        let start = Instant::now();
        answer = black_box(call());
        start.elapsed().as_secs_f64()
    });
    let seconds = seconds.collect();
    (answer, seconds)
}

fn warm_fit(Fits { setup, rows, start }: &Fits) -> Timed {
    let mut room = Room::default();
    let (bottom, seconds) = timed(500, || setup.search(rows).descend(black_box(start), Bend::Exact, &mut room));
    assert_eq!(bottom.stop, Stop::Converged);
    Timed { seconds, objective: bottom.objective, note: format!("{} steps of Newton's", bottom.steps) }
}

fn searched(Fits { setup, rows, .. }: &Fits, name: &str, repeats: usize) -> Timed {
    let starts = search(name).expect("it is registered");
    let (found, seconds) = timed(repeats, || descend_all(setup, black_box(rows), starts).expect("losses are finite"));
    let lowest = &found.modes[0];
    let note = format!(
        "{} starts, {} followed to the bottom, {} to the lowest minimum",
        found.tried, found.polished, lowest.reached_by
    );
    Timed { seconds, objective: lowest.bottom.objective, note }
}

fn warm_refits(Fits { setup, rows, start }: &Fits) -> Timed {
    let fit = setup.search(rows).descend(start, Bend::Exact, &mut Room::default()).theta;
    refits(rows, setup.law.inputs(), |resampled, _, room| setup.search(resampled).descend(&fit, Bend::Exact, room))
}

fn global_refits(Fits { setup, rows, .. }: &Fits) -> Timed {
    let projection = Projection::new(setup, rows, POINTS);
    refits(rows, setup.law.inputs(), |resampled, weighted, room| {
        let search = setup.search(resampled);
        let starts = projection.starts(setup, weighted.weights(), VALLEYS);
        let ends = starts.iter().map(|start| search.descend(start, Bend::Exact, room));
        ends.min_by(|a, b| a.objective.total_cmp(&b.objective)).expect("there is a start")
    })
}

/// Refits to every resample. `refit` is given its rows alone, and all rows with its weights.
fn refits(
    rows: &Rows,
    inputs: &[isoflop::rows::Input],
    refit: impl Fn(&Rows, &Rows, &mut Room) -> Bottom + Sync,
) -> Timed {
    let drawn = resamples(rows.len());
    let (bottoms, seconds) = timed(9, || {
        let make = || (Rows::default(), rows.clone(), Room::default());
        let each = |(resampled, weighted, room): &mut (Rows, Rows, Room), weights: &Vec<f64>| {
            resampled.gather(rows, weights, inputs);
            weighted.set_weights(weights);
            refit(resampled, weighted, room)
        };
        drawn.par_iter().with_min_len(8).map_init(make, each).collect::<Vec<Bottom>>()
    });
    let objective = bottoms[..COMPARED].iter().map(|bottom| bottom.objective).sum::<f64>() / COMPARED as f64;
    let converged = bottoms.iter().filter(|bottom| bottom.stop == Stop::Converged).count();
    let steps = bottoms.iter().map(|bottom| bottom.steps).sum::<usize>() as f64 / bottoms.len() as f64;
    Timed { seconds, objective, note: format!("{converged} of {RESAMPLES} converged, {steps:.1} steps on average") }
}

/// How often each run is in each resample: the draws of `SplitMix64` from the seed 0, one after the other.
fn resamples(rows: usize) -> Vec<Vec<f64>> {
    let mut state = 0u64;
    let mut draw = || {
        state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = state;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^= z >> 31;
        (((z >> 32) * rows as u64) >> 32) as usize
    };
    let mut one = |_| {
        let mut weights = vec![0.0; rows];
        (0..rows).for_each(|_| weights[draw()] += 1.0);
        weights
    };
    (0..RESAMPLES).map(&mut one).collect()
}

/// One evaluation over all rows, `bend` saying with which second derivatives, if any.
fn kernel(Fits { setup, rows, start }: &Fits, bend: Option<Bend>) -> Timed {
    /// A clock is too coarse for one.
    const CALLS: usize = 1_000;
    let objective = setup.search(rows).objective;
    let theta = &start[..setup.count()];
    let mut room = Room::default();
    let mut evaluate = || match bend {
        None => objective.of_data(black_box(theta), &mut room),
        Some(bend) => {
            let value = objective.prepare(black_box(theta), bend, &mut room);
            black_box(objective.normal(theta, bend, &room));
            value
        }
    };
    let (value, mut seconds) = timed(200, || (0..CALLS).map(|_| evaluate()).fold(0.0, f64::max));
    for seconds in &mut seconds {
        *seconds /= CALLS as f64;
    }
    let second = bend.map_or(String::new(), |bend| format!(", second derivatives {bend:?}").to_lowercase());
    Timed { seconds, objective: value, note: format!("{} rows{second}", rows.len()) }
}
