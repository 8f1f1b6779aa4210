//! The wire seen from outside.

mod properties;
mod queries;
mod reports;
mod requests;
mod same;
mod scalars;
mod training_config;
