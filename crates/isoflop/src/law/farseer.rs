//! L(N, D) = exp(s·N^q + S) + exp(B·N^b + Q)·D^−exp(A·N^a + E).

use super::{COEFFICIENTS_MAX, Coefficient, Formula, Origin, Power, Recast, Written};
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

    const RECAST: Option<&'static Recast> = Some(&Recast {
        law: &Written::<Bends, 9>::LAW,
        kept: &[1, 4, 7],
        searched: |theta| {
            at_some_tokens(map_bends(theta, |[factor, bend, rest]| [factor * bend, bend, factor + rest]), 1.0)
        },
        published: |theta| {
            map_bends(&at_some_tokens(*theta, -1.0), |[slope, bend, level]| {
                // Straight is no power of N, but a hair from one.
                let bend = if bend.abs() < STRAIGHT { STRAIGHT.copysign(bend) } else { bend };
                [slope / bend, bend, level - slope / bend]
            })
        },
    });

    #[inline(always)]
    fn ln_loss<S: Scalar>(theta: &[S; 9], at: At<S::Row>) -> S {
        let &[s, q, floor, b, b_power, q_level, a, a_power, e] = theta;
        let (n, d) = (at.of(Input::Params), at.of(Input::Tokens));
        let ln_exponent = a * (a_power * n).exp() + e;
        let exponent = ln_exponent.smaller(S::constant(LN_EXPONENT_MAX)).exp();
        log_sum_exp([s * (q * n).exp() + floor, b * (b_power * n).exp() + q_level - exponent * d])
    }
}

/// [`Farseer`] as it is searched: of s·N^q + S and the two alike the slope in ln N and the value at N = 1, and the power.
///
/// With q near 0 a larger s and a smaller S give nearly the same; value and slope are what runs around N = 1 tell apart,
/// and the searches put their middle there. For the same reason B and Q are those of the whole second term at
/// [`SOME_TOKENS`], not at one token.
struct Bends;

/// ln D of about as many tokens as runs have.
const SOME_TOKENS: f64 = 23.0;

/// The least power of N that is told from none.
const STRAIGHT: f64 = 1e-9;

/// Changes each of (s, q, S), (B, b, Q) and (A, a, E).
fn map_bends(theta: &[f64; COEFFICIENTS_MAX], map: impl Fn([f64; 3]) -> [f64; 3]) -> [f64; COEFFICIENTS_MAX] {
    let mut mapped = *theta;
    for first in [0, 3, 6] {
        let [a, b, c] = map([theta[first], theta[first + 1], theta[first + 2]]);
        mapped[first..first + 3].copy_from_slice(&[a, b, c]);
    }
    mapped
}

/// Slope and value of the second term's logarithm counted from one token to those at some tokens, or back if
/// `there` is −1.
fn at_some_tokens(theta: [f64; COEFFICIENTS_MAX], there: f64) -> [f64; COEFFICIENTS_MAX] {
    let mut moved = theta;
    let ln_power = there * SOME_TOKENS * theta[8].min(LN_EXPONENT_MAX).exp();
    moved[5] -= ln_power;
    moved[3] -= ln_power * theta[6];
    moved
}

impl Formula<9> for Bends {
    const NAME: &'static str = "farseer-bends";
    const EQUATION: &'static str = Farseer::EQUATION;
    const SOURCE: &'static str = Farseer::SOURCE;
    const COEFFICIENTS: &'static [Coefficient; 9] = &[
        Coefficient::signed("s", (-50.0, 50.0), (-1.0, 1.0)),
        Coefficient::signed("q", (-1.0, 1.0), (-0.5, 0.5)),
        Coefficient::signed("S", (-50.0, 50.0), (-1.0, 1.0)),
        Coefficient::signed("B", (-50.0, 50.0), (-1.0, 1.0)),
        Coefficient::signed("b", (-1.0, 1.0), (-0.5, 0.5)),
        Coefficient::signed("Q", (-50.0, 50.0), (-4.0, 1.0)),
        Coefficient::signed("A", (-50.0, 50.0), (-1.0, 1.0)),
        Coefficient::signed("a", (-1.0, 1.0), (-0.5, 0.5)),
        Coefficient::signed("E", (-50.0, 50.0), (-3.0, 0.0)),
    ];
    const INPUTS: &'static [Input] = Farseer::INPUTS;
    const MOVABLE: &'static [Input] = Farseer::MOVABLE;

    #[inline(always)]
    fn ln_loss<S: Scalar>(theta: &[S; 9], at: At<S::Row>) -> S {
        let &[s, q, floor, b, b_power, q_level, a, a_power, e] = theta;
        let (n, d) = (at.of(Input::Params), at.of(Input::Tokens));
        let bent = |slope: S, bend: S, level: S| slope * (bend * n).growth() * n + level;
        let usual = e.smaller(S::constant(LN_EXPONENT_MAX)).exp() * SOME_TOKENS;
        let exponent = bent(a, a_power, e).smaller(S::constant(LN_EXPONENT_MAX)).exp();
        log_sum_exp([bent(s, q, floor), bent(b + usual * a, b_power, q_level + usual) - exponent * d])
    }
}
