//! Starts spread evenly over the ranges of the coefficients, for laws that do not separate.

use super::Starts;
use crate::fit::newton::Theta;
use crate::fit::setup::Setup;
use crate::law::{COEFFICIENTS_MAX, Law};
use crate::robust::Bend;
use crate::rows::Rows;

/// Starts for each coefficient that moves.
const PER_COEFFICIENT: usize = 96;

/// Halton's sequence over the starting ranges: every coefficient gets each of its values, in ever new company.
///
/// Source: Halton 1960, doi:10.1007/BF01386213.
pub struct MultiStart;

impl Starts for MultiStart {
    fn name(&self) -> &'static str {
        "multi-start"
    }

    fn label(&self) -> &'static str {
        "starts spread evenly over the coefficients' ranges, the best of them followed"
    }

    fn source(&self) -> &'static str {
        "Halton 1960, doi:10.1007/BF01386213"
    }

    fn suits(&self, _law: &dyn Law) -> Result<(), &'static str> {
        Ok(())
    }

    fn starts(&self, setup: &Setup, _rows: &Rows) -> Vec<Theta> {
        let moving: Vec<usize> = (0..setup.count()).filter(|&k| setup.free()[k]).collect();
        (1..=PER_COEFFICIENT * moving.len().max(1))
            .map(|i| {
                let mut shares = [0.5; COEFFICIENTS_MAX];
                for (&k, &prime) in moving.iter().zip(&PRIMES) {
                    shares[k] = radical_inverse(i, prime);
                }
                setup.as_searched(&setup.starts().at(&shares[..setup.count()])[..setup.count()])
            })
            .collect()
    }

    fn first(&self) -> Bend {
        Bend::Majorant
    }
}

const PRIMES: [usize; COEFFICIENTS_MAX] = [2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37];

/// The digits of `i` to the base, mirrored at the point.
fn radical_inverse(mut i: usize, base: usize) -> f64 {
    let (mut value, mut digit) = (0.0, 1.0);
    while i > 0 {
        digit /= base as f64;
        value += digit * (i % base) as f64;
        i /= base;
    }
    value
}
