//! The library seen from outside.

mod approaches;
mod checks;
mod coverage;
mod fits;
mod given;
mod golden;
mod invariance;
mod large;
mod law_coverage;
mod laws;
mod layers;
mod registries;
mod simulated;
mod source;
