//! The promises that the fuzzers hold the wire to: those of the tests of `isoflop-api`, file and all.

#[path = "../../crates/isoflop-api/tests/it/promises.rs"]
pub mod promises;
