//! The library seen from outside.

mod approaches;
mod checks;
mod coverage;
mod fits;
mod given;
mod golden;
mod invariance;
mod laws;
mod law_coverage;
mod layers;
mod registries;
mod simulated;
mod source;
