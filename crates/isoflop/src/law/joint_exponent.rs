//! L(N, D) = E + (A·N^−p + B·D^−q)^k.

use super::{Coefficient, Formula, Origin, Power};
use crate::rows::{At, Input};
use crate::scalar::{Scalar, log_sum_exp};

/// The irreducible loss E, plus both terms of [`Chinchilla`](super::Chinchilla) under one joint exponent k.
///
/// A and B stand inside the bracket, so far out along N the exponent is k·p, and along D k·q. With k = 1 it is
/// Chinchilla; with k < 1 a run short of both loses less than the sum. At given A, B, p and q the best N and D of a
/// budget do not depend on k.
///
/// Limit: k and E trade off, and their forecasts of the loss differ; a table needs both walls of several valleys to
/// tell them apart.
///
/// Source: arXiv:2608.07222 (2026), as reported; with the floor inside the bracket Droppo and Elibol 2021
/// (arXiv:2106.09488).
pub struct JointExponent;

impl Formula<6> for JointExponent {
    const NAME: &'static str = "joint-exponent";
    const EQUATION: &'static str = "L = E + (A·N^−p + B·D^−q)^k";
    const SOURCE: &'static str = "arXiv:2608.07222 (2026); after Droppo and Elibol 2021 (arXiv:2106.09488)";
    // (A·N^−p)^k is of the loss's size where A·N^−p is of the size of its k-th root.
    const COEFFICIENTS: &'static [Coefficient; 6] = &[
        Coefficient::amplitude("E", (-3.0, 0.0), &[]).starts_from(Origin::LeastLoss),
        Coefficient::amplitude("A", (-3.0, 3.0), &[])
            .starts_from(Origin::Loss(Power { exponent: 3, input: Input::Params })),
        Coefficient::amplitude("B", (-3.0, 3.0), &[])
            .starts_from(Origin::Loss(Power { exponent: 4, input: Input::Tokens })),
        Coefficient::exponent("p", &[]).starts_between((0.1, 2.0)),
        Coefficient::exponent("q", &[]).starts_between((0.1, 2.0)),
        Coefficient::positive("k", (-3.0, 2.0), (-1.2, 0.3)),
    ];
    const INPUTS: &'static [Input] = &[Input::Params, Input::Tokens];

    const MOVABLE: &'static [Input] = &[Input::Params, Input::Tokens];

    #[inline(always)]
    fn ln_loss<S: Scalar>(theta: &[S; 6], at: At<S::Row>) -> S {
        let &[e, a, b, p, q, ln_k] = theta;
        let (n, d) = (at.of(Input::Params), at.of(Input::Tokens));
        log_sum_exp([e, ln_k.exp() * log_sum_exp([a - p * n, b - q * d])])
    }
}
