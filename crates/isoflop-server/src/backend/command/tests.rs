//! Programs as they are and as they should not be.

use std::sync::Arc;

use isoflop_api::LossQuery;

use super::*;
use crate::backend::sample;

fn shell(script: &str) -> Program {
    Program::new(["sh", "-c", script].map(str::to_string).to_vec())
}

/// A configuration with so many seconds.
fn work(max_runtime_seconds: f64) -> Work {
    Work::Training(Arc::new(isoflop_api::TrainingConfig { max_runtime_seconds, ..sample::config() }))
}

fn ended(script: &str) -> Outcome {
    shell(script).train(&work(60.0), &mut |_| ControlFlow::Continue(())).expect("the backend works")
}

fn failure(script: &str) -> String {
    match ended(script) {
        Outcome::Failed { reason: FailReason::Unexpected { failure }, .. } => failure,
        other => panic!("{other:?}"),
    }
}

/// The state of a process in Linux's words; none for one that has ended and is reaped.
#[cfg(target_os = "linux")]
fn state(pid: &str) -> Option<char> {
    let stat = std::fs::read_to_string(std::path::Path::new("/proc").join(pid).join("stat")).ok()?;
    stat.rsplit_once(") ")?.1.chars().next()
}

#[test]
fn a_program_hears_its_configuration_and_is_heard() {
    let folder = tempfile::tempdir().expect("a folder");
    let heard = folder.path().join("heard.json");
    let script = format!(
        r#"cat > {}; echo starting; echo '{{"elapsed_seconds": 5, "val_losses": [4.5]}}'; sleep 0.5
        echo '{{"elapsed_seconds": 9.5, "val_loss": 4.25}}'"#,
        heard.display()
    );
    let mut seen = Vec::new();
    let outcome = shell(&script).train(&work(60.0), &mut |progress| {
        seen.push(progress.val_losses);
        ControlFlow::Continue(())
    });
    assert_eq!(outcome.ok(), Some(Outcome::Completed { used_seconds: 9.5, val_losses: vec![4.5, 4.25] }));
    assert!(seen.contains(&vec![4.5]) && seen.last() == Some(&vec![4.5, 4.25]), "{seen:?}");
    let text = std::fs::read_to_string(heard).expect("it was written");
    let config: isoflop_api::TrainingConfig = serde_json::from_str(&text).expect("a configuration");
    assert_eq!((work(60.0), text.matches('\n').count()), (Work::Training(Arc::new(config)), 1));
}

#[test]
fn a_question_has_one_answer() {
    let query = LossQuery { train_flops: 1e15, ..sample::query() };
    let script = r#"echo '{"val_losses": [5.5, 4.5]}'"#;
    let outcome = shell(script).train(&Work::Query(Arc::new(query)), &mut |_| ControlFlow::Continue(()));
    assert!(matches!(outcome, Ok(Outcome::Completed { val_losses, .. }) if val_losses == [4.5]));
}

#[test]
fn programs_fail_with_their_own_words() {
    let said = failure("echo 'CUDA error: out of memory' >&2; exit 3");
    assert_eq!(said, "the trainer ended with exit status: 3\nCUDA error: out of memory");
    assert_eq!(failure("exit 0"), "the trainer ended without a validation loss");
    assert!(failure("kill -9 $$").contains("signal: 9"));
    let diverged = "the validation loss is not a number at evaluation 2: the run diverged";
    assert_eq!(failure(r#"echo '{"val_losses": [4.5, NaN]}'; sleep 30"#), diverged);
    assert!(failure("echo '{oops'; sleep 30").starts_with("the trainer printed a line that is not of its protocol"));
    let long = failure("head -c 300000 /dev/zero >&2; printf '\\377the end' >&2; exit 1");
    assert!(long.len() <= 65_536 && long.ends_with("??the end") && !long.contains('\0'));
    assert!(failure("head -c 20000000 /dev/zero; exit 0").contains("more than 16 MB"));
}

/// Its last word may be read when it has long ended and been reaped.
#[test]
fn a_program_may_say_its_last_word_and_go() {
    for _ in 0..20 {
        let said = failure(r#"echo '{"val_loss": NaN}'"#);
        assert_eq!(said, "the validation loss is not a number at evaluation 1: the run diverged");
        let ended = shell(r#"echo '{"val_loss": 4.5}'; echo '{"timed_out": true}'"#)
            .train(&work(60.0), &mut |_| ControlFlow::Continue(()));
        let reason = FailReason::Timeout { partial_val_losses: vec![4.5] };
        assert_eq!(ended.ok(), Some(Outcome::Failed { used_seconds: 60.0, reason }));
    }
}

#[test]
fn what_is_no_fault_of_the_run_is_told_apart() {
    let end = |program: &Program| program.train(&work(60.0), &mut |_| ControlFlow::Continue(()));
    let told = end(&shell("echo preempted >&2; exit 75")).expect_err("try again").to_string();
    assert_eq!(told, "the trainer ended with exit status: 75\npreempted");
    let none = Program::new(vec!["/nowhere/train".to_string()]);
    assert!(end(&none).expect_err("no such program").to_string().starts_with("the trainer /nowhere/train cannot"));
    assert!(end(&Program::new(Vec::new())).is_err());
}

#[cfg(target_os = "linux")]
#[test]
fn a_program_that_is_told_to_stop_leaves_nothing_behind() {
    // One that listens, one that does not, and one whose child does not.
    for (trap, command) in
        [("", "sleep 60"), ("trap '' TERM;", "sleep 60"), ("", "sh -c 'trap \"\" TERM; sleep 60; sleep 60'")]
    {
        let folder = tempfile::tempdir().expect("a folder");
        let pids = folder.path().join("pids");
        let script = format!(
            r#"{trap} {command} & echo $! > {0}; echo $$ >> {0}; echo '{{"val_loss": 4.5}}'; sleep 60; sleep 60"#,
            pids.display()
        );
        let began = Instant::now();
        let outcome = shell(&script).train(&work(60.0), &mut |progress| match &progress.val_losses[..] {
            [] => ControlFlow::Continue(()),
            _ => ControlFlow::Break(()),
        });
        assert!(matches!(outcome, Ok(Outcome::Stopped { used_seconds }) if used_seconds < 60.0), "{outcome:?}");
        assert!(began.elapsed() < Duration::from_secs(20));
        let pids = std::fs::read_to_string(pids).expect("they were written");
        let [child, program] = pids.lines().collect::<Vec<_>>()[..] else { panic!("{pids}") };
        assert_eq!(state(program), None, "it is reaped");
        // An orphan is reaped by others, when they like.
        let gone = || matches!(state(child), None | Some('Z'));
        for _ in 0..500 {
            if !gone() {
                std::thread::sleep(Duration::from_millis(10));
            }
        }
        assert!(gone(), "{trap} {command}");
    }
}

#[test]
fn a_program_cannot_use_more_than_its_limit() {
    let program = Program { slack_seconds: 0.5, ..shell(r#"echo '{"val_loss": 4.5}'; sleep 60"#) };
    let (began, mut seen) = (Instant::now(), 0.0);
    let outcome = program.train(&work(1.0), &mut |progress| {
        seen = progress.elapsed_seconds;
        ControlFlow::Continue(())
    });
    let reason = FailReason::Timeout { partial_val_losses: vec![4.5] };
    assert_eq!(outcome.ok(), Some(Outcome::Failed { used_seconds: 1.0, reason }));
    assert!(began.elapsed() < Duration::from_secs(10) && seen <= 1.0);
    // One that says by itself that it has used more.
    let said = ended(r#"echo '{"elapsed_seconds": 61, "val_losses": [4.5]}'; echo '{"timed_out": true}'; sleep 30"#);
    let reason = FailReason::Timeout { partial_val_losses: vec![4.5] };
    assert_eq!(said, Outcome::Failed { used_seconds: 60.0, reason });
}

#[test]
fn output_that_a_stray_process_holds_open_is_not_waited_for() {
    let began = Instant::now();
    // A session of its own is no member of the group.
    let outcome = ended(r#"setsid sleep 30 & echo '{"val_loss": 4.5}'"#);
    assert!(matches!(outcome, Outcome::Completed { .. }), "{outcome:?}");
    assert!(began.elapsed() < Duration::from_secs(15), "{:?}", began.elapsed());
}

#[test]
fn a_program_that_prints_without_end_is_heard_and_stopped() {
    for script in ["yes", r#"yes '{"elapsed_seconds": 1, "val_losses": [4.5]}'"#] {
        let began = Instant::now();
        let outcome = shell(script).train(&work(60.0), &mut |_| {
            if began.elapsed() > Duration::from_secs(1) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        assert!(matches!(outcome, Ok(Outcome::Stopped { .. })), "{outcome:?}");
        assert!(began.elapsed() < Duration::from_secs(15));
    }
    assert_eq!(failure(r#"yes '{"val_loss": 4.5}'"#), "more than 1000000 losses");
}

#[test]
fn a_panic_on_our_side_ends_the_program() {
    let folder = tempfile::tempdir().expect("a folder");
    let pid = folder.path().join("pid");
    let script = format!("echo $$ > {}; echo; sleep 60; sleep 60", pid.display());
    let program = shell(&script);
    let trained = std::panic::catch_unwind(|| {
        let _ = program.train(&work(60.0), &mut |_| {
            assert!(!pid.exists(), "on purpose");
            ControlFlow::Continue(())
        });
    });
    assert!(trained.is_err());
    #[cfg(target_os = "linux")]
    assert_eq!(state(std::fs::read_to_string(pid).expect("it was written").trim()), None);
}
