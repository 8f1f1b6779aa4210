//! Where searches start, once the rows are known.

use super::{COEFFICIENTS_MAX, Law, Origin, Power};
use crate::rows::{INPUTS, Input, Row, Rows};

/// The least and largest of something over the rows that count.
#[derive(Clone, Copy, Debug)]
struct Extent {
    least: f64,
    largest: f64,
}

impl Extent {
    fn new(rows: &Rows, of: impl Fn(&Row) -> f64) -> Self {
        let counted = rows.iter().filter(|row| row.weight > 0.0).map(|row| of(&row));
        counted
            .map(|x| Self { least: x, largest: x })
            .reduce(|a, b| Self { least: a.least.min(b.least), largest: a.largest.max(b.largest) })
            .unwrap_or(Self { least: 0.0, largest: 0.0 })
    }
}

/// The starts of one law on one table: a box, some sides of which depend on the rows.
#[derive(Clone, Copy)]
pub struct Starts<'a> {
    law: &'a dyn Law,
    ln_loss: Extent,
    inputs: [Extent; INPUTS],
}

impl<'a> Starts<'a> {
    /// The starts of `law` on `rows`; rows of weight 0 have no say.
    pub fn new(law: &'a dyn Law, rows: &Rows) -> Self {
        Self {
            law,
            ln_loss: Extent::new(rows, |row| row.ln_loss),
            inputs: std::array::from_fn(|input| Extent::new(rows, |row| row.at.ln[input])),
        }
    }

    /// θ of the start at a place in the box: for each coefficient a share between 0 and 1 of its range.
    pub fn at(&self, shares: &[f64]) -> [f64; COEFFICIENTS_MAX] {
        let coefficients = self.law.coefficients();
        let mut theta = [0.0; COEFFICIENTS_MAX];
        for ((theta, coefficient), share) in theta.iter_mut().zip(coefficients).zip(shares) {
            let (low, high) = coefficient.starts;
            let from = low + share * (high - low);
            *theta = match coefficient.origin {
                Origin::LeastLoss => from + self.ln_loss.least,
                Origin::Among(input) => {
                    let x = self.extent(input);
                    x.least + from * (x.largest - x.least)
                }
                Origin::Zero | Origin::Loss(_) | Origin::One(_) => from,
            };
        }
        // These depend on exponents, which have their starts by now.
        for k in 0..coefficients.len() {
            let ln_power = |Power { exponent, input }| -theta[exponent] * self.extent(input).least;
            theta[k] = match coefficients[k].origin {
                Origin::Loss(power) => theta[k] + self.ln_loss.largest - ln_power(power),
                Origin::One(power) => theta[k] * ln_power(power).exp(),
                Origin::Zero | Origin::LeastLoss | Origin::Among(_) => theta[k],
            };
        }
        for (theta, coefficient) in theta.iter_mut().zip(coefficients) {
            *theta = theta.clamp(coefficient.bounds.0, coefficient.bounds.1);
        }
        theta
    }

    fn extent(&self, input: Input) -> Extent {
        self.inputs[input as usize]
    }
}
