//! The training API: who may train what, what it costs, and who trains it.

pub mod auth;
pub mod backend;
mod clock;
pub mod condition;
pub mod hands;
pub mod http;
pub mod ledger;
pub mod metrics;
pub mod serve;
pub mod service;
pub mod store;
