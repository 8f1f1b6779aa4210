//! A run as a world sees it: the few numbers that its loss and its time depend on.

use isoflop_api::{Dtype, LossQuery, Optimizer, SEQUENCE_TOKENS, TrainingConfig};

use super::settings::{AtLeast, ParamsCounted, Settings};
use super::tree::FIELDS;

/// The numbers of a run.
#[derive(Clone, Debug, PartialEq)]
pub struct Recipe {
    /// N, as the law counts it.
    pub params: f64,
    /// Every parameter: what memory and time go with.
    pub all_params: f64,
    /// D.
    pub tokens: f64,
    /// Tokens in a batch.
    pub batch_tokens: f64,
    /// The highest learning rate.
    pub learning_rate: f64,
    /// Width over layers.
    pub aspect: f64,
    /// Width of a head.
    pub head_dim: f64,
    /// Width of the feed-forward layer over width.
    pub feed_forward: f64,
    /// Whether the optimizer is plain descent.
    pub plain_descent: bool,
    /// Weight decay.
    pub weight_decay: f64,
    /// The share of steps that the warm-up takes.
    pub warmup: f64,
    /// The last learning rate, as a share of the highest.
    pub final_share: f64,
    /// Whether long gradients are cut.
    pub clipped: bool,
    /// Whether the arithmetic is in 32 bits.
    pub float32: bool,
    /// Tokens in the vocabulary.
    pub vocabulary: u64,
    /// Evaluations, evenly spread; the last is at the end.
    pub evaluations: u64,
    /// What tells its luck from that of others: all that the training depends on, and the seed of the weights.
    pub luck: String,
}

impl Recipe {
    /// Of a configuration of the 2026 protocol. Sizes may be absurd: they become large numbers, not errors.
    pub(super) fn of_config(settings: &Settings, config: &TrainingConfig) -> Self {
        let it = &config.architecture_config;
        let (width, layers, ff) = (it.hidden_size as f64, it.num_hidden_layers as f64, it.intermediate_size as f64);
        let heads = it.num_attention_heads as f64 * it.head_dim as f64;
        let body = layers * (4.0 * width * heads + 3.0 * width * ff);
        let tables = if it.tie_word_embeddings { 1.0 } else { 2.0 };
        let all_params = body + tables * width * it.vocab_size as f64;
        let (schedule, weight_decay, clip) = match &config.optimizer_config {
            Optimizer::AdamW(adamw) => (&adamw.lr_scheduler, adamw.weight_decay, adamw.grad_clip_norm),
            // Plain descent has none: what it costs is in `sgd_tokens`.
            Optimizer::Sgd(sgd) => (&sgd.lr_scheduler, f64::INFINITY, sgd.grad_clip_norm),
        };
        Self {
            params: match settings.law.params {
                ParamsCounted::WithoutEmbedding => body,
                ParamsCounted::WithEmbedding => all_params,
            },
            all_params,
            tokens: config.total_train_tokens as f64,
            batch_tokens: SEQUENCE_TOKENS as f64 * config.train_batch_size as f64,
            learning_rate: schedule.peak_value,
            aspect: width / layers,
            head_dim: it.head_dim as f64,
            feed_forward: ff / width,
            plain_descent: matches!(config.optimizer_config, Optimizer::Sgd(_)),
            weight_decay,
            warmup: schedule.warmup_frac,
            final_share: schedule.final_lr_frac,
            clipped: clip.is_some(),
            float32: it.dtype == Dtype::Float32,
            vocabulary: it.vocab_size,
            evaluations: config.n_evals,
            luck: luck(config),
        }
    }

    /// Of a question of the 2024 and 2025 protocols.
    pub(super) fn of_query(settings: &Settings, query: &LossQuery) -> Self {
        Self { luck: query.digest(), ..Self::of_fields(settings, fields(query)) }
    }

    /// Of a question's fields, which need not be whole numbers: D = C/(6N), and all that is not asked for as is best.
    pub(super) fn of_fields(settings: &Settings, fields: [f64; FIELDS]) -> Self {
        let [width, layers, heads, sequences, learning_rate, flops] = fields;
        let params = 12.0 * layers * width * width;
        let enough = |of: Option<AtLeast>| of.map_or(0.0, |of| of.least.0);
        Self {
            params,
            all_params: params,
            tokens: flops / (isoflop::units::FLOPS_PER_PARAM_TOKEN * params),
            batch_tokens: SEQUENCE_TOKENS as f64 * sequences,
            learning_rate,
            aspect: width / layers,
            head_dim: width / heads,
            feed_forward: settings.shape.feed_forward.map_or(4.0, |ratio| ratio.best.0),
            plain_descent: false,
            weight_decay: enough(settings.optimizer.weight_decay),
            warmup: enough(settings.optimizer.warmup),
            final_share: 0.0,
            clipped: true,
            float32: false,
            vocabulary: u64::MAX,
            evaluations: 1,
            luck: String::new(),
        }
    }

    /// Steps, at least one.
    pub fn steps(&self) -> f64 {
        (self.tokens / self.batch_tokens).max(1.0)
    }
}

/// A question's fields in the protocol's order.
pub(super) fn fields(query: &LossQuery) -> [f64; FIELDS] {
    let [width, layers] = [query.d_model as f64, query.num_layers as f64];
    [width, layers, query.num_heads as f64, query.batch_size as f64, query.learning_rate, query.train_flops]
}

/// How a run is watched and when it is stopped does not change its luck.
fn luck(config: &TrainingConfig) -> String {
    TrainingConfig { n_evals: 1, val_batch_size: 1, max_runtime_seconds: 1.0, ..config.clone() }.digest()
}
