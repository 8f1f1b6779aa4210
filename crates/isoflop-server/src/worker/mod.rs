//! A worker on any machine: it leases runs from a server, has them trained, and says how they end.
//!
//! Nothing is kept here that the server does not know: after a crash the server hands the same attempts out again to
//! the worker of the same name. All that is said may be said twice, so whatever gets no answer is said again.

mod slurm;
#[cfg(test)]
mod tests;
mod trainer;

use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::panic::{self, AssertUnwindSafe};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, sleep};
use std::time::{Duration, Instant};

use isoflop_api::client::{ClientError, Patience, WorkerClient};
use isoflop_api::{Finish, WorkerEvent};
use serde::Serialize;

use crate::backend::{BackendError, Outcome, Progress};
use crate::http::worker::{GoOn, LeaseRequest, Leased, Leases};
use crate::setbacks::Setbacks;

pub use slurm::{Commands, Installed, Ran, Slurm};
pub use trainer::{Backed, Trainer};

/// A worker with places for runs.
pub struct Worker {
    /// The server.
    pub client: WorkerClient,
    /// What the server knows it by: the same after it was started again, and nobody else's.
    pub name: String,
    /// Runs at once.
    pub slots: usize,
    /// What trains them.
    pub trainer: Arc<dyn Trainer>,
    /// Set when it is to end; runs are then given back.
    pub stop: Arc<AtomicBool>,
    /// Attempts whose end the server has not acknowledged.
    holding: Mutex<BTreeSet<String>>,
    /// Runs that were lost here one after another.
    setbacks: Setbacks,
}

/// Between questions after work when there was none.
const PAUSE: Duration = Duration::from_secs(1);
/// How often it is looked whether a place is free or the worker is to end.
const LOOK: Duration = Duration::from_millis(20);
/// The longest silence about a run, so that a cancellation is heard soon.
const HEARTBEAT: Duration = Duration::from_secs(5);
/// How long a server that is away is told of an end, once the worker is to stop.
const FAREWELL: Duration = Duration::from_secs(10);
/// Waits while the server is away.
const AWAY: Patience = Patience { tries: u32::MAX, first: Duration::from_millis(250), most: Duration::from_secs(15) };

/// A run over, as `POST /v1/worker/{id}/finish` has it.
#[derive(Serialize)]
struct Finished<'a> {
    run_id: &'a str,
    finish: &'a Finish,
}

/// A run lost, as `POST /v1/worker/{id}/lost` has it.
#[derive(Serialize)]
struct Lost<'a> {
    run_id: &'a str,
    why: &'a str,
}

/// A run handed back, as `POST /v1/worker/{id}/give_back` has it.
#[derive(Serialize)]
struct GivenBack<'a> {
    run_id: &'a str,
}

impl Worker {
    /// A worker that holds nothing yet.
    pub fn new(
        client: WorkerClient,
        name: String,
        slots: usize,
        trainer: Arc<dyn Trainer>,
        stop: Arc<AtomicBool>,
    ) -> Self {
        let (holding, setbacks) = (Mutex::default(), Setbacks::default());
        Self { client, name, slots, trainer, stop, holding, setbacks }
    }

    /// Works until it is told to stop; then gives back what it holds.
    ///
    /// # Errors
    /// If the server refuses it, for its key or its name; a server that is away is waited for.
    pub fn run(self: Arc<Self>) -> Result<(), ClientError> {
        let (mut threads, mut away) = (Vec::new(), 0);
        while !self.is_stopping() {
            let holding: Vec<String> = self.held().iter().cloned().collect();
            let places = self.slots.saturating_sub(holding.len());
            if places == 0 || self.setbacks.left().is_some() {
                sleep(LOOK);
                continue;
            }
            let request = LeaseRequest { worker: self.name.clone(), places, holding };
            match self.client.say::<Leases>("/v1/worker/lease", &request) {
                Ok(Leases { leases }) => {
                    if away > 0 {
                        tracing::info!("the server is there again");
                    }
                    away = 0;
                    let found = leases.len();
                    for lease in leases {
                        self.held().insert(lease.run_id.clone());
                        let worker = Arc::clone(&self);
                        threads.push(thread::spawn(move || worker.work(&lease)));
                    }
                    threads.retain(|thread| !thread.is_finished());
                    if found == 0 {
                        self.rest(PAUSE, places);
                    }
                }
                Err(ClientError::Unreachable { url, why }) => {
                    away += 1;
                    tracing::warn!("{url} cannot be reached: {why}; trying again");
                    self.rest(AWAY.wait(away, None), 0);
                }
                Err(error) if away == 0 && threads.is_empty() => return Err(error),
                Err(error) => {
                    tracing::error!("{error}");
                    self.rest(AWAY.most, 0);
                }
            }
        }
        for thread in threads {
            // A thread that panicked has nothing to give back; its lease will run out.
            let _ = thread.join();
        }
        Ok(())
    }

    /// Waits, but not if more than `places` are free or the worker is to stop.
    fn rest(&self, time: Duration, places: usize) {
        let began = Instant::now();
        while began.elapsed() < time && !self.is_stopping() {
            if places > 0 && self.slots - self.held().len() > places {
                return;
            }
            sleep(LOOK);
        }
    }

    /// From the lease of a run to the acknowledgement of its end.
    fn work(&self, lease: &Leased) {
        tracing::info!("{} begins", lease.run_id);
        let mut is_ours = true;
        let trained = self.train(lease, &mut is_ours);
        self.setbacks.heed(&lease.run_id, &trained);
        let is_known = if is_ours {
            self.tell_end(lease, trained)
        } else {
            tracing::info!("{} was taken back", lease.run_id);
            true
        };
        // What nobody has heard is told by the next worker of this name.
        if is_known {
            self.trainer.forget(lease);
        }
        self.held().remove(&lease.run_id);
    }

    fn train(&self, lease: &Leased, is_ours: &mut bool) -> Result<Outcome, BackendError> {
        let path = format!("/v1/worker/{}/progress", lease.experiment_id);
        let beat = HEARTBEAT.min(Duration::from_secs_f64((lease.lease_seconds / 4.0).max(0.1)));
        let (mut told, mut spoke) = (Vec::new(), None::<Instant>);
        let mut report = |progress: Progress| {
            if self.is_stopping() {
                return ControlFlow::Break(());
            }
            if told == progress.val_losses && spoke.is_some_and(|at| at.elapsed() < beat) {
                return ControlFlow::Continue(());
            }
            spoke = Some(Instant::now());
            let (run_id, val_losses) = (lease.run_id.clone(), progress.val_losses);
            let event = if val_losses.is_empty() {
                WorkerEvent::RunHeartbeat { run_id, elapsed_seconds: progress.elapsed_seconds }
            } else {
                WorkerEvent::ValidationLoss { run_id, val_losses: val_losses.clone() }
            };
            match self.client.say::<GoOn>(&path, &event) {
                Ok(GoOn { go_on: false }) => {
                    *is_ours = false;
                    return ControlFlow::Break(());
                }
                // What was not heard is in the next report as well.
                Ok(_) => {}
                Err(error) => tracing::warn!("{}: {error}", lease.run_id),
            }
            told = val_losses;
            ControlFlow::Continue(())
        };
        panic::catch_unwind(AssertUnwindSafe(|| self.trainer.train(lease, &mut report)))
            .unwrap_or_else(|_| Err(BackendError("the trainer panicked".to_owned())))
    }

    /// Tells the end until it is acknowledged, or refused: then somebody else has the run. Whether the server knows it.
    fn tell_end(&self, lease: &Leased, trained: Result<Outcome, BackendError>) -> bool {
        let run_id = lease.run_id.as_str();
        let (told, said) = match trained {
            Ok(Outcome::Completed { used_seconds, val_losses }) => {
                let finish = Finish::Completed { used_runtime_seconds: used_seconds, val_losses };
                ("completed", self.say_end(lease, "finish", &Finished { run_id, finish: &finish }))
            }
            Ok(Outcome::Failed { used_seconds, reason }) => {
                let finish = Finish::Failed { used_runtime_seconds: used_seconds, reason };
                ("failed", self.say_end(lease, "finish", &Finished { run_id, finish: &finish }))
            }
            Ok(Outcome::Stopped { .. }) => ("given back", self.say_end(lease, "give_back", &GivenBack { run_id })),
            Err(BackendError(why)) => ("lost", self.say_end(lease, "lost", &Lost { run_id, why: &why })),
        };
        match &said {
            Ok(()) => tracing::info!("{run_id} {told}"),
            Err(error) => tracing::error!("{run_id} {told}, but: {error}"),
        }
        !matches!(said, Err(ClientError::Unreachable { .. }))
    }

    fn say_end(&self, lease: &Leased, what: &str, body: &impl Serialize) -> Result<(), ClientError> {
        let path = format!("/v1/worker/{}/{what}", lease.experiment_id);
        let (mut tried, mut stopping) = (0, None::<Instant>);
        loop {
            match self.client.say::<()>(&path, body) {
                Err(error @ ClientError::Unreachable { .. }) => {
                    tried += 1;
                    if self.is_stopping() && stopping.get_or_insert_with(Instant::now).elapsed() > FAREWELL {
                        return Err(error);
                    }
                    let wait = AWAY.wait(tried, None);
                    if self.is_stopping() { sleep(wait.min(PAUSE)) } else { self.rest(wait, 0) }
                }
                other => return other,
            }
        }
    }

    fn is_stopping(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    fn held(&self) -> MutexGuard<'_, BTreeSet<String>> {
        self.holding.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
