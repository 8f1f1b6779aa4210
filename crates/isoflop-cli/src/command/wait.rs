//! `isoflop wait`: until runs have ended.

use std::io::{IsTerminal, Write};
use std::thread::sleep;
use std::time::Duration;

use clap::Args;
use isoflop_api::client::Client;
use isoflop_api::{Experiment, Status};

use crate::exit::{DONE, Failure, INTERRUPTED, NO};
use crate::server::Connection;
use crate::terminal::{self, experiments};

/// Wait until experiments have ended, and show them. Ctrl-C harms nothing: they go on, and can be waited for again.
///
/// Exits with 1 if one of them failed.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Wait {
    /// Which [default: all that have not ended]
    #[arg(value_name = "ID")]
    pub ids: Vec<u64>,
    #[command(flatten)]
    pub connection: Connection,
    /// Print the experiments as JSON, once they have ended
    #[arg(long, help_heading = "Output")]
    pub json: bool,
}

const EXAMPLES: &str = "\
Examples:
  isoflop wait
  isoflop wait 7 8 && isoflop pull -o runs.csv";

/// The first pause between looks, and the longest.
const PAUSES: [Duration; 2] = [Duration::from_millis(200), Duration::from_secs(5)];
/// Tries while the server is away: about ten minutes, as for a restart.
const TRIES: u32 = 30;

/// Waits for those that were named, or all that go on.
pub fn run(command: &Wait) -> Result<u8, Failure> {
    let client = command.connection.client()?;
    let ids = if command.ids.is_empty() {
        let all = client.experiments()?;
        all.iter().filter(|one| !experiments::has_ended(&one.status)).map(|one| one.experiment_id).collect()
    } else {
        command.ids.clone()
    };
    wait_for(client, &ids, command.json)
}

/// Waits for these, and shows them.
pub fn wait_for(mut client: Client, ids: &[u64], json: bool) -> Result<u8, Failure> {
    let again: Vec<String> = ids.iter().map(u64::to_string).collect();
    // A second handler in one process is refused; the program then ends at Ctrl-C as any other does.
    let _ = ctrlc::set_handler(move || {
        // Whoever read standard error may be gone.
        let _ = writeln!(std::io::stderr(), "\ninterrupted; the runs go on: isoflop wait {}", again.join(" "));
        std::process::exit(i32::from(INTERRUPTED));
    });
    client.patience.tries = TRIES;
    let (mut waiting, mut ended, mut pause) = (ids.to_owned(), Vec::<Experiment>::new(), PAUSES[0]);
    let seen = std::io::stderr().is_terminal();
    while !waiting.is_empty() {
        let now: Vec<Experiment> = if let [id] = waiting[..] {
            vec![client.experiment(id)?]
        } else {
            // One request for all of them; those that it does not list are asked for, to hear why.
            let mut listed = client.experiments()?;
            listed.retain(|one| waiting.contains(&one.experiment_id));
            let unlisted = |id: &&u64| !listed.iter().any(|one| one.experiment_id == **id);
            let unlisted: Vec<u64> = waiting.iter().filter(unlisted).copied().collect();
            for id in unlisted {
                listed.push(client.experiment(id)?);
            }
            listed
        };
        let running = now.iter().filter(|one| matches!(one.status, Status::Running { .. })).count();
        let (over, rest): (Vec<_>, Vec<_>) = now.into_iter().partition(|one| experiments::has_ended(&one.status));
        if !over.is_empty() {
            pause = PAUSES[0];
        }
        ended.extend(over);
        waiting = rest.iter().map(|one| one.experiment_id).collect();
        if seen {
            let (done, queued) = (ended.len(), waiting.len() - running);
            let _ = write!(std::io::stderr(), "\r\x1b[K{done} ended · {running} running · {queued} queued");
        }
        if !waiting.is_empty() {
            sleep(pause);
            pause = (pause * 3 / 2).min(PAUSES[1]);
        }
    }
    if seen {
        let _ = write!(std::io::stderr(), "\r\x1b[K");
    }
    ended.sort_by_key(|one| ids.iter().position(|&id| id == one.experiment_id));
    let text = if json {
        serde_json::to_string_pretty(&ended).map_err(std::io::Error::other)? + "\n"
    } else if ended.is_empty() {
        "Nothing to wait for.\n".to_owned()
    } else {
        experiments::table(&ended)
    };
    terminal::print(&text)?;
    let failed = ended.iter().any(|one| matches!(one.status, Status::Failed { .. }));
    Ok(if failed { NO } else { DONE })
}
