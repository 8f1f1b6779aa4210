//! What can be typed.

use clap::{Args, Parser, Subcommand, ValueEnum};
use isoflop::run::{LossUnit, ParamsCount};
use isoflop::source::{ColumnChoice, ReadOptions};

use crate::command::admin;
use crate::command::{analyze, check, fit, serve, simulate};
use crate::exit::{self, Failure};

/// The scaling-law workbench: from small training runs to the compute-optimal large one.
#[derive(Debug, Parser)]
#[command(name = "isoflop", version, after_help = format!("{EXAMPLES}\n\n{}", exit::TABLE), disable_help_subcommand = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

const EXAMPLES: &str = "\
Examples:
  isoflop analyze examples/isoflops_curves.json
  isoflop analyze runs.csv --at 3e22 -o report
  isoflop check runs.csv
  isoflop fit runs.csv --law chinchilla --at 3e22";

#[derive(Debug, Subcommand)]
enum Command {
    Analyze(Box<analyze::Analyze>),
    Check(Box<check::Check>),
    Fit(Box<fit::Fit>),
    Simulate(Box<simulate::Simulate>),
    Admin(Box<admin::Admin>),
    Serve(Box<serve::Serve>),
}

/// The table to read, and how.
#[derive(Debug, Args)]
pub struct Table {
    /// Table of training runs: JSON, JSON Lines, CSV, TSV or Parquet, gzip'd or not; - is standard input
    #[arg(value_name = "RUNS")]
    pub runs: String,
    /// Leave out runs that do not meet this condition on any columns of the file
    #[arg(long = "where", value_name = "CONDITION", help_heading = "Reading")]
    pub condition: Option<String>,
    /// Column with the model size N, where its name does not say
    #[arg(long, value_name = "NAME", help_heading = "Reading")]
    pub params_column: Option<String>,
    /// Column with the training tokens D
    #[arg(long, value_name = "NAME", help_heading = "Reading")]
    pub tokens_column: Option<String>,
    /// Column with the compute C
    #[arg(long, value_name = "NAME", help_heading = "Reading")]
    pub compute_column: Option<String>,
    /// Column with the loss L
    #[arg(long, value_name = "NAME", help_heading = "Reading")]
    pub loss_column: Option<String>,
    /// Column with the distinct tokens U, where D counts repeats
    #[arg(long, value_name = "NAME", help_heading = "Reading")]
    pub unique_tokens_column: Option<String>,
    /// Column with how much each run counts in a fit [default: all the same]
    #[arg(long, value_name = "NAME", help_heading = "Reading")]
    pub weights_column: Option<String>,
    /// Column with the names of the runs
    #[arg(long, value_name = "NAME", help_heading = "Reading")]
    pub name_column: Option<String>,
    /// Format of the file, where content and extension do not say: json, jsonl, csv, tsv, parquet
    #[arg(long, value_name = "NAME", help_heading = "Reading")]
    pub format: Option<String>,
    /// What N counts, where the column's name does not say
    #[arg(long, value_name = "COUNT", help_heading = "Reading")]
    pub params_count: Option<Count>,
    /// Unit of the loss [default: nats, assumed]
    #[arg(long, value_name = "UNIT", help_heading = "Reading")]
    pub loss_unit: Option<Unit>,
    /// Runs whose C differ by at most this share are one budget
    #[arg(long, value_name = "SHARE", allow_negative_numbers = true, default_value = "0.01", value_parser = share, help_heading = "Reading")]
    pub budget_tolerance: f64,
}

/// What N counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Count {
    /// Every parameter, embeddings included.
    Total,
    /// All but the embeddings.
    NonEmbedding,
}

/// The unit of the loss.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Unit {
    /// Nats per token.
    Nats,
    /// Bits per byte.
    BitsPerByte,
}

impl Table {
    /// The same for the library.
    pub fn options(&self) -> ReadOptions {
        ReadOptions {
            columns: ColumnChoice {
                params: self.params_column.clone(),
                tokens: self.tokens_column.clone(),
                compute: self.compute_column.clone(),
                loss: self.loss_column.clone(),
                unique_tokens: self.unique_tokens_column.clone(),
                weight: self.weights_column.clone(),
                cluster: None,
                name: self.name_column.clone(),
            },
            condition: self.condition.clone(),
            format: self.format.clone(),
            params_count: self.params_count.map(|count| match count {
                Count::Total => ParamsCount::Total,
                Count::NonEmbedding => ParamsCount::NonEmbedding,
            }),
            loss_unit: self.loss_unit.map(|unit| match unit {
                Unit::Nats => LossUnit::NatsPerToken,
                Unit::BitsPerByte => LossUnit::BitsPerByte,
            }),
        }
    }
}

/// A share between 0 and 1.
fn share(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(value) if (0.0..1.0).contains(&value) => Ok(value),
        _ => Err("a share such as 0.01 is needed, from 0 to below 1".to_string()),
    }
}

/// The nominal level of an interval.
pub fn level(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(value) if (0.5..=0.999).contains(&value) => Ok(value),
        _ => Err("a level from 0.5 to 0.999 is needed, such as 0.9".to_string()),
    }
}

/// Does what was typed; the exit code, or why there is none.
pub fn run() -> Result<u8, Failure> {
    match Cli::parse().command {
        Command::Analyze(command) => analyze::run(&command),
        Command::Check(command) => check::run(&command),
        Command::Fit(command) => fit::run(&command),
        Command::Simulate(command) => simulate::run(&command),
        Command::Admin(command) => admin::run(&command),
        Command::Serve(command) => serve::run(*command),
    }
}
