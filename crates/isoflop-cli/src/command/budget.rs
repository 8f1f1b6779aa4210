//! `isoflop budget`: what may still be spent.

use clap::Args;

use crate::exit::{DONE, Failure};
use crate::server::Connection;
use crate::terminal;

/// Show what you may still spend on a server. Queued and running experiments count with all their seconds.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Budget {
    #[command(flatten)]
    pub connection: Connection,
    /// Print JSON instead of words
    #[arg(long, help_heading = "Output")]
    pub json: bool,
}

const EXAMPLES: &str = "\
Examples:
  isoflop budget
  isoflop budget --json | jq .remaining_seconds";

/// Asks and tells.
pub fn run(command: &Budget) -> Result<u8, Failure> {
    let budget = command.connection.client()?.budget()?;
    let text = if command.json {
        serde_json::to_string(&budget).map_err(std::io::Error::other)? + "\n"
    } else {
        format!(
            "{:.0} s left of {:.0} s; {:.0} s used or reserved\n",
            budget.remaining_seconds, budget.total_budget_seconds, budget.used_seconds
        )
    };
    terminal::print(&text)?;
    Ok(DONE)
}
