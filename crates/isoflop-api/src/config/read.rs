//! Reads a configuration as pydantic does: fields, defaults, the choice of optimizer, and then the rules.

use super::draft::{ArchitectureDraft, Draft};
use super::{AdamW, Dtype, LrSchedule, Optimizer, Sgd, TrainingConfig, rules};
use crate::Request;
use crate::fault::{Bound, Fault};
use crate::fields::Fields;
use crate::issue::Issue;
use crate::json::Json;
use crate::lax::{boolean, float, int, nullable, positive_int};
use crate::place::Place;

const READ: &str = "closing reports what is absent";

impl Request for TrainingConfig {
    fn read(input: &Json, place: &Place) -> Result<Self, Vec<Issue>> {
        let mut fields = Fields::open(input, place)?;
        let architecture = fields.nested("architecture_config", ArchitectureDraft::read);
        let optimizer = fields.nested("optimizer_config", Optimizer::read);
        let train_batch_size = fields.required("train_batch_size", positive_int);
        let val_batch_size = fields.required("val_batch_size", positive_int);
        let n_evals = fields.optional("n_evals", 16, positive_int);
        let total_train_tokens = fields.required("total_train_tokens", token_count);
        let max_runtime_seconds = fields.required("max_runtime_seconds", runtime);
        let model_seed = fields.optional("model_seed", 0, seed);
        fields.close()?;
        let draft = Draft {
            architecture: architecture.expect(READ),
            optimizer: optimizer.expect(READ),
            train_batch_size: train_batch_size.expect(READ),
            val_batch_size: val_batch_size.expect(READ),
            n_evals: n_evals.expect(READ),
            total_train_tokens: total_train_tokens.expect(READ),
            max_runtime_seconds: max_runtime_seconds.expect(READ),
            model_seed: model_seed.expect(READ),
        };
        if let Some(rule) = rules::broken(&draft) {
            return Err(vec![Issue::new(Fault::Inconsistent(rule), input, place)]);
        }
        draft.finish(input, place)
    }
}

impl ArchitectureDraft {
    fn read(input: &Json, place: &Place) -> Result<Self, Vec<Issue>> {
        let mut fields = Fields::open(input, place)?;
        let attention_bias = fields.required("attention_bias", boolean);
        let head_dim = fields.required("head_dim", int);
        let hidden_size = fields.required("hidden_size", int);
        let intermediate_size = fields.required("intermediate_size", int);
        let num_attention_heads = fields.required("num_attention_heads", int);
        let num_hidden_layers = fields.required("num_hidden_layers", int);
        let num_key_value_heads = fields.required("num_key_value_heads", int);
        let rms_norm_eps = fields.required("rms_norm_eps", float);
        let rope_theta = fields.required("rope_theta", int);
        let tie_word_embeddings = fields.required("tie_word_embeddings", boolean);
        let dtype = fields.required("dtype", dtype);
        let vocab_size = fields.required("vocab_size", int);
        fields.close()?;
        Ok(Self {
            attention_bias: attention_bias.expect(READ),
            head_dim: head_dim.expect(READ),
            hidden_size: hidden_size.expect(READ),
            intermediate_size: intermediate_size.expect(READ),
            num_attention_heads: num_attention_heads.expect(READ),
            num_hidden_layers: num_hidden_layers.expect(READ),
            num_key_value_heads: num_key_value_heads.expect(READ),
            rms_norm_eps: rms_norm_eps.expect(READ),
            rope_theta: rope_theta.expect(READ),
            tie_word_embeddings: tie_word_embeddings.expect(READ),
            dtype: dtype.expect(READ),
            vocab_size: vocab_size.expect(READ),
        })
    }
}

impl Optimizer {
    /// Both forms are tried. Where both fit they have read the same fields, and then the first wins: a schedule without
    /// a coefficient of `AdamW`'s is plain descent.
    fn read(input: &Json, place: &Place) -> Result<Self, Vec<Issue>> {
        let mut issues = match Sgd::read(input, &place.field("SGDConfig")) {
            Ok(sgd) => return Ok(Self::Sgd(sgd)),
            Err(issues) => issues,
        };
        match AdamW::read(input, &place.field("AdamWConfig")) {
            Ok(adamw) => Ok(Self::AdamW(adamw)),
            Err(others) => {
                issues.extend(others);
                Err(issues)
            }
        }
    }
}

impl Sgd {
    fn read(input: &Json, place: &Place) -> Result<Self, Vec<Issue>> {
        let mut fields = Fields::open(input, place)?;
        let lr_scheduler = fields.nested("lr_scheduler", LrSchedule::read);
        let grad_clip_norm = fields.optional("grad_clip_norm", AdamW::default().grad_clip_norm, nullable(float));
        fields.close()?;
        Ok(Self { lr_scheduler: lr_scheduler.expect(READ), grad_clip_norm: grad_clip_norm.expect(READ) })
    }
}

impl AdamW {
    fn read(input: &Json, place: &Place) -> Result<Self, Vec<Issue>> {
        let default = Self::default();
        let mut fields = Fields::open(input, place)?;
        let lr_scheduler = fields.nested_or("lr_scheduler", default.lr_scheduler, LrSchedule::read);
        let weight_decay = fields.optional("weight_decay", default.weight_decay, float);
        let beta1 = fields.optional("beta1", default.beta1, float);
        let beta2 = fields.optional("beta2", default.beta2, float);
        let eps = fields.optional("eps", default.eps, float);
        let eps_root = fields.optional("eps_root", default.eps_root, float);
        let grad_clip_norm = fields.optional("grad_clip_norm", default.grad_clip_norm, nullable(float));
        fields.close()?;
        Ok(Self {
            lr_scheduler: lr_scheduler.expect(READ),
            weight_decay: weight_decay.expect(READ),
            beta1: beta1.expect(READ),
            beta2: beta2.expect(READ),
            eps: eps.expect(READ),
            eps_root: eps_root.expect(READ),
            grad_clip_norm: grad_clip_norm.expect(READ),
        })
    }
}

impl LrSchedule {
    fn read(input: &Json, place: &Place) -> Result<Self, Vec<Issue>> {
        let default = Self::default();
        let mut fields = Fields::open(input, place)?;
        let peak_value = fields.optional("peak_value", default.peak_value, float);
        let final_lr_frac = fields.optional("final_lr_frac", default.final_lr_frac, float);
        let warmup_frac = fields.optional("warmup_frac", default.warmup_frac, float);
        let init_value = fields.optional("init_value", default.init_value, float);
        fields.close()?;
        Ok(Self {
            peak_value: peak_value.expect(READ),
            final_lr_frac: final_lr_frac.expect(READ),
            warmup_frac: warmup_frac.expect(READ),
            init_value: init_value.expect(READ),
        })
    }
}

fn dtype(value: &Json) -> Result<Dtype, Fault> {
    match value {
        Json::Text(word) if word == "float32" => Ok(Dtype::Float32),
        Json::Text(word) if word == "bfloat16" => Ok(Dtype::Bfloat16),
        _ => Err(Fault::Literal("'float32' or 'bfloat16'")),
    }
}

fn token_count(value: &Json) -> Result<i128, Fault> {
    const MOST: i64 = 500_000_000_000;
    let tokens = positive_int(value)?;
    if tokens > i128::from(MOST) { Err(Fault::LessThanEqual(Bound::Int(MOST))) } else { Ok(tokens) }
}

fn runtime(value: &Json) -> Result<f64, Fault> {
    const MOST: f64 = 43200.0;
    let seconds = float(value)?;
    // NaN is above the most, for pydantic.
    if seconds > MOST || seconds.is_nan() {
        Err(Fault::LessThanEqual(Bound::Float(MOST)))
    } else if seconds < 1.0 {
        Err(Fault::GreaterThanEqual(Bound::Float(1.0)))
    } else {
        Ok(seconds)
    }
}

fn seed(value: &Json) -> Result<i128, Fault> {
    let seed = int(value)?;
    if seed < 0 { Err(Fault::GreaterThanEqual(Bound::Int(0))) } else { Ok(seed) }
}
