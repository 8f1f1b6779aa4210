//! What operators know and users do not: the best that a world allows, and by how much an answer is worse.

use std::ops::RangeInclusive;

use super::World;
use super::recipe::Recipe;
use super::settings::{ParamsCounted, Protocol};
use crate::backend::Work;

/// What may be spent on one run.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Budget {
    /// C, as 6·N·D with N as the law counts it.
    Flops(f64),
    /// Seconds of training, as charged.
    Seconds(f64),
}

/// The best run of a budget.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Truth {
    /// N*, as the law counts it.
    pub params: f64,
    /// D*.
    pub tokens: f64,
    /// L*, nats per token, without noise.
    pub loss: f64,
    /// Tokens in its batch.
    pub batch_tokens: f64,
    /// Its peak learning rate, where one is better than another.
    pub learning_rate: Option<f64>,
}

/// Sizes that are looked at, ln N, and how far apart.
const LN_PARAMS: (f64, f64) = (7.0, 32.0);
const LN_STEP: f64 = 0.1;
/// Batches that are looked at, by protocol, as powers of two of tokens: both that may be asked for, or from a sequence
/// to 4,096 of them.
const BATCHES_BY_FLOPS: RangeInclusive<i32> = 16..=17;
const BATCHES_BY_SECONDS: RangeInclusive<i32> = 9..=21;
/// Without a vocabulary or an aspect ratio in the world's file.
const USUAL_VOCABULARY: f64 = 32_000.0;
const USUAL_ASPECT: f64 = 64.0;

impl Budget {
    fn times(self, factor: f64) -> Self {
        match self {
            Self::Flops(flops) => Self::Flops(flops * factor),
            Self::Seconds(seconds) => Self::Seconds(seconds * factor),
        }
    }
}

impl World {
    /// The best run that a budget pays for: size, batch and learning rate the best, all else costing nothing. None where
    /// the budget does not pay for a batch.
    pub fn truth(&self, budget: Budget) -> Option<Truth> {
        let batches = match self.settings.protocol {
            Protocol::Flops => BATCHES_BY_FLOPS,
            Protocol::Seconds => BATCHES_BY_SECONDS,
        };
        let count = ((LN_PARAMS.1 - LN_PARAMS.0) / LN_STEP) as u32;
        let sizes = (0..=count).map(|i| LN_PARAMS.0 + LN_STEP * f64::from(i));
        let seen =
            sizes.flat_map(|ln| batches.clone().filter_map(move |power| self.best(ln, 2f64.powi(power), budget)));
        let rough = seen.min_by(|a, b| a.loss.total_cmp(&b.loss))?;
        // Thirds, not the golden section: the loss is cheap.
        let (mut low, mut high) = (rough.params.ln() - LN_STEP, rough.params.ln() + LN_STEP);
        let loss = |ln| self.best(ln, rough.batch_tokens, budget).map_or(f64::INFINITY, |truth| truth.loss);
        while high - low > 1e-7 {
            let third = (high - low) / 3.0;
            if loss(low + third) <= loss(high - third) { high -= third } else { low += third }
        }
        self.best(0.5 * (low + high), rough.batch_tokens, budget).or(Some(rough))
    }

    /// By what share of its budget a committed answer is worse than the truth: 1 − `C₁/C`, where a best run of `C₁`
    /// ends at the answer's loss. All of it for a run that fails; none where it costs more than the budget.
    pub fn waste(&self, work: &Work, budget: Budget) -> Option<f64> {
        let recipe = self.recipe(work);
        let (cost, budgeted) = match budget {
            Budget::Flops(flops) => (isoflop::units::FLOPS_PER_PARAM_TOKEN * recipe.params * recipe.tokens, flops),
            Budget::Seconds(seconds) => (self.settings.speed.run(&recipe), seconds),
        };
        // Whole batches and rounded budgets may be a little over.
        if cost > budgeted * 1.01 {
            return None;
        }
        if self.refuses(&recipe).is_some() || self.surface().diverges(&recipe) {
            return Some(1.0);
        }
        let loss = self.loss(&recipe);
        let reached = |ln: f64| self.truth(budget.times(ln.exp())).is_some_and(|truth| truth.loss <= loss);
        let (mut low, mut high) = (-25.0, 0.0);
        while high - low > 1e-4 {
            let middle = 0.5 * (low + high);
            if reached(middle) { high = middle } else { low = middle }
        }
        // The last step does not tell the end from its neighbourhood.
        Some(if high == 0.0 { 0.0 } else { -(0.5 * (low + high)).exp_m1() })
    }

    /// The best run of a size with a batch.
    fn best(&self, ln_params: f64, batch_tokens: f64, budget: Budget) -> Option<Truth> {
        let params = ln_params.exp();
        let mut recipe = self.ideal(params, batch_tokens);
        recipe.tokens = match budget {
            Budget::Flops(flops) => flops / (isoflop::units::FLOPS_PER_PARAM_TOKEN * params),
            Budget::Seconds(seconds) => {
                let speed = &self.settings.speed;
                (seconds - speed.evaluation(&recipe)) / speed.step(&recipe) * batch_tokens
            }
        };
        if !(recipe.tokens >= batch_tokens && recipe.tokens.is_finite()) || self.refuses(&recipe).is_some() {
            return None;
        }
        let learning_rate = self.best_learning_rate(&recipe);
        recipe.learning_rate = learning_rate.unwrap_or(1.0);
        Some(Truth { params, tokens: recipe.tokens, loss: self.loss(&recipe), batch_tokens, learning_rate })
    }

    /// A run of a size that loses nothing by its shape and its optimizer.
    fn ideal(&self, params: f64, batch_tokens: f64) -> Recipe {
        let (shape, optimizer) = (&self.settings.shape, &self.settings.optimizer);
        let aspect = shape.aspect.map_or(USUAL_ASPECT, |ratio| ratio.best.0);
        let vocabulary = self.settings.failures.vocabulary;
        let tables = if vocabulary == 0 { USUAL_VOCABULARY } else { vocabulary as f64 };
        // N = 12·layers·width², layers = width/aspect; then an embedding and an output.
        let width = (params * aspect / 12.0).cbrt();
        let all_params = match self.settings.law.params {
            ParamsCounted::WithEmbedding => params,
            ParamsCounted::WithoutEmbedding => params + 2.0 * width * tables,
        };
        Recipe {
            params,
            all_params,
            tokens: batch_tokens,
            batch_tokens,
            learning_rate: 1.0,
            aspect,
            head_dim: shape.head_dim.map_or(USUAL_ASPECT, |ratio| ratio.best.0),
            feed_forward: shape.feed_forward.map_or(1.0, |ratio| ratio.best.0),
            plain_descent: false,
            weight_decay: optimizer.weight_decay.map_or(0.0, |enough| enough.least.0),
            warmup: optimizer.warmup.map_or(0.0, |enough| enough.least.0),
            final_share: 0.0,
            clipped: true,
            float32: false,
            vocabulary: u64::MAX,
            evaluations: 1,
            luck: String::new(),
        }
    }
}
