//! What holds for every request.

use std::fs;

use isoflop_api::json::MAX_DEPTH;
use isoflop_api::{
    AdamW, Architecture, BodyError, Dtype, LossQuery, LrSchedule, MAX_ISSUES, Optimizer, PathNumber, Request, Sgd,
    TrainingConfig, WorkerEvent, detail, read_body, read_experiment_id, read_request, to_wire,
};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

use crate::promises::{PROMISES, Promise, any_body, comes_back};

proptest! {
    #[test]
    fn any_bytes_are_answered(bytes in vec(any::<u8>(), 0..200)) {
        any_body(&bytes);
    }

    #[test]
    fn any_tokens_are_answered(tokens in vec(token(), 0..40)) {
        any_body(tokens.concat().as_bytes());
    }

    #[test]
    fn any_damage_is_answered(config in config(), at in 0.0..1.0, gone in 0usize..40, tokens in vec(token(), 0..4)) {
        any_body(&damaged(to_wire(&config), at, gone, &tokens));
    }

    #[test]
    fn any_damage_to_a_seed_breaks_no_promise(
        (promise, bytes) in seed(),
        damages in vec((0.0..1.0, 0usize..20, vec(token(), 0..3)), 1..4),
    ) {
        promise(&damages.iter().fold(bytes, |bytes, (at, gone, tokens)| damaged(bytes, *at, *gone, tokens)));
    }

    #[test]
    fn any_texts_are_answered(text in ".{0,40}", other in ".{0,40}") {
        let _ = read_experiment_id(&text, PathNumber::Any);
        let pairs = ["d_model", "num_layers", "train_flops", "api_key"].map(|name| (name, text.clone()));
        let _ = LossQuery::read(&pairs);
        let _ = read_body(Some(&text), other.as_bytes());
    }

    #[test]
    fn a_configuration_reads_back_as_itself(config in config()) {
        comes_back(&config);
    }

    #[test]
    fn digests_are_equal_where_configurations_are(one in few_configs(), other in few_configs()) {
        prop_assert_eq!(one.digest() == other.digest(), one == other);
        comes_back(&one);
    }
}

/// The bytes with some of them gone from a place and tokens in their stead.
fn damaged(mut bytes: Vec<u8>, at: f64, gone: usize, tokens: &[&str]) -> Vec<u8> {
    let at = (at * bytes.len() as f64) as usize;
    bytes.splice(at..(at + gone).min(bytes.len()), tokens.concat().into_bytes());
    bytes
}

/// A promise, and a seed of the fuzzer that holds the wire to it.
fn seed() -> impl Strategy<Value = (Promise, Vec<u8>)> {
    let seeds = PROMISES.iter().flat_map(|(name, promise)| seeds(name).into_iter().map(|seed| (*promise, seed)));
    prop::sample::select(seeds.collect::<Vec<_>>())
}

fn seeds(name: &str) -> Vec<Vec<u8>> {
    let folder = format!("{}/../../fuzz/seeds/{name}", env!("CARGO_MANIFEST_DIR"));
    let files = fs::read_dir(&folder).unwrap_or_else(|error| panic!("{folder}: {error}"));
    let mut paths: Vec<_> = files.map(|file| file.expect("an entry").path()).collect();
    paths.sort();
    paths.iter().map(|path| fs::read(path).expect("a file")).collect()
}

fn token() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "{",
        "}",
        "[",
        "]",
        "\"",
        ":",
        ",",
        "\\",
        "\\u",
        "d83d",
        "1",
        "-",
        ".",
        "e",
        "0",
        "null",
        "true",
        "NaN",
        "-Infinity",
        " ",
        "é",
        "\u{0}",
        "\"a\"",
        "1e999",
        "\"log_type\":",
        "\"run_started\"",
        "\"optimizer_config\":",
        "99999999999999999999",
        "\"architecture_config\":",
        "\"reason\":{\"reason\":",
        "\"timeout\"",
        "\"_sa\":",
        "\"training_config\":{",
    ])
}

prop_compose! {
    fn architecture()(
        (attention_bias, tie_word_embeddings, single) in any::<(bool, bool, bool)>(),
        half_head_dim in 1u64..=128,
        heads in 1u64..=64,
        more in 0u64..5000,
        num_hidden_layers in 1u64..=100,
        rms_norm_eps in 1e-12..1.0,
        rope_theta in 1u64..1_000_000_000,
        vocab_size in 1u64..1_000_000,
    ) -> Architecture {
        let hidden_size = 2 * half_head_dim * heads;
        Architecture {
            attention_bias,
            head_dim: 2 * half_head_dim,
            hidden_size,
            intermediate_size: hidden_size + more,
            num_attention_heads: heads,
            num_hidden_layers,
            num_key_value_heads: heads,
            rms_norm_eps,
            rope_theta,
            tie_word_embeddings,
            dtype: if single { Dtype::Float32 } else { Dtype::Bfloat16 },
            vocab_size,
        }
    }
}

prop_compose! {
    fn schedule()(
        peak_value in 1e-12..1e12,
        final_lr_frac in 0.0..=1.0,
        warmup_frac in 0.0..1.0,
        init_value in 0.0..1e30,
    ) -> LrSchedule {
        LrSchedule { peak_value, final_lr_frac, warmup_frac, init_value }
    }
}

prop_compose! {
    fn adamw()(
        lr_scheduler in schedule(),
        (weight_decay, beta1, beta2) in (0.0..100.0, 0.0..1.0, 0.0..1.0),
        (eps, eps_root) in (1e-30..1.0, 0.0..1.0),
        grad_clip_norm in option::of(1e-9..1e9),
    ) -> AdamW {
        AdamW { lr_scheduler, weight_decay, beta1, beta2, eps, eps_root, grad_clip_norm }
    }
}

fn optimizer() -> impl Strategy<Value = Optimizer> {
    let sgd = (schedule(), option::of(1e-9..1e9))
        .prop_map(|(lr_scheduler, grad_clip_norm)| Optimizer::Sgd(Sgd { lr_scheduler, grad_clip_norm }));
    prop_oneof![adamw().prop_map(Optimizer::AdamW), sgd]
}

prop_compose! {
    fn config()(
        architecture_config in architecture(),
        optimizer_config in optimizer(),
        train_batch_size in 1u64..=512,
        val_batch_power in 0u32..=9,
        n_evals in 1u64..=64,
        steps_per_eval in 1u64..=1000,
        max_runtime_seconds in 1.0..=43200.0,
        model_seed in 0u64..(1 << 53),
    ) -> TrainingConfig {
        TrainingConfig {
            architecture_config,
            optimizer_config,
            train_batch_size,
            val_batch_size: 1 << val_batch_power,
            n_evals,
            total_train_tokens: 512 * train_batch_size * n_evals * steps_per_eval,
            max_runtime_seconds,
            model_seed,
        }
    }
}

prop_compose! {
    /// So few that equal ones meet: each differs from the first in at most two fields, the two zeros among them.
    fn few_configs()(
        zero in prop::sample::select(vec![0.0, -0.0]),
        decay in 0u32..2,
        seed in 0u64..2,
        plain in prop::bool::weighted(0.2),
    ) -> TrainingConfig {
        let lr_scheduler = LrSchedule { init_value: zero, ..LrSchedule::default() };
        let adamw = AdamW { lr_scheduler: lr_scheduler.clone(), weight_decay: f64::from(decay), ..AdamW::default() };
        TrainingConfig {
            architecture_config: Architecture {
                attention_bias: false,
                head_dim: 64,
                hidden_size: 128,
                intermediate_size: 512,
                num_attention_heads: 2,
                num_hidden_layers: 2,
                num_key_value_heads: 2,
                rms_norm_eps: 1e-6,
                rope_theta: 10000,
                tie_word_embeddings: true,
                dtype: Dtype::Bfloat16,
                vocab_size: 32000,
            },
            optimizer_config: if plain {
                Optimizer::Sgd(Sgd { lr_scheduler, grad_clip_norm: None })
            } else {
                Optimizer::AdamW(adamw)
            },
            train_batch_size: 8,
            val_batch_size: 8,
            n_evals: 4,
            total_train_tokens: 512 * 8 * 4 * 10,
            max_runtime_seconds: 60.0,
            model_seed: seed,
        }
    }
}

#[test]
fn every_seed_keeps_its_promise() {
    for (name, promise) in PROMISES {
        let seeds = seeds(name);
        assert!(seeds.len() >= 3, "{name}");
        for seed in &seeds {
            promise(seed);
        }
    }
}

#[test]
fn the_deepest_nesting_needs_little_stack() {
    let deep = [b"[".repeat(MAX_DEPTH), b"]".repeat(MAX_DEPTH)].concat();
    let deeper = [b"[".repeat(MAX_DEPTH + 1), b"]".repeat(MAX_DEPTH + 1)].concat();
    let small = std::thread::Builder::new().stack_size(512 << 10).spawn(move || {
        let json = read_body(Some("application/json"), &deep).expect("just not too deep");
        let event = format!("{:?}", WorkerEvent::read(&json, &isoflop_api::Place::BODY));
        assert!(event.contains("NotAnObject") && json.python_text().len() == 2 * MAX_DEPTH);
        assert_eq!(read_body(Some("application/json"), &deeper), Err(BodyError::Unreadable));
    });
    small.expect("a thread").join().expect("no overflow");
}

#[test]
fn a_large_refusal_is_cut() {
    let fields: Vec<String> = (0..100_000).map(|field| format!("\"field{field}\":[{}1]", "1,".repeat(9))).collect();
    let body = format!("{{{}}}", fields.join(","));
    let json = read_body(Some("application/json"), body.as_bytes()).expect("JSON");
    let issues = read_request::<TrainingConfig>(&json).expect_err("nothing of it is known");
    assert_eq!(issues.len(), MAX_ISSUES);
    assert!(detail(&issues).len() < 40_000);
}
