//! L(N, D) = E + A/N^α + B/D^β.

use super::{Coefficient, Power, SumOfPowers, Term};
use crate::rows::Input;

/// The irreducible loss E, plus one power law in parameters and one in tokens.
///
/// Source: Hoffmann et al. 2022, equations 2 and 10 (arXiv:2203.15556); the grid of starts is that of its appendix D.3.
pub struct Chinchilla;

impl SumOfPowers<3, 5> for Chinchilla {
    const NAME: &'static str = "chinchilla";
    const EQUATION: &'static str = "L = E + A/N^α + B/D^β";
    const SOURCE: &'static str = "Hoffmann et al. 2022, equation 2 (arXiv:2203.15556)";
    const COEFFICIENTS: &'static [Coefficient; 5] = &[
        Coefficient::amplitude("E", (-1.0, 1.0), &[-1.0, -0.5, 0.0, 0.5, 1.0]),
        Coefficient::amplitude("A", (0.0, 25.0), &[0.0, 5.0, 10.0, 15.0, 20.0, 25.0]),
        Coefficient::amplitude("B", (0.0, 25.0), &[0.0, 5.0, 10.0, 15.0, 20.0, 25.0]),
        Coefficient::exponent("alpha", &[0.0, 0.5, 1.0, 1.5, 2.0]),
        Coefficient::exponent("beta", &[0.0, 0.5, 1.0, 1.5, 2.0]),
    ];
    const TERMS: [Term; 3] = [
        Term { amplitude: 0, power: None },
        Term { amplitude: 1, power: Some(Power { exponent: 3, input: Input::Params }) },
        Term { amplitude: 2, power: Some(Power { exponent: 4, input: Input::Tokens }) },
    ];
}
