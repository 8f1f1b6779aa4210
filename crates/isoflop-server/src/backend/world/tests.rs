//! What must hold of every world.

use std::ops::ControlFlow;
use std::sync::Arc;

use isoflop_api::{AdamW, Architecture, Dtype, LossQuery, LrSchedule, Optimizer, TrainingConfig};

use super::*;
use crate::backend::{Outcome, Simulated, TrainingBackend};

/// A model of 12·layers·width² parameters without embedding, trained as a careful person would.
fn config(layers: u64, width: u64, tokens: u64) -> TrainingConfig {
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

fn query(train_flops: f64) -> LossQuery {
    LossQuery { d_model: 256, num_layers: 6, num_heads: 4, batch_size: 128, learning_rate: 8e-4, train_flops }
}

fn training(config: TrainingConfig) -> Work {
    Work::Training(Arc::new(config))
}

#[test]
fn every_world_is_read_and_says_what_it_is_for() {
    for world in WORLDS {
        let read = World::parse(world.name, world.text).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(read.settings.about, world.about);
    }
}

#[test]
fn a_run_is_the_same_whenever_it_is_asked_and_its_seed_changes_it() {
    for world in WORLDS {
        let [one, other] = [(); 2].map(|()| named(world.name).expect("its name"));
        let config = config(8, 512, 500_000_000);
        let seeded = training(TrainingConfig { model_seed: 1, ..config.clone() });
        let watched = training(TrainingConfig { max_runtime_seconds: 43_000.0, ..config.clone() });
        let work = training(config);
        assert_eq!(one.rehearse(&work), other.rehearse(&work));
        assert_eq!(one.rehearse(&work), one.rehearse(&watched), "{}: a limit is no luck", world.name);
        let noisy = one.settings.noise.run.0 > 0.0;
        assert_eq!(one.rehearse(&work) != one.rehearse(&seeded), noisy, "{}", world.name);
        let asked = Work::Query(Arc::new(query(1e16)));
        assert_eq!(one.rehearse(&asked), other.rehearse(&asked));
    }
}

#[test]
fn simulated_runs_report_and_stop() {
    for world in WORLDS {
        let backend = Simulated::new(named(world.name).expect("its name"));
        let work = training(config(8, 512, 500_000_000));
        let mut seen = Vec::new();
        let outcome = backend.train(&work, &mut |progress| {
            seen.push(progress);
            ControlFlow::Continue(())
        });
        if let Ok(Outcome::Completed { val_losses, .. }) = outcome {
            assert_eq!(seen.last().expect("evaluations").val_losses, val_losses);
            assert_eq!(val_losses.len(), 16);
            println!("{} {val_losses:?}", world.name);
        }
        let stopped = backend.train(&work, &mut |_| ControlFlow::Break(()));
        assert!(matches!(stopped, Ok(Outcome::Stopped { .. }) | Err(_)), "{}: {stopped:?}", world.name);
    }
}
