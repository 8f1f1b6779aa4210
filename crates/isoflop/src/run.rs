//! Training runs, and tables of them with the conventions they were counted by.

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
    /// It repeats an earlier run in N, D, C and L to the last digit.
    Duplicate {
        /// The line of the run that it repeats.
        of_line: usize,
    },
}

impl std::fmt::Display for RunFlag {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            RunFlag::Where { condition } => write!(f, "left out by --where '{condition}'"),
            RunFlag::Duplicate { of_line } => write!(f, "repeats line {of_line} in every number"),
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

/// One of the four quantities that a column can hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// N.
    Params,
    /// D.
    Tokens,
    /// C.
    Compute,
    /// L.
    Loss,
}

impl Role {
    /// The word for the quantity, as in `--params-column`.
    pub const fn word(self) -> &'static str {
        match self {
            Role::Params => "params",
            Role::Tokens => "tokens",
            Role::Compute => "compute",
            Role::Loss => "loss",
        }
    }
}

/// Which column was read as which quantity.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ColumnUse {
    /// The quantity.
    pub role: Role,
    /// The column's name in the file.
    pub column: String,
    /// What its numbers were multiplied by: 1e9 for a column of gigaFLOPs.
    pub factor: f64,
}

/// Where a table came from, and how it was read.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Provenance {
    /// The file as it was named, or `-`.
    pub path: String,
    /// SHA-256 of its bytes, in hexadecimal.
    pub sha256: String,
    /// The format it was read as: `json`, `jsonl`, `csv`, `tsv`, `parquet`.
    pub format: String,
    /// The columns used.
    pub columns: Vec<ColumnUse>,
    /// The quantity that no column holds and C = 6·N·D gave.
    pub derived: Option<Role>,
    /// The condition of `--where`, if one was given.
    pub condition: Option<String>,
    /// Rows that the condition left out and that hold no usable numbers (a diverged run, say): line, and what was found.
    pub unusable: Vec<(usize, String)>,
}

/// Many runs, how they were counted, and where they came from.
///
/// Invariant: every run in a table has positive, finite N, D, C and L. It is
/// checked here once; no numeric code checks again.
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
#[error("the run at line {line} has {quantity} = {value}; a positive finite number is needed")]
pub struct InvalidRun {
    /// Line of the run.
    pub line: usize,
    /// The quantity at fault.
    pub quantity: &'static str,
    /// Its value.
    pub value: f64,
}

impl RunTable {
    /// A table of `runs`, in the order given. Exact repeats are flagged, not removed.
    ///
    /// # Errors
    /// [`InvalidRun`] if N, D, C or L of any run is not positive and finite.
    pub fn new(mut runs: Vec<Run>, conventions: Conventions, provenance: Provenance) -> Result<Self, InvalidRun> {
        for run in &runs {
            let quantities =
                [("params", run.params.0), ("tokens", run.tokens.0), ("compute", run.compute.0), ("loss", run.loss.0)];
            for (quantity, value) in quantities {
                if !(value.is_finite() && value > 0.0) {
                    return Err(InvalidRun { line: run.line, quantity, value });
                }
            }
        }
        flag_duplicates(&mut runs);
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

/// Flags every unflagged run whose four numbers repeat an earlier unflagged run's to the last bit.
///
/// Sorts short digests of the numbers and looks at the numbers themselves only
/// where digests agree: on a million runs that is ten times faster than sorting
/// by the numbers, which lie all over memory.
fn flag_duplicates(runs: &mut [Run]) {
    let mut order: Vec<(u64, usize)> =
        (0..runs.len()).filter(|&i| runs[i].flag.is_none()).map(|i| (digest(bits(&runs[i])), i)).collect();
    order.sort_unstable();
    for alike in order.chunk_by_mut(|a, b| a.0 == b.0).filter(|alike| alike.len() > 1) {
        alike.sort_unstable_by_key(|&(_, i)| (bits(&runs[i]), i));
        let mut original = alike[0].1;
        for &(_, i) in &alike[1..] {
            if bits(&runs[original]) == bits(&runs[i]) {
                runs[i].flag = Some(RunFlag::Duplicate { of_line: runs[original].line });
            } else {
                original = i;
            }
        }
    }
}

/// N, D, C and L to the last bit.
fn bits(run: &Run) -> [u64; 4] {
    [run.params.0, run.tokens.0, run.compute.0, run.loss.0].map(f64::to_bits)
}

/// A digest of four numbers: multiply and fold, so that every bit in reaches every bit out.
fn digest(numbers: [u64; 4]) -> u64 {
    /// An odd constant whose bits are irregular: 2^64 over the golden ratio.
    const SPREAD: u64 = 0x9e37_79b9_7f4a_7c15;
    numbers.into_iter().fold(0, |sum: u64, number| {
        let product = (sum ^ number).wrapping_mul(SPREAD);
        product ^ (product >> 32)
    })
}
