//! Why no table can be drawn.

use crate::units::{Flops, Params, Tokens, plain};

/// Why no table can be drawn.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum SimulateError {
    /// A number that makes no sense for what it is.
    #[error("{what} cannot be {}: {needed}", plain(*.value))]
    Number {
        /// What it is for.
        what: &'static str,
        /// The number.
        value: f64,
        /// What it should be.
        needed: &'static str,
    },
    /// Nothing to draw.
    #[error("there are no {what} to simulate")]
    None {
        /// What is missing: budgets or sizes.
        what: &'static str,
    },
    /// More than [`RUNS_MAX`](super::RUNS_MAX).
    #[error("{budgets} × {sizes} runs are more than 10 million")]
    TooMany {
        /// Budgets.
        budgets: usize,
        /// Sizes of each.
        sizes: usize,
    },
    /// The law has no best size on a budget, to put sizes around.
    #[error("the law has no best model size at {budget} FLOPs with these coefficients")]
    NoValley {
        /// The budget.
        budget: Flops,
    },
    /// A model of less than one parameter, or less than one token to train it on.
    #[error("at {} FLOPs a run would have {params} parameters and {tokens} tokens: both have to be 1 or more", plain(.budget.0))]
    NoRun {
        /// The budget.
        budget: Flops,
        /// N.
        params: Params,
        /// D.
        tokens: Tokens,
    },
    /// A loss that is no positive finite number.
    #[error("with these coefficients the loss at {place} is not a positive finite number")]
    Loss {
        /// Where, in words.
        place: String,
    },
}
