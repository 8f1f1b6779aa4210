//! The server's own workers: runs trained here, by a backend.

use std::ops::ControlFlow;
use std::panic::{self, AssertUnwindSafe};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use isoflop_api::Finish;
use tokio::sync::broadcast;

use crate::backend::{BackendError, Outcome, Progress, TrainingBackend, Work};
use crate::ledger::{Command, Event, ExperimentId, Lease, OWN_WORKER, Report};
use crate::service::{Done, Problem, Service};
use crate::setbacks::Setbacks;

/// Places for runs on this machine.
pub struct Hands {
    service: Service,
    backend: Arc<dyn TrainingBackend>,
    places: usize,
    /// Attempts that are being trained.
    holding: Mutex<Vec<(ExperimentId, String)>>,
    setbacks: Setbacks,
}

/// Between looks at the queue when nothing is heard; a worker that died is noticed by its lease.
const PAUSE: Duration = Duration::from_millis(500);
/// Between signs of life of runs that say nothing.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// Between tries when the disk is full.
const RETRY: Duration = Duration::from_millis(200);

impl Hands {
    /// With `places` for runs of `backend`.
    pub fn new(service: Service, backend: Arc<dyn TrainingBackend>, places: usize) -> Arc<Self> {
        Arc::new(Self { service, backend, places, holding: Mutex::default(), setbacks: Setbacks::default() })
    }

    /// Takes work until the service stops. Each run has a thread of its own.
    pub async fn run(self: Arc<Self>) {
        let mut changes = self.service.changes();
        let mut spoke = Instant::now();
        // A lease is renewed once half of it is over.
        let heartbeat = HEARTBEAT.min(Duration::from_secs_f64(self.service.terms().lease_seconds / 4.0));
        loop {
            if spoke.elapsed() > heartbeat {
                self.keep().await;
                spoke = Instant::now();
            }
            match self.take().await {
                Ok(()) | Err(Problem::Storage(_) | Problem::Refused(_)) => {}
                Err(Problem::Stopping | Problem::Broken) => return,
            }
            match tokio::time::timeout(PAUSE, changes.recv()).await {
                Ok(Err(broadcast::error::RecvError::Closed)) => return,
                // Whatever has changed since is seen in one look.
                Ok(_) => while changes.try_recv().is_ok() {},
                Err(_) => {}
            }
        }
    }

    /// Says of every run that it goes on, as a backend may be silent for long.
    async fn keep(&self) {
        for (experiment, run_id) in self.held() {
            let command = Command::Report { experiment, run_id, report: Report::default() };
            // A run that is no longer ours is told so when it reports.
            let _ = self.service.ask(command).await;
        }
    }

    fn held(&self) -> Vec<(ExperimentId, String)> {
        self.holding.lock().expect("nothing panics in here").clone()
    }

    /// Fills the free places.
    async fn take(self: &Arc<Self>) -> Result<(), Problem> {
        let holding: Vec<String> = self.held().into_iter().map(|(_, run_id)| run_id).collect();
        let places = self.places.saturating_sub(holding.len());
        if places == 0 || self.setbacks.left().is_some() || self.service.ledger().load().0 == 0 {
            return Ok(());
        }
        let lease = Command::Lease { worker: OWN_WORKER.to_owned(), places, holding };
        let Done { events, .. } = self.service.ask(lease).await?;
        for event in events {
            let Event::Leased { experiment, lease: Lease { run_id, .. } } = event else { continue };
            let Some(work) = self.service.ledger().experiment(experiment).map(|run| run.work.clone()) else { continue };
            self.holding.lock().expect("nothing panics in here").push((experiment, run_id.clone()));
            let hands = Arc::clone(self);
            thread::spawn(move || {
                hands.train(experiment, &run_id, &work);
                // The queue is looked at again at once.
                hands.service.nudge(experiment);
            });
        }
        Ok(())
    }

    fn train(&self, experiment: ExperimentId, run_id: &str, work: &Work) {
        let mut last = None;
        let mut report = |progress: Progress| {
            if last.as_ref() == Some(&progress) {
                return ControlFlow::Continue(());
            }
            let report = Report { losses: Some(progress.val_losses.clone()), waits: false };
            last = Some(progress);
            let command = Command::Report { experiment, run_id: run_id.to_owned(), report };
            match self.service.ask_and_wait(command) {
                Ok(_) | Err(Problem::Storage(_)) => ControlFlow::Continue(()),
                Err(Problem::Refused(_) | Problem::Stopping | Problem::Broken) => ControlFlow::Break(()),
            }
        };
        // A backend that panics has failed as well; its run must not be kept alive by a thread that is gone.
        let trained = panic::catch_unwind(AssertUnwindSafe(|| self.backend.train(work, &mut report)))
            .unwrap_or_else(|_| Err(BackendError("the backend panicked".to_owned())));
        self.setbacks.heed(run_id, &trained);
        if trained.is_err() {
            self.service.metrics().backend_failed();
        }
        // From here on nobody says that it goes on: its result is on its way. Other attempts may be held still.
        self.holding.lock().expect("nothing panics in here").retain(|(_, held)| held != run_id);
        let command = ending(experiment, run_id, trained);
        let Some(command) = command else { return };
        // A result is worth waiting for.
        while let Err(Problem::Storage(_)) = self.service.ask_and_wait(command.clone()) {
            thread::sleep(RETRY);
        }
    }
}

/// What is told of a run that is over; nothing if it was told to stop, as that is known.
fn ending(experiment: ExperimentId, run_id: &str, outcome: Result<Outcome, BackendError>) -> Option<Command> {
    let run_id = run_id.to_owned();
    let finish = match outcome {
        Ok(Outcome::Completed { used_seconds, val_losses }) => {
            Finish::Completed { used_runtime_seconds: used_seconds, val_losses }
        }
        Ok(Outcome::Failed { used_seconds, reason }) => Finish::Failed { used_runtime_seconds: used_seconds, reason },
        Ok(Outcome::Stopped { .. }) => return None,
        Err(BackendError(why)) => return Some(Command::Lost { experiment, run_id, why }),
    };
    Some(Command::Finish { experiment, run_id: Some(run_id), finish })
}
