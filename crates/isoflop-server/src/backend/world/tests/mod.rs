//! What must hold of every world.

mod file;
mod truth;

use std::ops::ControlFlow;
use std::sync::Arc;

use isoflop_api::{FailReason, LossQuery, LrSchedule, Optimizer, TrainingConfig};

use super::*;
use crate::backend::sample::{self, sized as config};
use crate::backend::{Outcome, Simulated, TrainingBackend};

fn query(train_flops: f64) -> LossQuery {
    LossQuery { train_flops, ..sample::query() }
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
fn a_middling_run_ends_well_within_its_limit() {
    for world in WORLDS {
        let outcome = named(world.name).expect("its name").rehearse(&training(config(8, 512, 500_000_000))).outcome;
        let Outcome::Completed { used_seconds, val_losses } = outcome else { panic!("{}: {outcome:?}", world.name) };
        assert!((60.0..43_200.0).contains(&used_seconds) && val_losses.len() == 16, "{}", world.name);
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
        }
        let stopped = backend.train(&work, &mut |_| ControlFlow::Break(()));
        assert!(matches!(stopped, Ok(Outcome::Stopped { .. }) | Err(_)), "{}: {stopped:?}", world.name);
    }
}

#[test]
fn losses_are_finite_and_fall_with_data() {
    for world in WORLDS {
        let it = named(world.name).expect("its name");
        let losses: Vec<f64> = (0..12)
            .map(|doubled| {
                let mut recipe = it.recipe(&training(config(8, 512, 50_000_000 << doubled)));
                recipe.learning_rate = it.best_learning_rate(&recipe).unwrap_or(1e-3);
                it.loss(&recipe)
            })
            .collect();
        assert!(losses.windows(2).all(|pair| pair[1] < pair[0]), "{}: {losses:?}", world.name);
        assert!(losses.iter().all(|loss| (1.0..11.0).contains(loss)), "{}: {losses:?}", world.name);
        let initial = it.settings.law.initial_loss.0;
        let answers = [1e14, 1e15, 1e16, 1e17, 1e18].map(|flops| {
            let work = Work::Query(Arc::new(query(flops)));
            it.rehearse(&work).val_losses[0] / it.luck(&it.recipe(&work), 1.0)
        });
        let falls = |pair: &[f64]| pair[1] < pair[0] || (pair[0] / initial - 1.0).abs() < 1e-12;
        assert!(answers.windows(2).all(falls), "{}: {answers:?}", world.name);
    }
}

#[test]
fn absurd_runs_end_with_finite_losses_and_within_their_limit() {
    let usual = config(8, 512, 500_000_000);
    let mut absurd = vec![usual.clone(); 7];
    absurd[0].architecture_config.num_hidden_layers = u64::MAX;
    absurd[0].architecture_config.hidden_size = u64::MAX;
    absurd[1].train_batch_size = 1_000_000_000;
    absurd[2].total_train_tokens = 512;
    absurd[3].n_evals = 1_000_000_000;
    absurd[4].max_runtime_seconds = 1.0;
    absurd[5].optimizer_config = Optimizer::Sgd(isoflop_api::Sgd {
        lr_scheduler: LrSchedule { peak_value: 1e308, final_lr_frac: 0.0, warmup_frac: 0.0, init_value: 0.0 },
        grad_clip_norm: None,
    });
    absurd[6].architecture_config.vocab_size = 1;
    for world in WORLDS {
        let it = named(world.name).expect("its name");
        for config in &absurd {
            let run = it.rehearse(&training(config.clone()));
            assert!(run.val_losses.iter().all(|loss| loss.is_finite() && *loss > 0.0), "{}", world.name);
            assert!((0.0..=config.max_runtime_seconds).contains(&run.outcome.used_seconds()), "{}", world.name);
            assert!(run.val_losses.len() <= 100_000);
        }
    }
}

#[test]
fn best_learning_rates_of_middling_sizes_are_ones_that_may_be_asked_for() {
    for world in WORLDS {
        let it = named(world.name).expect("its name");
        let allowed = match it.settings.protocol {
            Protocol::Flops => 1e-4..=1e-3,
            Protocol::Seconds => 1e-4..=2e-2,
        };
        for (width, layers) in [(256, 4), (384, 6), (512, 8), (768, 12)] {
            for flops in [3e15, 3e16, 3e17] {
                let asked = LossQuery { d_model: width, num_layers: layers, ..query(flops) };
                let recipe = it.recipe(&Work::Query(Arc::new(asked)));
                let best = it.best_learning_rate(&recipe);
                assert!(
                    !(1.0..500.0).contains(&(recipe.tokens / recipe.params))
                        || best.is_none_or(|best| allowed.contains(&best)),
                    "{}: {best:?} at {width}",
                    world.name
                );
            }
        }
    }
}

/// Li et al. 2025 (arXiv:2503.04715): 10⁹ parameters on 10¹¹ tokens are best trained at 1.6325e-3 with batches of
/// 1.1077e6 tokens.
#[test]
fn the_course_is_tuned_as_step_law_says() {
    let it = named("course-2026").expect("its name");
    let mut recipe = it.recipe(&training(config(8, 512, 500_000_000)));
    (recipe.params, recipe.tokens, recipe.batch_tokens) = (1e9, 1e11, 1.107715e6);
    let best = it.best_learning_rate(&recipe).expect("learning rates cost");
    assert!((best / 1.6325e-3).ln().abs() < 0.05, "{best}");
    recipe.learning_rate = best;
    let loss = |times: f64| it.loss(&Recipe { batch_tokens: recipe.batch_tokens * times, ..recipe.clone() });
    assert!(loss(1.0) < loss(2.0) && loss(1.0) < loss(0.5));
    // Its grid of 0.2 to 1.1 billion parameters loses 0.005 to 0.013 nats at twice the rate.
    let off = it.loss(&Recipe { learning_rate: 2.0 * best, ..recipe.clone() }) - it.loss(&recipe);
    assert!((0.005..0.013).contains(&off), "{off}");
}

#[test]
fn a_choice_off_the_best_costs_loss() {
    let it = named("course-2026").expect("its name");
    let best = {
        let mut recipe = it.recipe(&training(config(8, 512, 500_000_000)));
        recipe.learning_rate = it.best_learning_rate(&recipe).expect("learning rates cost");
        recipe
    };
    let worse: Vec<(&str, Recipe)> = vec![
        ("learning rate too low", Recipe { learning_rate: best.learning_rate / 2.0, ..best.clone() }),
        ("learning rate too high", Recipe { learning_rate: best.learning_rate * 2.0, ..best.clone() }),
        ("batch", Recipe { batch_tokens: best.batch_tokens * 8.0, ..best.clone() }),
        ("aspect", Recipe { aspect: 1000.0, ..best.clone() }),
        ("head", Recipe { head_dim: 8.0, ..best.clone() }),
        ("feed-forward", Recipe { feed_forward: 1.0, ..best.clone() }),
        ("plain descent", Recipe { plain_descent: true, ..best.clone() }),
        ("weight decay", Recipe { weight_decay: 0.0, ..best.clone() }),
        ("warm-up", Recipe { warmup: 0.0, ..best.clone() }),
        ("decay", Recipe { final_share: 1.0, ..best.clone() }),
    ];
    for (what, recipe) in worse {
        let more = it.loss(&recipe) - it.loss(&best);
        assert!((0.001..5.0).contains(&more), "{what} costs {more}");
    }
}

#[test]
fn runs_fail_as_runs_do() {
    let it = named("course-2026").expect("its name");
    let usual = config(8, 512, 500_000_000);
    let ended = |change: &dyn Fn(&mut TrainingConfig)| {
        let mut config = usual.clone();
        change(&mut config);
        it.rehearse(&training(config)).outcome
    };
    let said = |outcome| match outcome {
        Outcome::Failed { reason: FailReason::Unexpected { failure }, .. } => failure,
        other => panic!("{other:?}"),
    };
    let hot = ended(&|config| {
        if let Optimizer::AdamW(adamw) = &mut config.optimizer_config {
            adamw.lr_scheduler.peak_value = 1.0;
        }
    });
    assert!(said(hot).contains("diverged"));
    let large = ended(&|config| config.architecture_config.num_hidden_layers = 100_000);
    assert!(said(large).starts_with("out of memory"));
    let small = ended(&|config| config.architecture_config.vocab_size = 256);
    assert!(said(small).contains("vocab_size is 256"));
    let Outcome::Completed { used_seconds, val_losses } = ended(&|_| ()) else { panic!("it fits") };
    let half = ended(&|config| config.max_runtime_seconds = used_seconds / 2.0);
    let Outcome::Failed { used_seconds: used, reason: FailReason::Timeout { partial_val_losses } } = half else {
        panic!("{half:?}")
    };
    assert_eq!((used, &partial_val_losses[..]), (used_seconds / 2.0, &val_losses[..8]));
}

#[test]
fn a_lost_machine_is_the_backends_fault_and_the_next_attempt_draws_again() {
    let runs = |seed| training(TrainingConfig { model_seed: seed, ..config(8, 512, 500_000_000) });
    let [one, other] = [(); 2].map(|()| Simulated::new(named("flaky").expect("its name")));
    let mut attempts = 0;
    for seed in 0..100 {
        let end = |backend: &Simulated| {
            (1..).find_map(|attempt| {
                let ended = backend.train(&runs(seed), &mut |_| ControlFlow::Continue(()));
                ended.ok().map(|outcome| (attempt, outcome))
            })
        };
        let ended = end(&one).expect("an attempt succeeds");
        assert_eq!(Some(&ended), end(&other).as_ref());
        attempts += ended.0;
    }
    assert!((110..150).contains(&attempts), "{attempts} attempts for 100 runs that lose a fifth");
}

#[test]
fn a_forest_answers_in_plateaus_near_the_surface() {
    let forest = named("tree").expect("its name");
    let mut smooth = named("tree").expect("its name");
    smooth.settings.surrogate = None;
    let answers = |world: &World| -> Vec<f64> {
        (0..400).map(|i| world.answer(&LossQuery { d_model: 128 + 2 * i, ..query(1e16) })).collect()
    };
    let (stepped, smooth) = (answers(&forest), answers(&smooth));
    let plateaus = 1 + stepped.windows(2).filter(|pair| pair[0] != pair[1]).count();
    assert!((8..150).contains(&plateaus), "{plateaus} plateaus");
    let off = stepped.iter().zip(&smooth).map(|(a, b)| (a / b).ln().abs()).sum::<f64>() / 400.0;
    assert!(off < 0.03, "{off} from the surface on average");
}
