//! What a server knows of itself beyond its books.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use crate::backend::TrainingBackend;
use crate::backend::world::World;

/// For operators; nothing of it is ever told to users.
#[derive(Clone, Default)]
pub struct House {
    /// Where the books are kept; nowhere if they are gone with the process.
    pub database: Option<PathBuf>,
    /// Where it listens.
    pub address: Option<SocketAddr>,
    /// What trains here.
    pub backend: Option<Arc<dyn TrainingBackend>>,
    /// Runs that are trained here at once.
    pub places: usize,
}

impl House {
    /// The world that runs are played in, if they are.
    pub fn world(&self) -> Option<&World> {
        self.backend.as_ref().and_then(|backend| backend.world())
    }
}
