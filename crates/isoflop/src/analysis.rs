//! What an analysis found: the object behind the terminal answer, `--json`, and the report.
//!
//! Serialised, these types are the schema `isoflop.analysis/1` that
//! `docs/analysis-json.md` documents. It only grows: fields are added, never
//! renamed or removed.

use serde::Serialize;

use crate::law::Scale;
use crate::run::{ColumnUse, Conventions, Role};
use crate::units::{Flops, Loss, Params, Tokens};

/// The name and version of the serialised form.
pub const SCHEMA: &str = "isoflop.analysis/1";

/// Everything that one analysis of one table found.
#[derive(Clone, Debug, Serialize)]
pub struct Analysis {
    /// Always [`SCHEMA`].
    pub schema: &'static str,
    /// Version of isoflop that made it.
    pub version: &'static str,
    /// Seed of the resampling.
    pub seed: u64,
    /// Nominal level of every interval, such as 0.9.
    pub level: f64,
    /// The table that was analyzed.
    pub data: DataSummary,
    /// One entry per approach, in the order they were asked for.
    pub approaches: Vec<ApproachResult>,
    /// The law behind the approach `parametric`, where one was fitted.
    pub law_fit: Option<LawFit>,
    /// Name of the approach to quote, if any gave a law.
    pub recommended: Option<&'static str>,
    /// Why that one.
    pub recommended_because: String,
    /// What is wrong with the sweep or the forecast, gravest first.
    pub warnings: Vec<Warning>,
    /// One plain sentence per approach and forecast, the recommended approach first.
    pub answers: Vec<String>,
}

impl Analysis {
    /// The result of the recommended approach.
    pub fn recommended_result(&self) -> Option<&ApproachResult> {
        self.approaches.iter().find(|result| Some(result.name) == self.recommended)
    }
}

/// The law that was fitted to all runs at once; `isoflop fit` says more of it.
#[derive(Clone, Debug, Serialize)]
pub struct LawFit {
    /// Its name.
    pub law: String,
    /// Its equation.
    pub equation: String,
    /// Where it is from.
    pub source: String,
    /// ρ, as on the command line.
    pub robust_loss: String,
    /// Runs that it was fitted to.
    pub rows: usize,
    /// Σ w·ρ(r) of ln L.
    pub objective: f64,
    /// Whether to trust it, in a word, as in `isoflop.fit/1`.
    pub status: &'static str,
    /// The coefficients that the status is about.
    pub status_coefficients: Vec<String>,
    /// Its coefficients.
    pub coefficients: Vec<FittedCoefficient>,
}

/// One coefficient.
#[derive(Clone, Debug, Serialize)]
pub struct FittedCoefficient {
    /// Its name in the paper.
    pub name: String,
    /// Its value.
    pub value: f64,
    /// Standard error; none where it is given.
    pub std_error: Option<f64>,
    /// Lower end of its interval; none where it is open or given.
    pub low: Option<f64>,
    /// Upper end.
    pub high: Option<f64>,
    /// Whether it was given and did not move.
    pub fixed: bool,
    /// How it was searched.
    pub scale: Scale,
}

/// The table that was analyzed, in numbers.
#[derive(Clone, Debug, Serialize)]
pub struct DataSummary {
    /// The file as it was named.
    pub path: String,
    /// SHA-256 of its bytes.
    pub sha256: String,
    /// The format it was read as.
    pub format: String,
    /// Runs in the file.
    pub runs: usize,
    /// Runs that the fits used.
    pub runs_used: usize,
    /// Runs left out: line and reason.
    pub flagged: Vec<FlaggedRun>,
    /// Number of IsoFLOP budgets.
    pub budgets: usize,
    /// Each budget, smallest first.
    pub profiles: Vec<ProfileSummary>,
    /// The columns used.
    pub columns: Vec<ColumnUse>,
    /// The quantity that C = 6·N·D gave.
    pub derived: Option<Role>,
    /// The condition of `--where`, if one was given.
    pub condition: Option<String>,
    /// How N, C and L were counted.
    pub conventions: Conventions,
    /// Whether the losses follow a smooth formula to rounding: a synthetic table without noise.
    pub noise_free: bool,
    /// Standard deviation of one run's loss about its smooth profile as a share of the loss, where the table shows it.
    pub noise_share: Option<f64>,
}

/// A run that no fit used.
#[derive(Clone, Debug, Serialize)]
pub struct FlaggedRun {
    /// Its line in the file.
    pub line: usize,
    /// Why it was left out.
    pub reason: String,
}

/// One IsoFLOP budget.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct ProfileSummary {
    /// C of the budget: exact where all its runs agree, else their median.
    pub compute: Flops,
    /// Largest C over smallest C, less one.
    pub spread: f64,
    /// Runs used.
    pub runs: usize,
    /// Distinct model sizes among them.
    pub sizes: usize,
}

/// What one approach found.
#[derive(Clone, Debug, Serialize)]
pub struct ApproachResult {
    /// Its name, as in `--approach`.
    pub name: &'static str,
    /// What it is, in a few words: "best run per budget".
    pub label: &'static str,
    /// `ok` when the laws below exist; otherwise why they do not.
    pub status: Status,
    /// The optimum of each budget, smallest budget first; one entry per budget.
    pub optima: Vec<Optimum>,
    /// N* = k·C^a.
    pub params_law: Option<LawEstimate>,
    /// D* = k·C^b.
    pub tokens_law: Option<LawEstimate>,
    /// One entry per budget asked for.
    pub forecasts: Vec<Forecast>,
    /// How the intervals were formed.
    pub refits: Refits,
    /// The fitted valley of each budget, for drawing; empty where the approach fits no curve.
    #[serde(skip)]
    pub valleys: Vec<Valley>,
    /// The interval of N* and D* along the budget axis, for drawing the band.
    #[serde(skip)]
    pub band: Vec<BandPoint>,
}

/// Whether an approach gave a law.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// It did.
    Ok,
    /// Fewer than three budgets have an optimum that the approach can use.
    TooFewBudgets,
    /// The law overflows at a budget asked for: its budgets are too close together.
    NotFinite,
    /// Too few runs for a law fitted to all of them.
    TooFewRuns,
    /// The law fitted to all runs did not come to the bottom of one valley.
    NotConverged,
}

/// The best allocation of one budget.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Optimum {
    /// C of the budget.
    pub compute: Flops,
    /// N*(C); none where the profile has no minimum to give.
    pub params: Option<Params>,
    /// D*(C).
    pub tokens: Option<Tokens>,
    /// Loss at the optimum.
    pub loss: Option<Loss>,
    /// Why the optimum is left out of the law, if it is.
    pub flag: Option<OptimumFlag>,
}

/// Why a budget's optimum is left out of the law.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum OptimumFlag {
    /// It sits at or beyond the smallest or largest model: only a bound (check D1).
    Edge,
    /// The profile does not curve upwards, or not clearly (check D2).
    NoValley,
    /// Fewer distinct sizes than the approach needs (check D3).
    TooFewSizes,
}

impl OptimumFlag {
    /// The reason in a few words, for legends and tables.
    pub const fn words(self) -> &'static str {
        match self {
            OptimumFlag::Edge => "at the edge of its grid",
            OptimumFlag::NoValley => "no clear valley",
            OptimumFlag::TooFewSizes => "too few sizes",
        }
    }
}

/// A number with its interval.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Estimate {
    /// The value from the table as it is.
    pub value: f64,
    /// Lower end of the interval; none where too few refits succeeded to form one.
    pub low: Option<f64>,
    /// Upper end.
    pub high: Option<f64>,
}

/// y = coefficient · C^exponent.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct LawEstimate {
    /// k, in parameters or tokens per FLOP^exponent. It and the exponent are strongly correlated.
    pub coefficient: Estimate,
    /// a or b.
    pub exponent: Estimate,
    /// Share of the variance of ln y that the line explains. Near 1 on few budgets it says little (check D23).
    pub r2: f64,
    /// Budgets the line passes through.
    pub points: usize,
}

impl LawEstimate {
    /// The law at compute C: k·C^a.
    pub fn at(&self, compute: Flops) -> f64 {
        (self.coefficient.value.ln() + self.exponent.value * compute.0.ln()).exp()
    }
}

/// The answer at one budget that nobody has spent.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Forecast {
    /// C.
    pub compute: Flops,
    /// N*(C).
    pub params: Estimate,
    /// D*(C).
    pub tokens: Estimate,
    /// L*(C), where the approach knows it.
    pub loss: Option<Estimate>,
    /// D* / N*.
    pub tokens_per_param: f64,
    /// C over the largest budget of the table: how far out this is.
    pub reach: f64,
}

/// How many resampled tables an approach was fitted to again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Refits {
    /// Resampled tables.
    pub total: usize,
    /// Tables that gave no law.
    pub failed: usize,
    /// Single profiles, over all tables, that gave no optimum and were left out of their table's law.
    pub profiles_failed: usize,
}

/// The fitted curve of one budget.
#[derive(Clone, Debug)]
pub struct Valley {
    /// C of the budget.
    pub compute: Flops,
    /// (N, L) along the curve, from the smallest to the largest model of the profile.
    pub points: Vec<(f64, f64)>,
}

/// The intervals of both laws at one C.
#[derive(Clone, Copy, Debug)]
pub struct BandPoint {
    /// C.
    pub compute: Flops,
    /// Interval of N*.
    pub params: (f64, f64),
    /// Interval of D*.
    pub tokens: (f64, f64),
}

/// How grave a warning is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// Good to know.
    Inform,
    /// Read before quoting the number.
    Warn,
    /// Do not quote the number as it stands.
    Refuse,
}

/// Something wrong with the sweep or the forecast.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Warning {
    /// The check that found it, as in `docs/checks.md`: "D1".
    pub id: &'static str,
    /// How grave it is.
    pub severity: Severity,
    /// What was seen and why it matters, in a sentence or two.
    pub message: String,
    /// What to do about it.
    pub advice: String,
}
