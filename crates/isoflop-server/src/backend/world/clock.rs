//! How long a run takes.
//!
//! A token takes k·Nᵠ + 6·N/F seconds, N all parameters: what is not arithmetic, which small models are made of, and
//! what is. A step takes its tokens' time and a constant; an evaluation a third of that per token, being forward only.

use isoflop_api::VALIDATION_TOKENS;
use serde::Deserialize;

use super::recipe::Recipe;
use super::value::{NotNegative, Positive, Share};

/// A forward pass takes a third of a step's arithmetic.
const FORWARD: f64 = 1.0 / 3.0;

/// `[speed]`: how long a step takes.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Speed {
    /// Of each step and evaluation, whatever its size.
    pub step_seconds: Positive,
    /// Of each token, besides arithmetic: k.
    pub token_seconds: NotNegative,
    /// …times all parameters to this power.
    pub token_exponent: Share,
    /// Arithmetic that is done, FLOP per second.
    pub flops_per_second: Positive,
    /// How many times longer a token takes in 32 bits.
    pub float32: Positive,
    /// Relative standard deviation of a run's time.
    pub jitter: Share,
}

impl Default for Speed {
    /// About an H100 in 16 bits.
    fn default() -> Self {
        Self {
            step_seconds: Positive(0.005),
            token_seconds: NotNegative(1e-9),
            token_exponent: Share(0.47),
            flops_per_second: Positive(4e14),
            float32: Positive(4.0),
            jitter: Share(0.0),
        }
    }
}

impl Speed {
    /// Seconds of one training token.
    fn token(&self, recipe: &Recipe) -> f64 {
        let n = recipe.all_params;
        let arithmetic = isoflop::units::FLOPS_PER_PARAM_TOKEN * n / self.flops_per_second.0;
        let seconds = self.token_seconds.0 * n.powf(self.token_exponent.0) + arithmetic;
        if recipe.float32 { seconds * self.float32.0 } else { seconds }
    }

    /// Seconds of one step.
    pub fn step(&self, recipe: &Recipe) -> f64 {
        self.step_seconds.0 + recipe.batch_tokens * self.token(recipe)
    }

    /// Seconds of one evaluation.
    pub fn evaluation(&self, recipe: &Recipe) -> f64 {
        self.step_seconds.0 + FORWARD * VALIDATION_TOKENS as f64 * self.token(recipe)
    }

    /// Seconds of the whole run.
    pub fn run(&self, recipe: &Recipe) -> f64 {
        recipe.steps() * self.step(recipe) + recipe.evaluations as f64 * self.evaluation(recipe)
    }
}
