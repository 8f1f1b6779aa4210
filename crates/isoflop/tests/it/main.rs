//! The library seen from outside.

mod approaches;
mod checks;
mod coverage;
mod ends;
mod fits;
mod given;
mod golden;
mod invariance;
mod known;
mod large;
mod law_checks;
mod law_coverage;
mod laws;
mod layers;
mod registries;
mod simulated;
mod source;
mod weights;
