//! `isoflop status`: how far the runs are.

use clap::Args;

use crate::exit::{DONE, Failure};
use crate::server::Connection;
use crate::terminal::{self, experiments};

/// Show your experiments on a server, oldest first.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Status {
    /// Only these [default: all]
    #[arg(value_name = "ID")]
    pub ids: Vec<u64>,
    #[command(flatten)]
    pub connection: Connection,
    /// Print the experiments as JSON, with their configurations and every loss
    #[arg(long, help_heading = "Output")]
    pub json: bool,
}

const EXAMPLES: &str = "\
Examples:
  isoflop status
  isoflop status 7 --json";

/// Asks and tells.
pub fn run(command: &Status) -> Result<u8, Failure> {
    let client = command.connection.client()?;
    let found = match &command.ids[..] {
        [] => client.experiments()?,
        ids => ids.iter().map(|&id| client.experiment(id)).collect::<Result<_, _>>()?,
    };
    let text = if command.json {
        serde_json::to_string_pretty(&found).map_err(std::io::Error::other)? + "\n"
    } else if found.is_empty() {
        "No experiments yet: isoflop submit config.json\n".to_owned()
    } else {
        experiments::table(&found)
    };
    terminal::print(&text)?;
    Ok(DONE)
}
