//! One file per command: what it takes, and what it does.

pub mod admin;
pub mod analyze;
pub mod budget;
pub mod check;
pub mod fit;
pub mod last_word;
pub mod loss;
pub mod pull;
pub mod serve;
pub mod simulate;
pub mod status;
pub mod submit;
pub mod wait;
pub mod worker;
