//! `isoflop fit`: one law of the loss, fitted to all runs at once.

use std::io::Write;

use clap::Args;
use clap::builder::PossibleValuesParser;
use isoflop::analyze::{AnalyzeError, survey};
use isoflop::fit::objective::Residual;
use isoflop::fit::search::{SEARCHES, search};
use isoflop::law::Law;
use isoflop::parametric::{self, Allocation, Options, fit_table};
use isoflop::robust::{ROBUST_LOSSES, RobustLoss, robust_loss};
use isoflop::rows::Input;
use isoflop::run::{Curve, RunTable};
use isoflop::source::{ReadErrorKind, ReadOptions, read, read_curve};
use isoflop::uncertainty::{INTERVALS, interval};
use isoflop::units::{Flops, ParseCountError, Tokens};

use crate::cli::{Table, level};
use crate::coefficients::{self, Known, Value};
use crate::exit::{BAD_DATA, DONE, Failure, USAGE};
use crate::terminal::{self, data};
use crate::watch::Watch;
use crate::{laws, remake};

/// Fit a law of the loss to all runs at once: its coefficients, N* and D* at larger budgets, and what is wrong.
///
/// A law gives the loss as a formula of N and D, or along one axis. Its coefficients are those that make Σ w·ρ(r)
/// smallest, a plain sum over the runs: r by --residual, ρ by --robust-loss. A law along one axis is fitted to the
/// lowest loss of each budget of a run table, or, with --axis, to a curve: one column against the loss.
///
/// Exits with 0 also where the table cannot tell the coefficients apart; the answer then begins by saying so.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES, after_long_help = format!("{}\n{}\n{EXAMPLES}", laws::help(), robust_help()))]
pub struct Fit {
    #[command(flatten)]
    pub table: Table,
    /// Column of a curve's axis, for laws along one axis
    #[arg(long, value_name = "COLUMN", conflicts_with_all = NOT_OF_A_CURVE, help_heading = "Reading")]
    pub axis: Option<String>,
    /// Column with what runs belong to: runs of one label, such as checkpoints of one run, are resampled together
    #[arg(long, value_name = "COLUMN", help_heading = "Reading")]
    pub cluster_by: Option<String>,
    /// Law to fit: a name of the list that --help ends with, a formula with its ranges, or a file of one
    #[arg(long, value_name = "NAME", default_value = "chinchilla", help_heading = "Fit")]
    pub law: String,
    /// What a residual costs: huber:0.001, squared, log-cosh:S, quantile:TAU
    #[arg(long, value_name = "LOSS", default_value = "huber:0.001", value_parser = robust, help_heading = "Fit")]
    pub robust_loss: String,
    /// What is compared: ln L (log), L (linear) or ln(1 + L) (log-plus-one)
    #[arg(long, value_name = "SCALE", default_value = "log", value_parser = residual_names(), hide_possible_values = true, help_heading = "Fit")]
    pub residual: String,
    /// Where the search begins: projected, multi-start, hoffmann-grid [default: the first that suits the law]
    #[arg(long, value_name = "NAME", value_parser = search_names(), hide_possible_values = true, help_heading = "Fit")]
    pub search: Option<String>,
    /// Hold a coefficient at a value: E=1.69; may be repeated
    #[arg(long, value_name = "NAME=VALUE", help_heading = "Fit")]
    pub fix: Vec<Value>,
    /// What is known of a coefficient beforehand, with a standard deviation: E=1.7:0.1; may be repeated
    #[arg(long, value_name = "NAME=VALUE:SD", help_heading = "Fit")]
    pub prior: Vec<Known>,
    /// Budget to forecast, in FLOPs, or place on the axis: 1e23, 10^23; may be repeated [default: 1e23 and 1e24;
    /// none with --axis]
    #[arg(long, value_name = "C", allow_negative_numbers = true, value_parser = place, help_heading = "Forecast")]
    pub at: Vec<f64>,
    /// Model and data to price, N,D: 70B,1.4T; with data-constrained also N,D,U with U distinct tokens; may be repeated
    #[arg(long, value_name = "N,D", value_parser = choice, help_heading = "Forecast")]
    pub choice: Vec<Allocation>,
    /// How intervals are formed: weighted, case, wild (bootstraps), delta, profile
    #[arg(long, value_name = "NAME", default_value = INTERVALS[0].name(), value_parser = interval_names(), hide_possible_values = true, help_heading = "Forecast")]
    pub interval: String,
    /// Nominal level of the intervals
    #[arg(long, value_name = "LEVEL", allow_negative_numbers = true, default_value = "0.9", value_parser = level, help_heading = "Forecast")]
    pub level: f64,
    /// Refits that bootstraps form the intervals from [default: 4000; 1000 for formulas that take long, such as farseer]
    #[arg(long, value_name = "COUNT", allow_negative_numbers = true, value_parser = clap::value_parser!(u32).range(0..=1_000_000), help_heading = "Forecast")]
    pub resamples: Option<u32>,
    /// Seed of the refits
    #[arg(long, value_name = "SEED", allow_negative_numbers = true, default_value_t = 0, help_heading = "Forecast")]
    pub seed: u64,
    /// Print one JSON object (schema isoflop.fit/1) instead of the answer in words
    #[arg(long, help_heading = "Output")]
    pub json: bool,
}

/// Options that a curve has no use for.
const NOT_OF_A_CURVE: [&str; 8] = [
    "params_column",
    "tokens_column",
    "compute_column",
    "unique_tokens_column",
    "name_column",
    "params_count",
    "budget_tolerance",
    "choice",
];

const EXAMPLES: &str = "\
Examples:
  isoflop fit runs.csv
  isoflop fit runs.csv --where 'loss < 3.44' --at 3e22 --choice 70B,1.4T
  isoflop fit checkpoints.jsonl --cluster-by run_name --fix E=1.69
  isoflop fit curve.csv --law broken --axis train_set_size --residual log-plus-one";

fn robust_help() -> String {
    let line = |kind: &isoflop::robust::Kind| terminal::wrapped(kind.label, "  ", "    ");
    format!("Robust losses:\n{}", ROBUST_LOSSES.iter().map(line).collect::<String>())
}

fn residual_names() -> PossibleValuesParser {
    PossibleValuesParser::new(Residual::ALL.map(Residual::name))
}

fn search_names() -> PossibleValuesParser {
    PossibleValuesParser::new(SEARCHES.iter().map(|search| search.name()))
}

fn interval_names() -> PossibleValuesParser {
    PossibleValuesParser::new(INTERVALS.iter().map(|method| method.name()))
}

fn robust(text: &str) -> Result<String, String> {
    robust_loss(text).map(|loss| loss.spelled()).map_err(|error| error.to_string())
}

fn place(text: &str) -> Result<f64, String> {
    let place = text.parse::<Flops>().map(|compute| compute.0);
    place.map_err(|_| format!("\"{text}\" is no positive number; write 1e23, 10^23 or 6.5e21"))
}

fn choice(text: &str) -> Result<Allocation, String> {
    let parts: Vec<&str> = text.split(',').collect();
    let (params, tokens, unique) = match parts[..] {
        [params, tokens] => (params, tokens, None),
        [params, tokens, unique] => (params, tokens, Some(unique)),
        _ => return Err("N,D is needed, such as 70B,1.4T".to_string()),
    };
    let params = params.parse().map_err(|error: ParseCountError| error.to_string())?;
    let tokens: Tokens = tokens.parse().map_err(|error: ParseCountError| error.to_string())?;
    let unique_tokens: Option<Tokens> =
        unique.map(str::parse).transpose().map_err(|error: ParseCountError| error.to_string())?;
    if unique_tokens.is_some_and(|unique| unique.0 > tokens.0) {
        return Err("more tokens are distinct than there are tokens: N,D,U is needed with U at most D".to_string());
    }
    Ok(Allocation { params, tokens, unique_tokens })
}

/// What was read.
enum Held {
    Runs(RunTable),
    Curve(Curve),
}

impl Held {
    const fn table(&self) -> parametric::Table<'_> {
        match self {
            Held::Runs(runs) => parametric::Table::Runs(runs),
            Held::Curve(curve) => parametric::Table::Curve(curve),
        }
    }

    /// Rows in the file, and whether any of them is left for a fit.
    fn rows(&self) -> (usize, bool) {
        match self {
            Held::Runs(runs) => (runs.runs().len(), runs.used().next().is_some()),
            Held::Curve(curve) => (curve.points().len(), curve.used().next().is_some()),
        }
    }
}

impl Fit {
    /// The choices for `law`, each coefficient in its place.
    fn options<'a>(&self, law: &'a dyn Law, robust: &'a dyn RobustLoss) -> Result<Options<'a>, Failure> {
        coefficients::once(self.fix.iter().map(|fixed| fixed.name.as_str()))?;
        coefficients::once(self.prior.iter().map(|prior| prior.name.as_str()))?;
        let mut options = Options::new(law, robust);
        for fixed in &self.fix {
            options.fixed.push((coefficients::place(law, &fixed.name, fixed.value)?, fixed.value));
        }
        for prior in &self.prior {
            let place = coefficients::place(law, &prior.name, prior.value)?;
            refuse_idle(law, &options, place)?;
            options.priors.push(isoflop::fit::Known { place, value: prior.value, sd: prior.sd });
        }
        if let Some(known) = Residual::ALL.iter().find(|known| known.name() == self.residual) {
            options.residual = *known;
        }
        if let Some(known) = interval(&self.interval) {
            options.interval = known;
        }
        options.search = self.search.as_deref().and_then(search);
        if let Some(search) = options.search {
            let suits = search.suits(law);
            suits.map_err(|why| {
                let sentence = format!("{} cannot search {}: {why}", search.name(), law.name());
                Failure::told(USAGE, sentence, "leave --search out: each law has its usual one")
            })?;
        }
        options.at.clone_from(&self.at);
        options.at.sort_by(f64::total_cmp);
        options.at.dedup();
        if options.at.is_empty() && self.axis.is_none() {
            options.at = vec![1e23, 1e24];
        }
        options.choices.clone_from(&self.choice);
        options.level = self.level;
        options.resamples = self.resamples.map_or(options.resamples, |count| count as usize);
        options.seed = self.seed;
        options.budget_tolerance = self.table.budget_tolerance;
        Ok(options)
    }

    /// Refuses what cannot go together with the law.
    fn refuse_unsuited(&self, law: &dyn Law) -> Result<(), Failure> {
        let along_axis = laws::is_along_axis(law);
        if self.axis.is_some() && !along_axis {
            let sentence = format!("{} is a law of N and D, and --axis reads a curve along one column", law.name());
            let hint = format!("leave --axis out, or fit a law along one axis: {}", laws::listed(laws::is_along_axis));
            return Err(Failure::told(USAGE, sentence, &hint));
        }
        if along_axis && !self.choice.is_empty() {
            let sentence = format!("--choice needs a law of N and D, and {} runs along one axis", law.name());
            return Err(Failure::told(USAGE, sentence, "fit --law chinchilla for it"));
        }
        let repeats = law.inputs().contains(&Input::UniqueTokens);
        if !repeats && self.choice.iter().any(|choice| choice.unique_tokens.is_some()) {
            let sentence =
                format!("--choice N,D,U needs a law that tells repeated tokens, and {} does not", law.name());
            return Err(Failure::told(USAGE, sentence, "fit --law data-constrained for it"));
        }
        Ok(())
    }

    fn read(&self, law: &dyn Law, watch: &Watch) -> Result<Held, Failure> {
        let mut options: ReadOptions = self.table.options();
        options.columns.cluster.clone_from(&self.cluster_by);
        let path = &self.table.runs;
        if let Some(axis) = &self.axis {
            return Ok(Held::Curve(read_curve(path, Some(axis), &options, watch)?));
        }
        read(path, &options, watch).map(Held::Runs).map_err(|error| {
            if error.kind == ReadErrorKind::Columns && laws::is_along_axis(law) {
                let hint = format!("name the column that {} runs along with --axis COLUMN", law.name());
                Failure::told(BAD_DATA, error.to_string(), &hint)
            } else {
                error.into()
            }
        })
    }
}

/// Refuses a prior that would change nothing: of a coefficient that is given, or found in a first stage.
fn refuse_idle(law: &dyn Law, options: &Options, place: usize) -> Result<(), Failure> {
    let name = &law.coefficients()[place].name;
    if options.fixed.iter().any(|(fixed, _)| *fixed == place) {
        return Err(Failure::told(USAGE, format!("{name} has a prior and is given by --fix"), "leave one out"));
    }
    let Some(base) = law.base() else { return Ok(()) };
    let first = |place: usize| base.law.coefficient(&law.coefficients()[place].name).is_some();
    // With one of them given there is no first stage.
    if !first(place) || options.fixed.iter().any(|(fixed, _)| first(*fixed)) {
        return Ok(());
    }
    let sentence =
        format!("{name} of {} is found in a first stage, by {}, where no prior counts", law.name(), base.law.name());
    Err(Failure::told(USAGE, sentence, &format!("give it with --fix {name}=VALUE, or leave the prior out")))
}

/// Reads, fits, answers.
pub fn run(command: &Fit) -> Result<u8, Failure> {
    let asked = laws::asked(&command.law)?;
    let law = asked.law();
    command.refuse_unsuited(law)?;
    let robust = robust_loss(&command.robust_loss).map_err(|error| Failure::told(USAGE, error.to_string(), ""))?;
    let options = command.options(law, robust.as_ref())?;
    let watch = Watch::start();
    let held = command.read(law, &watch)?;
    if let (rows, false) = held.rows() {
        return Err(Failure::unanalyzed(&command.table.runs, &AnalyzeError::NoRuns(rows)));
    }
    let report =
        fit_table(held.table(), &options, &watch).map_err(|error| Failure::unfitted(&command.table.runs, &error))?;
    watch.end();
    if command.json {
        let mut out = std::io::stdout().lock();
        let text = serde_json::to_string_pretty(&report).map_err(std::io::Error::other)?;
        out.write_all(text.as_bytes())?;
        out.write_all(b"\n")?;
        out.flush()?;
    } else {
        let read = match &held {
            Held::Runs(runs) => data::text(&survey(runs, command.table.budget_tolerance).0),
            Held::Curve(curve) => data::of_curve(&report.data, &curve.axis),
        };
        let remake = remake::of_fit(command, &options);
        terminal::print(&format!("{read}\n{}\nRemake  {remake}\n", terminal::fit::text(&report, &options)))?;
    }
    Ok(DONE)
}
