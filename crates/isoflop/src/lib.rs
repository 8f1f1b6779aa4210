//! Scaling laws from tables of training runs.

pub mod analysis;
pub mod progress;
pub mod run;
pub mod source;
pub mod units;
