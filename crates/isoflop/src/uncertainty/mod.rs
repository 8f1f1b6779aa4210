//! Intervals: how far the table lets a fitted number be from the truth.
//!
//! A method is a file beside this and a line in [`INTERVALS`]. How often each holds the
//! truth is measured in `docs/coverage.md`; the first is the default.

mod bootstrap;
mod case;
mod delta;
mod profile;
mod weighted;
mod wild;

pub use bootstrap::{Draw, Draws};

use serde::Serialize;

use crate::fit::Fit;
use crate::fit::newton::Theta;
use crate::progress::Progress;

/// A number that follows from the coefficients, as the paper has them: ln N* at a budget, say.
pub type Quantity<'a> = &'a (dyn Fn(&Theta) -> f64 + Sync);

/// What an interval is formed from.
#[derive(Clone, Copy)]
pub struct Ask<'a> {
    /// The fit.
    pub fit: &'a Fit<'a>,
    /// Rows that are drawn together, or among each other: budgets, or clusters of checkpoints.
    pub groups: &'a Groups,
    /// Nominal level, between 0 and 1.
    pub level: f64,
    /// Refits.
    pub resamples: usize,
    /// Seed of the refits.
    pub seed: u64,
}

/// How the rows of a table hang together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Groups {
    /// Rows are independent, and each budget keeps its number of them. Rows of small budgets are drawn among each other.
    Budgets(Vec<Vec<usize>>),
    /// The rows of a cluster belong together: checkpoints of one run.
    Clusters(Vec<Vec<usize>>),
}

/// Budgets of fewer rows are drawn together with the others: alone, they would hardly vary.
const ENOUGH_TO_DRAW: usize = 4;

impl Groups {
    /// Rows by budget, those of small budgets together; all together if most budgets are small.
    pub fn by_budget(budgets: Vec<Vec<usize>>) -> Self {
        let (mut groups, small): (Vec<_>, Vec<_>) = budgets.into_iter().partition(|rows| rows.len() >= ENOUGH_TO_DRAW);
        let rest: Vec<usize> = small.concat();
        if !rest.is_empty() && rest.len() < ENOUGH_TO_DRAW && !groups.is_empty() {
            groups[0].extend(rest);
        } else if !rest.is_empty() {
            groups.push(rest);
        }
        Self::Budgets(groups)
    }

    /// How many independent things there are: runs, or clusters of them.
    pub fn independent(&self) -> usize {
        match self {
            Self::Budgets(groups) => groups.iter().map(Vec::len).sum(),
            Self::Clusters(groups) => groups.len(),
        }
    }

    /// The groups.
    pub fn all(&self) -> &[Vec<usize>] {
        match self {
            Self::Budgets(groups) | Self::Clusters(groups) => groups,
        }
    }
}

/// The spread of one quantity.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spread {
    /// Standard error.
    pub std_error: f64,
    /// Lower end; none where it is open.
    pub low: Option<f64>,
    /// Upper end.
    pub high: Option<f64>,
}

/// How many fits a method took.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Refits {
    /// Fits to resampled tables.
    pub total: usize,
    /// Those of them that did not converge; they count all the same.
    pub unconverged: usize,
}

/// What a method found for every quantity, and for one new run where the quantity is ln L.
pub struct Spreads {
    /// One per quantity, in their order.
    pub of: Vec<Spread>,
    /// Of the same quantities, the spread of one new run round them.
    pub of_new_run: Vec<Spread>,
    /// Refits, where the method makes some.
    pub refits: Refits,
}

/// How an interval is formed.
pub trait Method: Sync {
    /// Its name on the command line.
    fn name(&self) -> &'static str;
    /// What it does, in a few words.
    fn label(&self) -> &'static str;
    /// Where it is described.
    fn source(&self) -> &'static str;
    /// The spread of every quantity. None if `progress` was interrupted.
    fn spreads(&self, ask: &Ask, quantities: &[Quantity], progress: &dyn Progress) -> Option<Spreads>;
}

/// Every method, in the order of help; the first is the default.
pub const INTERVALS: &[&dyn Method] =
    &[&weighted::Weighted, &case::Case, &wild::Wild, &delta::Delta, &profile::Profile];

/// The method called `name`.
pub fn interval(name: &str) -> Option<&'static dyn Method> {
    INTERVALS.iter().copied().find(|method| method.name() == name)
}
