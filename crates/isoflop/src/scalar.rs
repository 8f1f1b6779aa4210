//! The number type a law is written over: plain numbers predict, dual numbers differentiate.

#![expect(clippy::inline_always, reason = "loops over rows are compiled once for each width of vectors, whole")]

use std::ops::{Add, Div, Mul, Neg, Sub};

use crate::elementary;
use crate::wide::LANES;

/// What a law's formula may do with a number.
///
/// Implemented by `f64`, which predicts one run, by [`Lanes`], which predicts several side by side, and by
/// [`Dual`](crate::dual::Dual), which carries their exact derivatives along: a law is written once, and its
/// derivatives cannot be wrong.
pub trait Scalar:
    Copy
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Neg<Output = Self>
    + Add<f64, Output = Self>
    + Sub<f64, Output = Self>
    + Mul<f64, Output = Self>
    + Add<<Self as Scalar>::Row, Output = Self>
    + Sub<<Self as Scalar>::Row, Output = Self>
    + Mul<<Self as Scalar>::Row, Output = Self>
{
    /// What is known of a run: a number that no coefficient changes.
    type Row: Scalar<Row = Self::Row>;

    /// A constant.
    fn constant(value: f64) -> Self;
    /// What is known of a run, as a number of this kind.
    fn of_row(value: Self::Row) -> Self;
    /// The number without its derivatives.
    fn value(self) -> Self::Row;
    /// eˣ.
    #[must_use]
    fn exp(self) -> Self;
    /// ln x.
    #[must_use]
    fn ln(self) -> Self;
    /// (eˣ − 1)/x, which is 1 at 0.
    #[must_use]
    fn growth(self) -> Self;
    /// The larger of two.
    #[must_use]
    fn larger(self, other: Self) -> Self;
    /// The smaller of two.
    #[must_use]
    fn smaller(self, other: Self) -> Self;
    /// ln(1 + x).
    #[must_use]
    fn ln_1p(self) -> Self {
        (self + 1.0).ln()
    }
}

/// ln Σₖ exp(tₖ), without overflow.
#[inline(always)]
pub fn log_sum_exp<S: Scalar, const K: usize>(terms: [S; K]) -> S {
    let largest = terms[1..].iter().fold(terms[0].value(), |m, t| m.larger(t.value()));
    let mut sum = (terms[0] - largest).exp();
    for term in &terms[1..] {
        sum = sum + (*term - largest).exp();
    }
    sum.ln() + largest
}

impl Scalar for f64 {
    type Row = f64;

    #[inline(always)]
    fn constant(value: f64) -> Self {
        value
    }
    #[inline(always)]
    fn of_row(value: f64) -> Self {
        value
    }
    #[inline(always)]
    fn value(self) -> f64 {
        self
    }
    #[inline(always)]
    fn exp(self) -> Self {
        elementary::exp(self)
    }
    #[inline(always)]
    fn ln(self) -> Self {
        elementary::ln(self)
    }
    #[inline(always)]
    fn growth(self) -> Self {
        elementary::growth(self)[0]
    }
    #[inline(always)]
    fn larger(self, other: Self) -> Self {
        elementary::larger(self, other)
    }
    #[inline(always)]
    fn smaller(self, other: Self) -> Self {
        elementary::smaller(self, other)
    }
}

/// The numbers of several rows, side by side.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Lanes(pub [f64; LANES]);

impl Lanes {
    /// `of` each lane.
    #[inline(always)]
    pub fn each(of: impl Fn(usize) -> f64) -> Self {
        let mut lanes = [0.0; LANES];
        for (lane, value) in lanes.iter_mut().enumerate() {
            *value = of(lane);
        }
        Self(lanes)
    }

    /// In each lane the first where it is larger than the second, else the second: of numbers that belong to them.
    #[inline(always)]
    pub(crate) fn of_larger(a: Self, b: Self, with_a: Self, with_b: Self) -> Self {
        Self::each(|lane| if a.0[lane] > b.0[lane] { with_a.0[lane] } else { with_b.0[lane] })
    }
}

macro_rules! arithmetic {
    ($($trait:ident $method:ident $operator:tt)*) => { $(
        impl $trait for Lanes {
            type Output = Self;
            #[inline(always)]
            fn $method(self, other: Self) -> Self {
                Self::each(|lane| self.0[lane] $operator other.0[lane])
            }
        }
        impl $trait<f64> for Lanes {
            type Output = Self;
            #[inline(always)]
            fn $method(self, other: f64) -> Self {
                Self::each(|lane| self.0[lane] $operator other)
            }
        }
    )* };
}

arithmetic!(Add add + Sub sub - Mul mul * Div div /);

impl Neg for Lanes {
    type Output = Self;
    #[inline(always)]
    fn neg(self) -> Self {
        Self::each(|lane| -self.0[lane])
    }
}

impl Scalar for Lanes {
    type Row = Self;

    #[inline(always)]
    fn constant(value: f64) -> Self {
        Self([value; LANES])
    }
    #[inline(always)]
    fn of_row(value: Self) -> Self {
        value
    }
    #[inline(always)]
    fn value(self) -> Self {
        self
    }
    #[inline(always)]
    fn exp(self) -> Self {
        Self(elementary::exps(self.0))
    }
    #[inline(always)]
    fn ln(self) -> Self {
        Self(elementary::lns(self.0))
    }
    #[inline(always)]
    fn growth(self) -> Self {
        Self::each(|lane| elementary::growth(self.0[lane])[0])
    }
    #[inline(always)]
    fn larger(self, other: Self) -> Self {
        Self::of_larger(self, other, self, other)
    }
    #[inline(always)]
    fn smaller(self, other: Self) -> Self {
        Self::of_larger(other, self, self, other)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_sum_exp_does_not_overflow() {
        assert!((log_sum_exp([1e5, 1e5]) - (1e5 + 2f64.ln())).abs() < 1e-9);
        assert!((log_sum_exp([-1e5, -2e5]) + 1e5).abs() < 1e-9);
    }
}
