//! `isoflop check`: what is in a table and what is wrong with it, without fitting anything.

use clap::Args;
use isoflop::analysis::{DataSummary, Severity, Warning};
use isoflop::analyze::survey;
use serde::Serialize;

use crate::cli::Table;
use crate::exit::{DONE, Failure, NO};
use crate::terminal::{self, data, profiles, warnings};
use crate::watch::Watch;

/// Show what was read and everything that is wrong with it, without fitting a law.
///
/// Exits with 1 if a check found something to mend.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Check {
    #[command(flatten)]
    pub table: Table,
    /// Print one JSON object (schema isoflop.check/1) instead of words
    #[arg(long, help_heading = "Output")]
    pub json: bool,
}

const EXAMPLES: &str = "\
Examples:
  isoflop check runs.csv
  isoflop check runs.csv --where 'loss < 20' && echo nothing to mend
  isoflop check runs.jsonl.gz --json | jq '.warnings[].message'";

/// What `--json` prints.
#[derive(Serialize)]
struct Checked<'a> {
    schema: &'static str,
    data: &'a DataSummary,
    warnings: &'a [Warning],
}

/// Reads, groups, checks, tells.
pub fn run(command: &Check) -> Result<u8, Failure> {
    let watch = Watch::start();
    let table = isoflop::source::read(&command.table.runs, &command.table.options(), &watch)?;
    let (data, warnings) = survey(&table, command.table.budget_tolerance);
    watch.end();
    let text = if command.json {
        let checked = Checked { schema: "isoflop.check/1", data: &data, warnings: &warnings };
        serde_json::to_string_pretty(&checked).map_err(std::io::Error::other)? + "\n"
    } else {
        let found = if warnings.is_empty() { "Nothing wrong was found.\n".into() } else { warnings::text(&warnings) };
        format!("{}\n{}\n{found}", data::text(&data), profiles::text(&data))
    };
    terminal::print(&text)?;
    let mend = warnings.iter().any(|warning| warning.severity > Severity::Inform);
    Ok(if mend { NO } else { DONE })
}
