//! How long work tells what it is doing, and learns that it should stop.

/// Told about long work by the library, which itself has no terminal and no clock.
///
/// Every method may be called from several threads at once.
pub trait Progress: Sync {
    /// A stage of `total` steps begins ("resampling", 4000).
    fn begin(&self, stage: &str, total: u64);
    /// `steps` more steps of the current stage are done.
    fn advance(&self, steps: u64);
    /// Whether the person asked to stop. Long work looks here often and gives up when it is true.
    fn interrupted(&self) -> bool;
}

/// Progress that nobody watches and nobody interrupts.
#[derive(Clone, Copy, Debug, Default)]
pub struct Quiet;

impl Progress for Quiet {
    fn begin(&self, _stage: &str, _total: u64) {}
    fn advance(&self, _steps: u64) {}
    fn interrupted(&self) -> bool {
        false
    }
}
