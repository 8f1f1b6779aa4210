//! L(N, D) = exp(s·N^q + S) + exp(B·N^b + Q)·D^−exp(A·N^a + E).

use super::{Coefficient, Formula, Origin, Power};
use crate::rows::{At, Input};
use crate::scalar::{Scalar, log_sum_exp};

/// At every N a power law in D, whose floor, amplitude and exponent are each the exponential of a power of N.
///
/// The letters are the paper's: E is no irreducible loss, and A and B are no amplitudes. All nine are of either sign.
///
/// Limit: nothing holds it to sense outside its table: at the published constants 10²⁰ parameters need but one token
/// to go below every measured loss, and beyond 10¹¹ of them more can raise it.
///
/// Source: Li et al. 2025 (arXiv:2506.10972). Its losses are not nats per token.
pub struct Farseer;

/// Larger exponents of D count as e to this: a power of that kind is a step, and its slope is no longer a number.
const LN_EXPONENT_MAX: f64 = 100.0;

/// θ at `place` times N to the power of the coefficient after it.
const fn times_power_of_params(name: &'static str, starts: (f64, f64), exponent: usize) -> Coefficient {
    Coefficient::signed(name, (-1e4, 1e4), starts).starts_from(Origin::One(Power { exponent, input: Input::Params }))
}

impl Formula<9> for Farseer {
    const NAME: &'static str = "farseer";
    const EQUATION: &'static str = "L = exp(s·N^q + S) + exp(B·N^b + Q)·D^−exp(A·N^a + E)";
    const SOURCE: &'static str = "Li et al. 2025 (arXiv:2506.10972)";
    const COEFFICIENTS: &'static [Coefficient; 9] = &[
        times_power_of_params("s", (-2.0, -0.2), 1),
        Coefficient::signed("q", (-1.0, 1.0), (0.05, 0.25)),
        Coefficient::signed("S", (-50.0, 50.0), (-1.0, 1.0)),
        times_power_of_params("B", (3.0, 15.0), 4),
        Coefficient::signed("b", (-1.0, 1.0), (-0.3, -0.05)),
        Coefficient::signed("Q", (-50.0, 50.0), (-4.0, 1.0)),
        times_power_of_params("A", (-6.0, -1.0), 7),
        Coefficient::signed("a", (-1.0, 1.0), (0.02, 0.12)),
        Coefficient::signed("E", (-50.0, 50.0), (0.0, 5.0)),
    ];
    const INPUTS: &'static [Input] = &[Input::Params, Input::Tokens];

    const MOVABLE: &'static [Input] = &[Input::Params];

    #[inline(always)]
    fn ln_loss<S: Scalar>(theta: &[S; 9], at: At) -> S {
        let &[s, q, floor, b, b_power, q_level, a, a_power, e] = theta;
        let (n, d) = (at.of(Input::Params), at.of(Input::Tokens));
        let ln_exponent = a * (a_power * n).exp() + e;
        let exponent = ln_exponent.smaller(S::constant(LN_EXPONENT_MAX)).exp();
        log_sum_exp([s * (q * n).exp() + floor, b * (b_power * n).exp() + q_level - exponent * d])
    }
}
