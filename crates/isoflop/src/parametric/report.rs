//! What a fit of a law found: the object behind the terminal answer and `--json` of `isoflop fit`.
//!
//! Serialised, these types are the schema `isoflop.fit/1` that `docs/fit-json.md`
//! documents. It only grows: fields are added, never renamed or removed.

use serde::Serialize;

use crate::analysis::{Estimate, FittedCoefficient, FlaggedRun, Warning};
use crate::fit::FitStatus;
use crate::run::{ColumnUse, Conventions, LossUnit, Role};
use crate::uncertainty::Refits;
use crate::units::{Flops, Params, Tokens};

/// The name and version of the serialised form.
pub const SCHEMA: &str = "isoflop.fit/1";

/// Everything that one fit of one law to one table found.
#[derive(Clone, Debug, Serialize)]
pub struct FitReport {
    /// Always [`SCHEMA`].
    pub schema: &'static str,
    /// Version of isoflop that made it.
    pub version: &'static str,
    /// The law's name.
    pub law: String,
    /// Its equation.
    pub equation: String,
    /// Where it is from.
    pub source: String,
    /// ρ, as it is asked for: `huber:0.001`.
    pub robust_loss: String,
    /// What is compared: `log`, `linear`, `log-plus-one`.
    pub residual: &'static str,
    /// Where descents began: `projected`, `hoffmann-grid`, `multi-start`.
    pub search: &'static str,
    /// How the intervals were formed.
    pub interval: &'static str,
    /// Their nominal level.
    pub level: f64,
    /// Seed of the refits.
    pub seed: u64,
    /// The table.
    pub data: FitData,
    /// Rows that were fitted.
    pub rows: usize,
    /// What was fitted first and then held, for laws of two stages.
    pub first_stage: Option<String>,
    /// Σ w·ρ(r) at the fit: a plain sum, with no other scaling.
    pub objective: f64,
    /// Whether the fit is to be trusted: `converged`, `iteration-limit`, `stalled`, `at-bound`, `underdetermined`.
    pub status: &'static str,
    /// The coefficients that a status of `at-bound` or `underdetermined` is about.
    pub status_coefficients: Vec<String>,
    /// The coefficients, by the paper's names.
    pub coefficients: Vec<FittedCoefficient>,
    /// The law centred on each budget asked for: what its coefficients are there.
    pub forecasts: Vec<LawForecast>,
    /// What other choices cost.
    pub choices: Vec<Choice>,
    /// The starts.
    pub starts: StartCount,
    /// Local minima that starts ended in, lowest first.
    pub modes: Vec<ModeReport>,
    /// Refits behind the intervals.
    pub refits: Refits,
    /// Robust standard deviation of the residuals.
    pub residual_sd: f64,
    /// C per parameter and token that forecasts count with: 6, or what the table's own C say.
    pub flops_per_param_token: f64,
    /// What is wrong, gravest first.
    pub warnings: Vec<Warning>,
    /// One plain sentence per forecast and choice.
    pub answers: Vec<String>,
}

/// The table that was fitted.
#[derive(Clone, Debug, Serialize)]
pub struct FitData {
    /// The file as it was named.
    pub path: String,
    /// SHA-256 of its bytes.
    pub sha256: String,
    /// The format it was read as.
    pub format: String,
    /// Runs, or points, in the file.
    pub runs: usize,
    /// Those of them that were not left out.
    pub runs_used: usize,
    /// Those left out: line and reason.
    pub flagged: Vec<FlaggedRun>,
    /// What the rows are: runs, per-budget minima, or points of a curve.
    pub rows_are: &'static str,
    /// How rows hang together when they are resampled: `budgets`, `clusters`, `independent`.
    pub grouped_by: &'static str,
    /// How many groups there are.
    pub groups: usize,
    /// The condition of `--where`.
    pub condition: Option<String>,
    /// The columns used.
    pub columns: Vec<ColumnUse>,
    /// The quantity that C = 6·N·D gave.
    pub derived: Option<Role>,
    /// How N, C and L were counted; none for a curve.
    pub conventions: Option<Conventions>,
    /// The unit of L.
    pub loss_unit: LossUnit,
    /// The least C of the rows, or x.
    pub smallest: f64,
    /// The largest.
    pub largest: f64,
}

/// The answer at one budget, or at one place on an axis.
#[derive(Clone, Debug, Serialize)]
pub struct LawForecast {
    /// C; none for a law along another axis.
    pub compute: Option<Flops>,
    /// x of a law along one axis.
    pub axis: Option<f64>,
    /// N*(C).
    pub params: Option<Estimate>,
    /// D*(C).
    pub tokens: Option<Estimate>,
    /// L*(C) of the law itself.
    pub loss: Estimate,
    /// L of one new run there: the law's interval and the noise of a run.
    pub loss_new_run: Estimate,
    /// D*/N*.
    pub tokens_per_param: Option<Estimate>,
    /// −dL*/d ln C, in loss per e-fold of compute.
    pub slope: Option<Estimate>,
    /// C over the largest C of the table, or x over the largest x.
    pub reach: f64,
}

/// What training N on D costs beside the best choice of equal compute.
#[derive(Clone, Debug, Serialize)]
pub struct Choice {
    /// N.
    pub params: Params,
    /// D.
    pub tokens: Tokens,
    /// U, where it was said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unique_tokens: Option<Tokens>,
    /// C.
    pub compute: Flops,
    /// L(N, D).
    pub loss: Estimate,
    /// Share of the compute that the best choice of equal loss would save: 1 − C′/C, L*(C′) = L(N, D).
    pub waste: Estimate,
}

/// How many starts a search had.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct StartCount {
    /// Starts.
    pub tried: usize,
    /// Those of them that were followed to the bottom.
    pub polished: usize,
    /// Those of these that ended in the lowest minimum.
    pub agreed: usize,
}

/// A local minimum.
#[derive(Clone, Debug, Serialize)]
pub struct ModeReport {
    /// Σ w·ρ(r) there.
    pub objective: f64,
    /// The coefficients there, in the law's order.
    pub coefficients: Vec<f64>,
    /// Starts that ended there.
    pub reached_by: usize,
}

/// The word for a status, and the coefficients it is about.
pub fn status_words(status: &FitStatus) -> (&'static str, Vec<String>) {
    match status {
        FitStatus::Converged => ("converged", Vec::new()),
        FitStatus::IterationLimit => ("iteration-limit", Vec::new()),
        FitStatus::Stalled => ("stalled", Vec::new()),
        FitStatus::AtBound { coefficients } => ("at-bound", coefficients.clone()),
        FitStatus::Underdetermined { coefficients } => ("underdetermined", coefficients.clone()),
    }
}
