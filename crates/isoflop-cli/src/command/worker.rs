//! `isoflop worker`: training on this machine, for a server anywhere.

#![expect(clippy::doc_markdown, reason = "comments on options are the help, word for word")]

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use clap::Args;
use isoflop_api::client::{ClientError, WorkerClient};
use isoflop_server::backend;
use isoflop_server::worker::{Backed, Installed, Slurm, Trainer, Worker as Working};

use super::serve::{Log, log, unknown};
use crate::exit::{DONE, Failure, INTERRUPTED, NO, USAGE};
use crate::server::{given, url};

/// Train runs for a server: lease them, run a program for each, and tell their losses.
///
/// A server that is away is waited for. At Ctrl-C the runs are given back, and wait for another worker. After a crash
/// the worker of the same name begins its runs again.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Worker {
    /// Address of the server [default: ISOFLOP_URL, else http://127.0.0.1:8000]
    #[arg(long, value_name = "URL", help_heading = "Server")]
    pub url: Option<String>,
    /// Key of workers, which isoflop serve has printed [default: ISOFLOP_WORKER_KEY]
    #[arg(long, value_name = "KEY", help_heading = "Server")]
    pub key: Option<String>,
    /// Name of this worker: the same after a restart, and no other's [default: that of this machine]
    #[arg(long, value_name = "NAME", help_heading = "Server")]
    pub name: Option<String>,
    /// Runs at once
    #[arg(long, value_name = "N", default_value = "1", value_parser = clap::value_parser!(u16).range(1..), help_heading = "Training")]
    pub slots: u16,
    /// Program that trains, with its arguments: docs/training-command.md says what it hears and prints
    #[arg(long, value_name = "COMMAND", required_unless_present = "backend", help_heading = "Training")]
    pub run: Option<String>,
    /// Anything else that trains: simulated:WORLD or recorded:RUNS
    #[arg(long, value_name = "BACKEND", conflicts_with = "run", help_heading = "Training")]
    pub backend: Option<String>,
    /// Submit each run as a job of a Slurm cluster: --run is what the job starts
    #[arg(long, requires = "run", conflicts_with = "backend", help_heading = "Slurm")]
    pub slurm: bool,
    /// More arguments of sbatch, such as '--gpus=1 --partition=long'
    #[arg(long, value_name = "ARGUMENTS", requires = "slurm", allow_hyphen_values = true, help_heading = "Slurm")]
    pub sbatch_args: Option<String>,
    /// Folder for what jobs hear and say; every node must see it
    #[arg(long, value_name = "FOLDER", default_value = ".isoflop/slurm", help_heading = "Slurm")]
    pub slurm_folder: PathBuf,
    /// Time between looks at a job, seconds
    #[arg(long, value_name = "SECONDS", default_value = "3", value_parser = pause, help_heading = "Slurm")]
    pub slurm_poll: f64,
    /// Form of the log on standard error
    #[arg(long, value_name = "FORM", default_value = "text", help_heading = "Output")]
    pub log: Log,
}

const EXAMPLES: &str = "\
Examples:
  isoflop worker --url http://cluster:8000 --key isoflop-… --run 'python train.py'
  isoflop worker --slots 4 --backend simulated:quiet
  isoflop worker --slots 16 --slurm --sbatch-args '--gpus=1' --run 'python train.py'";

/// Works until Ctrl-C.
pub fn run(command: &Worker) -> Result<u8, Failure> {
    log(command.log, false);
    let key = given(command.key.as_deref(), &["ISOFLOP_WORKER_KEY"]).ok_or_else(|| {
        let hint = "isoflop serve prints it once; give it with --key, or export ISOFLOP_WORKER_KEY=…";
        Failure::told(USAGE, "no worker key is given", hint)
    })?;
    let stop = Arc::new(AtomicBool::new(false));
    let stopping = Arc::clone(&stop);
    // A second handler in one process is refused; the program then ends at Ctrl-C as any other does.
    let _ = ctrlc::set_handler(move || {
        if stopping.swap(true, Ordering::SeqCst) {
            std::process::exit(i32::from(INTERRUPTED));
        }
    });
    let client = WorkerClient::new(&url(command.url.as_deref()), &key);
    let name = command.name.clone().unwrap_or_else(machine);
    let worker = Working::new(client, name, usize::from(command.slots), trainer(command)?, stop);
    tracing::info!("worker {} has {} places", worker.name, worker.slots);
    Arc::new(worker).run().map_err(|error| match error {
        error @ ClientError::Refused { status: 401, .. } => {
            Failure::told(NO, error.to_string(), "give the key of workers with --key or ISOFLOP_WORKER_KEY")
        }
        other => other.into(),
    })?;
    Ok(DONE)
}

fn trainer(command: &Worker) -> Result<Arc<dyn Trainer>, Failure> {
    if let (true, Some(program)) = (command.slurm, &command.run) {
        backend::is_there("sbatch").map_err(|error| unknown(&error))?;
        let given = command.sbatch_args.as_deref().unwrap_or_default();
        let sbatch_args = shlex::split(given)
            .ok_or_else(|| Failure::told(USAGE, format!("--sbatch-args leaves a quotation mark open: {given}"), ""))?;
        return Ok(Arc::new(Slurm {
            command: program.clone(),
            sbatch_args,
            folder: command.slurm_folder.clone(),
            server: url(command.url.as_deref()),
            poll: Duration::from_secs_f64(command.slurm_poll),
            commands: Box::new(Installed),
        }));
    }
    let name = match (&command.run, &command.backend) {
        (Some(program), _) => format!("command:{program}"),
        (None, backend) => backend.clone().unwrap_or_default(),
    };
    Ok(Arc::new(Backed(backend::backend(&name).map_err(|error| unknown(&error))?)))
}

/// The name of this machine.
fn machine() -> String {
    let told = std::fs::read_to_string("/proc/sys/kernel/hostname").ok();
    let told = told.or_else(|| given(None, &["HOSTNAME", "COMPUTERNAME"]));
    told.map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()).unwrap_or_else(|| "worker".to_owned())
}

fn pause(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(value) if (0.01..=600.0).contains(&value) => Ok(value),
        _ => Err("a number from 0.01 to 600 is needed".to_owned()),
    }
}
