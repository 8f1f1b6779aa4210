//! One file per command: what it takes, and what it does.

pub mod admin;
pub mod analyze;
pub mod check;
pub mod fit;
pub mod serve;
pub mod simulate;
