//! Exit codes, and how a failure is told.

use std::io;
use std::process::ExitCode;

use isoflop::analyze::AnalyzeError;
use isoflop::fit::FitError;
use isoflop::parametric::ParametricError;
use isoflop::source::{ReadError, ReadErrorKind};

/// Done.
pub const DONE: u8 = 0;
/// The answer is no: a check found something, a run failed, or the server refused.
pub const NO: u8 = 1;
/// The command line makes no sense, or the place for the output cannot be written.
pub const USAGE: u8 = 2;
/// The table cannot be read.
pub const BAD_DATA: u8 = 3;
/// The table can be read, but gives no law.
pub const NO_FIT: u8 = 4;
/// A server that does not start or does not answer.
pub const SERVER: u8 = 5;
/// Interrupted; nothing half-written is left.
pub const INTERRUPTED: u8 = 130;

/// The codes as `--help` shows them.
pub const TABLE: &str = "\
Exit codes: 0 done · 1 a check found something, a run failed, or the server
refused · 2 usage, or output that cannot be written · 3 bad data · 4 no law
could be fitted · 5 server or network · 130 interrupted";

/// Why a command ended early.
#[derive(Debug)]
pub enum Failure {
    /// A sentence for the person, the lines below it, and the exit code.
    Told {
        /// Exit code.
        code: u8,
        /// One sentence.
        sentence: String,
        /// Excerpt and hint, if any; ends with a line break.
        below: String,
    },
    /// Whoever read the output stopped reading: a quiet success.
    ClosedPipe,
}

impl Failure {
    /// A failure with a sentence and a hint.
    pub fn told(code: u8, sentence: impl Into<String>, hint: &str) -> Self {
        let below = if hint.is_empty() { String::new() } else { format!("hint: {hint}\n") };
        Failure::Told { code, sentence: sentence.into(), below }
    }

    /// The person pressed Ctrl-C.
    pub fn interrupted() -> Self {
        Failure::told(INTERRUPTED, "interrupted; nothing was written", "")
    }

    /// The table at `path` was read but not analyzed.
    pub fn unanalyzed(path: &str, error: &AnalyzeError) -> Self {
        match error {
            AnalyzeError::Interrupted => Failure::interrupted(),
            AnalyzeError::Level(_) => Failure::told(USAGE, error.to_string(), ""),
            AnalyzeError::TooManyResamples { most, .. } => {
                Failure::told(USAGE, error.to_string(), &format!("set --resamples {most} or fewer"))
            }
            AnalyzeError::NoRuns(_) => {
                Failure::told(BAD_DATA, format!("{path}: {error}"), "loosen --where, or look at isoflop check")
            }
        }
    }

    /// No law could be fitted to the table at `path`.
    pub fn unfitted(path: &str, error: &ParametricError) -> Self {
        let ParametricError::Fit(error) = error else { return Failure::interrupted() };
        let told = |hint: &str| Failure::told(NO_FIT, format!("{path}: {error}"), hint);
        match error {
            // What was asked for suits no table at all.
            FitError::Search { .. } => {
                Failure::told(USAGE, error.to_string(), "leave --search out: each law has its usual one")
            }
            FitError::Fixed { .. } => Failure::told(USAGE, error.to_string(), ""),
            FitError::TooFewRuns { rows_are: "per-budget minima", .. } => {
                told("add budgets, or group runs of nearly equal compute with --budget-tolerance 0.1")
            }
            FitError::TooFewRuns { .. } => {
                told("add runs, take a law with fewer coefficients, or give some with --fix")
            }
            FitError::MissingInput { input, .. } if input.contains('U') => {
                told("name its column with --unique-tokens-column, or fit --law chinchilla")
            }
            FitError::MissingInput { .. } | FitError::FirstStage { .. } | FitError::NotFinite => told(""),
        }
    }
}

impl From<ReadError> for Failure {
    fn from(error: ReadError) -> Self {
        match error.kind {
            ReadErrorKind::Interrupted => Failure::interrupted(),
            ReadErrorKind::Condition | ReadErrorKind::Format => {
                Failure::Told { code: USAGE, below: error.block(), sentence: error.to_string() }
            }
            _ => Failure::Told { code: BAD_DATA, below: error.block(), sentence: error.to_string() },
        }
    }
}

impl From<io::Error> for Failure {
    /// An error while writing to standard output.
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe {
            Failure::ClosedPipe
        } else {
            Failure::told(USAGE, format!("standard output cannot be written: {error}"), "")
        }
    }
}

/// Keeps panics inside the Parquet library off the terminal: the reader catches them and tells the file's fault
/// in its own words. Panics anywhere else are bugs of ours and print as usual.
pub fn hush_parquet() {
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if !panic.location().is_some_and(|place| place.file().contains("/parquet-")) {
            usual(panic);
        }
    }));
}

/// Tells a failure on standard error and gives the exit code.
pub fn finish(outcome: Result<u8, Failure>) -> ExitCode {
    match outcome {
        Ok(code) => ExitCode::from(code),
        Err(Failure::ClosedPipe) => ExitCode::from(DONE),
        Err(Failure::Told { code, sentence, below }) => {
            use std::io::Write;
            let red = anstyle::AnsiColor::Red.on_default().bold();
            // Nothing is left to tell a person whose standard error is closed.
            let _ = writeln!(anstream::stderr(), "{red}error{red:#}: {sentence}");
            let _ = write!(anstream::stderr(), "{below}");
            ExitCode::from(code)
        }
    }
}
