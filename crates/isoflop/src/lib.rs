//! Scaling laws from tables of training runs: with budget C, how large a model N, on how many tokens D?
//!
//! ```
//! use isoflop::analyze::{Options, analyze};
//! use isoflop::progress::Quiet;
//! use isoflop::source::{ReadOptions, read};
//! use isoflop::units::Flops;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/isoflops_curves.json");
//! let runs = read(path, &ReadOptions::default(), &Quiet)?;
//! let options = Options { at: vec![Flops(1e24)], ..Options::default() };
//! let analysis = analyze(&runs, &options, &Quiet)?;
//!
//! let best = analysis.recommended_result().expect("nine profiles with a valley each");
//! let ahead = &best.forecasts[0];
//! assert_eq!((best.name, ahead.params.value.round() as u64 / 1_000_000_000), ("parametric", 300));
//! for warning in &analysis.warnings {
//!     println!("{}: {} {}", warning.id, warning.message, warning.advice);
//! }
//! # Ok(())
//! # }
//! ```
//!
//! In the order the data flow: [`source`] reads a table of any format into a
//! [`run::RunTable`]; [`profile`] groups it by compute budget; each
//! [`approach`] finds the optimum of each profile; `frontier` fits N* = k·C^a
//! and D* = k·C^b through the optima; `resample` does all that again on
//! resampled tables, for the intervals; [`check`] says what is wrong; and
//! [`analyze`] ties it into one [`analysis::Analysis`].
//!
//! # Invariants
//!
//! - No clock, no environment, no network, no global state. Randomness enters as a seed;
//!   the same inputs give the same bytes for any number of threads.
//! - Files are opened only in [`source`].
//! - A [`run::RunTable`] is validated when it is built: N, D, C, L and (where known) U of every run
//!   are positive and finite, its weight is at least 0, and no numeric code checks again. So is a
//!   [`run::Curve`].
//! - Nothing is deleted: runs and optima that are left out carry the reason.
//! - No `unsafe`.
//!
//! `ARCHITECTURE.md` has the map, and how to add an approach, a format or a check.

pub mod analysis;
pub mod analyze;
mod answer;
pub mod approach;
pub mod check;
pub mod dual;
mod elementary;
pub mod excerpt;
pub mod fit;
mod frontier;
mod interval;
pub mod law;
pub mod near;
mod noise;
pub mod parametric;
mod polynomial;
pub mod power_law;
pub mod profile;
pub mod progress;
mod recommend;
mod resample;
mod result;
pub mod robust;
pub mod rows;
pub mod run;
pub mod scalar;
pub mod simulate;
pub mod source;
pub mod uncertainty;
pub mod units;
mod waste;
pub mod wide;
