//! A configuration between reading and acceptance: its integers may still be negative or absurd.

use super::{Architecture, Dtype, Optimizer, TrainingConfig};
use crate::fault::{Bound, Fault};
use crate::issue::Issue;
use crate::json::Json;
use crate::place::Place;

/// The largest integer accepted: above it a reader that knows only floats, as JavaScript, would lose digits.
const MAX_INTEGER: i64 = (1 << 53) - 1;
/// The largest float accepted: workers compute in 32 bits and would make it infinite.
const MAX_FLOAT: f64 = f32::MAX as f64;
/// N that no worker could hold; keeps every product of sizes far from overflow.
const MAX_PARAMETERS: i128 = 1_000_000_000_000;

/// A [`TrainingConfig`] whose integers are not yet bounded.
pub(super) struct Draft {
    pub(super) architecture: ArchitectureDraft,
    pub(super) optimizer: Optimizer,
    pub(super) train_batch_size: i128,
    pub(super) val_batch_size: i128,
    pub(super) n_evals: i128,
    pub(super) total_train_tokens: i128,
    pub(super) max_runtime_seconds: f64,
    pub(super) model_seed: i128,
}

/// An [`Architecture`] whose integers are not yet bounded.
pub(super) struct ArchitectureDraft {
    pub(super) attention_bias: bool,
    pub(super) head_dim: i128,
    pub(super) hidden_size: i128,
    pub(super) intermediate_size: i128,
    pub(super) num_attention_heads: i128,
    pub(super) num_hidden_layers: i128,
    pub(super) num_key_value_heads: i128,
    pub(super) rms_norm_eps: f64,
    pub(super) rope_theta: i128,
    pub(super) tie_word_embeddings: bool,
    pub(super) dtype: Dtype,
    pub(super) vocab_size: i128,
}

impl Draft {
    /// The configuration, after the rules have passed it; refuses what the reference would take and then choke on.
    pub(super) fn finish(self, input: &Json, place: &Place) -> Result<TrainingConfig, Vec<Issue>> {
        let issues = self.excesses(input, place);
        if !issues.is_empty() {
            return Err(issues);
        }
        if self.architecture.parameters() > MAX_PARAMETERS {
            let rule = "the model must have at most 1000000000000 parameters";
            return Err(vec![Issue::new(Fault::Inconsistent(rule), input, place)]);
        }
        let it = self.architecture;
        Ok(TrainingConfig {
            architecture_config: Architecture {
                attention_bias: it.attention_bias,
                head_dim: it.head_dim as u64,
                hidden_size: it.hidden_size as u64,
                intermediate_size: it.intermediate_size as u64,
                num_attention_heads: it.num_attention_heads as u64,
                num_hidden_layers: it.num_hidden_layers as u64,
                num_key_value_heads: it.num_key_value_heads as u64,
                rms_norm_eps: it.rms_norm_eps,
                rope_theta: it.rope_theta as u64,
                tie_word_embeddings: it.tie_word_embeddings,
                dtype: it.dtype,
                vocab_size: it.vocab_size as u64,
            },
            optimizer_config: self.optimizer,
            train_batch_size: self.train_batch_size as u64,
            val_batch_size: self.val_batch_size as u64,
            n_evals: self.n_evals as u64,
            total_train_tokens: self.total_train_tokens as u64,
            max_runtime_seconds: self.max_runtime_seconds,
            model_seed: self.model_seed as u64,
        })
    }

    /// What is too large, or no number at all. The rules bound the batches, the evaluations, the shares and the decays already.
    fn excesses(&self, input: &Json, place: &Place) -> Vec<Issue> {
        let it = &self.architecture;
        let mut issues = Vec::new();
        let mut check = |path: &[&str], fault: Option<Fault>| {
            if let Some(fault) = fault {
                issues.push(issue_at(fault, input, place, path));
            }
        };
        for (name, size) in [
            ("head_dim", it.head_dim),
            ("hidden_size", it.hidden_size),
            ("intermediate_size", it.intermediate_size),
            ("num_attention_heads", it.num_attention_heads),
            ("num_hidden_layers", it.num_hidden_layers),
            ("num_key_value_heads", it.num_key_value_heads),
        ] {
            check(&["architecture_config", name], integer_excess(size));
        }
        check(&["architecture_config", "rms_norm_eps"], float_excess(it.rms_norm_eps));
        check(&["architecture_config", "rope_theta"], integer_excess(it.rope_theta));
        check(&["architecture_config", "vocab_size"], integer_excess(it.vocab_size));
        let (schedule, clip) = match &self.optimizer {
            Optimizer::AdamW(adamw) => {
                for (name, number) in
                    [("weight_decay", adamw.weight_decay), ("eps", adamw.eps), ("eps_root", adamw.eps_root)]
                {
                    check(&["optimizer_config", name], float_excess(number));
                }
                (&adamw.lr_scheduler, adamw.grad_clip_norm)
            }
            Optimizer::Sgd(sgd) => (&sgd.lr_scheduler, sgd.grad_clip_norm),
        };
        check(&["optimizer_config", "lr_scheduler", "peak_value"], float_excess(schedule.peak_value));
        check(&["optimizer_config", "lr_scheduler", "init_value"], float_excess(schedule.init_value));
        check(&["optimizer_config", "grad_clip_norm"], clip.and_then(float_excess));
        check(&["model_seed"], integer_excess(self.model_seed));
        issues
    }
}

impl ArchitectureDraft {
    /// All parameters, embedding and output included, which the sizes' bound keeps within 128 bits if done in this order.
    fn parameters(&self) -> i128 {
        let width = self.hidden_size;
        let layer = (4 * width * width).saturating_add(3 * width * self.intermediate_size);
        layer.saturating_mul(self.num_hidden_layers).saturating_add(2 * width * self.vocab_size)
    }
}

fn integer_excess(size: i128) -> Option<Fault> {
    (size > i128::from(MAX_INTEGER)).then_some(Fault::LessThanEqual(Bound::Int(MAX_INTEGER)))
}

fn float_excess(number: f64) -> Option<Fault> {
    if number.is_finite() {
        (number > MAX_FLOAT).then_some(Fault::LessThanEqual(Bound::Float(MAX_FLOAT)))
    } else {
        Some(Fault::FiniteNumber)
    }
}

fn issue_at(fault: Fault, input: &Json, place: &Place, path: &[&str]) -> Issue {
    match path {
        [] => Issue::new(fault, input, place),
        [name, rest @ ..] => issue_at(fault, input.get(name).unwrap_or(&Json::Null), &place.field(name), rest),
    }
}
