//! A cluster that answers what Slurm 22.05 once answered.

use std::collections::VecDeque;
use std::path::Path;
use std::sync::{Arc, Mutex};

use super::commands::{JobState, state};
use super::*;
use crate::backend::sample;

/// Answers in turn, and keeps what it was asked.
#[derive(Clone, Default)]
struct Played {
    answers: Arc<Mutex<VecDeque<(&'static str, Ran)>>>,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Played {
    fn new(answers: &[(&'static str, bool, &str)]) -> Self {
        let played = Self::default();
        for &(program, success, text) in answers {
            let (out, err) = if success { (text.to_owned(), String::new()) } else { (String::new(), text.to_owned()) };
            played.answers.lock().expect("no panic").push_back((program, Ran { success, out, err }));
        }
        played
    }
}

impl Commands for Played {
    fn run(&self, program: &str, arguments: &[String]) -> std::io::Result<Ran> {
        self.asked.lock().expect("no panic").push(format!("{program} {}", arguments.join(" ")));
        if program == "scancel" {
            return Ok(Ran { success: true, ..Ran::default() });
        }
        let (wanted, answer) = self.answers.lock().expect("no panic").pop_front().expect("another answer");
        assert_eq!(program, wanted, "{arguments:?}");
        Ok(answer)
    }
}

const UNKNOWN: &str = "slurm_load_jobs error: Invalid job id specified";
const AWAY: &str = "slurm_load_jobs error: Unable to contact slurm controller (connect failure)";
const NO_BOOKS: &str = "Slurm accounting storage is disabled";

#[test]
fn states_come_from_the_controller_or_else_from_the_books() {
    for (answers, wanted) in [
        (vec![("squeue", true, "PENDING\n")], Some(JobState::Waiting)),
        (vec![("squeue", true, "RUNNING\n")], Some(JobState::Running)),
        (vec![("squeue", true, "NODE_FAIL\n")], Some(JobState::Lost)),
        (vec![("squeue", false, UNKNOWN), ("sacct", true, "CANCELLED by 0\n")], Some(JobState::Cancelled)),
        (vec![("squeue", false, UNKNOWN), ("sacct", true, "COMPLETED\n")], Some(JobState::Ended)),
        (vec![("squeue", true, ""), ("sacct", true, "TIMEOUT\n")], Some(JobState::TimedOut)),
        (vec![("squeue", false, UNKNOWN), ("sacct", true, "OUT_OF_ME+\n")], Some(JobState::Unknown)),
        (vec![("squeue", false, UNKNOWN), ("sacct", false, NO_BOOKS)], Some(JobState::Unknown)),
        (vec![("squeue", false, AWAY), ("sacct", false, NO_BOOKS)], None),
    ] {
        assert_eq!(state(&Played::new(&answers), "7"), wanted, "{answers:?}");
    }
}

fn slurm(folder: &Path, played: &Played) -> (Slurm, Leased) {
    let slurm = Slurm {
        command: "python train.py".to_owned(),
        sbatch_args: words(&["--gpus=1"]),
        folder: folder.to_owned(),
        server: "http://here".to_owned(),
        poll: Duration::from_millis(1),
        commands: Box::new(played.clone()),
    };
    let work = Work::Training(sample::config().into());
    (slurm, Leased { experiment_id: 3, run_id: "run-3-1".to_owned(), work, lease_seconds: 60.0 })
}

/// Writes what the job would have left behind.
fn leave(slurm: &Slurm, lease: &Leased, name: &str, text: &str) {
    let folder = Folder::of(&slurm.folder, &slurm.server, lease);
    std::fs::write(folder.path().join(name), text).expect("written");
}

#[test]
fn a_job_is_submitted_followed_and_forgotten() {
    let place = tempfile::tempdir().expect("a folder");
    let played = Played::new(&[
        ("sbatch", true, "17;cluster\n"),
        ("squeue", true, "PENDING\n"),
        ("squeue", true, "RUNNING\n"),
        ("squeue", false, AWAY),
        ("sacct", false, NO_BOOKS),
    ]);
    let (slurm, lease) = slurm(place.path(), &played);
    let (mut looks, mut seen) = (0, Vec::new());
    let outcome = slurm.train(&lease, &mut |progress| {
        looks += 1;
        seen.push(progress.val_losses.len());
        match looks {
            2 => leave(&slurm, &lease, "out", "compiled\n{\"elapsed_seconds\": 9, \"val_loss\": 4.5}\n{\"val_lo"),
            3 => {
                let all = "compiled\n{\"elapsed_seconds\": 9, \"val_loss\": 4.5}\n{\"val_loss\": 4.25}\n";
                leave(&slurm, &lease, "out", all);
                leave(&slurm, &lease, "code", "0\n");
            }
            _ => {}
        }
        ControlFlow::Continue(())
    });
    assert_eq!(outcome.expect("trained"), Outcome::Completed { used_seconds: 9.0, val_losses: vec![4.5, 4.25] });
    assert_eq!(seen, [0, 0, 1, 2]);
    let asked = played.asked.lock().expect("no panic");
    let sbatch = &asked[0];
    assert!(sbatch.starts_with("sbatch --parsable --no-requeue ") && sbatch.contains("--job-name=isoflop-run-3-1-"));
    // 1.05 × 43,200 s and a minute.
    assert!(sbatch.contains("--comment=run-3-1 --time=757 --gpus=1 ") && sbatch.ends_with("/job.sh"), "{sbatch}");
    slurm.forget(&lease);
    assert_eq!(std::fs::read_dir(place.path()).expect("a folder").count(), 0);
}

#[test]
fn a_worker_that_crashed_finds_its_job_again_and_submits_no_other() {
    let place = tempfile::tempdir().expect("a folder");
    // The folder was written and the job submitted; its number was not written.
    let played = Played::new(&[("squeue", true, "17\n")]);
    let (slurm, lease) = slurm(place.path(), &played);
    let folder = Folder::of(place.path(), "http://here", &lease);
    folder.write("true", &lease.work).expect("written");
    leave(&slurm, &lease, "out", "{\"val_loss\": 4.5}\n");
    leave(&slurm, &lease, "code", "0\n");
    let outcome = slurm.train(&lease, &mut |_| ControlFlow::Continue(())).expect("trained");
    assert!(matches!(outcome, Outcome::Completed { .. }));
    assert_eq!(folder.job().as_deref(), Some("17"));
    let asked = played.asked.lock().expect("no panic");
    assert!(asked.len() == 1 && asked[0].contains(&format!("--name={}", folder.job_name())), "{asked:?}");
}

#[test]
fn a_submission_that_may_have_been_heard_is_looked_for_before_it_is_made_again() {
    let place = tempfile::tempdir().expect("a folder");
    let played = Played::new(&[
        ("sbatch", false, "sbatch: error: Batch job submission failed: Socket timed out on send/recv operation"),
        ("squeue", false, AWAY),
        ("squeue", true, ""),
        ("sacct", false, NO_BOOKS),
        ("sbatch", true, "18\n"),
        ("squeue", true, "RUNNING\n"),
    ]);
    let (slurm, lease) = slurm(place.path(), &played);
    let mut looks = 0;
    let outcome = slurm.train(&lease, &mut |_| {
        looks += 1;
        if looks < 3 { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    });
    assert!(matches!(outcome, Ok(Outcome::Stopped { .. })));
    assert_eq!(played.asked.lock().expect("no panic").last().map(String::as_str), Some("scancel 18"));
}

#[test]
fn jobs_that_the_cluster_ended_are_told_apart() {
    for (answer, is_lost, words) in [
        ("NODE_FAIL", true, "lost its machine"),
        ("PREEMPTED", true, "lost its machine"),
        ("CANCELLED", true, "was cancelled on the cluster"),
        ("OUT_OF_MEMORY", false, "ran out of memory"),
        ("TIMEOUT", false, "Timeout"),
    ] {
        let place = tempfile::tempdir().expect("a folder");
        let played = Played::new(&[("sbatch", true, "5\n"), ("squeue", true, answer)]);
        let (slurm, lease) = slurm(place.path(), &played);
        let outcome = slurm.train(&lease, &mut |_| ControlFlow::Continue(()));
        assert_eq!(outcome.is_err(), is_lost, "{answer}");
        assert!(format!("{outcome:?}").contains(words), "{answer}: {outcome:?}");
    }
}
