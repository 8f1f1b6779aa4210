//! Where a table came from, and which of its columns were read as what.

use serde::Serialize;

/// What a column can hold.
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
    /// U, the distinct tokens.
    UniqueTokens,
    /// How much a run counts in a fit.
    Weight,
    /// The axis x of a learning curve.
    Axis,
    /// The label of what a run belongs to. Last: the roles before it hold numbers.
    Cluster,
}

impl Role {
    /// The word for it in sentences.
    pub const fn word(self) -> &'static str {
        match self {
            Role::Params => "params",
            Role::Tokens => "tokens",
            Role::Compute => "compute",
            Role::Loss => "loss",
            Role::UniqueTokens => "unique tokens",
            Role::Weight => "weight",
            Role::Axis => "axis",
            Role::Cluster => "cluster",
        }
    }
}

/// Which column was read as what.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ColumnUse {
    /// What it was read as.
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
