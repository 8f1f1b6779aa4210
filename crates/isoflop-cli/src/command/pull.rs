//! `isoflop pull`: what was trained, as a run table.

use std::path::PathBuf;

use clap::Args;
use isoflop_api::client::PreviousRun;
use isoflop_api::{Optimizer, Status};
use serde::Serialize;

use super::simulate::{put, written};
use crate::exit::{DONE, Failure};
use crate::server::Connection;
use crate::terminal::{self, experiments};

/// Write your completed runs, of both protocols, as a table that isoflop analyze and isoflop fit read.
///
/// N is counted without embedding and output: attention and feed-forward matrices for a configuration, and 12·layers·
/// width² for a query, as the course does. C is 6ND for a configuration; for a query it is what was asked for, and D is
/// C/6N. The loss is the last validation loss, in nats per token.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Pull {
    /// Write the table into this file [default: standard output]
    #[arg(short, long, value_name = "FILE", help_heading = "Output")]
    pub output: Option<PathBuf>,
    #[command(flatten)]
    pub connection: Connection,
    /// Print a JSON list instead of CSV
    #[arg(long, help_heading = "Output")]
    pub json: bool,
}

const EXAMPLES: &str = "\
Examples:
  isoflop pull -o runs.csv
  isoflop pull | isoflop analyze -";

/// A line of the table; its names are the columns.
#[derive(Serialize)]
struct Row {
    name: String,
    protocol: &'static str,
    optimizer: Option<&'static str>,
    params_non_embedding: f64,
    tokens: f64,
    compute: f64,
    loss: f64,
    learning_rate: f64,
    batch_size: u64,
    layers: u64,
    width: u64,
    heads: u64,
    seed: Option<u64>,
    runtime_seconds: Option<f64>,
}

const COLUMNS: &str = "name,protocol,optimizer,params_non_embedding,tokens,compute,loss,learning_rate,batch_size,layers,width,heads,seed,runtime_seconds";

/// Asks for both lists and writes one table.
pub fn run(command: &Pull) -> Result<u8, Failure> {
    let client = command.connection.client()?;
    let trained = client.experiments()?;
    let left_out = trained.iter().filter(|one| !matches!(one.status, Status::Completed { .. })).count();
    let asked = client.previous_runs()?;
    let mut rows: Vec<Row> = trained.iter().filter_map(trained_row).collect();
    rows.extend(asked.iter().enumerate().map(|(i, run)| asked_row(i + 1, run)));
    let text = if command.json {
        serde_json::to_string_pretty(&rows).map_err(std::io::Error::other)? + "\n"
    } else {
        format!("{COLUMNS}\n{}", rows.iter().map(line).collect::<String>())
    };
    let count = format!("{} run{}", rows.len(), if rows.len() == 1 { "" } else { "s" });
    let others = if left_out > 0 { format!(" · {left_out} failed or not ended, left out") } else { String::new() };
    if let Some(path) = &command.output {
        put(path, text.as_bytes())?;
        terminal::print(&format!("{}   {count}{others}\n", path.display()))?;
    } else {
        terminal::print_plain(&text)?;
    }
    Ok(DONE)
}

fn trained_row(experiment: &isoflop_api::Experiment) -> Option<Row> {
    let Status::Completed { used_runtime_seconds, val_losses, .. } = &experiment.status else { return None };
    let config = &experiment.training_config;
    let (params, tokens) = (config.params_without_embedding() as f64, config.total_train_tokens as f64);
    Some(Row {
        name: format!("experiment-{}", experiment.experiment_id),
        protocol: "2026",
        optimizer: Some(match config.optimizer_config {
            Optimizer::AdamW(_) => "adamw",
            Optimizer::Sgd(_) => "sgd",
        }),
        params_non_embedding: params,
        tokens,
        compute: 6.0 * params * tokens,
        loss: *val_losses.last()?,
        learning_rate: experiments::learning_rate(config),
        batch_size: config.train_batch_size,
        layers: config.architecture_config.num_hidden_layers,
        width: config.architecture_config.hidden_size,
        heads: config.architecture_config.num_attention_heads,
        seed: Some(config.model_seed),
        runtime_seconds: Some(*used_runtime_seconds),
    })
}

fn asked_row(number: usize, PreviousRun { query, loss }: &PreviousRun) -> Row {
    let params = query.params() as f64;
    Row {
        name: format!("query-{number}"),
        protocol: "2025",
        optimizer: None,
        params_non_embedding: params,
        tokens: query.train_flops / (6.0 * params),
        compute: query.train_flops,
        loss: *loss,
        learning_rate: query.learning_rate,
        batch_size: query.batch_size,
        layers: query.num_layers,
        width: query.d_model,
        heads: query.num_heads,
        seed: None,
        runtime_seconds: None,
    }
}

fn line(row: &Row) -> String {
    let numbers = [row.params_non_embedding, row.tokens, row.compute, row.loss, row.learning_rate].map(written);
    let counts = [row.batch_size, row.layers, row.width, row.heads].map(|count| count.to_string());
    let seed = row.seed.map_or(String::new(), |seed| seed.to_string());
    let seconds = row.runtime_seconds.map_or(String::new(), written);
    let optimizer = row.optimizer.unwrap_or_default();
    format!("{},{},{optimizer},{},{},{seed},{seconds}\n", row.name, row.protocol, numbers.join(","), counts.join(","))
}
