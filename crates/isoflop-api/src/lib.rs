//! The wire of the training API: what is sent, what is answered, and what is refused with which words.
//!
//! Two protocols share it: the course's of 2026 (a [`TrainingConfig`] to `POST /submit`, answered by an
//! [`Experiment`] that goes through [`Status`]es) and that of 2024 and 2025 (a [`LossQuery`] to `GET /loss`). Both are
//! closed: their bodies hold these fields and no others, in this order.
//!
//! A request goes from bytes to a value in two steps, since a server asks between them who sent it:
//!
//! ```
//! use isoflop_api::{WorkerEvent, detail, read_body, read_request};
//!
//! let body = read_body(Some("application/json"), br#"{"log_type": "preempted"}"#)?;
//! let issues = read_request::<WorkerEvent>(&body).expect_err("nobody is named");
//! assert_eq!(
//!     detail(&issues),
//!     br#"{"detail":[{"type":"missing","loc":["body","preempted","run_id"],"msg":"Field required","input":{"log_type":"preempted"}}]}"#
//! );
//! # Ok::<(), isoflop_api::BodyError>(())
//! ```
//!
//! This crate holds no rule of who may do what, no clock and no server.

mod body;
mod budget;
#[cfg(feature = "client")]
pub mod client;
mod config;
mod experiment;
mod fault;
mod fields;
mod final_submission;
mod issue;
pub mod json;
mod lax;
mod path;
mod place;
mod query;
mod timestamp;
mod wire;
mod worker;

pub use body::{BodyError, Request, read_body, read_request};
pub use budget::{BudgetSummary, SubmitResponse};
pub use config::{
    AdamW, Architecture, Dtype, LrSchedule, Optimizer, SEQUENCE_TOKENS, Sgd, TrainingConfig, VALIDATION_TOKENS,
};
pub use experiment::{Experiment, FailReason, FinalSubmission, Status};
pub use fault::{Bound, Fault};
pub use final_submission::FinalSubmissionRequest;
pub use issue::{Issue, MAX_ISSUES, detail};
pub use json::Json;
pub use path::{PathNumber, read_experiment_id};
pub use place::{Place, Step};
pub use query::{BATCH_SIZES, LossQuery, QueryRefusal, TRAIN_FLOPS, read_api_key};
pub use timestamp::Timestamp;
pub use wire::{to_python_wire, to_wire};
pub use worker::{Finish, WorkerEvent};
