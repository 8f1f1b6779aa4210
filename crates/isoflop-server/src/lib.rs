//! The training API: who may train what, what it costs, and who trains it.

pub mod auth;
pub mod backend;
mod clock;
pub mod condition;
pub mod estimate;
pub mod hands;
pub mod house;
pub mod http;
pub mod ledger;
pub mod metrics;
pub mod preflight;
pub mod rehearsal;
pub mod runs;
pub mod serve;
pub mod service;
mod setbacks;
pub mod size;
pub mod store;
pub mod worker;
