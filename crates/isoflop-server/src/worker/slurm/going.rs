//! A job that goes on, from look to look.

use std::ops::ControlFlow;
use std::time::Instant;

use isoflop_api::FailReason;

use super::commands::{Commands, JobState, state};
use super::folder::Folder;
use super::seconds;
use crate::backend::command::TRY_AGAIN;
use crate::backend::command::heard::{Heard, LastWord, too_long};
use crate::backend::{BackendError, Outcome, Progress, Work};
use crate::http::worker::Leased;

/// A job that has ended, or is not known, in so many looks is gone without an exit code.
const LOOKS: u32 = 3;
/// A job and all that is known of it.
pub(super) struct Going<'a> {
    pub job: String,
    folder: Folder,
    lease: &'a Leased,
    heard: Heard,
    /// What it said that ends it; nothing is heard after that.
    last: Option<LastWord>,
    /// Bytes of its output.
    read: u64,
    began: Option<Instant>,
    exit: Option<i32>,
    state: Option<JobState>,
    /// Looks in which it was over without an exit code.
    silent: u32,
}

impl<'a> Going<'a> {
    pub fn new(job: String, folder: Folder, lease: &'a Leased) -> Self {
        let heard = Heard::default();
        Self { job, folder, lease, heard, last: None, read: 0, began: None, exit: None, state: None, silent: 0 }
    }

    /// Takes in what there is to see.
    pub fn look(&mut self, commands: &dyn Commands) {
        // Asked before the lines are read, so that none is missed.
        self.exit = self.folder.exit_code();
        self.state = if self.exit.is_some() { None } else { state(commands, &self.job) };
        if self.began.is_none() && self.state == Some(JobState::Running) {
            self.began = Some(Instant::now());
        }
        let (heard, last) = (&mut self.heard, &mut self.last);
        let too_long_a_line = self.folder.lines(&mut self.read, |line| {
            if last.is_none()
                && let ControlFlow::Break(word) = heard.hear(line)
            {
                *last = Some(word);
            }
        });
        if too_long_a_line {
            last.get_or_insert_with(too_long);
        }
        match (self.exit, self.state) {
            // Its exit code may be on its way through the file system.
            (None, Some(JobState::Ended | JobState::Unknown)) => self.silent += 1,
            _ => self.silent = 0,
        }
    }

    /// Seconds as charged: what the program says, or the time since it was seen to begin.
    pub fn used_seconds(&self) -> f64 {
        let since = || self.began.map_or(0.0, |at| at.elapsed().as_secs_f64());
        self.heard.elapsed.map_or_else(since, |(seconds, _)| seconds).min(seconds(&self.lease.work))
    }

    pub fn progress(&self) -> Progress {
        Progress { elapsed_seconds: self.used_seconds(), val_losses: self.heard.losses.clone() }
    }

    /// Whether nothing is left of it on the cluster.
    pub fn has_ended(&self) -> bool {
        self.exit.is_some() || !matches!(self.state, None | Some(JobState::Waiting | JobState::Running))
    }

    /// How the run ended, if it did.
    pub fn end(&mut self) -> Option<Result<Outcome, BackendError>> {
        let job = &self.job;
        if let Some(LastWord::Failed(failure)) = &self.last {
            return Some(Ok(self.failed(failure)));
        }
        if self.last == Some(LastWord::TimeOver) || self.state == Some(JobState::TimedOut) {
            let reason = FailReason::Timeout { partial_val_losses: std::mem::take(&mut self.heard.losses) };
            return Some(Ok(Outcome::Failed { used_seconds: seconds(&self.lease.work), reason }));
        }
        match (self.exit, self.state) {
            (Some(0), _) => Some(Ok(self.completed())),
            (Some(TRY_AGAIN), _) => Some(Err(self.lost(&format!("job {job} ended with exit code {TRY_AGAIN}")))),
            (Some(code), _) => Some(Ok(self.failed(&format!("the trainer ended with exit code {code}")))),
            (None, Some(JobState::Lost)) => Some(Err(self.lost(&format!("job {job} lost its machine")))),
            (None, Some(JobState::Cancelled)) => {
                Some(Err(self.lost(&format!("job {job} was cancelled on the cluster"))))
            }
            (None, Some(JobState::OutOfMemory)) => Some(Ok(self.failed(&format!("job {job} ran out of memory")))),
            _ if self.silent > LOOKS => Some(Err(self.lost(&format!("job {job} ended without an exit code")))),
            _ => None,
        }
    }

    fn completed(&self) -> Outcome {
        let Some(&last) = self.heard.losses.last() else {
            return self.failed("the trainer ended without a validation loss");
        };
        let val_losses = match self.lease.work {
            Work::Query(_) => vec![last],
            Work::Training(_) => self.heard.losses.clone(),
        };
        Outcome::Completed { used_seconds: self.used_seconds(), val_losses }
    }

    fn failed(&self, failure: &str) -> Outcome {
        let failure = self.folder.with_log(failure);
        Outcome::Failed { used_seconds: self.used_seconds(), reason: FailReason::Unexpected { failure } }
    }

    fn lost(&self, why: &str) -> BackendError {
        BackendError(self.folder.with_log(why))
    }
}
