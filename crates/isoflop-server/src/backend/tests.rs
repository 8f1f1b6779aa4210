//! What must hold of every backend.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::{Duration, Instant};

use isoflop_api::TrainingConfig;

use super::*;

/// A trainer that loses as the real ones do, and takes its seed from what it hears.
const TRAINER: &str = r#"command:sh -c 'read line; seed=${line##*model_seed\":}; seed=${seed%\}*}
    for loss in 5 4.5 4; do echo "{\"elapsed_seconds\": 20, \"val_loss\": $loss$seed}"; sleep 0.1; done'"#;
/// One run, where the sample is.
const TABLE: &str = "params,tokens,loss\n25165824,499974144,3.75\n1e9,2e10,2.5\n";

/// Text that makes a backend of each kind; every kind has one.
fn samples(folder: &std::path::Path) -> Vec<String> {
    let table = folder.join("runs.csv");
    std::fs::write(&table, TABLE).expect("a folder of our own");
    let of = |kind: &BackendKind| match kind.name {
        "simulated" => "simulated:course-2026".to_string(),
        "recorded" => format!("recorded:{}", table.display()),
        "command" => TRAINER.to_string(),
        other => panic!("{other} has no sample here"),
    };
    BACKENDS.iter().map(of).collect()
}

fn going_on(_: Progress) -> ControlFlow<()> {
    ControlFlow::Continue(())
}

#[test]
fn every_backend_keeps_its_promises() {
    let folder = tempfile::tempdir().expect("a folder");
    for (text, kind) in samples(folder.path()).into_iter().zip(BACKENDS) {
        let make = || backend(&text).unwrap_or_else(|error| panic!("{text}: {error}"));
        let work = Work::Training(Arc::new(sample::config()));
        assert_eq!(make().name(), kind.name);

        let mut seen: Vec<Progress> = Vec::new();
        let outcome = make().train(&work, &mut |progress| {
            seen.push(progress);
            ControlFlow::Continue(())
        });
        let Ok(Outcome::Completed { used_seconds, val_losses }) = &outcome else { panic!("{text}: {outcome:?}") };
        assert!(val_losses.iter().all(|loss| loss.is_finite()) && *used_seconds > 0.0);
        assert_eq!(&seen.last().expect("progress is reported").val_losses, val_losses, "{text}");
        assert!(seen.windows(2).all(|pair| pair[0].val_losses.len() <= pair[1].val_losses.len()), "{text}");
        assert!(seen.iter().all(|progress| progress.elapsed_seconds <= sample::config().max_runtime_seconds));

        let again = [make(), make()].map(|backend| backend.train(&work, &mut going_on).ok());
        assert!(again.iter().all(|other| other.as_ref() == outcome.as_ref().ok()), "{text}: same seed, same outcome");

        let stopped = make().train(&work, &mut |_| ControlFlow::Break(()));
        assert!(matches!(stopped, Ok(Outcome::Stopped { .. })), "{text}: {stopped:?}");

        let short = TrainingConfig { max_runtime_seconds: 1.0, ..sample::config() };
        let capped = make().train(&Work::Training(Arc::new(short)), &mut going_on).expect("the backend works");
        assert!(capped.used_seconds() <= 1.0, "{text}: {capped:?}");

        let asked = make().train(&Work::Query(Arc::new(sample::query())), &mut going_on).expect("it works");
        if let Outcome::Completed { val_losses, .. } = asked {
            assert_eq!(val_losses.len(), 1, "{text}: a question has one answer");
        }
    }
}

#[test]
fn many_threads_may_ask_one_backend() {
    let folder = tempfile::tempdir().expect("a folder");
    for text in samples(folder.path()) {
        let one = backend(&text).expect("a sample");
        let work = Work::Training(Arc::new(sample::config()));
        let outcomes: Vec<_> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..4).map(|_| scope.spawn(|| one.train(&work, &mut going_on).ok())).collect();
            threads.into_iter().map(|thread| thread.join().expect("it does not panic")).collect()
        });
        assert!(outcomes.iter().all(|outcome| outcome.is_some() && *outcome == outcomes[0]), "{text}: {outcomes:?}");
    }
}

#[test]
fn pace_makes_a_simulated_run_last_and_stoppable() {
    // 250 simulated seconds in a real one.
    let paced = backend("simulated:quiet,pace=0.004").expect("a world");
    let work = Work::Training(Arc::new(sample::config()));
    let (began, mut told) = (Instant::now(), 0);
    let outcome = paced.train(&work, &mut |progress| {
        told += 1;
        if progress.elapsed_seconds > 500.0 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    assert!(matches!(outcome, Ok(Outcome::Stopped { used_seconds }) if (500.0..800.0).contains(&used_seconds)));
    let took = began.elapsed();
    assert!(took > Duration::from_secs(2) && took < Duration::from_secs(20) && told > 5, "{took:?}, {told}");
}

#[test]
fn recorded_runs_answer_when_they_are_near() {
    let folder = tempfile::tempdir().expect("a folder");
    let text = &samples(folder.path())[1];
    let answer = |text: &str, layers| {
        let work = Work::Training(Arc::new(sample::sized(layers, 512, 500_000_000)));
        backend(text).expect("a table").train(&work, &mut going_on).expect("it works")
    };
    assert!(matches!(answer(text, 8), Outcome::Completed { val_losses, .. } if val_losses == [3.75]));
    assert!(matches!(answer(text, 7), Outcome::Completed { val_losses, .. } if val_losses == [3.75]));
    for (text, layers) in [(text.clone(), 4), (format!("{text},within=0"), 7)] {
        let Outcome::Failed { used_seconds, reason: FailReason::Unexpected { failure } } = answer(&text, layers) else {
            panic!("{layers} layers are near nothing")
        };
        assert!(used_seconds == 0.0 && failure.contains("the nearest has N = 25.2M, D = 500M"), "{failure}");
    }
}

#[test]
fn what_is_no_backend_is_told() {
    let told = |text: &str| {
        let error = backend(text).err().unwrap_or_else(|| panic!("{text} is none"));
        format!("{error}; {}", error.hint.clone().unwrap_or_default())
    };
    for (text, said) in [
        ("simulate", "\"simulate\" is no backend; there are simulated, recorded, command; did you mean simulated"),
        ("simulated:quite", "did you mean quiet"),
        ("simulated:/nowhere/w.toml", "/nowhere/w.toml: No such file"),
        ("simulated:quiet,pace=fast", "pace is \"fast\", expected a number of at least 0"),
        ("simulated:quiet,pace=1e9", "expected a number from 0 to 1000"),
        ("recorded", "needs a table of runs"),
        ("recorded:/nowhere/runs.csv", "/nowhere/runs.csv"),
        ("command:", "needs a program"),
        ("command:python 'train.py", "a quotation mark is left open"),
    ] {
        assert!(told(text).contains(said), "{}", told(text));
    }
}
