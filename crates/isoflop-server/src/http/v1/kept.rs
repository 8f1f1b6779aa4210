//! What is kept between requests; nothing that could not be worked out again.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use tokio::sync::watch;

use super::analysis::Shelf;
use crate::ledger::UserId;

/// Streams of one user at once. Browsers open one for each page.
const STREAMS: usize = 16;

/// What is kept between requests.
pub struct Kept {
    /// Analyses, and the turn to make one.
    pub(super) shelf: tokio::sync::Mutex<Shelf>,
    streams: Arc<Mutex<HashMap<UserId, usize>>>,
    stopping: watch::Sender<bool>,
}

impl Default for Kept {
    fn default() -> Self {
        Self { shelf: tokio::sync::Mutex::default(), streams: Arc::default(), stopping: watch::Sender::new(false) }
    }
}

impl Kept {
    /// Ends every stream, so that the server can stop.
    pub fn stop(&self) {
        self.stopping.send_replace(true);
    }

    /// Becomes true when the server stops.
    pub(super) fn stopping(&self) -> watch::Receiver<bool> {
        self.stopping.subscribe()
    }

    /// A place for one more stream of `user`.
    pub(super) fn seat(&self, user: UserId) -> Option<Seat> {
        let mut streams = self.streams.lock().expect("counting does not panic");
        let taken = streams.entry(user).or_default();
        if *taken >= STREAMS {
            return None;
        }
        *taken += 1;
        Some(Seat { user, streams: Arc::clone(&self.streams) })
    }
}

/// Held as long as a stream flows.
pub(super) struct Seat {
    user: UserId,
    streams: Arc<Mutex<HashMap<UserId, usize>>>,
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut streams = self.streams.lock().expect("counting does not panic");
        if let Some(taken) = streams.get_mut(&self.user) {
            *taken -= 1;
            if *taken == 0 {
                streams.remove(&self.user);
            }
        }
    }
}
