//! What the values of a configuration must be to each other: the reference's rules, in its order and words.

use super::draft::{ArchitectureDraft, Draft};
use super::{AdamW, LrSchedule, Optimizer, SEQUENCE_TOKENS, VALIDATION_TOKENS};

/// The first rule that is broken.
pub(super) fn broken(draft: &Draft) -> Option<&'static str> {
    broken_by_counts(draft)
        .or_else(|| broken_by_architecture(&draft.architecture))
        .or_else(|| broken_by_optimizer(&draft.optimizer))
}

fn broken_by_counts(it: &Draft) -> Option<&'static str> {
    let step = i128::from(SEQUENCE_TOKENS) * it.train_batch_size;
    let validation = i128::from(SEQUENCE_TOKENS) * it.val_batch_size;
    first(&[
        (it.total_train_tokens % step != 0, "total_train_tokens must be divisible by seq_len * train_batch_size"),
        (it.total_train_tokens / step % it.n_evals != 0, "total optimizer steps must be divisible by n_evals"),
        (i128::from(VALIDATION_TOKENS) % validation != 0, "n_val_tokens must be divisible by seq_len * val_batch_size"),
    ])
}

fn broken_by_architecture(it: &ArchitectureDraft) -> Option<&'static str> {
    first(&[
        (it.head_dim <= 0, "head_dim must be positive"),
        (it.hidden_size <= 0, "hidden_size must be positive"),
        (it.intermediate_size <= 0, "intermediate_size must be positive"),
        (it.num_attention_heads <= 0, "num_attention_heads must be positive"),
        (it.num_hidden_layers <= 0, "num_hidden_layers must be positive"),
        (it.num_key_value_heads <= 0, "num_key_value_heads must be positive"),
        (it.vocab_size <= 0, "vocab_size must be positive"),
        (
            it.hidden_size != it.num_attention_heads * it.head_dim,
            "hidden_size must equal num_attention_heads * head_dim",
        ),
        (
            // All rules are looked at before the first broken one is told, so this may divide by zero.
            it.num_attention_heads.checked_rem(it.num_key_value_heads) != Some(0),
            "num_attention_heads must be divisible by num_key_value_heads",
        ),
        (
            it.num_key_value_heads != it.num_attention_heads,
            "num_key_value_heads must equal num_attention_heads; GQA is not supported",
        ),
        (it.head_dim % 2 != 0, "head_dim must be even for RoPE"),
        (it.intermediate_size < it.hidden_size, "intermediate_size should usually >= hidden_size"),
        (it.rms_norm_eps <= 0.0, "rms_norm_eps must be positive"),
        (it.rope_theta <= 0, "rope_theta must be positive"),
    ])
}

fn broken_by_optimizer(optimizer: &Optimizer) -> Option<&'static str> {
    match optimizer {
        Optimizer::AdamW(it) => {
            broken_by_schedule(&it.lr_scheduler, it.grad_clip_norm).or_else(|| broken_by_coefficients(it))
        }
        Optimizer::Sgd(it) => broken_by_schedule(&it.lr_scheduler, it.grad_clip_norm),
    }
}

fn broken_by_schedule(it: &LrSchedule, grad_clip_norm: Option<f64>) -> Option<&'static str> {
    first(&[
        (!(0.0..1.0).contains(&it.warmup_frac), "warmup_frac must be in [0, 1)"),
        (!(0.0..=1.0).contains(&it.final_lr_frac), "final_lr_frac must be in [0, 1]"),
        (it.init_value < 0.0, "initial learning rate must be nonnegative"),
        (it.peak_value <= 0.0, "peak learning rate must be positive"),
        (grad_clip_norm.is_some_and(|norm| norm <= 0.0), "grad_clip_norm must be positive or None"),
    ])
}

fn broken_by_coefficients(it: &AdamW) -> Option<&'static str> {
    first(&[
        (it.weight_decay < 0.0, "weight_decay must be nonnegative"),
        (!(0.0..1.0).contains(&it.beta1), "beta1 must be in [0, 1)"),
        (!(0.0..1.0).contains(&it.beta2), "beta2 must be in [0, 1)"),
        (it.eps <= 0.0, "eps must be positive"),
        (it.eps_root < 0.0, "eps_root must be nonnegative"),
    ])
}

/// The words of the first rule that is marked as broken. What is not a number breaks no comparison, and is left to
/// those who look for it.
fn first(rules: &[(bool, &'static str)]) -> Option<&'static str> {
    rules.iter().find(|(broken, _)| *broken).map(|(_, words)| *words)
}
