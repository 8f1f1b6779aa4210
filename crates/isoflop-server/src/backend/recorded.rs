//! Trains nothing: answers from a table of runs that somebody has made.

use std::ops::ControlFlow;

use isoflop::run::{ParamsCount, Run, RunTable};
use isoflop::units::{Params, Tokens};
use isoflop_api::FailReason;

use super::world::{Recipe, World};
use super::{BackendError, Outcome, Progress, TrainingBackend, Work};

/// A table that is asked as if it trained.
pub struct Recorded {
    /// The runs. Flagged ones do not answer.
    pub runs: RunTable,
    /// How far in (ln N, ln D) a run may be and still answer: 0 for the very run, 0.25 for about a quarter off.
    pub within: f64,
    /// How N is counted and how long runs take, which a table does not say.
    pub world: World,
}

/// Two counts of one run agree to this, in logarithms: people round.
const ROUNDING: f64 = 1e-3;

impl Recorded {
    /// Answers from `runs`, the nearest within a quarter.
    pub fn new(runs: RunTable) -> Self {
        let usual = include_str!("world/worlds/quiet.toml");
        let world = World::parse("quiet", usual).unwrap_or_else(|error| unreachable!("a test reads it: {error}"));
        Self { runs, within: 0.25, world }
    }

    /// N as the table counts it.
    fn params(&self, recipe: &Recipe) -> f64 {
        match self.runs.conventions.params {
            ParamsCount::Total => recipe.all_params,
            ParamsCount::NonEmbedding | ParamsCount::Unstated => recipe.params,
        }
    }

    /// The run nearest to N and D, and how far it is.
    fn nearest(&self, params: f64, tokens: f64) -> Option<(&Run, f64)> {
        let away = |run: &Run| (run.params.0 / params).ln().hypot((run.tokens.0 / tokens).ln());
        let all = self.runs.used().map(|run| (run, away(run)));
        all.min_by(|one, other| one.1.total_cmp(&other.1))
    }
}

impl TrainingBackend for Recorded {
    fn name(&self) -> &'static str {
        "recorded"
    }

    fn train(&self, work: &Work, report: &mut dyn FnMut(Progress) -> ControlFlow<()>) -> Result<Outcome, BackendError> {
        let recipe = self.world.recipe(work);
        let (params, tokens) = (self.params(&recipe), recipe.tokens);
        let Some((run, away)) = self.nearest(params, tokens) else {
            return Err(BackendError(format!("{} has no runs", self.runs.provenance.path)));
        };
        if away > self.within.max(ROUNDING) {
            let (n, d) = (Params(params), Tokens(tokens));
            let failure = format!(
                "no recorded run is near N = {n}, D = {d}; the nearest has N = {}, D = {}",
                run.params, run.tokens
            );
            return Ok(Outcome::Failed { used_seconds: 0.0, reason: FailReason::Unexpected { failure } });
        }
        let used_seconds = self.world.seconds(&recipe);
        let limit = match work {
            Work::Training(config) => config.max_runtime_seconds,
            Work::Query(_) => f64::INFINITY,
        };
        if used_seconds > limit {
            let reason = FailReason::Timeout { partial_val_losses: Vec::new() };
            return Ok(Outcome::Failed { used_seconds: limit, reason });
        }
        let val_losses = vec![run.loss.0];
        if report(Progress { elapsed_seconds: used_seconds, val_losses: val_losses.clone() }).is_break() {
            return Ok(Outcome::Stopped { used_seconds });
        }
        Ok(Outcome::Completed { used_seconds, val_losses })
    }
}
