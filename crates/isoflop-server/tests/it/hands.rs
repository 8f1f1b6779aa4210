//! The server's own workers.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use isoflop_server::backend::{BackendError, Outcome, Progress, TrainingBackend, Work};
use isoflop_server::hands::Hands;
use isoflop_server::ledger::{Cause, Command, End, Owner, State, Terms};
use isoflop_server::service::Service;
use isoflop_server::store::Store;

use crate::books::{ANN, key, submit, training};
use crate::check::consistent;

/// The seed says what becomes of a run: 0 panics, 1 ends, 2 goes on until it is told to stop.
#[derive(Default)]
struct Scripted {
    stopped: AtomicBool,
}

impl TrainingBackend for Scripted {
    fn name(&self) -> &'static str {
        "scripted"
    }

    fn train(&self, work: &Work, report: &mut dyn FnMut(Progress) -> ControlFlow<()>) -> Result<Outcome, BackendError> {
        let Work::Training(config) = work else { return Err(BackendError("no queries".to_owned())) };
        let mut said = |losses: usize| report(Progress { elapsed_seconds: 1.0, val_losses: vec![3.0; losses] });
        match config.model_seed {
            0 => panic!("on purpose"),
            1 => Ok(Outcome::Completed { used_seconds: 7.5, val_losses: vec![4.0, 3.0] }),
            _ => {
                let mut losses = 0;
                while said(losses % 2).is_continue() {
                    losses += 1;
                    thread::sleep(Duration::from_millis(1));
                }
                self.stopped.store(true, Ordering::Relaxed);
                Ok(Outcome::Stopped { used_seconds: 1.0 })
            }
        }
    }
}

fn wait_until(what: &str, happened: impl Fn() -> bool) {
    let start = Instant::now();
    while !happened() {
        assert!(start.elapsed() < Duration::from_secs(20), "{what}");
        thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn runs_end_panic_and_stop() {
    let service = Service::start(Store::in_memory().unwrap(), Terms::default()).unwrap();
    service.ask_and_wait(Command::AddUser { name: "a".to_owned(), key: key("a") }).unwrap();
    for seed in 0..3 {
        service.ask_and_wait(submit(ANN, training(seed, 100.0))).unwrap();
    }
    let backend = Arc::new(Scripted::default());
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_time().build().unwrap();
    runtime.spawn(Hands::new(service.clone(), backend.clone(), 2).run());
    wait_until("the others end while one goes on", || service.ledger().load() == (0, 1));
    service.ask_and_wait(Command::Cancel { experiment: 3, owner: Owner::Operator }).unwrap();
    wait_until("it is told to stop", || backend.stopped.load(Ordering::Relaxed));
    let ledger = service.ledger();
    let ends: Vec<_> = ledger
        .experiments()
        .iter()
        .map(|run| match &run.state {
            State::Ended { end: End::Failed { cause, .. }, .. } => (Some(*cause), run.attempts()),
            _ => (None, run.attempts()),
        })
        .collect();
    assert_eq!(ends, [(Some(Cause::Lost), 3), (None, 1), (Some(Cause::Cancelled), 1)]);
    let charges: Vec<f64> = ledger.experiments().iter().map(|run| run.charge).collect();
    // The cancelled one is charged what it took, a second at least.
    assert!(charges[..2] == [0.0, 7.5] && (1.0..100.0).contains(&charges[2]), "{charges:?}");
    consistent(&ledger, service.terms());
}
