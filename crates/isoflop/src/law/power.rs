//! L(x) = k·x^−γ.

use super::{Coefficient, Origin, Power, SumOfPowers, Term};
use crate::rows::Input;

/// One power law along one axis, without a floor: a straight line of ln L by ln x.
///
/// It is here to be compared with [`Frontier`](super::Frontier), and so that it can be shown to be wrong.
///
/// Limit: it falls to 0, below the entropy of any text, so forecasts far ahead are too low.
///
/// Source: Kaplan et al. 2020, equations 1.1 to 1.3 (arXiv:2001.08361), where k = `x_c`^γ.
pub struct PowerLaw;

const ALONG: Power = Power { exponent: 1, input: Input::Axis };

impl SumOfPowers<1, 2> for PowerLaw {
    const NAME: &'static str = "power";
    const EQUATION: &'static str = "L = k·x^−γ";
    const SOURCE: &'static str = "Kaplan et al. 2020, equations 1.1 to 1.3 (arXiv:2001.08361)";
    const COEFFICIENTS: &'static [Coefficient; 2] = &[
        Coefficient::amplitude("k", (-1.0, 0.0), &[]).starts_from(Origin::Loss(ALONG)),
        Coefficient::exponent("gamma", &[]),
    ];
    const TERMS: [Term; 1] = [Term { amplitude: 0, power: Some(ALONG) }];
    const INPUTS: &'static [Input] = &[Input::Axis];
}
