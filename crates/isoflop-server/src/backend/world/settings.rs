//! A world's file, key by key. `docs/worlds.md` has each key's unit, default, equation and source.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;

use super::clock::Speed;
use super::value::{Count, Exponent, Factor, NotNegative, Pace, Positive, Share};

/// What a world's file may say. What is absent costs nothing.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// What it is for, in a line.
    pub about: String,
    /// The protocol that its numbers suit; it answers both.
    #[serde(default)]
    pub protocol: Protocol,
    /// Where its randomness starts.
    #[serde(default)]
    pub seed: u64,
    /// Real seconds that a simulated one takes.
    #[serde(default)]
    pub pace: Pace,
    /// The loss of well-made runs.
    pub law: LawSettings,
    /// What a learning rate costs that is not the best.
    pub learning_rate: Option<LearningRate>,
    /// What large batches cost.
    pub batch: Option<Batch>,
    /// What odd shapes cost.
    #[serde(default)]
    pub shape: Shape,
    /// What optimizers cost.
    #[serde(default)]
    pub optimizer: OptimizerCosts,
    /// How far losses scatter.
    #[serde(default)]
    pub noise: Noise,
    /// What goes wrong.
    #[serde(default)]
    pub failures: Failures,
    /// How long runs take.
    #[serde(default)]
    pub speed: Speed,
    /// Answers by a forest of trees in place of the surface.
    pub surrogate: Option<Surrogate>,
}

/// A training API.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Protocol {
    /// The course's of 2026: configurations, charged by the second.
    #[default]
    Seconds,
    /// The course's of 2024 and 2025: questions, charged by the FLOP.
    Flops,
}

/// `[law]`: a law of isoflop's registry.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LawSettings {
    /// Its name.
    pub name: Spanned<String>,
    /// What N counts.
    #[serde(default)]
    pub params: ParamsCounted,
    /// The loss before training, nats per token: no run is above it.
    #[serde(default = "initial_loss")]
    pub initial_loss: Positive,
    /// Its coefficients, by the names of the law.
    pub coefficients: Spanned<BTreeMap<Spanned<String>, Spanned<f64>>>,
}

/// ln 32,000: every token of the vocabulary alike.
fn initial_loss() -> Positive {
    Positive(10.373)
}

/// What N counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ParamsCounted {
    /// All but the embedding and the output.
    #[default]
    WithoutEmbedding,
    /// All.
    WithEmbedding,
}

/// k·N^params·D^tokens.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PowerOf {
    /// k.
    pub k: Positive,
    /// The exponent of N.
    #[serde(default)]
    pub params: Exponent,
    /// The exponent of D.
    #[serde(default)]
    pub tokens: Exponent,
}

impl PowerOf {
    /// ln of it.
    pub fn ln(self, ln_params: f64, ln_tokens: f64) -> f64 {
        self.k.0.ln() + self.params.0 * ln_params + self.tokens.0 * ln_tokens
    }
}

/// `[learning_rate]`.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LearningRate {
    /// η*, the best peak at the critical batch.
    pub best: PowerOf,
    /// How η* goes with the batch: 1 as in plain descent, 0.5 as in Adam, 0 not at all.
    #[serde(default)]
    pub batch: Share,
    /// e-folds of tokens lost per squared e-fold below η*.
    pub cost_below: NotNegative,
    /// The same above it.
    pub cost_above: NotNegative,
}

/// `[batch]`.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Batch {
    /// The critical batch, tokens.
    pub critical: PowerOf,
    /// e-folds of tokens lost per squared e-fold below it.
    #[serde(default)]
    pub cost_below: NotNegative,
}

impl Batch {
    /// e-folds of tokens lost by a batch this many times the critical one.
    pub fn lost(self, times: f64) -> f64 {
        times.ln_1p() + self.cost_below.0 * times.ln().min(0.0).powi(2)
    }
}

/// `[shape]`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Shape {
    /// Width over layers.
    pub aspect: Option<Ratio>,
    /// Width of a head.
    pub head_dim: Option<Ratio>,
    /// Width of the feed-forward layer over width.
    pub feed_forward: Option<Ratio>,
}

/// A ratio that is best within a factor of something.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ratio {
    /// The best.
    pub best: Positive,
    /// Off by less than this factor costs nothing.
    #[serde(default = "one")]
    pub free: Factor,
    /// e-folds of parameters lost per squared e-fold beyond `free`.
    pub cost: NotNegative,
}

fn one() -> Factor {
    Factor(1.0)
}

impl Ratio {
    /// e-folds of parameters lost.
    pub fn lost(self, ratio: f64) -> f64 {
        let off = ((ratio / self.best.0).ln().abs() - self.free.0.ln()).max(0.0);
        self.cost.0 * off * off
    }
}

/// `[optimizer]`.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct OptimizerCosts {
    /// What share of the tokens counts under plain descent.
    pub sgd_tokens: Positive,
    /// How many times `AdamW`'s best learning rate plain descent's is.
    pub sgd_learning_rate: Positive,
    /// Too little weight decay.
    pub weight_decay: Option<AtLeast>,
    /// Too short a warm-up, as a share of the steps.
    pub warmup: Option<AtLeast>,
    /// By what share the loss is higher while the learning rate is at its peak.
    pub undecayed: NotNegative,
}

impl Default for OptimizerCosts {
    fn default() -> Self {
        let (sgd_tokens, sgd_learning_rate) = (Positive(1.0), Positive(1.0));
        Self { sgd_tokens, sgd_learning_rate, weight_decay: None, warmup: None, undecayed: NotNegative(0.0) }
    }
}

/// Something of which there should be enough.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AtLeast {
    /// Enough.
    pub least: Positive,
    /// e-folds of tokens lost without any.
    pub cost: NotNegative,
}

impl AtLeast {
    /// What share of it is lacking.
    pub fn lacking(self, value: f64) -> f64 {
        (1.0 - value / self.least.0).clamp(0.0, 1.0)
    }

    /// e-folds of tokens lost.
    pub fn lost(self, value: f64) -> f64 {
        self.cost.0 * self.lacking(value).powi(2)
    }
}

/// `[noise]`: relative standard deviations of the loss.
#[derive(Clone, Copy, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Noise {
    /// Of a run.
    pub run: Share,
    /// Of each evaluation, besides.
    pub evaluation: Share,
}

/// `[failures]`.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Failures {
    /// The probability that an attempt loses its machine.
    pub infrastructure: Share,
    /// A run diverges above this many times its best learning rate.
    pub diverges_above: Option<Positive>,
    /// What that is multiplied by without clipping, and again as far as warm-up is lacking.
    pub careless: Share,
    /// Larger models, all parameters counted, are out of memory.
    pub largest_params: Option<Positive>,
    /// Tokens that the data use: a smaller vocabulary fails.
    pub vocabulary: u64,
}

impl Default for Failures {
    fn default() -> Self {
        let (infrastructure, careless) = (Share(0.0), Share(0.5));
        Self { infrastructure, diverges_above: None, careless, largest_params: None, vocabulary: 0 }
    }
}

/// `[surrogate]`: piecewise-constant answers, as from gradient-boosted trees.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Surrogate {
    /// Trees; their answers are averaged.
    pub trees: Count,
    /// Splits from the root to a leaf.
    pub depth: Count,
}
