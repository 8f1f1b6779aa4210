//! The wire seen from outside.

#[cfg(feature = "client")]
mod client;
mod promises;
mod properties;
mod queries;
mod reports;
mod requests;
mod same;
mod scalars;
mod training_config;
