//! Work to test backends with.

use isoflop_api::{AdamW, Architecture, Dtype, LossQuery, LrSchedule, Optimizer, TrainingConfig};

/// 25 million parameters without embedding on about half a billion tokens, as a careful person would train them.
pub(crate) fn config() -> TrainingConfig {
    sized(8, 512, 500_000_000)
}

/// 12·layers·width² parameters without embedding.
pub(crate) fn sized(layers: u64, width: u64, tokens: u64) -> TrainingConfig {
    TrainingConfig {
        architecture_config: Architecture {
            attention_bias: false,
            head_dim: 64,
            hidden_size: width,
            intermediate_size: width * 8 / 3,
            num_attention_heads: width / 64,
            num_hidden_layers: layers,
            num_key_value_heads: width / 64,
            rms_norm_eps: 1e-6,
            rope_theta: 10_000,
            tie_word_embeddings: false,
            dtype: Dtype::Bfloat16,
            vocab_size: 32_000,
        },
        optimizer_config: Optimizer::AdamW(AdamW {
            lr_scheduler: LrSchedule { peak_value: 2e-3, final_lr_frac: 0.1, warmup_frac: 0.05, init_value: 0.0 },
            weight_decay: 0.1,
            beta1: 0.9,
            beta2: 0.95,
            eps: 1e-8,
            eps_root: 1e-8,
            grad_clip_norm: Some(1.0),
        }),
        train_batch_size: 128,
        val_batch_size: 128,
        n_evals: 16,
        total_train_tokens: tokens / (512 * 128) * (512 * 128),
        max_runtime_seconds: 43_200.0,
        model_seed: 0,
    }
}

/// A question within the bounds of the 2024 and 2025 protocols.
pub(crate) fn query() -> LossQuery {
    LossQuery { d_model: 256, num_layers: 6, num_heads: 4, batch_size: 128, learning_rate: 8e-4, train_flops: 1e16 }
}
