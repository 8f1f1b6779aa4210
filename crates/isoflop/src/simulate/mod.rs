//! Tables drawn from a known law: what an analysis of a real table can be held against.

mod error;
mod table;

pub use error::SimulateError;
pub use table::{NOISE_MAX, RUNS_MAX, Simulated, Sizes, ladder, table};

use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::SeedableRng;

use crate::law::Law;
use crate::resample::normal_pair;
use crate::rows::{At, Row};

/// The noise of simulated losses, as a share of the loss.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scatter {
    /// Standard deviation of ln L.
    pub sd: f64,
    /// Its shape.
    pub tails: Tails,
}

/// The shape of simulated noise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tails {
    /// Normal.
    Normal,
    /// Student's t with three degrees of freedom, brought to the same standard deviation: one run in fifty is off by
    /// more than 2.6 standard deviations.
    Heavy,
}

/// One run at each of `places`, its loss by `law` at θ (on the scale that is searched), with noise.
pub fn rows(law: &dyn Law, theta: &[f64], places: &[At], scatter: Scatter, seed: u64) -> Vec<Row> {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(seed);
    let mut draw = || match scatter.tails {
        Tails::Normal => normal_pair(&mut random).0,
        Tails::Heavy => {
            // t₃ = z / √(χ²₃/3), whose variance is 3.
            let (z, a) = normal_pair(&mut random);
            let (b, c) = normal_pair(&mut random);
            z / (a * a + b * b + c * c).sqrt()
        }
    };
    let row = |&at: &At| Row { at, ln_loss: law.ln_loss(theta, at) + scatter.sd * draw(), weight: 1.0 };
    places.iter().map(row).collect()
}
