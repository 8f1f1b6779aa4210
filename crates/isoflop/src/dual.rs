//! Numbers that carry their exact derivatives along (forward-mode differentiation), those of several rows side by side.

#![expect(clippy::inline_always, reason = "loops over rows are compiled once for each width of vectors, whole")]

use std::ops::{Add, Div, Mul, Neg, Sub};

use crate::elementary;
use crate::scalar::{Lanes, Scalar};

/// A number with its derivatives by P coefficients, and with the second ones.
///
/// T is the number of second derivatives that are carried: P·(P + 1)/2, or 0 for none. (The compiler cannot yet work
/// it out from P.)
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Dual<const P: usize, const T: usize> {
    /// The number.
    pub value: Lanes,
    /// ∂/∂θ of it, one per coefficient.
    pub by: [Lanes; P],
    /// ∂²/∂θₐ∂θᵦ of it for b ≤ a, in the order of [`pair`].
    pub bends: [Lanes; T],
}

const ZERO: Lanes = Lanes([0.0; crate::wide::LANES]);

/// Where the second derivative by coefficients a and b ≤ a stands.
#[inline(always)]
pub const fn pair(a: usize, b: usize) -> usize {
    a * (a + 1) / 2 + b
}

/// A function's value and its first two derivatives.
struct Chained {
    value: Lanes,
    slope: Lanes,
    bend: Lanes,
}

impl<const P: usize, const T: usize> Dual<P, T> {
    /// The coefficient at `place`, whose derivative by itself is 1.
    #[inline(always)]
    pub fn coefficient(value: f64, place: usize) -> Self {
        let mut dual = Self::constant(value);
        dual.by[place] = Lanes::constant(1.0);
        dual
    }

    /// Every derivative `of` its own number.
    #[inline(always)]
    fn linear(self, value: Lanes, of: impl Fn(Lanes) -> Lanes) -> Self {
        Self { value, by: self.by.map(&of), bends: self.bends.map(&of) }
    }

    /// Every derivative `of` those of two numbers.
    #[inline(always)]
    fn linear_in_two(mut self, other: Self, value: Lanes, of: impl Fn(Lanes, Lanes) -> Lanes) -> Self {
        self.value = value;
        for a in 0..P {
            self.by[a] = of(self.by[a], other.by[a]);
        }
        for at in 0..T {
            self.bends[at] = of(self.bends[at], other.bends[at]);
        }
        self
    }

    /// f(x), from f, f′ and f″ at x.
    #[inline(always)]
    fn chain(mut self, Chained { value, slope, bend }: Chained) -> Self {
        const { assert!(T == 0 || T == P * (P + 1) / 2) };
        self.value = value;
        if T > 0 {
            for a in 0..P {
                let bent = bend * self.by[a];
                for b in 0..=a {
                    self.bends[pair(a, b)] = slope * self.bends[pair(a, b)] + bent * self.by[b];
                }
            }
        }
        self.by = self.by.map(|by| slope * by);
        self
    }
}

impl<const P: usize, const T: usize> Add for Dual<P, T> {
    type Output = Self;
    #[inline(always)]
    fn add(self, other: Self) -> Self {
        self.linear_in_two(other, self.value + other.value, |a, b| a + b)
    }
}

impl<const P: usize, const T: usize> Sub for Dual<P, T> {
    type Output = Self;
    #[inline(always)]
    fn sub(self, other: Self) -> Self {
        self.linear_in_two(other, self.value - other.value, |a, b| a - b)
    }
}

impl<const P: usize, const T: usize> Mul for Dual<P, T> {
    type Output = Self;
    #[inline(always)]
    fn mul(self, other: Self) -> Self {
        let mut product = self.linear_in_two(other, self.value * other.value, |a, b| a * other.value + b * self.value);
        if T > 0 {
            for a in 0..P {
                for b in 0..=a {
                    let at = pair(a, b);
                    product.bends[at] = product.bends[at] + (self.by[a] * other.by[b] + self.by[b] * other.by[a]);
                }
            }
        }
        product
    }
}

impl<const P: usize, const T: usize> Div for Dual<P, T> {
    type Output = Self;
    #[inline(always)]
    fn div(self, other: Self) -> Self {
        let over = Lanes::constant(1.0) / other.value;
        let slope = -(over * over);
        let reciprocal = other.chain(Chained { value: over, slope, bend: slope * over * -2.0 });
        // A quotient is rounded once, as it is without derivatives.
        Self { value: self.value / other.value, ..self * reciprocal }
    }
}

macro_rules! with_a_plain_number {
    ($($number:ty)*) => { $(
        impl<const P: usize, const T: usize> Add<$number> for Dual<P, T> {
            type Output = Self;
            #[inline(always)]
            fn add(self, other: $number) -> Self {
                Self { value: self.value + other, ..self }
            }
        }
        impl<const P: usize, const T: usize> Sub<$number> for Dual<P, T> {
            type Output = Self;
            #[inline(always)]
            fn sub(self, other: $number) -> Self {
                Self { value: self.value - other, ..self }
            }
        }
        impl<const P: usize, const T: usize> Mul<$number> for Dual<P, T> {
            type Output = Self;
            #[inline(always)]
            fn mul(self, other: $number) -> Self {
                self.linear(self.value * other, |d| d * other)
            }
        }
    )* };
}

with_a_plain_number!(f64 Lanes);

impl<const P: usize, const T: usize> Neg for Dual<P, T> {
    type Output = Self;
    #[inline(always)]
    fn neg(self) -> Self {
        self.linear(-self.value, |d| -d)
    }
}

impl<const P: usize, const T: usize> Scalar for Dual<P, T> {
    type Row = Lanes;

    #[inline(always)]
    fn constant(value: f64) -> Self {
        Self::of_row(Lanes::constant(value))
    }
    #[inline(always)]
    fn of_row(value: Lanes) -> Self {
        Self { value, by: [ZERO; P], bends: [ZERO; T] }
    }
    #[inline(always)]
    fn value(self) -> Lanes {
        self.value
    }
    #[inline(always)]
    fn exp(self) -> Self {
        let value = self.value.exp();
        self.chain(Chained { value, slope: value, bend: value })
    }
    #[inline(always)]
    fn ln(self) -> Self {
        let slope = Lanes::constant(1.0) / self.value;
        self.chain(Chained { value: self.value.ln(), slope, bend: -(slope * slope) })
    }
    #[inline(always)]
    fn growth(self) -> Self {
        let mut parts = [ZERO; 3];
        for lane in 0..self.value.0.len() {
            [parts[0].0[lane], parts[1].0[lane], parts[2].0[lane]] = elementary::growth(self.value.0[lane]);
        }
        let [value, slope, bend] = parts;
        self.chain(Chained { value, slope, bend })
    }
    #[inline(always)]
    fn larger(self, other: Self) -> Self {
        let of = |a, b| Lanes::of_larger(self.value, other.value, a, b);
        self.linear_in_two(other, of(self.value, other.value), of)
    }
    #[inline(always)]
    fn smaller(self, other: Self) -> Self {
        let of = |a, b| Lanes::of_larger(other.value, self.value, a, b);
        self.linear_in_two(other, of(self.value, other.value), of)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scalar::log_sum_exp;

    /// A formula that uses everything a law may use.
    fn formula<S: Scalar>(x: [S; 3]) -> S {
        let [a, b, c] = x;
        let mixed = (a * b - c / b + 0.5).larger(a - c) * 2.0 - (-a).smaller(c * 0.1 - 3.0);
        log_sum_exp([mixed, a.exp(), (b * b + 1.0).ln_1p(), (c * 0.1 + a).growth() - 0.25])
    }

    /// Lane by lane other places, so that every branch is taken beside the others.
    fn lanes(at: [f64; 3], lane: usize) -> [f64; 3] {
        at.map(|x| x + 0.3 * lane as f64)
    }

    fn dual<const T: usize>(of: impl Fn(usize) -> [f64; 3]) -> Dual<3, T> {
        formula(std::array::from_fn(|k| Dual { value: Lanes::each(|lane| of(lane)[k]), ..Dual::coefficient(0.0, k) }))
    }

    #[test]
    fn derivatives_are_those_of_central_differences() {
        for at in [[0.3, 1.7, -0.4], [-1.2, 0.6, 2.2], [2.1, -3.8, 0.9]] {
            let whole = dual::<6>(|lane| lanes(at, lane));
            assert_eq!(whole.by, dual::<0>(|lane| lanes(at, lane)).by);
            for lane in 0..8 {
                assert_eq!(whole.value.0[lane], formula(lanes(at, lane)));
                for k in 0..3 {
                    let moved = |by: f64| {
                        let mut x = lanes(at, lane);
                        x[k] += by;
                        x
                    };
                    let slope = (formula(moved(1e-6)) - formula(moved(-1e-6))) / 2e-6;
                    assert!(
                        (whole.by[k].0[lane] - slope).abs() < 1e-8 * slope.abs().max(1.0),
                        "∂/∂x{k} at {at:?}: {:?}, {slope}",
                        whole.by[k]
                    );
                    let (above, below) = (dual::<0>(|_| moved(1e-6)), dual::<0>(|_| moved(-1e-6)));
                    for j in 0..3 {
                        let bend = (above.by[j].0[lane] - below.by[j].0[lane]) / 2e-6;
                        let exact = whole.bends[pair(j.max(k), j.min(k))].0[lane];
                        assert!((exact - bend).abs() < 1e-7 * exact.abs().max(1.0), "∂²/∂x{j}∂x{k}: {exact}, {bend}");
                    }
                }
            }
        }
    }
}
