//! `L(N, D) = [(N_c/N)^(α_N/α_D) + D_c/D]^α_D`.

use super::{Coefficient, Formula};
use crate::rows::{At, Input};
use crate::scalar::{Scalar, log_sum_exp};

/// One bracket of both shortages: `(N_c/N)^α_N` with data without end, `(D_c/D)^α_D` with a model without end.
///
/// `N_c` is in parameters (of the source, without embeddings) and `D_c` in tokens: the scales at which either alone
/// would bring the loss to 1.
///
/// Limit: it has no irreducible loss, so forecasts far ahead are too low.
///
/// Source: Kaplan et al. 2020, equation 1.5 (arXiv:2001.08361).
pub struct Kaplan;

impl Formula<4> for Kaplan {
    const NAME: &'static str = "kaplan";
    const EQUATION: &'static str = "L = [(N_c/N)^(α_N/α_D) + D_c/D]^α_D";
    const SOURCE: &'static str = "Kaplan et al. 2020, equation 1.5 (arXiv:2001.08361)";
    const COEFFICIENTS: &'static [Coefficient; 4] = &[
        Coefficient::amplitude("N_c", (15.0, 45.0), &[]),
        Coefficient::exponent("alpha_N", &[]).starts_between((0.03, 0.5)),
        Coefficient::amplitude("D_c", (15.0, 45.0), &[]),
        Coefficient::exponent("alpha_D", &[]).starts_between((0.03, 0.5)),
    ];
    const INPUTS: &'static [Input] = &[Input::Params, Input::Tokens];

    #[inline(always)]
    fn ln_loss<S: Scalar>(theta: &[S; 4], at: At<S::Row>) -> S {
        let &[n_c, alpha_n, d_c, alpha_d] = theta;
        let (n, d) = (at.of(Input::Params), at.of(Input::Tokens));
        alpha_d * log_sum_exp([(n_c - n) * alpha_n / alpha_d, d_c - d])
    }
}
