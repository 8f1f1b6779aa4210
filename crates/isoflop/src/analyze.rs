//! The main job: from a table of runs to laws, forecasts and warnings.

use rayon::prelude::*;

use crate::analysis::{Analysis, ApproachResult, DataSummary, FlaggedRun, ProfileSummary, SCHEMA, Warning};
use crate::approach::{APPROACHES, Approach, Weighting};
use crate::frontier::{self, Found, Scatter};
use crate::interval;
use crate::noise::{self, Noise};
use crate::profile::{self, BUDGET_TOLERANCE, Profile};
use crate::progress::Progress;
use crate::resample;
use crate::result::Writing;
use crate::run::RunTable;
use crate::units::Flops;
use crate::{answer, check, parametric, recommend};

/// Resampled tables by default.
pub const RESAMPLES: usize = 4000;

/// On a large table fewer resamples are drawn, so that no more than this many runs are drawn in all…
const DRAWS_AT_MOST: usize = 100_000_000;

/// …but never fewer than this many tables.
const RESAMPLES_AT_LEAST: usize = 100;

/// Disturbed tables that find the weights of a law, at most and at least, and their seed. On large tables fewer are
/// drawn, so that no more than [`WEIGHING_DRAWS`] runs are drawn in all: a share needs no more.
const WEIGHING_TABLES: std::ops::RangeInclusive<usize> = 30..=400;
const WEIGHING_DRAWS: usize = 20_000_000;
const WEIGHING_SEED: u64 = 0x150F10;

/// Optima of resampled tables that are held at once: above this the number of resamples is cut, or refused if it was
/// asked for. Each takes 16 bytes.
const OPTIMA_AT_MOST: usize = 50_000_000;

/// Everything that an analysis can be told.
#[derive(Clone)]
pub struct Options {
    /// The budgets to forecast.
    pub at: Vec<Flops>,
    /// The approaches, in the order of the answer.
    pub approaches: Vec<&'static dyn Approach>,
    /// Whether a law is fitted to all runs at once as well.
    pub parametric: bool,
    /// Nominal level of the intervals, between 0 and 1.
    pub level: f64,
    /// Number of resampled tables; where none is given [`RESAMPLES`], or fewer on a table of very many runs, or more
    /// where the level needs more.
    pub resamples: Option<usize>,
    /// Seed of the resampling.
    pub seed: u64,
    /// Budgets whose C differ by at most this share group.
    pub budget_tolerance: f64,
    /// Whether to compute what only figures show: valleys and bands.
    pub drawn: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            at: vec![Flops(1e23), Flops(1e24)],
            approaches: APPROACHES.to_vec(),
            parametric: true,
            level: 0.9,
            resamples: None,
            seed: 0,
            budget_tolerance: BUDGET_TOLERANCE,
            drawn: false,
        }
    }
}

/// Why there is no analysis at all. (Approaches that give no law say so in their own result.)
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AnalyzeError {
    /// Every run of the table is flagged.
    #[error("no run is left to analyze: all {0} are left out")]
    NoRuns(usize),
    /// The level is no share between 0 and 1.
    #[error("the level of the intervals is {0}; a share between 0 and 1 is needed")]
    Level(String),
    /// More optima were asked for than are held at once.
    #[error("{resamples} resamples of {budgets} budgets are too many; up to {most} can be held")]
    TooManyResamples {
        /// The resamples asked for.
        resamples: usize,
        /// The budgets of the table.
        budgets: usize,
        /// The most that can be held for this table.
        most: usize,
    },
    /// The person asked to stop.
    #[error("interrupted")]
    Interrupted,
}

/// What one approach found, before it is written up.
pub(crate) struct Fitted {
    pub approach: &'static dyn Approach,
    pub found: Vec<Found>,
    /// The weight of each budget in the laws of N* and of D*.
    pub weights: Vec<[f64; 2]>,
    pub scatter: Vec<Scatter>,
}

/// Reads a table without fitting anything: what `isoflop check` shows before its warnings.
pub fn survey(table: &RunTable, budget_tolerance: f64) -> (DataSummary, Vec<Warning>) {
    let profiles = profile::group(table, budget_tolerance);
    let noise = noise::estimate(&profiles);
    let warnings = check::of_data(&check::DataView { table, profiles: &profiles, noise });
    (summarise(table, &profiles, noise), warnings)
}

/// Analyzes a table: every approach's optima, laws, intervals and forecasts, the one to quote, and what is wrong.
///
/// The same table, options and version give the same bytes for any number of threads.
///
/// # Errors
/// [`AnalyzeError`]: no runs, options out of range, or interrupted.
pub fn analyze(table: &RunTable, options: &Options, progress: &dyn Progress) -> Result<Analysis, AnalyzeError> {
    let profiles = profile::group(table, options.budget_tolerance);
    if profiles.is_empty() {
        return Err(AnalyzeError::NoRuns(table.runs().len()));
    }
    if !(options.level > 0.0 && options.level < 1.0) {
        return Err(AnalyzeError::Level(options.level.to_string()));
    }
    let budgets = profiles.len();
    let most = OPTIMA_AT_MOST / (budgets * options.approaches.len().max(1));
    let resamples = match options.resamples {
        Some(resamples) if resamples > most => {
            return Err(AnalyzeError::TooManyResamples { resamples, budgets, most });
        }
        Some(resamples) => resamples,
        None => usual_resamples(table, options.level).min(most),
    };
    let noise = noise::estimate(&profiles);
    let plan =
        resample::Plan { profiles: &profiles, approaches: &options.approaches, noise, resamples, seed: options.seed };
    let optima = resample::optima(plan, progress).ok_or(AnalyzeError::Interrupted)?;
    let fitted: Vec<Fitted> = options
        .approaches
        .par_iter()
        .enumerate()
        .map(|(position, &approach)| {
            Some(Fitted {
                approach,
                found: frontier::optima(approach, &profiles, &noise),
                weights: weights(approach, plan, progress)?,
                scatter: frontier::scatter(&optima, position, profiles.len()),
            })
        })
        .collect::<Option<_>>()
        .ok_or(AnalyzeError::Interrupted)?;
    let write_up = |(position, fitted)| {
        Writing { table, profiles: &profiles, options, fitted, optima: &optima, position }.result()
    };
    let mut approaches: Vec<ApproachResult> = fitted.par_iter().enumerate().map(write_up).collect();
    let distrust = noise.only_rounding || check::parabola_is_biased(&profiles);
    let by_profile = recommend::recommend(&approaches, distrust);
    let lead = by_profile.0;
    let parametric = if options.parametric {
        Some(parametric::as_approach(table, &profiles, options, resamples, progress).ok_or(AnalyzeError::Interrupted)?)
    } else {
        None
    };
    let (recommended, recommended_because) = recommend::with_parametric(by_profile, parametric.as_ref());
    let view = check::DataView { table, profiles: &profiles, noise };
    let mut warnings = check::of_data(&view);
    let (law_fit, of_law) = parametric.map_or((None, Vec::new()), |parametric| {
        approaches.push(parametric.result);
        (parametric.fit, parametric.warnings)
    });
    warnings.extend(check::of_fits(&check::FitView {
        data: &view,
        fitted: &fitted,
        results: &approaches,
        recommended,
        lead,
        level: options.level,
    }));
    // Where nothing can be quoted, also why not the law.
    if recommended.is_none_or(|name| name == parametric::NAME) {
        // What every approach is told is told once.
        warnings.extend(of_law.into_iter().filter(|warning| !["D6", "D10", "D19"].contains(&warning.id)));
    }
    let warnings = check::gravest_first(warnings);
    let answers = answer::answers(&approaches, recommended);
    Ok(Analysis {
        schema: SCHEMA,
        version: env!("CARGO_PKG_VERSION"),
        seed: options.seed,
        level: options.level,
        data: summarise(table, &profiles, noise),
        approaches,
        law_fit,
        recommended,
        recommended_because,
        warnings,
        answers,
    })
}

/// The weights of an approach's laws. They are part of the laws' values, which neither the seed nor the number of
/// resamples may move: where they come from disturbed tables, these are tables of their own.
fn weights(approach: &'static dyn Approach, plan: resample::Plan, progress: &dyn Progress) -> Option<Vec<[f64; 2]>> {
    match approach.weighting() {
        Weighting::Equal => Some(vec![[1.0; 2]; plan.profiles.len()]),
        Weighting::Resolution => {
            let runs = plan.profiles.iter().map(Profile::len).sum::<usize>().max(1);
            let resamples = (WEIGHING_DRAWS / runs).clamp(*WEIGHING_TABLES.start(), *WEIGHING_TABLES.end());
            let tables = resample::Plan { approaches: &[approach], resamples, seed: WEIGHING_SEED, ..plan };
            let optima = resample::optima(tables, progress)?;
            Some(frontier::resolution(plan.profiles, &frontier::scatter(&optima, 0, plan.profiles.len())))
        }
    }
}

/// As many resamples as a table of this size and intervals of this level call for.
fn usual_resamples(table: &RunTable, level: f64) -> usize {
    let runs = table.used().count().max(1);
    RESAMPLES.min((DRAWS_AT_MOST / runs).max(RESAMPLES_AT_LEAST)).max(interval::needed(level))
}

fn summarise(table: &RunTable, profiles: &[Profile], noise: Noise) -> DataSummary {
    let provenance = &table.provenance;
    let mut flagged: Vec<FlaggedRun> = table
        .runs()
        .iter()
        .filter_map(|run| Some(FlaggedRun { line: run.line, reason: run.flag.as_ref()?.to_string() }))
        .chain(provenance.unusable.iter().map(|(line, found)| FlaggedRun { line: *line, reason: found.clone() }))
        .collect();
    flagged.sort_by_key(|run| run.line);
    DataSummary {
        path: provenance.path.clone(),
        sha256: provenance.sha256.clone(),
        format: provenance.format.clone(),
        runs: table.runs().len() + provenance.unusable.len(),
        runs_used: table.used().count(),
        flagged,
        budgets: profiles.len(),
        profiles: profiles
            .iter()
            .map(|p| ProfileSummary { compute: p.compute, spread: p.spread, runs: p.len(), sizes: p.sizes.distinct })
            .collect(),
        columns: provenance.columns.clone(),
        derived: provenance.derived,
        condition: provenance.condition.clone(),
        conventions: table.conventions,
        noise_free: noise.only_rounding,
        noise_share: noise.share(),
    }
}
