//! L(x) = a + b·x^−c₀·∏ᵢ (1 + (x/dᵢ)^(1/fᵢ))^(−cᵢ·fᵢ).

use super::{COEFFICIENTS_MAX, Coefficient, Formula, Origin, Power};
use crate::rows::{At, Input};
use crate::scalar::{Scalar, log_sum_exp};

/// A floor a, plus a power law along one axis whose exponent changes by cᵢ at each of its breaks dᵢ.
///
/// On logarithmic scales straight pieces, joined by arcs about fᵢ e-folds wide: the exponent is c₀ before the first
/// break, c₀ + c₁ after it, and so on. cᵢ of either sign, so it can rise. dᵢ are in the unit of x.
///
/// Limit: for one axis, and downstream scores at that; a break outside the table, or between too few rows, is not
/// found but made up. A break is searched within its share of the table's range, first to last.
///
/// Source: Caballero et al. 2023, equation 1 (arXiv:2210.14891).
pub struct Broken<const BREAKS: usize>;

/// Coefficients before those of the breaks: a, b, c₀.
const BEFORE: usize = 3;
/// Coefficients of each break: c, d, f.
const EACH: usize = 3;

const SOURCE: &str = "Caballero et al. 2023, equation 1 (arXiv:2210.14891)";

const A: Coefficient = Coefficient::amplitude("a", (-7.0, 0.0), &[]).starts_from(Origin::LeastLoss);
const B: Coefficient =
    Coefficient::amplitude("b", (-1.0, 1.0), &[]).starts_from(Origin::Loss(Power { exponent: 2, input: Input::Axis }));
const C0: Coefficient = Coefficient::signed("c0", (-5.0, 5.0), (0.0, 0.8));

/// cᵢ: by how much the exponent changes.
const fn change(name: &'static str) -> Coefficient {
    Coefficient::signed(name, (-50.0, 50.0), (-1.0, 2.0))
}

/// dᵢ: where, as shares of the range of ln x.
const fn place(name: &'static str, among: (f64, f64)) -> Coefficient {
    Coefficient::amplitude(name, among, &[]).starts_from(Origin::Among(Input::Axis))
}

/// fᵢ: over how many e-folds of x.
const fn width(name: &'static str) -> Coefficient {
    Coefficient::positive(name, (-5.0, 3.0), (-2.5, 0.7))
}

impl<const BREAKS: usize> Broken<BREAKS> {
    #[inline(always)]
    fn formula<S: Scalar, const P: usize>(theta: &[S; P], at: At<S::Row>) -> S {
        const { assert!(P == BEFORE + EACH * BREAKS && P <= COEFFICIENTS_MAX) };
        let x = at.of(Input::Axis);
        let mut ln_power = theta[1] - theta[2] * x;
        for i in 0..BREAKS {
            let first = BEFORE + EACH * i;
            let (c, d, f) = (theta[first], theta[first + 1], theta[first + 2].exp());
            ln_power = ln_power - c * f * log_sum_exp([S::constant(0.0), -(d - x) / f]);
        }
        log_sum_exp([theta[0], ln_power])
    }
}

impl Formula<6> for Broken<1> {
    const NAME: &'static str = "broken";
    const EQUATION: &'static str = "L = a + b·x^−c0·(1 + (x/d1)^(1/f1))^(−c1·f1)";
    const SOURCE: &'static str = SOURCE;
    const COEFFICIENTS: &'static [Coefficient; 6] = &[A, B, C0, change("c1"), place("d1", (0.0, 1.0)), width("f1")];
    const INPUTS: &'static [Input] = &[Input::Axis];
    const MOVABLE: &'static [Input] = &[Input::Axis];

    #[inline(always)]
    fn ln_loss<S: Scalar>(theta: &[S; 6], at: At<S::Row>) -> S {
        Self::formula(theta, at)
    }
}

impl Formula<9> for Broken<2> {
    const NAME: &'static str = "broken-2";
    const EQUATION: &'static str = "L = a + b·x^−c0·∏ (1 + (x/di)^(1/fi))^(−ci·fi), i = 1, 2";
    const SOURCE: &'static str = SOURCE;
    const COEFFICIENTS: &'static [Coefficient; 9] = &[
        A,
        B,
        C0,
        change("c1"),
        place("d1", (0.0, 0.5)),
        width("f1"),
        change("c2"),
        place("d2", (0.5, 1.0)),
        width("f2"),
    ];
    const INPUTS: &'static [Input] = &[Input::Axis];
    const MOVABLE: &'static [Input] = &[Input::Axis];

    #[inline(always)]
    fn ln_loss<S: Scalar>(theta: &[S; 9], at: At<S::Row>) -> S {
        Self::formula(theta, at)
    }
}

impl Formula<12> for Broken<3> {
    const NAME: &'static str = "broken-3";
    const EQUATION: &'static str = "L = a + b·x^−c0·∏ (1 + (x/di)^(1/fi))^(−ci·fi), i = 1, 2, 3";
    const SOURCE: &'static str = SOURCE;
    const COEFFICIENTS: &'static [Coefficient; 12] = &[
        A,
        B,
        C0,
        change("c1"),
        place("d1", (0.0, 1.0 / 3.0)),
        width("f1"),
        change("c2"),
        place("d2", (1.0 / 3.0, 2.0 / 3.0)),
        width("f2"),
        change("c3"),
        place("d3", (2.0 / 3.0, 1.0)),
        width("f3"),
    ];
    const INPUTS: &'static [Input] = &[Input::Axis];
    const MOVABLE: &'static [Input] = &[Input::Axis];

    #[inline(always)]
    fn ln_loss<S: Scalar>(theta: &[S; 12], at: At<S::Row>) -> S {
        Self::formula(theta, at)
    }
}
