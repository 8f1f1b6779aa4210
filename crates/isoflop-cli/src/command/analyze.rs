//! `isoflop analyze`: the main job.

use std::io::Write;
use std::path::PathBuf;

use clap::Args;
use clap::builder::PossibleValuesParser;
use isoflop::analyze::{Options, RESAMPLES, analyze};
use isoflop::approach::{APPROACHES, Approach, approach};
use isoflop::parametric::NAME as PARAMETRIC;
use isoflop::units::Flops;

use crate::cli::{Table, level};
use crate::exit::{DONE, Failure, NO_FIT};
use crate::terminal::answer;
use crate::watch::Watch;
use crate::{folder, remake, terminal};

/// Find the compute-optimal model and dataset size, forecast them at larger budgets, and say what is wrong.
///
/// Runs are grouped by compute budget. Each approach finds the best size of each budget and fits N = k·C^a and
/// D = k·C^b through them: best-run (the run of lowest loss), parabola (through all runs of a budget), near-valley
/// (through those near the minimum), cubic, akima (an interpolation); parametric fits L = E + A/N^α + B/D^β to all
/// runs at once and knows the loss too. The answer shows them side by side, says which to quote, and warns;
/// docs/approaches.md and docs/checks.md explain both.
///
/// A condition of --where compares columns of the file, or params, tokens, compute, loss, with numbers, 'texts',
/// true and false: < <= > >= == != && || ! + - * / ( ). Odd names stand in backquotes: `eval/paloma/macro_loss`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Analyze {
    #[command(flatten)]
    pub table: Table,
    /// Budget to forecast, in FLOPs: 1e23, 10^23; may be repeated [default: 1e23 and 1e24]
    #[arg(long, value_name = "C", allow_negative_numbers = true, help_heading = "Forecast")]
    pub at: Vec<Flops>,
    /// Approach to use; may be repeated [default: all]
    #[arg(long, value_name = "NAME", value_parser = approach_names(), hide_possible_values = true, help_heading = "Forecast")]
    pub approach: Vec<String>,
    /// Nominal level of the intervals
    #[arg(long, value_name = "LEVEL", allow_negative_numbers = true, default_value = "0.9", value_parser = level, help_heading = "Forecast")]
    pub level: f64,
    /// Resampled tables to form the intervals from [default: 4000, fewer above 25,000 runs]; an interval at level
    /// 0.9 needs 100, at 0.99 1000
    #[arg(long, value_name = "COUNT", allow_negative_numbers = true, value_parser = clap::value_parser!(u32).range(0..=1_000_000), help_heading = "Forecast")]
    pub resamples: Option<u32>,
    /// Seed of the resampling
    #[arg(long, value_name = "SEED", allow_negative_numbers = true, default_value_t = 0, help_heading = "Forecast")]
    pub seed: u64,
    /// Write the report into this folder: index.html, report.md, results.json, figures/
    #[arg(short, long, value_name = "DIR", help_heading = "Output")]
    pub output: Option<PathBuf>,
    /// Print one JSON object (schema isoflop.analysis/1) instead of the answer in words
    #[arg(long, help_heading = "Output")]
    pub json: bool,
}

const EXAMPLES: &str = "\
Examples:
  isoflop analyze runs.json
  isoflop analyze runs.csv --at 3e22 --where 'loss < 3.4 && budget >= 1e19' -o report
  isoflop analyze runs.parquet --approach parabola --json | jq .recommended";

fn approach_names() -> PossibleValuesParser {
    PossibleValuesParser::new(APPROACHES.iter().map(|approach| approach.name()).chain([PARAMETRIC]))
}

impl Analyze {
    fn options(&self) -> Options {
        let usual = Options::default();
        let mut approaches: Vec<&'static dyn Approach> = Vec::new();
        for chosen in self.approach.iter().filter_map(|name| approach(name)) {
            if approaches.iter().all(|known| known.name() != chosen.name()) {
                approaches.push(chosen);
            }
        }
        let mut at: Vec<Flops> = self.at.clone();
        at.sort_by(|a, b| a.0.total_cmp(&b.0));
        at.dedup();
        Options {
            at: if at.is_empty() { usual.at } else { at },
            parametric: self.approach.is_empty() || self.approach.iter().any(|name| name == PARAMETRIC),
            approaches: if self.approach.is_empty() { usual.approaches } else { approaches },
            level: self.level,
            resamples: self.resamples.map(|count| count as usize),
            seed: self.seed,
            budget_tolerance: self.table.budget_tolerance,
            drawn: self.output.is_some(),
        }
    }
}

/// Reads, analyzes, writes the report, answers.
pub fn run(command: &Analyze) -> Result<u8, Failure> {
    let watch = Watch::start();
    if let Some(folder) = &command.output {
        folder::check(folder)?;
    }
    let table = isoflop::source::read(&command.table.runs, &command.table.options(), &watch)?;
    let options = command.options();
    let analysis =
        analyze(&table, &options, &watch).map_err(|error| Failure::unanalyzed(&command.table.runs, &error))?;
    let remake = remake::of_analyze(command, &options);
    if let Some(folder) = &command.output {
        watch.say("drawing");
        let files = isoflop_report::files(&table, &analysis, &remake)
            .map_err(|bug| Failure::told(crate::exit::USAGE, format!("the report could not be made: {bug}"), ""))?;
        folder::write(folder, &files, &watch)?;
    }
    watch.end();
    if command.json {
        let mut out = std::io::stdout().lock();
        out.write_all(isoflop_report::json(&analysis).map_err(std::io::Error::other)?.as_bytes())?;
        out.flush()?;
    } else {
        let text = answer::text(&analysis, options.resamples.unwrap_or(RESAMPLES));
        terminal::print(&(text + &answer::whereabouts(command.output.as_deref(), &remake)))?;
    }
    Ok(if analysis.recommended.is_some() { DONE } else { NO_FIT })
}
