//! What users may ask beyond the courses' protocols: about themselves, and nobody else.

pub(super) mod analysis;
mod events;
mod experiments;
mod kept;
mod me;
mod query;
pub(super) mod told;

pub use kept::Kept;

pub(super) use analysis::{analysis, figures};
pub(super) use events::events;
pub(super) use experiments::{cancel, estimate, experiments, runs_csv};
pub(super) use me::{Me, me};
