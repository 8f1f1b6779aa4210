//! The program as a person or a script meets it: run, fed, interrupted, and read.
//!
//! What is made by the program and kept (the golden JSON, `docs/cli.md`) is made again by
//! `ISOFLOP_REGENERATE=1 cargo test -p isoflop-cli`; look at the difference before you commit it.
//! `ISOFLOP_SLOW=1` makes the tables of the large tests as large as they get.

mod admin;
mod bad_input;
mod client;
mod exit_codes;
mod fit;
mod formats;
mod help;
#[cfg(unix)]
mod interrupt;
mod json;
mod program;
mod python;
mod readme;
mod report;
mod same_bytes;
#[cfg(unix)]
mod served;
mod serving;
mod simulate;
#[cfg(target_os = "linux")]
mod slurm;
mod text;
#[cfg(unix)]
mod worker;
