//! What a worker has its runs trained by.

use std::ops::ControlFlow;

use crate::backend::{BackendError, Outcome, Progress, TrainingBackend};
use crate::http::worker::Leased;

/// Trains attempts that a worker has leased. Unlike a backend it knows their names, so that it may find one again.
pub trait Trainer: Send + Sync {
    /// Trains to the end, or until `report` says to stop; it is called every few seconds at least.
    ///
    /// # Errors
    /// [`BackendError`] where not the run but the machine is at fault.
    fn train(
        &self,
        lease: &Leased,
        report: &mut dyn FnMut(Progress) -> ControlFlow<()>,
    ) -> Result<Outcome, BackendError>;

    /// The attempt is over and the server knows it.
    fn forget(&self, _lease: &Leased) {}
}

/// A backend, on the machine of the worker.
pub struct Backed(pub Box<dyn TrainingBackend>);

impl Trainer for Backed {
    fn train(
        &self,
        lease: &Leased,
        report: &mut dyn FnMut(Progress) -> ControlFlow<()>,
    ) -> Result<Outcome, BackendError> {
        self.0.train(&lease.work, report)
    }
}
