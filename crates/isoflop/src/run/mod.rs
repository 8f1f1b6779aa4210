//! Training runs, and tables of them with the conventions they were counted by.

mod curve;
mod duplicates;
mod provenance;

pub use curve::{Curve, CurvePoint};
pub use provenance::{ColumnUse, Provenance, Role};

use serde::Serialize;

use crate::units::{Flops, Loss, Params, Tokens};

/// One trained model.
#[derive(Clone, Debug, PartialEq)]
pub struct Run {
    /// Where the run stands in its file: the line, or the record number where a format has no lines.
    pub line: usize,
    /// What the file calls the run, where it has a column for that.
    pub name: Option<Box<str>>,
    /// N, the size of the model.
    pub params: Params,
    /// D, the tokens it was trained on.
    pub tokens: Tokens,
    /// C, the compute it was charged to: its IsoFLOP budget.
    pub compute: Flops,
    /// L, its final validation loss.
    pub loss: Loss,
    /// U, the tokens among D that are distinct, where the file says: D counts repeats.
    pub unique_tokens: Option<Tokens>,
    /// How much the run counts in a fit: 1 unless a column was named for it.
    pub weight: f64,
    /// What the run belongs to, where a column was named for it: checkpoints of one training run are one cluster.
    pub cluster: Option<Box<str>>,
    /// Why the run is left out of fits, if it is. A flagged run is never deleted.
    pub flag: Option<RunFlag>,
}

/// Why a run is left out of every fit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "reason", rename_all = "kebab-case")]
pub enum RunFlag {
    /// It does not meet the condition of `--where`.
    Where {
        /// The condition, as it was written.
        condition: String,
    },
    /// It repeats an earlier run in N, D, C, L and U to the last digit; a point of a curve, in x and L.
    Duplicate {
        /// The line of the run that it repeats.
        of_line: usize,
    },
    /// Its weight is 0.
    NoWeight,
}

impl std::fmt::Display for RunFlag {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            RunFlag::Where { condition } => write!(f, "left out by --where '{condition}'"),
            RunFlag::Duplicate { of_line } => write!(f, "repeats line {of_line} in every number"),
            RunFlag::NoWeight => f.write_str("has a weight of 0"),
        }
    }
}

/// What N counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ParamsCount {
    /// All parameters, embeddings included.
    Total,
    /// Embeddings (and usually the output head) left out.
    NonEmbedding,
    /// The file does not say.
    Unstated,
}

/// How C was counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ComputeRule {
    /// C = 6·N·D: one of the three was derived from the other two, or all three agree to rounding.
    SixNd,
    /// C is the file's own count, and differs from 6·N·D.
    Measured,
}

/// The unit of the loss.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum LossUnit {
    /// Nats per token, stated by the user.
    NatsPerToken,
    /// Nats per token, assumed because the file does not say.
    NatsPerTokenAssumed,
    /// Bits per byte.
    BitsPerByte,
}

/// How N, C and L were counted. They travel with a table into every output,
/// because they move fitted exponents by more than their intervals
/// (Pearce and Song 2024, arXiv:2406.12907).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Conventions {
    /// What N counts.
    pub params: ParamsCount,
    /// How C was counted.
    pub compute: ComputeRule,
    /// The unit of L.
    pub loss: LossUnit,
}

/// Many runs, how they were counted, and where they came from.
///
/// Invariant: every run in a table has positive, finite N, D, C, L and (where
/// known) U, and a finite weight of at least 0. It is checked here once; no
/// numeric code checks again.
#[derive(Clone, Debug, PartialEq)]
pub struct RunTable {
    runs: Vec<Run>,
    /// How N, C and L were counted.
    pub conventions: Conventions,
    /// Where the runs came from.
    pub provenance: Provenance,
}

/// A run whose numbers no table can hold.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("the run at line {line} has {quantity} = {value}; {needed} is needed")]
pub struct InvalidRun {
    /// Line of the run.
    pub line: usize,
    /// The quantity at fault.
    pub quantity: &'static str,
    /// Its value.
    pub value: f64,
    /// What is needed instead.
    pub needed: &'static str,
}

impl InvalidRun {
    /// Checks that each quantity of the run at `line` is positive and finite, and its weight finite and at least 0.
    fn check<const K: usize>(line: usize, quantities: [(&'static str, f64); K], weight: f64) -> Result<(), Self> {
        for (quantity, value) in quantities {
            if !(value.is_finite() && value > 0.0) {
                return Err(Self { line, quantity, value, needed: "a positive finite number" });
            }
        }
        if weight.is_finite() && weight >= 0.0 {
            return Ok(());
        }
        Err(Self { line, quantity: "weight", value: weight, needed: "a finite number of at least 0" })
    }
}

impl RunTable {
    /// A table of `runs`, in the order given. Exact repeats and runs without weight are flagged, not removed.
    ///
    /// # Errors
    /// [`InvalidRun`] if N, D, C, L or U of any run is not positive and finite, or its weight not a weight.
    pub fn new(mut runs: Vec<Run>, conventions: Conventions, provenance: Provenance) -> Result<Self, InvalidRun> {
        for run in &runs {
            let quantities = [
                ("params", run.params.0),
                ("tokens", run.tokens.0),
                ("compute", run.compute.0),
                ("loss", run.loss.0),
                // A U that is not known is no number to find fault with.
                ("unique tokens", run.unique_tokens.map_or(1.0, |unique| unique.0)),
            ];
            InvalidRun::check(run.line, quantities, run.weight)?;
        }
        for run in runs.iter_mut().filter(|run| run.weight == 0.0) {
            run.flag.get_or_insert(RunFlag::NoWeight);
        }
        duplicates::flag(&mut runs);
        Ok(Self { runs, conventions, provenance })
    }

    /// All runs, flagged ones included, in file order.
    pub fn runs(&self) -> &[Run] {
        &self.runs
    }

    /// The runs that fits may use.
    pub fn used(&self) -> impl Iterator<Item = &Run> {
        self.runs.iter().filter(|run| run.flag.is_none())
    }
}

impl duplicates::Repeatable<5> for Run {
    fn bits(&self) -> [u64; 5] {
        let unique = self.unique_tokens.map_or(0.0, |unique| unique.0);
        [self.params.0, self.tokens.0, self.compute.0, self.loss.0, unique].map(f64::to_bits)
    }

    fn line(&self) -> usize {
        self.line
    }

    fn flag(&mut self) -> &mut Option<RunFlag> {
        &mut self.flag
    }
}
