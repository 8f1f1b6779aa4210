//! What a configuration would cost, before anything is spent.

use isoflop_api::{Dtype, Optimizer, TrainingConfig};
use serde::Serialize;
use utoipa::ToSchema;

use crate::backend::Work;
use crate::ledger::{Balance, End, Experiment, ExperimentId, State};
use crate::size::{Size, params_with_embedding};

/// What a configuration would cost, and what is doubtful about it.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Estimate {
    /// N, parameters without embedding and output.
    pub params: f64,
    /// Every parameter.
    pub params_with_embedding: f64,
    /// D, tokens.
    pub tokens: f64,
    /// D/N.
    pub tokens_per_param: f64,
    /// C = 6·N·D, FLOPs.
    pub train_flops: f64,
    /// What moves the weights: `adamw` or `sgd`.
    #[schema(value_type = String)]
    pub optimizer: &'static str,
    /// Steps of the optimizer.
    pub optimizer_steps: u64,
    /// Steps of the warm-up among them.
    pub warmup_steps: f64,
    /// What is reserved at submission, seconds.
    pub reserved_seconds: f64,
    /// What is left now, seconds.
    pub remaining_seconds: f64,
    /// How long it may take, by the speed of your own finished run that is nearest in N and D; none where none is within
    /// a factor of 8.
    pub expected_seconds: Option<f64>,
    /// Memory on the device.
    pub memory: Memory,
    /// Your experiment of this configuration, if there is one: submitting again is refused.
    pub already_submitted: Option<ExperimentId>,
    /// What is doubtful, gravest first.
    pub warnings: Vec<Doubt>,
}

/// Memory on the device, bytes, where nothing is computed twice to save some and the batch is not split.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, ToSchema)]
pub struct Memory {
    /// Weights, their gradients and the optimizer's moments, in 32 bits.
    pub weights_bytes: f64,
    /// What the backward pass needs of the forward pass, and the logits.
    pub activations_bytes: f64,
    /// Both.
    pub total_bytes: f64,
}

/// Something doubtful about a configuration.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Doubt {
    /// A word for programs.
    #[schema(value_type = String)]
    pub code: &'static str,
    /// A sentence for people.
    pub message: String,
}

/// Fewer steps hardly train.
const FEW_STEPS: u64 = 200;
/// What one device holds, bytes: an H100 of 80 GB.
const DEVICE_BYTES: f64 = 80e9;
/// A run this many times larger or smaller says nothing of another's time.
const NEAR: f64 = 8.0;
const SEQUENCE_TOKENS: u64 = isoflop_api::SEQUENCE_TOKENS;

/// What `config` would cost someone who has `balance` and made `runs`.
pub fn estimate<'a>(
    config: &TrainingConfig,
    balance: &Balance,
    already_submitted: Option<ExperimentId>,
    runs: impl Iterator<Item = &'a Experiment>,
) -> Estimate {
    let size = Size::of_config(config);
    let batch_tokens = SEQUENCE_TOKENS.saturating_mul(config.train_batch_size).max(1);
    let optimizer_steps = config.total_train_tokens / batch_tokens;
    let (optimizer, schedule) = match &config.optimizer_config {
        Optimizer::AdamW(adamw) => ("adamw", &adamw.lr_scheduler),
        Optimizer::Sgd(sgd) => ("sgd", &sgd.lr_scheduler),
    };
    let mut estimate = Estimate {
        params: size.params,
        params_with_embedding: params_with_embedding(config),
        tokens: size.tokens,
        tokens_per_param: size.tokens / size.params,
        train_flops: size.flops,
        optimizer,
        optimizer_steps,
        warmup_steps: schedule.warmup_frac * optimizer_steps as f64,
        reserved_seconds: config.max_runtime_seconds,
        remaining_seconds: balance.left(),
        expected_seconds: expected_seconds(size, runs),
        memory: memory(config),
        already_submitted,
        warnings: Vec::new(),
    };
    estimate.warnings = doubts(&estimate, schedule.warmup_frac);
    estimate
}

fn doubts(of: &Estimate, warmup_frac: f64) -> Vec<Doubt> {
    let mut doubts = Vec::new();
    let mut doubt = |code, message: String| doubts.push(Doubt { code, message });
    if of.reserved_seconds > of.remaining_seconds {
        let (asked, left) = (of.reserved_seconds, of.remaining_seconds);
        doubt("over_budget", format!("It reserves {asked:.0} s and {left:.0} s are left: it would be refused."));
    }
    if let Some(id) = of.already_submitted {
        doubt("already_submitted", format!("Experiment {id} is of this configuration: it would be refused."));
    }
    if of.optimizer == "sgd" {
        doubt(
            "implicit_sgd",
            "It trains with SGD. Give any AdamW field, such as beta1, to train with AdamW.".to_owned(),
        );
    }
    if of.memory.total_bytes > DEVICE_BYTES {
        let gigabytes = of.memory.total_bytes / 1e9;
        doubt("large_memory", format!("It may need {gigabytes:.0} GB of memory, and a device has 80 GB."));
    }
    if let Some(expected) = of.expected_seconds.filter(|&expected| expected > of.reserved_seconds) {
        let reserved = of.reserved_seconds;
        doubt(
            "may_time_out",
            format!("By your own runs it takes about {expected:.0} s, and is stopped after {reserved:.0} s."),
        );
    }
    if of.optimizer_steps < FEW_STEPS {
        let steps = of.optimizer_steps;
        doubt(
            "few_steps",
            format!(
                "It takes {steps} optimizer steps; below {FEW_STEPS} a model hardly trains. A smaller batch gives more."
            ),
        );
    }
    if warmup_frac > 0.0 && of.warmup_steps < 1.0 {
        doubt("no_warmup", "The warm-up is shorter than one step.".to_owned());
    }
    if of.tokens_per_param < 1.0 {
        doubt(
            "few_tokens",
            format!(
                "It sees {:.2} tokens per parameter; a smaller model trained for longer is usually better.",
                of.tokens_per_param
            ),
        );
    }
    doubts
}

/// The time of the finished run nearest in N and D, scaled to C.
fn expected_seconds<'a>(wanted: Size, runs: impl Iterator<Item = &'a Experiment>) -> Option<f64> {
    let finished = runs.filter_map(|run| match (&run.state, &run.work) {
        (State::Ended { used_seconds, end: End::Completed, .. }, Work::Training(config)) => {
            Some((Size::of_config(config), *used_seconds))
        }
        _ => None,
    });
    let away = |of: Size| (of.params / wanted.params).ln().hypot((of.tokens / wanted.tokens).ln());
    let near = finished.filter(|&(of, _)| away(of) <= NEAR.ln());
    let (of, seconds) = near.min_by(|one, other| away(one.0).total_cmp(&away(other.0)))?;
    Some(seconds * wanted.flops / of.flops)
}

/// Weights, gradients and moments take 4 bytes each. A layer keeps, for each token, what goes into its two norms, its
/// projections, its attention and its three feed-forward products; the logits and their gradient are in 32 bits.
fn memory(config: &TrainingConfig) -> Memory {
    let it = &config.architecture_config;
    let copies = match config.optimizer_config {
        Optimizer::AdamW(_) => 4.0,
        Optimizer::Sgd(_) => 2.0,
    };
    let weights_bytes = 4.0 * copies * params_with_embedding(config);
    let bytes = match it.dtype {
        Dtype::Float32 => 4.0,
        Dtype::Bfloat16 => 2.0,
    };
    let heads = it.num_attention_heads as f64 * it.head_dim as f64;
    let kept = it.num_hidden_layers as f64 * 4.0 * (it.hidden_size as f64 + heads + it.intermediate_size as f64);
    let tokens = SEQUENCE_TOKENS as f64 * config.train_batch_size as f64;
    let activations_bytes = tokens * (bytes * kept + 8.0 * it.vocab_size as f64);
    Memory { weights_bytes, activations_bytes, total_bytes: weights_bytes + activations_bytes }
}
