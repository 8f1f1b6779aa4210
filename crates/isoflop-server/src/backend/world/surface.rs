//! The loss that a recipe ends at, without noise.
//!
//! L = law(N·e^−s, D·e^−t): a choice that is not the best costs parameters or tokens, in e-folds, and so costs a small
//! run more nats than a large one. `docs/worlds.md` has each term and its source.

use isoflop::law::Law;
use isoflop::rows::At;

use super::recipe::Recipe;
use super::settings::{LearningRate, Settings};

/// A law with its coefficients, and what the rest of a recipe costs.
pub(super) struct Surface<'a> {
    pub settings: &'a Settings,
    pub law: &'static dyn Law,
    pub theta: &'a [f64],
}

impl Surface<'_> {
    /// The loss at the end.
    pub fn loss(&self, recipe: &Recipe) -> f64 {
        self.loss_at(recipe, 1.0)
    }

    /// The loss when this share of the tokens is seen, (0, 1].
    pub fn loss_at(&self, recipe: &Recipe, share: f64) -> f64 {
        let ln_params = recipe.params.ln() - self.params_lost(recipe);
        let ln_tokens = recipe.tokens.ln() - self.tokens_lost(recipe) + share.ln();
        let undecayed = 1.0 + self.settings.optimizer.undecayed.0 * relative_rate(recipe, share);
        let loss = self.law.ln_loss(self.theta, At::allocation(ln_params, ln_tokens)).exp() * undecayed;
        // Also where sizes are so absurd that the law is no number there.
        if loss > 0.0 { loss.min(self.settings.law.initial_loss.0) } else { self.settings.law.initial_loss.0 }
    }

    /// s: e-folds of parameters that the shape loses.
    fn params_lost(&self, recipe: &Recipe) -> f64 {
        let shape = &self.settings.shape;
        [(shape.aspect, recipe.aspect), (shape.head_dim, recipe.head_dim), (shape.feed_forward, recipe.feed_forward)]
            .into_iter()
            .filter_map(|(ratio, found)| Some(ratio?.lost(found)))
            .sum()
    }

    /// t: e-folds of tokens that batch, learning rate and optimizer lose.
    fn tokens_lost(&self, recipe: &Recipe) -> f64 {
        let optimizer = &self.settings.optimizer;
        let kind = if recipe.plain_descent { -optimizer.sgd_tokens.0.ln() } else { 0.0 };
        let decay = optimizer.weight_decay.map_or(0.0, |enough| enough.lost(recipe.weight_decay));
        let warmup = optimizer.warmup.map_or(0.0, |enough| enough.lost(recipe.warmup));
        let times = self.batches_over_critical(recipe);
        let batch = times.zip(self.settings.batch).map_or(0.0, |(times, batch)| batch.lost(times));
        let rate = self.settings.learning_rate.as_ref().map_or(0.0, |rate| {
            let off = self.rate_over_best(rate, recipe).ln();
            off * off * if off < 0.0 { rate.cost_below.0 } else { rate.cost_above.0 }
        });
        kind + decay + warmup + batch + rate
    }

    /// `B/B_crit`.
    fn batches_over_critical(&self, recipe: &Recipe) -> Option<f64> {
        let critical = self.settings.batch?.critical.ln(recipe.params.ln(), recipe.tokens.ln());
        Some((recipe.batch_tokens.ln() - critical).exp())
    }

    /// η*, the best peak for this recipe's N, D, batch and optimizer; none where no learning rate costs anything.
    pub fn best_rate(&self, recipe: &Recipe) -> Option<f64> {
        let rate = self.settings.learning_rate.as_ref()?;
        Some(recipe.learning_rate / self.rate_over_best(rate, recipe))
    }

    /// η/η*.
    fn rate_over_best(&self, rate: &LearningRate, recipe: &Recipe) -> f64 {
        let best = rate.best.ln(recipe.params.ln(), recipe.tokens.ln());
        let batch = self.batches_over_critical(recipe).map_or(0.0, |b| rate.batch.0 * (2.0 / (1.0 + 1.0 / b)).ln());
        let kind = if recipe.plain_descent { self.settings.optimizer.sgd_learning_rate.0.ln() } else { 0.0 };
        (recipe.learning_rate.ln() - best - batch - kind).exp()
    }

    /// Whether the loss of this recipe runs away.
    pub fn diverges(&self, recipe: &Recipe) -> bool {
        let failures = &self.settings.failures;
        let Some((limit, rate)) = failures.diverges_above.zip(self.settings.learning_rate.as_ref()) else {
            return false;
        };
        let lacking = self.settings.optimizer.warmup.map_or(0.0, |enough| enough.lacking(recipe.warmup));
        let careful = if recipe.clipped { 1.0 } else { failures.careless.0 };
        let warmed = 1.0 - lacking * (1.0 - failures.careless.0);
        self.rate_over_best(rate, recipe) > limit.0 * careful * warmed
    }
}

/// The learning rate at this share of the run over its highest: a warm-up, then a cosine.
fn relative_rate(recipe: &Recipe, share: f64) -> f64 {
    if share < recipe.warmup {
        return share / recipe.warmup;
    }
    let decayed = ((share - recipe.warmup) / (1.0 - recipe.warmup).max(1e-9)).clamp(0.0, 1.0);
    let cosine = 0.5 * (1.0 + (std::f64::consts::PI * decayed).cos());
    recipe.final_share + (1.0 - recipe.final_share) * cosine
}
