//! Scaling laws: the loss as a formula with unknown coefficients.
//!
//! An author writes either a sum of powers as its [terms](SumOfPowers), or any
//! [formula](Formula) over a number type that carries derivatives along; the rest of the
//! program holds a `&dyn Law`. No law has a gradient written by hand. A new law is a
//! file beside this and a line in [`LAWS`].

mod broken;
mod chinchilla;
mod coefficient;
mod data_constrained;
mod farseer;
mod frontier;
mod given;
mod joint_exponent;
mod kaplan;
mod optimum;
mod power;
mod recast;
mod starts;
mod sum_of_powers;
mod tied;
mod written;

pub use broken::Broken;
pub use chinchilla::Chinchilla;
pub use coefficient::{Coefficient, EXPONENT_MAX, EXPONENT_MIN, Origin, Scale};
pub use data_constrained::DataConstrained;
pub use farseer::Farseer;
pub use frontier::Frontier;
pub use given::{Given, LawError, given};
pub use joint_exponent::JointExponent;
pub use kaplan::Kaplan;
pub use power::PowerLaw;
pub use recast::Recast;
pub use starts::Starts;
pub use sum_of_powers::{Powers, SumOfPowers};
pub use tied::Tied;
pub use written::{Formula, Written};

use crate::robust::Bend;
use crate::rows::{At, Input, Rows};
use crate::wide::Block;

/// Every law, in the order of help and tables.
pub const LAWS: &[&dyn Law] = &[
    &Powers::<Chinchilla, 3, 5>::LAW,
    &Powers::<Tied, 3, 4>::LAW,
    &Written::<JointExponent, 6>::LAW,
    &Written::<Kaplan, 4>::LAW,
    &Written::<DataConstrained, 7>::LAW,
    &Written::<Farseer, 9>::LAW,
    &Powers::<Frontier, 2, 3>::LAW,
    &Powers::<PowerLaw, 1, 2>::LAW,
    &Written::<Broken<1>, 6>::LAW,
    &Written::<Broken<2>, 9>::LAW,
    &Written::<Broken<3>, 12>::LAW,
];

/// The law called `name`.
pub fn law(name: &str) -> Option<&'static dyn Law> {
    LAWS.iter().copied().find(|law| law.name() == name)
}

/// Coefficients that a law may have at most.
pub const COEFFICIENTS_MAX: usize = 12;

/// One term of a sum of powers: `exp(θ[amplitude] − θ[exponent]·ln x)`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Term {
    /// Which coefficient is the logarithm of its amplitude.
    pub amplitude: usize,
    /// What it falls with; none for the floor.
    pub power: Option<Power>,
}

/// `x^−θ[exponent]`.
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
    /// θ, where a law works out derivatives from it.
    theta: [f64; COEFFICIENTS_MAX],
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
    /// Coefficients whose derivatives are asked for; those by others may be left 0.
    pub wanted: &'a [bool],
}

/// The first stage of a law that is fitted in two.
pub struct Base {
    /// The law of the first stage; its coefficients are those of the same names.
    pub law: &'static dyn Law,
    /// Which rows it is fitted to.
    pub fits: fn(At) -> bool,
    /// Those rows, in a few words.
    pub rows_are: &'static str,
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
    /// Whether [`normal`](Self::normal) knows the law's own curvature by the coefficients that are wanted; if not,
    /// exact second derivatives of an objective come from differences of gradients.
    fn knows_curvature(&self, wanted: &[bool]) -> bool;
    /// The derivatives of an objective by the coefficients, from those by ln L̂, at the θ that was prepared.
    fn normal(&self, rows: &Rows, prepared: &Predicted, slopes: RowSlopes<'_>) -> Normal;

    /// The inputs whose logarithms may be counted from another place without leaving the law: coefficients then take
    /// other values, as their [`Origin`] says.
    fn movable(&self) -> &[Input];
    /// The law whose coefficients are fitted first, to some of the rows, and then held.
    fn base(&self) -> Option<&'static Base> {
        None
    }
    /// The law in the coefficients that are searched, where those are not the published ones.
    fn recast(&self) -> Option<&'static Recast> {
        None
    }

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
