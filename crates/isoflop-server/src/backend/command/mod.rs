//! Any trainer as a program: the configuration on its standard input, its progress on its standard output.
//!
//! `docs/training-command.md` is the protocol, for those who write such programs.

mod group;
pub(crate) mod heard;
mod line;
pub(crate) mod log;
mod streams;
#[cfg(test)]
mod tests;

use std::io::Write;
use std::ops::ControlFlow;
use std::process::ExitStatus;
use std::time::{Duration, Instant};

use isoflop_api::FailReason;

use self::group::Group;
use self::heard::{Heard, LastWord, too_long};
use self::streams::{Said, Streams};
use super::{BackendError, Outcome, Progress, TrainingBackend, Work};

/// Starts a program for each run.
pub struct Program {
    /// Its name and its arguments.
    pub arguments: Vec<String>,
    /// Seconds that a question of the 2024 and 2025 protocols may take; a configuration has its own limit.
    pub query_seconds: f64,
    /// What a program may use beyond its limit, to start and because it looks at its clock only now and then: this many
    /// seconds and a twentieth of the limit.
    pub slack_seconds: f64,
}

/// The exit code that says that not the run but the machine is at fault: `EX_TEMPFAIL` of BSD's sysexits.h.
pub(crate) const TRY_AGAIN: i32 = 75;
/// The rest of what it may use beyond its limit is in proportion.
const SLACK: f64 = 1.05;
/// How often the program's state is looked at.
const LOOK: Duration = Duration::from_millis(20);
/// How long the lines of a program that has ended are read: something that it started may hold its output open.
const LAST_LINES: Duration = Duration::from_secs(2);
/// The server is told of the time at least this often.
const HEARTBEAT: Duration = Duration::from_millis(500);

impl Program {
    /// A program with its arguments; twelve hours for questions, and ten seconds to start.
    pub fn new(arguments: Vec<String>) -> Self {
        Self { arguments, query_seconds: 43_200.0, slack_seconds: 10.0 }
    }
}

/// How a program's run came to its end.
enum End {
    Exited,
    ToldToStop,
    TimeOver,
    Failed(String),
}

impl From<LastWord> for End {
    fn from(last: LastWord) -> Self {
        match last {
            LastWord::TimeOver => End::TimeOver,
            LastWord::Failed(failure) => End::Failed(failure),
        }
    }
}

/// What is known of a run.
struct Run {
    started: Instant,
    /// Seconds as charged, at most.
    limit: f64,
    /// Seconds by our clock, at most.
    patience: f64,
    heard: Heard,
}

impl Run {
    /// Seconds as charged, now.
    fn elapsed_seconds(&self) -> f64 {
        let (seconds, when) = self.heard.elapsed.unwrap_or((0.0, self.started));
        (seconds + when.elapsed().as_secs_f64()).min(self.limit)
    }

    /// Seconds as charged, at the end: what the program said last, or what the clock says.
    fn used_seconds(&self) -> f64 {
        self.heard.elapsed.map_or_else(|| self.elapsed_seconds(), |(seconds, _)| seconds.min(self.limit))
    }

    /// Follows the program to its end, or to ours.
    fn follow(
        &mut self,
        group: &mut Group,
        streams: &Streams,
        report: &mut dyn FnMut(Progress) -> ControlFlow<()>,
    ) -> std::io::Result<End> {
        let mut reported: Option<Instant> = None;
        loop {
            // Asked before the lines are read, so that none is missed; and what it started is ended with it.
            let exited = group.has_exited()?;
            if exited {
                group.kill()?;
            }
            let news = match self.listen(streams, if exited { LAST_LINES } else { LOOK }) {
                ControlFlow::Continue(news) => news,
                ControlFlow::Break(end) => return Ok(end),
            };
            if news || reported.is_none_or(|at| at.elapsed() >= HEARTBEAT) {
                reported = Some(Instant::now());
                let val_losses = self.heard.losses.clone();
                if report(Progress { elapsed_seconds: self.elapsed_seconds(), val_losses }).is_break() {
                    return Ok(End::ToldToStop);
                }
            }
            if exited {
                return Ok(End::Exited);
            }
            if self.started.elapsed().as_secs_f64() > self.patience {
                return Ok(End::TimeOver);
            }
        }
    }

    /// Takes in the lines that come within `time`; continues with whether there were any.
    fn listen(&mut self, streams: &Streams, time: Duration) -> ControlFlow<End, bool> {
        let (began, mut news) = (Instant::now(), false);
        while let Some(said) = streams.next(time.saturating_sub(began.elapsed())) {
            let text = match said {
                Said::Line(text) => text,
                Said::Closed => break,
                Said::TooLong => return ControlFlow::Break(too_long().into()),
            };
            match self.heard.hear(&text) {
                ControlFlow::Continue(said) => news |= said,
                ControlFlow::Break(last) => return ControlFlow::Break(last.into()),
            }
        }
        ControlFlow::Continue(news)
    }
}

impl TrainingBackend for Program {
    fn name(&self) -> &'static str {
        "command"
    }

    fn train(&self, work: &Work, report: &mut dyn FnMut(Progress) -> ControlFlow<()>) -> Result<Outcome, BackendError> {
        let (line, limit) = match work {
            Work::Training(config) => (serde_json::to_string(config), config.max_runtime_seconds),
            Work::Query(query) => (serde_json::to_string(query), self.query_seconds),
        };
        let line = line.expect("numbers and words become JSON");
        let mut group = Group::spawn(&self.arguments).map_err(|error| {
            let name = self.arguments.first().map_or("", String::as_str);
            BackendError(format!("the trainer {name} cannot be started: {error}"))
        })?;
        if let Some(mut stdin) = group.child().stdin.take() {
            // A trainer that reads nothing closes it early; what becomes of the run says more. The line is shorter
            // than a pipe holds, so this does not wait.
            let _ = writeln!(stdin, "{line}");
        }
        let streams = Streams::of(group.child());
        let patience = limit * SLACK + self.slack_seconds;
        let mut run = Run { started: Instant::now(), limit, patience, heard: Heard::default() };
        let end = run.follow(&mut group, &streams, report).map_err(|error| fault(&error))?;
        let used_seconds = run.used_seconds();
        let failed = |failure: String| {
            Ok(Outcome::Failed { used_seconds, reason: FailReason::Unexpected { failure: streams.failure(&failure) } })
        };
        match end {
            End::Exited => match group.kill().map_err(|error| fault(&error))? {
                status if status.code() == Some(TRY_AGAIN) => Err(BackendError(streams.failure(&told(status)))),
                status if !status.success() => failed(told(status)),
                _ => match run.heard.losses.last().copied() {
                    None => failed("the trainer ended without a validation loss".to_string()),
                    Some(loss) => {
                        let is_query = matches!(work, Work::Query(_));
                        let val_losses = if is_query { vec![loss] } else { run.heard.losses };
                        Ok(Outcome::Completed { used_seconds, val_losses })
                    }
                },
            },
            End::ToldToStop => {
                group.stop().map_err(|error| fault(&error))?;
                Ok(Outcome::Stopped { used_seconds: run.elapsed_seconds() })
            }
            End::TimeOver => {
                group.stop().map_err(|error| fault(&error))?;
                let reason = FailReason::Timeout { partial_val_losses: run.heard.losses };
                Ok(Outcome::Failed { used_seconds: limit, reason })
            }
            End::Failed(failure) => {
                group.stop().map_err(|error| fault(&error))?;
                failed(failure)
            }
        }
    }
}

/// The system would not say what has become of a program.
fn fault(error: &std::io::Error) -> BackendError {
    BackendError(format!("the trainer cannot be followed: {error}"))
}

/// How a program ended, in words.
fn told(status: ExitStatus) -> String {
    format!("the trainer ended with {status}")
}
