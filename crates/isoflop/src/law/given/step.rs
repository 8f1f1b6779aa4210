//! One step of a formula that is worked out.

#![expect(clippy::inline_always, reason = "loops over rows are compiled once for each width of vectors, whole")]

use crate::elementary::{exp, larger, ln, smaller};
use crate::rows::Input;

/// Place of a step in the list.
pub(super) type Place = usize;

/// One step. What it works with stands before it in the list.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Step {
    Constant(f64),
    /// ln of an input.
    Input(Input),
    /// A coefficient as it is searched.
    Theta(usize),
    Of(Operation, Place, Place),
}

/// What is done with two numbers; with the first alone from `Negate` on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Operation {
    Add,
    Subtract,
    Multiply,
    Divide,
    Larger,
    Smaller,
    Negate,
    Exp,
    Ln,
}

impl Operation {
    #[inline(always)]
    pub fn of(self, a: f64, b: f64) -> f64 {
        match self {
            Self::Add => a + b,
            Self::Subtract => a - b,
            Self::Multiply => a * b,
            Self::Divide => a / b,
            Self::Larger => larger(a, b),
            Self::Smaller => smaller(a, b),
            Self::Negate => -a,
            Self::Exp => exp(a),
            // The logarithm of `elementary` is some number wherever there is none.
            Self::Ln if (f64::MIN_POSITIVE..=f64::MAX).contains(&a) => ln(a),
            Self::Ln => f64::NAN,
        }
    }

    pub fn is_of_two(self) -> bool {
        !matches!(self, Self::Negate | Self::Exp | Self::Ln)
    }

    /// ∂y/∂a and ∂y/∂b at y = f(a, b).
    #[inline(always)]
    pub fn slopes(self, a: f64, b: f64, y: f64) -> [f64; 2] {
        match self {
            Self::Add => [1.0, 1.0],
            Self::Subtract => [1.0, -1.0],
            Self::Multiply => [b, a],
            Self::Divide => [1.0 / b, -y / b],
            Self::Larger => {
                if a > b {
                    [1.0, 0.0]
                } else {
                    [0.0, 1.0]
                }
            }
            Self::Smaller => {
                if a < b {
                    [1.0, 0.0]
                } else {
                    [0.0, 1.0]
                }
            }
            Self::Negate => [-1.0, 0.0],
            Self::Exp => [y, 0.0],
            Self::Ln => [1.0 / a, 0.0],
        }
    }
}
