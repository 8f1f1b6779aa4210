//! What is trained: the 2026 protocol's training configuration.

mod draft;
mod read;
mod rules;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::wire::to_canonical_wire;

/// Tokens in a training sequence; the protocol fixes it.
pub const SEQUENCE_TOKENS: u64 = 512;
/// Tokens that each evaluation looks at; the protocol fixes it.
pub const VALIDATION_TOKENS: u64 = 1 << 18;

/// One training run, complete: every default is filled in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TrainingConfig {
    /// The model.
    pub architecture_config: Architecture,
    /// What moves its weights.
    pub optimizer_config: Optimizer,
    /// Sequences in a training batch.
    #[cfg_attr(feature = "openapi", schema(minimum = 1))]
    pub train_batch_size: u64,
    /// Sequences in a validation batch.
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 512))]
    pub val_batch_size: u64,
    /// Evaluations, evenly spread; the last is at the end.
    #[cfg_attr(feature = "openapi", schema(required = false, default = 16, minimum = 1))]
    pub n_evals: u64,
    /// D, tokens.
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 500_000_000_000_i64))]
    pub total_train_tokens: u64,
    /// After this many seconds the run is stopped, and this much is reserved.
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 43_200))]
    pub max_runtime_seconds: f64,
    /// The seed of the weights.
    #[cfg_attr(feature = "openapi", schema(required = false, default = 0))]
    pub model_seed: u64,
}

/// A decoder-only transformer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Architecture {
    /// Whether the attention's projections have a bias.
    pub attention_bias: bool,
    /// Width of a head.
    #[cfg_attr(feature = "openapi", schema(minimum = 2, multiple_of = 2))]
    pub head_dim: u64,
    /// Width of the residual stream.
    #[cfg_attr(feature = "openapi", schema(minimum = 1))]
    pub hidden_size: u64,
    /// Width inside the feed-forward layer.
    #[cfg_attr(feature = "openapi", schema(minimum = 1))]
    pub intermediate_size: u64,
    /// Query heads.
    #[cfg_attr(feature = "openapi", schema(minimum = 1))]
    pub num_attention_heads: u64,
    /// Layers.
    #[cfg_attr(feature = "openapi", schema(minimum = 1))]
    pub num_hidden_layers: u64,
    /// Key and value heads.
    #[cfg_attr(feature = "openapi", schema(minimum = 1))]
    pub num_key_value_heads: u64,
    /// Added to the mean square in a norm.
    #[cfg_attr(feature = "openapi", schema(exclusive_minimum = 0))]
    pub rms_norm_eps: f64,
    /// Base of the rotary embedding's wavelengths.
    #[cfg_attr(feature = "openapi", schema(minimum = 1))]
    pub rope_theta: u64,
    /// Whether the output shares the embedding's weights.
    pub tie_word_embeddings: bool,
    /// What the arithmetic is done in.
    pub dtype: Dtype,
    /// Tokens in the vocabulary.
    #[cfg_attr(feature = "openapi", schema(minimum = 1))]
    pub vocab_size: u64,
}

/// What the arithmetic is done in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Dtype {
    /// 32 bits.
    Float32,
    /// The upper 16 of them.
    Bfloat16,
}

/// What moves the weights. The wire has no tag: the form that more fields match wins, and of equals plain descent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Optimizer {
    /// Adam with decoupled weight decay.
    AdamW(AdamW),
    /// Plain stochastic gradient descent.
    Sgd(Sgd),
}

/// The coefficients of Adam with decoupled weight decay, Loshchilov and Hutter 2019 (arXiv:1711.05101).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AdamW {
    /// How fast it learns, over time.
    #[cfg_attr(feature = "openapi", schema(required = false))]
    pub lr_scheduler: LrSchedule,
    /// Weight decay.
    #[cfg_attr(feature = "openapi", schema(required = false, default = 0.01, minimum = 0))]
    pub weight_decay: f64,
    /// Decay of the mean gradient.
    #[cfg_attr(feature = "openapi", schema(required = false, default = 0.9, minimum = 0, exclusive_maximum = 1))]
    pub beta1: f64,
    /// Decay of the mean square.
    #[cfg_attr(feature = "openapi", schema(required = false, default = 0.95, minimum = 0, exclusive_maximum = 1))]
    pub beta2: f64,
    /// Added to the root.
    #[cfg_attr(feature = "openapi", schema(required = false, default = 1e-8, exclusive_minimum = 0))]
    pub eps: f64,
    /// Added under the root.
    #[cfg_attr(feature = "openapi", schema(required = false, default = 1e-8, minimum = 0))]
    pub eps_root: f64,
    /// Gradients longer than this are cut to it.
    #[cfg_attr(feature = "openapi", schema(default = 1.0, exclusive_minimum = 0))]
    pub grad_clip_norm: Option<f64>,
}

/// The coefficients of plain descent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Sgd {
    /// How fast it learns, over time.
    pub lr_scheduler: LrSchedule,
    /// Gradients longer than this are cut to it.
    #[cfg_attr(feature = "openapi", schema(default = 1.0, exclusive_minimum = 0))]
    pub grad_clip_norm: Option<f64>,
}

/// A warm-up and a cosine.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LrSchedule {
    /// The highest learning rate.
    #[cfg_attr(feature = "openapi", schema(required = false, default = 3e-4, exclusive_minimum = 0))]
    pub peak_value: f64,
    /// The last, as a share of the highest.
    #[cfg_attr(feature = "openapi", schema(required = false, default = 0.1, minimum = 0, maximum = 1))]
    pub final_lr_frac: f64,
    /// The share of steps that the warm-up takes.
    #[cfg_attr(feature = "openapi", schema(required = false, default = 0.05, minimum = 0, exclusive_maximum = 1))]
    pub warmup_frac: f64,
    /// The first.
    #[cfg_attr(feature = "openapi", schema(required = false, default = 0.0, minimum = 0))]
    pub init_value: f64,
}

impl Default for LrSchedule {
    fn default() -> Self {
        Self { peak_value: 3e-4, final_lr_frac: 0.1, warmup_frac: 0.05, init_value: 0.0 }
    }
}

impl Default for AdamW {
    fn default() -> Self {
        Self {
            lr_scheduler: LrSchedule::default(),
            weight_decay: 0.01,
            beta1: 0.9,
            beta2: 0.95,
            eps: 1e-8,
            eps_root: 1e-8,
            grad_clip_norm: Some(1.0),
        }
    }
}

impl TrainingConfig {
    /// What tells this configuration from every other: of its canonical form on the wire, with the kind of optimizer.
    ///
    /// Equal configurations have equal digests however they were spelled (`-0.0` is `0.0`).
    pub fn digest(&self) -> String {
        let digest = Sha256::digest(to_canonical_wire(self));
        digest[..10].iter().fold(String::new(), |text, byte| format!("{text}{byte:02x}"))
    }

    /// N: parameters of the model, without its embedding and output.
    pub fn params_without_embedding(&self) -> u64 {
        let it = &self.architecture_config;
        let attention = 4 * it.hidden_size * it.num_attention_heads * it.head_dim;
        it.num_hidden_layers * (attention + 3 * it.hidden_size * it.intermediate_size)
    }
}
