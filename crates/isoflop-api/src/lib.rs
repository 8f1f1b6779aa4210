//! The wire of the training API: what is sent, what is answered, and what is refused with which words.
//!
//! Two protocols share it: the course's of 2026 (a [`TrainingConfig`] to `POST /submit`, answered by an
//! [`Experiment`] that goes through [`Status`]es) and that of 2024 and 2025 (a [`LossQuery`] to `GET /loss`). Both are
//! closed: their bodies hold these fields and no others, in this order.
//!
//! This crate holds no rule of who may do what, no clock and no server.

mod budget;
mod config;
mod experiment;
mod query;
mod timestamp;
mod worker;

pub use budget::{BudgetSummary, SubmitResponse};
pub use config::{AdamW, Architecture, Dtype, LrSchedule, Optimizer, Sgd, TrainingConfig};
pub use experiment::{Experiment, FailReason, FinalSubmission, Status};
pub use query::LossQuery;
pub use timestamp::Timestamp;
pub use worker::{Finish, WorkerEvent};
