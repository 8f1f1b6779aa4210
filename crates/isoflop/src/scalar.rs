//! The number type a law is written over: plain numbers predict, dual numbers differentiate.

use std::ops::{Add, Div, Mul, Neg, Sub};

use crate::elementary;

/// What a law's formula may do with a number.
///
/// Implemented by `f64`, which predicts, and by [`Dual`], which carries the exact
/// derivatives along: a law is written once, and its gradient cannot be wrong.
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
{
    /// A constant.
    fn constant(value: f64) -> Self;
    /// The number without its derivatives.
    fn value(self) -> f64;
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
    let largest = terms.iter().fold(f64::NEG_INFINITY, |m, t| elementary::larger(m, t.value()));
    let mut sum = S::constant(0.0);
    for term in terms {
        sum = sum + (term - largest).exp();
    }
    sum.ln() + largest
}

impl Scalar for f64 {
    #[inline(always)]
    fn constant(value: f64) -> Self {
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

/// A number with its derivatives by P coefficients (forward-mode differentiation).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Dual<const P: usize> {
    /// The number.
    pub value: f64,
    /// ∂/∂θ of it, one per coefficient.
    pub by: [f64; P],
}

impl<const P: usize> Dual<P> {
    /// The coefficient at `place`, whose derivative by itself is 1.
    #[inline(always)]
    pub fn coefficient(value: f64, place: usize) -> Self {
        let mut by = [0.0; P];
        by[place] = 1.0;
        Self { value, by }
    }

    /// f(x) with f′(x) known.
    #[inline(always)]
    fn chain(self, value: f64, slope: f64) -> Self {
        Self { value, by: self.by.map(|d| slope * d) }
    }

    /// A value whose derivatives are `a` times this one's plus `b` times the other's.
    #[inline(always)]
    fn combine(self, other: Self, value: f64, a: f64, b: f64) -> Self {
        let mut by = self.by;
        for (mine, theirs) in by.iter_mut().zip(&other.by) {
            *mine = a * *mine + b * theirs;
        }
        Self { value, by }
    }
}

macro_rules! arithmetic {
    ($trait:ident $method:ident, |$a:ident, $b:ident| $dual:expr, |$c:ident, $f:ident| $mixed:expr) => {
        impl<const P: usize> $trait for Dual<P> {
            type Output = Self;
            #[inline(always)]
            fn $method(self, other: Self) -> Self {
                let ($a, $b) = (self, other);
                $dual
            }
        }
        impl<const P: usize> $trait<f64> for Dual<P> {
            type Output = Self;
            #[inline(always)]
            fn $method(self, other: f64) -> Self {
                let ($c, $f) = (self, other);
                $mixed
            }
        }
    };
}

arithmetic!(Add add, |a, b| a.combine(b, a.value + b.value, 1.0, 1.0), |a, f| Dual { value: a.value + f, ..a });
arithmetic!(Sub sub, |a, b| a.combine(b, a.value - b.value, 1.0, -1.0), |a, f| Dual { value: a.value - f, ..a });
arithmetic!(Mul mul, |a, b| a.combine(b, a.value * b.value, b.value, a.value), |a, f| a.chain(a.value * f, f));
arithmetic!(
    Div div,
    |a, b| {
        let quotient = a.value / b.value;
        a.combine(b, quotient, 1.0 / b.value, -quotient / b.value)
    },
    |a, f| a.chain(a.value / f, 1.0 / f)
);

impl<const P: usize> Neg for Dual<P> {
    type Output = Self;
    #[inline(always)]
    fn neg(self) -> Self {
        self.chain(-self.value, -1.0)
    }
}

impl<const P: usize> Scalar for Dual<P> {
    #[inline(always)]
    fn constant(value: f64) -> Self {
        Self { value, by: [0.0; P] }
    }
    #[inline(always)]
    fn value(self) -> f64 {
        self.value
    }
    #[inline(always)]
    fn exp(self) -> Self {
        let value = elementary::exp(self.value);
        self.chain(value, value)
    }
    #[inline(always)]
    fn ln(self) -> Self {
        self.chain(elementary::ln(self.value), 1.0 / self.value)
    }
    #[inline(always)]
    fn growth(self) -> Self {
        let [value, slope, _] = elementary::growth(self.value);
        self.chain(value, slope)
    }
    #[inline(always)]
    fn larger(self, other: Self) -> Self {
        if self.value > other.value { self } else { other }
    }
    #[inline(always)]
    fn smaller(self, other: Self) -> Self {
        if self.value < other.value { self } else { other }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A formula that uses everything a law may use.
    fn formula<S: Scalar>(x: [S; 3]) -> S {
        let [a, b, c] = x;
        let mixed = (a * b - c / b + 0.5).larger(a - c) * 2.0 - (-a).smaller(c * 0.1 - 3.0);
        log_sum_exp([mixed, a.exp(), (b * b + 1.0).ln_1p(), (c * 0.1 + a).growth() - 0.25])
    }

    #[test]
    fn derivatives_are_those_of_central_differences() {
        for at in [[0.3, 1.7, -0.4], [-1.2, 0.6, 2.2], [2.1, -0.8, 0.9]] {
            let dual = formula(std::array::from_fn(|k| Dual::<3>::coefficient(at[k], k)));
            assert_eq!(dual.value, formula(at));
            for k in 0..3 {
                let moved = |by: f64| {
                    let mut x = at;
                    x[k] += by;
                    formula(x)
                };
                let slope = (moved(1e-6) - moved(-1e-6)) / 2e-6;
                assert!((dual.by[k] - slope).abs() < 1e-8, "∂/∂x{k} at {at:?}: {} and {slope}", dual.by[k]);
            }
        }
    }

    #[test]
    fn a_log_sum_exp_does_not_overflow() {
        assert!((log_sum_exp([1e5, 1e5]) - (1e5 + 2f64.ln())).abs() < 1e-9);
        assert!((log_sum_exp([-1e5, -2e5]) + 1e5).abs() < 1e-9);
    }
}
