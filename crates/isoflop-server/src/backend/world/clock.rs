//! How long a run takes.
//!
//! A token takes k·Nᵠ + 6·N/F seconds, N all parameters: what is not arithmetic, which small models are made of, and
//! what is. A step takes its tokens' time and a constant; an evaluation a third of that per token, being forward only.

use super::recipe::Recipe;
use super::settings::Speed;

/// Tokens that an evaluation looks at.
const VALIDATION_TOKENS: f64 = 262_144.0;
/// A forward pass takes a third of a step's arithmetic.
const FORWARD: f64 = 1.0 / 3.0;

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
        self.step_seconds.0 + FORWARD * VALIDATION_TOKENS * self.token(recipe)
    }

    /// Seconds of the whole run.
    pub fn run(&self, recipe: &Recipe) -> f64 {
        recipe.steps() * self.step(recipe) + recipe.evaluations as f64 * self.evaluation(recipe)
    }
}
