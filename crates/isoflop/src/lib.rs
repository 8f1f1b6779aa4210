//! Scaling laws from tables of training runs.

pub mod analysis;
pub mod analyze;
mod answer;
pub mod approach;
pub mod check;
pub mod frontier;
pub mod interval;
pub mod noise;
pub mod polynomial;
pub mod power_law;
pub mod profile;
pub mod progress;
pub mod recommend;
pub mod resample;
mod result;
pub mod run;
pub mod source;
pub mod units;
pub mod waste;
