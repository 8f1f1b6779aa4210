//! The wire seen from outside.

mod requests;
mod same;
mod training_config;
