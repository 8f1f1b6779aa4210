//! Robust losses ρ: what a residual costs in the objective Σ w·ρ(r).
//!
//! An author writes a [`Shape`], one row at a time and without branches; the rest of
//! the program holds a `&dyn RobustLoss`, which runs it over all rows. A new one is a
//! file beside this and a line in [`ROBUST_LOSSES`].

#![expect(clippy::inline_always, reason = "loops over rows are compiled once for each width of vectors, whole")]

mod huber;
mod log_cosh;
mod quantile;
mod squared;

pub use huber::Huber;
pub use log_cosh::LogCosh;
pub use quantile::Quantile;
pub use squared::Squared;

use crate::wide::{BLOCK, Block, LANES, Work, total_apart, widest};

/// A residual's cost and how it changes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cost {
    /// ρ(r): 0 at 0, and nowhere negative.
    pub rho: f64,
    /// ψ(r) = ρ′(r).
    pub psi: f64,
    /// ψ′(r), where it exists.
    pub psi_prime: f64,
    /// ψ(r)/r, which makes the cost a weighted square: the parabola ½·weight·r² through it is nowhere below ρ
    /// on the side of 0 where r lies; on the other too where ρ is even, which `quantile` is not.
    pub weight: f64,
}

/// What the author of a robust loss writes.
pub trait Shape: Copy + Send + Sync {
    /// The cost of a residual, without branches on it.
    fn at(self, residual: f64) -> Cost;
    /// How it is asked for: `huber:0.001`.
    fn spelled(self) -> String;
}

/// Which second derivative of the cost the fit is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bend {
    /// ψ′: exact, and zero for far residuals.
    Exact,
    /// ψ/r: never below the truth in what it says of the objective (iteratively reweighted least squares).
    Majorant,
}

/// The sums and slopes of one objective over all rows.
pub struct Slopes<'a> {
    /// −w·ψ(r) of each row.
    pub pull: &'a mut [Block],
    /// w times the second derivative of each row.
    pub bend: &'a mut [Block],
}

/// What a residual costs, as the rest of the program sees it.
pub trait RobustLoss: Send + Sync {
    /// The cost of one residual.
    fn cost(&self, residual: f64) -> Cost;
    /// How it is asked for on the command line: `huber:0.001`.
    fn spelled(&self) -> String;
    /// Σ w·ρ(r).
    fn objective(&self, residuals: &[Block], weights: &[Block]) -> f64;
    /// Σ w·ρ(r), and the slopes of each row.
    fn slopes(&self, residuals: &[Block], weights: &[Block], bend: Bend, out: Slopes<'_>) -> f64;
}

/// Adds the numbers of a block to a sum in parts.
#[inline(always)]
fn add(sum: &mut [f64; LANES], block: &Block) {
    for half in block.as_chunks::<LANES>().0 {
        for lane in 0..LANES {
            sum[lane] += half[lane];
        }
    }
}

struct Sum<'a, S> {
    shape: S,
    residuals: &'a [Block],
    weights: &'a [Block],
}

impl<S: Shape> Work for Sum<'_, S> {
    type Output = f64;
    #[inline(always)]
    fn run(self) -> f64 {
        let mut sum = [0.0; LANES];
        for (r, w) in self.residuals.iter().zip(self.weights) {
            let mut costs = [0.0; BLOCK];
            for lane in 0..BLOCK {
                costs[lane] = w[lane] * self.shape.at(r[lane]).rho;
            }
            add(&mut sum, &costs);
        }
        total_apart(sum)
    }
}

struct Sloped<'a, S> {
    sum: Sum<'a, S>,
    bend: Bend,
    out: Slopes<'a>,
}

impl<S: Shape> Work for Sloped<'_, S> {
    type Output = f64;
    #[inline(always)]
    fn run(self) -> f64 {
        let Sloped { sum: Sum { shape, residuals, weights }, bend, out } = self;
        let exact = bend == Bend::Exact;
        let mut sum = [0.0; LANES];
        let written = out.pull.iter_mut().zip(out.bend.iter_mut());
        for ((r, w), (pull, bend)) in residuals.iter().zip(weights).zip(written) {
            // Written when all are known, or the compiler would have to ask whether what is written is read again.
            let (mut costs, mut pulls, mut bends) = ([0.0; BLOCK], [0.0; BLOCK], [0.0; BLOCK]);
            for lane in 0..BLOCK {
                let cost = shape.at(r[lane]);
                costs[lane] = w[lane] * cost.rho;
                pulls[lane] = -(w[lane] * cost.psi);
                bends[lane] = w[lane] * if exact { cost.psi_prime } else { cost.weight };
            }
            add(&mut sum, &costs);
            (*pull, *bend) = (pulls, bends);
        }
        total_apart(sum)
    }
}

impl<S: Shape> RobustLoss for S {
    fn cost(&self, residual: f64) -> Cost {
        self.at(residual)
    }

    fn spelled(&self) -> String {
        Shape::spelled(*self)
    }

    fn objective(&self, residuals: &[Block], weights: &[Block]) -> f64 {
        widest(Sum { shape: *self, residuals, weights })
    }

    fn slopes(&self, residuals: &[Block], weights: &[Block], bend: Bend, out: Slopes<'_>) -> f64 {
        widest(Sloped { sum: Sum { shape: *self, residuals, weights }, bend, out })
    }
}

/// One robust loss that can be asked for by name.
pub struct Kind {
    /// Its name before the colon.
    pub name: &'static str,
    /// What it does, in a few words, with its numbers.
    pub label: &'static str,
    /// Where it is described: author, year.
    pub source: &'static str,
    /// Makes it from the numbers after the colon.
    make: fn(&[f64]) -> Option<Box<dyn RobustLoss>>,
}

/// Every robust loss, in the order of help.
pub const ROBUST_LOSSES: &[Kind] = &[huber::KIND, squared::KIND, log_cosh::KIND, quantile::KIND];

/// Why a robust loss cannot be made from what was written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RobustError {
    /// No robust loss has this name.
    #[error("no robust loss is called {name}; there are {known}")]
    Unknown {
        /// What was written.
        name: String,
        /// What there is.
        known: String,
    },
    /// The numbers after the colon do not fit.
    #[error("{written} is no robust loss: {usage}")]
    Numbers {
        /// What was written.
        written: String,
        /// What the numbers mean.
        usage: &'static str,
    },
}

/// The robust loss that `text` asks for: a name, and numbers after a colon where it has any: `huber:0.001`.
pub fn robust_loss(text: &str) -> Result<Box<dyn RobustLoss>, RobustError> {
    let (name, numbers) = text.split_once(':').unwrap_or((text, ""));
    let Some(kind) = ROBUST_LOSSES.iter().find(|kind| kind.name == name) else {
        let known = ROBUST_LOSSES.iter().map(|kind| kind.name).collect::<Vec<_>>().join(", ");
        return Err(RobustError::Unknown { name: name.to_string(), known });
    };
    let refusal = || RobustError::Numbers { written: text.to_string(), usage: kind.label };
    let parts = numbers.split(',').filter(|part| !part.is_empty());
    let numbers: Option<Vec<f64>> =
        parts.map(|part| part.trim().parse().ok().filter(|n: &f64| n.is_finite())).collect();
    numbers.and_then(|numbers| (kind.make)(&numbers)).ok_or_else(refusal)
}
