//! Whether the server can do its work, as those who balance load or watch it ask.

use std::sync::atomic::{AtomicBool, Ordering};

/// What stands against new work.
#[derive(Debug, Default)]
pub struct Condition {
    unwritable: AtomicBool,
    stopping: AtomicBool,
    broken: AtomicBool,
}

impl Condition {
    /// Whether the last write reached the disk.
    pub fn is_writable(&self) -> bool {
        !self.unwritable.load(Ordering::Relaxed)
    }

    /// Whether the server has begun to stop.
    pub fn is_stopping(&self) -> bool {
        self.stopping.load(Ordering::Relaxed)
    }

    /// Whether the one who writes the books is gone, through a fault of this program.
    pub fn is_broken(&self) -> bool {
        self.broken.load(Ordering::Relaxed)
    }

    pub(crate) fn breaks(&self) {
        self.broken.store(true, Ordering::Relaxed);
    }

    pub(crate) fn wrote(&self, well: bool) {
        self.unwritable.store(!well, Ordering::Relaxed);
    }

    pub(crate) fn stops(&self) {
        self.stopping.store(true, Ordering::Relaxed);
    }
}
