//! How large a run is: N, D and C of what a user asked for, as laws count them.

use isoflop::units::FLOPS_PER_PARAM_TOKEN;
use isoflop_api::TrainingConfig;

use crate::backend::Work;

/// The sizes of a run. Configurations may be absurd: their sizes become large numbers, not errors.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Size {
    /// N, parameters without embedding and output.
    pub params: f64,
    /// D, tokens.
    pub tokens: f64,
    /// C = 6·N·D, FLOPs.
    pub flops: f64,
}

impl Size {
    /// Of what was asked for. A question of 2025 says C, and D follows.
    pub fn of(work: &Work) -> Self {
        match work {
            Work::Training(config) => Self::of_config(config),
            Work::Query(query) => {
                let (params, flops) =
                    (12.0 * query.num_layers as f64 * (query.d_model as f64).powi(2), query.train_flops);
                Self { params, tokens: flops / (FLOPS_PER_PARAM_TOKEN * params), flops }
            }
        }
    }

    /// Of a configuration of 2026.
    pub fn of_config(config: &TrainingConfig) -> Self {
        let it = &config.architecture_config;
        let (width, inner) = (it.hidden_size as f64, it.intermediate_size as f64);
        let heads = it.num_attention_heads as f64 * it.head_dim as f64;
        let params = it.num_hidden_layers as f64 * (4.0 * width * heads + 3.0 * width * inner);
        let tokens = config.total_train_tokens as f64;
        Self { params, tokens, flops: FLOPS_PER_PARAM_TOKEN * params * tokens }
    }
}

/// Every parameter of a configuration's model, with embedding and output.
pub fn params_with_embedding(config: &TrainingConfig) -> f64 {
    let it = &config.architecture_config;
    let tables = if it.tie_word_embeddings { 1.0 } else { 2.0 };
    Size::of_config(config).params + tables * it.hidden_size as f64 * it.vocab_size as f64
}
