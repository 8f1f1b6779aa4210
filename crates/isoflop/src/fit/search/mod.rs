//! Searches: where the descents of a fit begin.
//!
//! A new one is a file beside this and a line in [`SEARCHES`].

mod grid;
mod multi_start;
mod projected;
#[cfg(test)]
mod widths;

pub use projected::Projection;

use rayon::prelude::*;

use super::newton::{Bottom, Search, Stop, Theta};
use super::objective::Room;
use super::setup::Setup;
use crate::law::Law;
use crate::robust::{Bend, RobustLoss};
use crate::rows::Rows;

/// Where the descents of a fit begin.
pub trait Starts: Sync {
    /// Its name on the command line.
    fn name(&self) -> &'static str;
    /// What it does, in a few words.
    fn label(&self) -> &'static str;
    /// Where it is described.
    fn source(&self) -> &'static str;
    /// Whether it can search this law; if not, why not.
    fn suits(&self, law: &dyn Law) -> Result<(), &'static str>;
    /// The starts, in the coordinates of the searches.
    fn starts(&self, setup: &Setup, rows: &Rows) -> Vec<Theta>;
    /// How the first steps from its starts are made.
    fn first(&self) -> Bend;
}

/// Every search, in the order of help. The first that suits a law is its default.
pub const SEARCHES: &[&dyn Starts] = &[&projected::Projected, &multi_start::MultiStart, &grid::HoffmannGrid];

/// The search called `name`.
pub fn search(name: &str) -> Option<&'static dyn Starts> {
    SEARCHES.iter().copied().find(|search| search.name() == name)
}

/// The search that a law is given where none is asked for.
///
/// The projected one solves for the middle of the runs: where a loss is lopsided the valleys that it finds are other ones.
pub fn usual(law: &dyn Law, robust: &dyn RobustLoss) -> &'static dyn Starts {
    if robust.cost(1.0).rho != robust.cost(-1.0).rho {
        return &multi_start::MultiStart;
    }
    SEARCHES.iter().copied().find(|search| search.suits(law).is_ok()).unwrap_or(&multi_start::MultiStart)
}

/// More starts than this are screened: each takes a few steps, and only the best go on to the bottom.
const POLISHED: usize = 48;
/// Steps of the screening.
const SCREENING: usize = 7;
/// More starts than this are sieved before that: all take the first few of those steps, and one in so many the others.
const SIEVED: usize = 2_000;
/// See [`SIEVED`].
const ONE_IN: usize = 8;
/// Steps before the sieve.
const SIEVING: usize = 2;
/// How many searches that have spent their steps get how many times as many.
const PATIENT: (usize, usize) = (2, 5);
/// Fewer rows than this, those of all descents together, are done before another thread has begun.
const WORTH_THREADS: usize = 2_000;
/// Ends whose objectives differ by less than this share are one…
const SAME: f64 = 1e-6;
/// …and so are those that miss the runs by less than this, squared: there is nothing left to fit.
const NOTHING: f64 = 1e-20;

/// A local minimum of the objective.
#[derive(Clone, Copy, Debug)]
pub struct Mode {
    /// Where it is, in the coordinates of the searches.
    pub bottom: Bottom,
    /// How many of the starts that were followed to the bottom ended there.
    pub reached_by: usize,
}

/// What the descents found.
#[derive(Clone, Debug)]
pub struct Found {
    /// Starts tried.
    pub tried: usize,
    /// Starts followed to the bottom.
    pub polished: usize,
    /// The minima, lowest first; at least one.
    pub modes: Vec<Mode>,
}

/// Follows every start to the bottom, or the most promising ones where there are many.
///
/// None if there is no start, or no start has a finite objective.
pub fn descend_all(setup: &Setup, rows: &Rows, starts: &dyn Starts) -> Option<Found> {
    let all = starts.starts(setup, rows);
    let tried = all.len();
    let search = setup.search(rows);
    let mut bottoms: Vec<(Theta, Bend)> = all.iter().map(|&theta| (theta, starts.first())).collect();
    if tried > POLISHED {
        let short = |steps| Search { steps, ..search };
        let best = if tried > SIEVED {
            let sieved = screened(&short(SIEVING), &all, starts.first(), tried / ONE_IN);
            screened(&short(SCREENING - SIEVING), &sieved, starts.first(), POLISHED)
        } else {
            screened(&short(SCREENING), &all, starts.first(), POLISHED)
        };
        bottoms = best.into_iter().map(|theta| (theta, starts.first())).collect();
    }
    let polished = bottoms.len();
    let follow = |bottoms: &[(Theta, Bend)], search: &Search| -> Vec<Bottom> {
        let descend = |room: &mut Room, (start, first): &(Theta, Bend)| search.descend(start, *first, room);
        if bottoms.len() * rows.len() < WORTH_THREADS {
            let mut room = Room::default();
            return bottoms.iter().map(|start| descend(&mut room, start)).collect();
        }
        bottoms.par_iter().map_init(Room::default, descend).collect()
    };
    let mut ends = follow(&bottoms, &search);
    ends.sort_by(|a, b| a.objective.total_cmp(&b.objective));
    // Of those that were still going down when their steps were spent, the lowest go on.
    let unfinished: Vec<usize> = (0..ends.len()).filter(|&i| ends[i].stop == Stop::StepLimit).take(PATIENT.0).collect();
    let further: Vec<(Theta, Bend)> = unfinished.iter().map(|&i| (ends[i].theta, Bend::Exact)).collect();
    let patient = Search { steps: PATIENT.1 * search.steps, ..search };
    for (i, end) in unfinished.into_iter().zip(follow(&further, &patient)) {
        ends[i] = end;
    }
    let total: f64 = rows.iter().map(|row| row.weight).sum();
    let modes = modes(ends, NOTHING * total);
    (!modes.is_empty()).then_some(Found { tried, polished, modes })
}

/// Where the steps of `short` bring the starts: the lowest places, at most `most` of them.
fn screened(short: &Search, starts: &[Theta], first: Bend, most: usize) -> Vec<Theta> {
    let descend = |room: &mut Room, start: &Theta| short.descend(start, first, room);
    let mut ends: Vec<Bottom> = starts.par_iter().with_min_len(16).map_init(Room::default, descend).collect();
    ends.retain(|end| end.objective.is_finite());
    ends.sort_by(|a, b| a.objective.total_cmp(&b.objective));
    ends.iter().take(most).map(|end| end.theta).collect()
}

/// Ends sorted by objective, those at one objective, or below `nothing`, taken together.
fn modes(mut ends: Vec<Bottom>, nothing: f64) -> Vec<Mode> {
    ends.retain(|end| end.objective.is_finite());
    // Of equally low ends the one that converged stands for all.
    ends.sort_by(|a, b| a.objective.total_cmp(&b.objective).then(rank(a.stop).cmp(&rank(b.stop))));
    let mut modes: Vec<Mode> = Vec::new();
    for end in ends {
        let same = |mode: &&mut Mode| {
            end.objective - mode.bottom.objective <= (SAME * mode.bottom.objective.abs()).max(nothing)
        };
        match modes.iter_mut().find(same) {
            Some(mode) => mode.reached_by += 1,
            None => modes.push(Mode { bottom: end, reached_by: 1 }),
        }
    }
    modes
}

const fn rank(stop: Stop) -> u8 {
    match stop {
        Stop::Converged => 0,
        Stop::Stalled => 1,
        Stop::StepLimit => 2,
        Stop::Flat => 3,
    }
}
