//! L(x) = E + k·x^−γ.

use super::{Coefficient, Origin, Power, SumOfPowers, Term};
use crate::rows::Input;

/// The irreducible loss E plus one power law along one axis: usually the best loss of each budget by its compute in
/// FLOPs.
///
/// The best losses of [`Chinchilla`](super::Chinchilla) are exactly such a law, with γ = αβ/(α+β).
///
/// Limit: over a few budgets E and k trade off, so a forecast is no better than what pins E.
///
/// Source: Henighan et al. 2020, equation 1.1 (arXiv:2010.14701).
pub struct Frontier;

const ALONG: Power = Power { exponent: 2, input: Input::Axis };

impl SumOfPowers<2, 3> for Frontier {
    const NAME: &'static str = "frontier";
    const EQUATION: &'static str = "L = E + k·x^−γ";
    const SOURCE: &'static str = "Henighan et al. 2020, equation 1.1 (arXiv:2010.14701)";
    const COEFFICIENTS: &'static [Coefficient; 3] = &[
        Coefficient::amplitude("E", (-3.0, 0.0), &[]).starts_from(Origin::LeastLoss),
        Coefficient::amplitude("k", (-3.0, 0.0), &[]).starts_from(Origin::Loss(ALONG)),
        Coefficient::exponent("gamma", &[]),
    ];
    const TERMS: [Term; 2] = [Term { amplitude: 0, power: None }, Term { amplitude: 1, power: Some(ALONG) }];
    const INPUTS: &'static [Input] = &[Input::Axis];
}
