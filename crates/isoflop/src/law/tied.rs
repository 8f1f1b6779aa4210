//! L(N, D) = E + A/N^α + B/D^α.

use super::{Coefficient, Origin, Power, SumOfPowers, Term};
use crate::rows::Input;

/// [`Chinchilla`](super::Chinchilla) with one exponent for both: N* and D* grow alike, so D*/N* is the same at every
/// budget.
///
/// In compute C = 6ND and tokens per parameter M = D/N it is L = E + (A′·M^η + B′·M^−η)·C^−η with η = α/2,
/// A′ = 6^η·A and B′ = 6^η·B: over-training by any M costs the same share of the reducible loss at every budget.
///
/// Limit: where the exponents do differ, D*/N* drifts with C, and this law cannot show it.
///
/// Source: Gadre et al. 2024, equations 4 and 5 (arXiv:2403.08540).
pub struct Tied;

const BY_PARAMS: Power = Power { exponent: 3, input: Input::Params };
const BY_TOKENS: Power = Power { exponent: 3, input: Input::Tokens };

impl SumOfPowers<3, 4> for Tied {
    const NAME: &'static str = "tied";
    const EQUATION: &'static str = "L = E + A/N^α + B/D^α";
    const SOURCE: &'static str = "Gadre et al. 2024, equations 4 and 5 (arXiv:2403.08540)";
    const COEFFICIENTS: &'static [Coefficient; 4] = &[
        Coefficient::amplitude("E", (-3.0, 0.0), &[]).starts_from(Origin::LeastLoss),
        Coefficient::amplitude("A", (-3.0, 0.0), &[]).starts_from(Origin::Loss(BY_PARAMS)),
        Coefficient::amplitude("B", (-3.0, 0.0), &[]).starts_from(Origin::Loss(BY_TOKENS)),
        Coefficient::exponent("alpha", &[]),
    ];
    const TERMS: [Term; 3] = [
        Term { amplitude: 0, power: None },
        Term { amplitude: 1, power: Some(BY_PARAMS) },
        Term { amplitude: 2, power: Some(BY_TOKENS) },
    ];
}
