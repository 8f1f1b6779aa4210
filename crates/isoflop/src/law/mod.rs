//! Scaling laws: the loss as a formula with unknown coefficients.
//!
//! An author writes either a sum of powers as its [terms](SumOfPowers), or any
//! [formula](Formula) over a number type that carries derivatives along; the rest of the
//! program holds a `&dyn Law`. No law has a gradient written by hand. A new law is a
//! file beside this and a line in [`LAWS`].

mod chinchilla;
mod given;
mod optimum;
mod sum_of_powers;
mod written;

pub use chinchilla::Chinchilla;
pub use given::{Given, LawError, given};
pub use sum_of_powers::{Powers, SumOfPowers};
pub use written::{Formula, Written};

use std::borrow::Cow;

use serde::Serialize;

use crate::robust::Bend;
use crate::rows::{At, Input, Rows};
use crate::wide::Block;

/// Every law, in the order of help and tables.
pub const LAWS: &[&dyn Law] = &[&Powers::<Chinchilla, 3, 5>::LAW];

/// The law called `name`.
pub fn law(name: &str) -> Option<&'static dyn Law> {
    LAWS.iter().copied().find(|law| law.name() == name)
}

/// Coefficients that a law may have at most.
pub const COEFFICIENTS_MAX: usize = 12;

/// How a coefficient is searched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scale {
    /// As its logarithm: it is positive.
    Log,
    /// As it is.
    Linear,
}

/// One unknown of a law. Ranges and starts are on the scale that is searched: logarithms for [`Scale::Log`].
#[derive(Clone, Debug, PartialEq)]
pub struct Coefficient {
    /// Its name in the paper: "alpha".
    pub name: Cow<'static, str>,
    /// How it is searched.
    pub scale: Scale,
    /// It is never taken beyond these.
    pub bounds: (f64, f64),
    /// Searches start between these.
    pub starts: (f64, f64),
    /// The starts of the published grid, where there is one.
    pub grid: &'static [f64],
}

impl Coefficient {
    /// A positive amplitude of any size, searched as its logarithm.
    pub const fn amplitude(name: &'static str, starts: (f64, f64), grid: &'static [f64]) -> Self {
        Self { name: Cow::Borrowed(name), scale: Scale::Log, bounds: (-60.0, 200.0), starts, grid }
    }

    /// An exponent.
    pub const fn exponent(name: &'static str, grid: &'static [f64]) -> Self {
        let (name, bounds) = (Cow::Borrowed(name), (EXPONENT_MIN, EXPONENT_MAX));
        Self { name, scale: Scale::Linear, bounds, starts: (0.05, 1.2), grid }
    }

    /// The coefficient as it is reported, from the scale it is searched on.
    pub fn shown(&self, theta: f64) -> f64 {
        match self.scale {
            Scale::Log => theta.exp(),
            Scale::Linear => theta,
        }
    }

    /// The scale it is searched on, from the coefficient as it is reported.
    pub fn searched(&self, value: f64) -> f64 {
        match self.scale {
            Scale::Log => value.ln(),
            Scale::Linear => value,
        }
    }
}

/// Exponents are searched between these: outside, a power is a constant or a step.
pub const EXPONENT_MIN: f64 = 1e-3;
/// See [`EXPONENT_MIN`].
pub const EXPONENT_MAX: f64 = 5.0;

/// One term of a sum of powers: exp(θ[amplitude] − θ[exponent]·ln x).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Term {
    /// Which coefficient is the logarithm of its amplitude.
    pub amplitude: usize,
    /// What it falls with; none for the floor.
    pub power: Option<Power>,
}

/// x^−θ[exponent].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Power {
    /// Which coefficient is the exponent.
    pub exponent: usize,
    /// x.
    pub input: Input,
}

/// What a law predicts for every row, and what it needs to differentiate that.
#[derive(Clone, Debug, Default)]
pub struct Predicted {
    /// ln L̂ of each row.
    pub ln_loss: Vec<Block>,
    /// Of each block the law's own columns: shares of terms, or derivatives.
    parts: Vec<Block>,
}

impl Predicted {
    /// Room for `blocks` blocks with `columns` columns each.
    fn resize(&mut self, blocks: usize, columns: usize) {
        self.ln_loss.resize(blocks, [0.0; crate::wide::BLOCK]);
        self.parts.resize(blocks * columns, [0.0; crate::wide::BLOCK]);
    }
}

/// First and second derivatives of an objective by the coefficients.
#[derive(Clone, Copy, Debug)]
pub struct Normal {
    /// ∂F/∂θ.
    pub gradient: [f64; COEFFICIENTS_MAX],
    /// ∂²F/∂θ², or what stands for it; both triangles.
    pub hessian: [[f64; COEFFICIENTS_MAX]; COEFFICIENTS_MAX],
}

impl Normal {
    /// All zero.
    pub const ZERO: Self =
        Self { gradient: [0.0; COEFFICIENTS_MAX], hessian: [[0.0; COEFFICIENTS_MAX]; COEFFICIENTS_MAX] };
}

/// The slopes of an objective by ln L̂ of each row.
#[derive(Clone, Copy)]
pub struct RowSlopes<'a> {
    /// ∂F/∂ln L̂.
    pub pull: &'a [Block],
    /// ∂²F/∂(ln L̂)², by the same [`Bend`] as `which`.
    pub bend: &'a [Block],
    /// Exact: the law adds its own curvature if it has it. Majorant: it leaves that out.
    pub which: Bend,
}

/// L as a formula with unknown coefficients, as the rest of the program sees it.
///
/// Coefficients are slices θ in the order of [`coefficients`](Self::coefficients), on the scale that is searched.
pub trait Law: Send + Sync {
    /// Its name on the command line: kebab-case.
    fn name(&self) -> &str;
    /// The equation, readable.
    fn equation(&self) -> &str;
    /// Where it is from: author, year, equation, arXiv id.
    fn source(&self) -> &str;
    /// Its unknowns.
    fn coefficients(&self) -> &[Coefficient];
    /// What it needs to know of a run.
    fn inputs(&self) -> &[Input];
    /// Its terms, if it is a sum of powers.
    fn terms(&self) -> &[Term];
    /// ln L̂ at one place.
    fn ln_loss(&self, theta: &[f64], at: At) -> f64;
    /// ln L̂ of every row, and nothing else.
    fn predict(&self, theta: &[f64], rows: &Rows, out: &mut Predicted);
    /// ln L̂ of every row, with what [`normal`](Self::normal) needs.
    fn prepare(&self, theta: &[f64], rows: &Rows, out: &mut Predicted);
    /// Whether [`normal`](Self::normal) knows the law's own curvature; if not, exact second derivatives of an
    /// objective come from differences of gradients.
    fn knows_curvature(&self) -> bool;
    /// The derivatives of an objective by the coefficients, from those by ln L̂, at the θ that was prepared.
    fn normal(&self, rows: &Rows, prepared: &Predicted, slopes: RowSlopes<'_>) -> Normal;

    /// (ln N*, ln D*) with N·D = exp(`ln_product`): where the law is lowest on a budget. None where it has no valley.
    fn optimum(&self, theta: &[f64], ln_product: f64) -> Option<[f64; 2]> {
        optimum::of(self, theta, ln_product)
    }
}

impl dyn Law + '_ {
    /// The place of the coefficient called `name`.
    pub fn coefficient(&self, name: &str) -> Option<usize> {
        self.coefficients().iter().position(|c| c.name == name)
    }
}
