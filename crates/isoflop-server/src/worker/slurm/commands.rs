//! Slurm's own programs, and what they say.

use std::io;
use std::process::Command;

/// What a program said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ran {
    /// Whether it ended well.
    pub success: bool,
    /// Its standard output.
    pub out: String,
    /// Its standard error.
    pub err: String,
}

/// Runs `sbatch`, `sacct`, `squeue` and `scancel`; tests play what a cluster once answered.
pub trait Commands: Send + Sync {
    /// Runs one to its end.
    ///
    /// # Errors
    /// If it cannot be started.
    fn run(&self, program: &str, arguments: &[String]) -> io::Result<Ran>;
}

/// Those of this machine.
pub struct Installed;

impl Commands for Installed {
    fn run(&self, program: &str, arguments: &[String]) -> io::Result<Ran> {
        let output = Command::new(program).args(arguments).stdin(std::process::Stdio::null()).output()?;
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Ok(Ran { success: output.status.success(), out: text(&output.stdout), err: text(&output.stderr) })
    }
}

/// What Slurm knows of a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JobState {
    /// It waits for its nodes.
    Waiting,
    /// It goes on.
    Running,
    /// Its program ended by itself.
    Ended,
    /// Its time was over.
    TimedOut,
    /// Somebody ended it with `scancel`.
    Cancelled,
    /// It took too much memory.
    OutOfMemory,
    /// Its machine failed, or was taken away.
    Lost,
    /// Slurm does not know it (any more).
    Unknown,
}

impl JobState {
    /// Reads a state as `sacct` and `squeue` print it: `CANCELLED by 1000`, `CANCELLED+`.
    fn parse(text: &str) -> Self {
        match text.split([' ', '+', '|']).next().unwrap_or_default() {
            "PENDING" | "CONFIGURING" | "REQUEUED" | "REQUEUE_HOLD" | "REQUEUE_FED" | "SPECIAL_EXIT" => Self::Waiting,
            "RUNNING" | "COMPLETING" | "SUSPENDED" | "STAGE_OUT" | "SIGNALING" | "STOPPED" | "RESIZING" => {
                Self::Running
            }
            "COMPLETED" | "FAILED" => Self::Ended,
            "TIMEOUT" | "DEADLINE" => Self::TimedOut,
            "CANCELLED" | "REVOKED" => Self::Cancelled,
            "OUT_OF_MEMORY" => Self::OutOfMemory,
            "NODE_FAIL" | "BOOT_FAIL" | "PREEMPTED" => Self::Lost,
            _ => Self::Unknown,
        }
    }
}

/// How a job is. Nothing if Slurm could not be asked, which says nothing about the job.
pub fn state(commands: &dyn Commands, job: &str) -> Option<JobState> {
    // The controller knows jobs that go on and those that ended within minutes, with or without accounting.
    let queue = commands.run("squeue", &words(&["-h", "-t", "all", "-j", job, "-o", "%T"])).ok()?;
    let known = JobState::parse(queue.out.trim());
    if queue.success && known != JobState::Unknown {
        return Some(known);
    }
    let asked = queue.success || queue.err.contains("Invalid job id");
    let book = commands.run("sacct", &words(&["-P", "-n", "-X", "-j", job, "-o", "State"])).ok();
    let booked = book.map_or(JobState::Unknown, |book| JobState::parse(book.out.lines().next_back().unwrap_or("")));
    if booked != JobState::Unknown {
        return Some(booked);
    }
    asked.then_some(JobState::Unknown)
}

/// The job of this name, if there is one. An error if Slurm could not be asked.
///
/// # Errors
/// What Slurm said.
pub fn find(commands: &dyn Commands, name: &str) -> io::Result<Option<String>> {
    let queue = commands.run("squeue", &words(&["-h", "-t", "all", &format!("--name={name}"), "-o", "%i"]))?;
    if !queue.success {
        return Err(io::Error::other(queue.err.trim().to_owned()));
    }
    if let Some(job) = queue.out.lines().next_back() {
        return Ok(Some(job.trim().to_owned()));
    }
    let book = commands.run("sacct", &words(&["-P", "-n", "-X", &format!("--name={name}"), "-o", "JobID"]));
    let job = book.ok().filter(|book| book.success).and_then(|book| book.out.lines().next_back().map(str::to_owned));
    Ok(job.map(|job| job.trim().to_owned()).filter(|job| !job.is_empty()))
}

/// Arguments.
pub fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|&word| word.to_owned()).collect()
}
