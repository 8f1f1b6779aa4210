//! `isoflop submit`: configurations become runs.

use clap::Args;
use isoflop_api::client::Submitted;

use super::wait;
use crate::exit::{DONE, Failure};
use crate::server::Connection;
use crate::{config_file, terminal};

/// Submit training configurations to a server; those that are there already are found and cost nothing.
///
/// Every file is read before anything is submitted. If it is cut off, run the same command again.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Submit {
    /// Files with a configuration (a JSON object) or a list of them; - is standard input
    #[arg(value_name = "CONFIG", required = true)]
    pub configs: Vec<String>,
    /// Wait until all of them have ended
    #[arg(long)]
    pub wait: bool,
    #[command(flatten)]
    pub connection: Connection,
    /// Print JSON instead of words
    #[arg(long, help_heading = "Output")]
    pub json: bool,
}

const EXAMPLES: &str = "\
Examples:
  isoflop submit config.json
  isoflop submit sweep.json --wait
  python make_sweep.py | isoflop submit - --url http://cluster:8000";

/// Reads all, submits all, and waits if asked.
pub fn run(command: &Submit) -> Result<u8, Failure> {
    let mut configs = Vec::new();
    for path in &command.configs {
        configs.extend(config_file::read(path)?);
    }
    let client = command.connection.client()?;
    let mut submitted: Vec<Submitted> = Vec::new();
    let mut refused = None;
    for config in &configs {
        match client.submit(config) {
            Ok(one) => submitted.push(one),
            Err(error) => {
                refused = Some(error);
                break;
            }
        }
        if !command.json {
            terminal::print(&told(&submitted[submitted.len() - 1]))?;
        }
    }
    if let Some(error) = refused {
        if command.json {
            print_json(&submitted)?;
        }
        let Failure::Told { code, sentence, below } = Failure::from(error) else { unreachable!("it has words") };
        let count = if configs.len() > 1 {
            format!(" ({} of {} were submitted)", submitted.len(), configs.len())
        } else {
            String::new()
        };
        return Err(Failure::Told { code, sentence: sentence + &count, below });
    }
    let ids: Vec<u64> = submitted.iter().map(|one| one.experiment_id).collect();
    if command.wait {
        return wait::wait_for(client, &ids, command.json);
    }
    if command.json {
        print_json(&submitted)?;
    }
    Ok(DONE)
}

fn told(submitted: &Submitted) -> String {
    let id = submitted.experiment_id;
    match &submitted.budget_summary {
        Some(budget) => format!("experiment {id}   submitted · {:.0} s left\n", budget.remaining_seconds),
        None => format!("experiment {id}   was there already\n"),
    }
}

fn print_json(submitted: &[Submitted]) -> Result<(), Failure> {
    Ok(terminal::print(&(serde_json::to_string_pretty(submitted).map_err(std::io::Error::other)? + "\n"))?)
}
