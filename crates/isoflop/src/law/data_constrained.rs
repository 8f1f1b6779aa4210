//! L(N, D, U) = E + A/N′^α + B/D′^β, where N′ and D′ are what N and D are worth when data are repeated.

use super::{Base, Chinchilla, Coefficient, Formula, Origin, Power, Powers};
use crate::rows::{At, Input};
use crate::scalar::{Scalar, log_sum_exp};

/// [`Chinchilla`](super::Chinchilla) on N parameters and D tokens of which U are distinct; repeated tokens, and
/// parameters in excess of what U tokens can use, are worth less the more there are.
///
/// - `D′ = U + U·R_D·(1 − e^(−r/R_D))`, `r = D/U − 1` repeats: the most that repeating can give is `U·(1 + R_D)` tokens
/// - `N′ = V + V·R_N·(1 − e^(−s/R_N))`, `s = N/V − 1`, with `V = min(N, N°)`
/// - N° = G·(GU)^(β/α), G = (αA/(βB))^(1/(α+β)): the model that is best for U tokens seen once
///
/// A run whose pool U is larger than D has seen D distinct tokens, and counts as such. With U = D its best N and D on
/// a budget are those of Chinchilla.
///
/// Limit: the authors mean it for gains relative to one epoch, not for absolute losses; repeats cannot do harm here,
/// however many.
///
/// Source: Muennighoff et al. 2023, section 3 (arXiv:2305.16264), and the authors' code; their `R_D*` and `R_N*` are
/// `R_D` and `R_N` here.
pub struct DataConstrained;

/// ln of D over U up to which a run counts as one of one epoch.
const ONE_EPOCH: f64 = 0.01;

/// What is over e³⁰ times too much is worth no less than what is e³⁰ times too much.
const LN_EXCESS_MAX: f64 = 30.0;

impl Formula<7> for DataConstrained {
    const NAME: &'static str = "data-constrained";
    const EQUATION: &'static str = "L = E + A/N′^α + B/D′^β, D′ = U + U·R_D·(1 − e^((1 − D/U)/R_D)), N′ alike";
    const SOURCE: &'static str = "Muennighoff et al. 2023, section 3 (arXiv:2305.16264)";
    const COEFFICIENTS: &'static [Coefficient; 7] = &[
        Coefficient::amplitude("E", (-3.0, 0.0), &[]).starts_from(Origin::LeastLoss),
        Coefficient::amplitude("A", (-3.0, 0.0), &[])
            .starts_from(Origin::Loss(Power { exponent: 3, input: Input::Params })),
        Coefficient::amplitude("B", (-3.0, 0.0), &[])
            .starts_from(Origin::Loss(Power { exponent: 4, input: Input::Tokens })),
        Coefficient::exponent("alpha", &[]),
        Coefficient::exponent("beta", &[]),
        // From repeats that are worth nothing to repeats as good as new.
        Coefficient::positive("R_D", (-5.0, 9.0), (0.0, 5.0)),
        Coefficient::positive("R_N", (-5.0, 9.0), (0.0, 5.0)),
    ];
    const INPUTS: &'static [Input] = &[Input::Params, Input::Tokens, Input::UniqueTokens];

    const BASE: Option<&'static Base> = Some(&Base {
        law: &Powers::<Chinchilla, 3, 5>::LAW,
        fits: |at| at.of(Input::Tokens) <= at.of(Input::UniqueTokens) + ONE_EPOCH,
        rows_are: "runs of one epoch",
    });

    #[inline(always)]
    fn ln_loss<S: Scalar>(theta: &[S; 7], at: At<S::Row>) -> S {
        let &[e, a, b, alpha, beta, r_d, r_n] = theta;
        let (n, d) = (S::of_row(at.of(Input::Params)), at.of(Input::Tokens));
        let unique = d.smaller(at.of(Input::UniqueTokens));
        let g = (alpha.ln() + a - beta.ln() - b) / (alpha + beta);
        let usable = n.smaller(g + (g + unique) * beta / alpha);
        let n_worth = ln_worth(usable, excess(n - usable), r_n);
        let d_worth = ln_worth(S::of_row(unique), S::of_row(excess(d - unique)), r_d);
        log_sum_exp([e, a - alpha * n_worth, b - beta * d_worth])
    }
}

/// r = x/x₀ − 1, from ln x − ln x₀ ≥ 0.
#[inline(always)]
fn excess<S: Scalar>(ln_times: S) -> S {
    (ln_times.smaller(S::constant(LN_EXCESS_MAX)).exp() - 1.0).larger(S::constant(0.0))
}

/// `ln(x₀ + x₀·R·(1 − e^(−r/R)))`, from ln x₀, r and ln R.
#[inline(always)]
fn ln_worth<S: Scalar>(ln_once: S, excess: S, ln_r: S) -> S {
    let r = ln_r.exp();
    ln_once + (r * (-(-(excess / r)).exp() + 1.0) + 1.0).ln()
}
