//! What is asked: the 2024 and 2025 protocol's `GET /loss`.

mod read;

use serde::{Deserialize, Serialize};

use crate::wire::to_canonical_wire;

pub use read::{BATCH_SIZES, QueryRefusal, TRAIN_FLOPS, read_api_key};

/// One question after a loss: six numbers, each within the protocol's bounds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LossQuery {
    /// Width of the model, 64 to 1024.
    pub d_model: u64,
    /// Layers, 2 to 24.
    pub num_layers: u64,
    /// Heads, 2 to 16.
    pub num_heads: u64,
    /// Sequences in a batch, 128 or 256.
    pub batch_size: u64,
    /// The highest learning rate, 1e-4 to 1e-3.
    pub learning_rate: f64,
    /// C, FLOPs; one of the protocol's list.
    pub train_flops: f64,
}

impl LossQuery {
    /// N = 12·layers·width², parameters without embedding, as the course counts them.
    pub fn params(&self) -> u64 {
        12 * self.num_layers * self.d_model * self.d_model
    }

    /// What tells this query from every other.
    pub fn digest(&self) -> String {
        String::from_utf8_lossy(&to_canonical_wire(self)).into_owned()
    }
}
