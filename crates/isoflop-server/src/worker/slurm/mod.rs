//! Runs as jobs of a Slurm cluster.
//!
//! Every attempt has a folder and a job name of its own. The folder is written before the job is submitted, and the job's
//! number right after; a worker that crashed in between finds the job by its name, so no attempt is trained twice.

mod commands;
mod folder;
mod going;
#[cfg(test)]
mod tests;

use std::ops::ControlFlow;
use std::path::PathBuf;
use std::thread::sleep;
use std::time::Duration;

use self::commands::{find, words};
use self::folder::Folder;
use self::going::Going;
use super::Trainer;
use crate::backend::{BackendError, Outcome, Progress, Work};
use crate::http::worker::Leased;

pub use commands::{Commands, Installed, Ran};

/// A cluster, and how jobs are submitted there.
pub struct Slurm {
    /// The program that trains, as a shell takes it.
    pub command: String,
    /// More arguments of `sbatch`, such as `--gpus=1`.
    pub sbatch_args: Vec<String>,
    /// Where the folders of attempts are; the nodes must see it.
    pub folder: PathBuf,
    /// What tells this server's attempts from those of another: its address.
    pub server: String,
    /// Between looks at a job.
    pub poll: Duration,
    /// Slurm's programs.
    pub commands: Box<dyn Commands>,
}

/// Seconds that a question of the 2024 and 2025 protocols may take.
const QUERY_SECONDS: f64 = 43_200.0;
/// What a job may take beyond its run's seconds, to start and to stop.
const SLACK_SECONDS: f64 = 60.0;

impl Trainer for Slurm {
    fn train(
        &self,
        lease: &Leased,
        report: &mut dyn FnMut(Progress) -> ControlFlow<()>,
    ) -> Result<Outcome, BackendError> {
        let folder = Folder::of(&self.folder, &self.server, lease);
        let job = loop {
            match self.job(&folder, lease) {
                Ok(job) => break job,
                Err(BackendError(why)) if is_away(&why) => tracing::warn!("{why}; trying again"),
                Err(error) => return Err(error),
            }
            if report(Progress { elapsed_seconds: 0.0, val_losses: Vec::new() }).is_break() {
                return Ok(Outcome::Stopped { used_seconds: 0.0 });
            }
            sleep(self.poll);
        };
        let mut going = Going::new(job, folder, lease);
        loop {
            going.look(self.commands.as_ref());
            if report(going.progress()).is_break() {
                self.cancel(&going.job);
                return Ok(Outcome::Stopped { used_seconds: going.used_seconds() });
            }
            if let Some(end) = going.end() {
                if !going.has_ended() {
                    self.cancel(&going.job);
                }
                return end;
            }
            sleep(self.poll);
        }
    }

    fn forget(&self, lease: &Leased) {
        Folder::of(&self.folder, &self.server, lease).remove();
    }
}

impl Slurm {
    /// The job of this attempt: the one that a worker of this name has submitted before, or a new one.
    fn job(&self, folder: &Folder, lease: &Leased) -> Result<String, BackendError> {
        let fault = |error: std::io::Error| BackendError(format!("{}: {error}", folder.path().display()));
        if let Some(job) = folder.job() {
            tracing::info!("{} is job {job}", lease.run_id);
            return Ok(job);
        }
        let name = folder.job_name();
        if folder.path().exists() {
            // It was meant to be submitted; whether it was, Slurm knows.
            let found =
                find(self.commands.as_ref(), &name).map_err(|error| BackendError(format!("squeue: {error}")))?;
            if let Some(job) = found {
                tracing::info!("{} was found again: job {job}", lease.run_id);
                folder.set_job(&job).map_err(fault)?;
                return Ok(job);
            }
        }
        folder.write(&self.command, &lease.work).map_err(fault)?;
        let minutes = ((seconds(&lease.work) * 1.05 + SLACK_SECONDS) / 60.0).ceil();
        let mut arguments = words(&["--parsable", "--no-requeue", "--output=/dev/null"]);
        arguments.push(format!("--job-name={name}"));
        arguments.push(format!("--comment={}", lease.run_id));
        arguments.push(format!("--time={minutes:.0}"));
        // Last, so that they count where they say something else.
        arguments.extend(self.sbatch_args.iter().cloned());
        arguments.push(folder.script().display().to_string());
        let ran = self
            .commands
            .run("sbatch", &arguments)
            .map_err(|error| BackendError(format!("sbatch cannot be started: {error}")))?;
        // `JOB;CLUSTER` in a federation.
        let job = ran.out.trim().split(';').next().unwrap_or_default().to_owned();
        if !ran.success || job.is_empty() {
            return Err(BackendError(format!("sbatch: {}", ran.err.trim())));
        }
        folder.set_job(&job).map_err(fault)?;
        tracing::info!("{} is job {job}", lease.run_id);
        Ok(job)
    }

    fn cancel(&self, job: &str) {
        match self.commands.run("scancel", &words(&[job])) {
            Ok(ran) if ran.success => {}
            Ok(ran) => tracing::warn!("scancel {job}: {}", ran.err.trim()),
            Err(error) => tracing::warn!("scancel {job}: {error}"),
        }
    }
}

/// Whether the controller did not answer: it may have heard all the same, and is asked by name before it is told again.
fn is_away(why: &str) -> bool {
    ["Unable to contact slurm controller", "Socket timed out", "Connection refused", "temporarily"]
        .iter()
        .any(|words| why.contains(words))
}

/// How long a run may take, seconds.
fn seconds(work: &Work) -> f64 {
    match work {
        Work::Training(config) => config.max_runtime_seconds,
        Work::Query(_) => QUERY_SECONDS,
    }
}
