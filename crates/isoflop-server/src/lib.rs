//! The training API: who may train what, what it costs, and who trains it.

pub mod backend;
