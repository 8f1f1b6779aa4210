//! `isoflop serve`: the training API on this machine.

use std::io::{IsTerminal, Write};
use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use isoflop_server::backend::{self, ChoiceError};
use isoflop_server::ledger::{Purse, Terms};
use isoflop_server::serve::{Options, ServeError, Started, serve};
use tracing_subscriber::Layer;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use crate::exit::{BAD_DATA, DONE, Failure, SERVER, USAGE};

/// Serve the training API: the course's protocols of 2024/25 and 2026 on one port, with budgets, a queue and workers.
///
/// Nothing has to be set up: the database is created, and the keys of a first user, of operators and of workers are printed
/// once.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Serve {
    /// Database; created if it is not there
    #[arg(long, value_name = "FILE", default_value = "isoflop.db")]
    pub db: PathBuf,
    /// Address to listen on
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8000")]
    pub listen: SocketAddr,
    /// World to simulate: a file, or the name of one of the built-in worlds
    #[arg(long, value_name = "WORLD", conflicts_with_all = ["backend", "no_workers"], help_heading = "Training")]
    pub world: Option<String>,
    /// What trains: simulated:WORLD, recorded:RUNS or command:PROGRAM [default: simulated:course-2026]
    #[arg(long, value_name = "BACKEND", conflicts_with = "no_workers", help_heading = "Training")]
    pub backend: Option<String>,
    /// Runs that are trained here at once
    #[arg(long, value_name = "N", default_value = "4", value_parser = at_least_one, help_heading = "Training")]
    pub slots: usize,
    /// Train nothing here: runs wait for workers, or for isoflop admin dispatch
    #[arg(long, help_heading = "Training")]
    pub no_workers: bool,
    /// Training time of each user, seconds
    #[arg(long, value_name = "SECONDS", default_value = "43200", value_parser = seconds, help_heading = "Budgets")]
    pub budget_seconds: f64,
    /// Compute of each user for GET /loss, FLOPs
    #[arg(long, value_name = "FLOPS", default_value = "2e18", value_parser = flops, help_heading = "Budgets")]
    pub budget_flops: f64,
    /// Runs with workers at once, of all users
    #[arg(long, value_name = "N", default_value = "100", value_parser = at_least_one, help_heading = "Limits")]
    pub max_running: usize,
    /// Runs of one user that may wait
    #[arg(long, value_name = "N", default_value = "10000", value_parser = at_least_one, help_heading = "Limits")]
    pub max_queued: usize,
    /// A worker that is silent for longer has lost its run, seconds
    #[arg(long, value_name = "SECONDS", default_value = "60", value_parser = lease, help_heading = "Limits")]
    pub lease_seconds: f64,
    /// Requests that one key may make in a second; 0 for any number
    #[arg(long, value_name = "N", default_value = "0", help_heading = "Limits")]
    pub rate_limit: u32,
    /// Connections at once; more wait until one ends
    #[arg(long, value_name = "N", default_value = "4096", value_parser = at_least_one, help_heading = "Limits")]
    pub max_connections: usize,
    /// Believe X-Forwarded-For and X-Forwarded-Proto: only where a proxy that sets them is the one way in
    #[arg(long, help_heading = "Limits")]
    pub behind_proxy: bool,
    /// Key of workers (X-Internal-Key) [default: one is made and printed]
    #[arg(long, value_name = "KEY", help_heading = "Keys")]
    pub internal_key: Option<String>,
    /// Form of the log on standard error
    #[arg(long, value_name = "FORM", default_value = "text", help_heading = "Output")]
    pub log: Log,
    /// Log every request, and not only those that change something or are refused
    #[arg(long, help_heading = "Output")]
    pub log_requests: bool,
}

/// Form of the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Log {
    /// Lines for people.
    Text,
    /// One JSON object a line.
    Json,
    /// Nothing.
    Off,
}

const EXAMPLES: &str = "\
Examples:
  isoflop serve
  isoflop serve --world course-2025 --budget-flops 2e18
  isoflop serve --db runs.db --listen 0.0.0.0:8000 --no-workers
  isoflop serve --backend 'command:python train.py' --slots 1";

/// Serves until Ctrl-C.
pub fn run(command: Serve) -> Result<u8, Failure> {
    if command.db.as_os_str() == ":memory:" {
        return Err(Failure::told(USAGE, "--db :memory: would keep nothing of what is answered", "name a file"));
    }
    log(command.log, command.log_requests);
    let backend = if command.no_workers {
        None
    } else {
        let name = match (&command.backend, &command.world) {
            (Some(backend), _) => backend.clone(),
            (None, Some(world)) => format!("simulated:{world}"),
            (None, None) => "simulated:course-2026".to_owned(),
        };
        let backend = backend::backend(&name).map_err(|error| unknown(&error))?;
        Some((backend.into(), command.slots))
    };
    let options = Options {
        database: command.db,
        listen: command.listen,
        terms: Terms {
            budget_seconds: command.budget_seconds,
            budget_flops: command.budget_flops,
            max_queued: command.max_queued,
            max_running: command.max_running,
            lease_seconds: command.lease_seconds,
            ..Terms::default()
        },
        backend,
        worker_key: command.internal_key,
        rate_limit: NonZeroU32::new(command.rate_limit),
        max_connections: command.max_connections,
        behind_proxy: command.behind_proxy,
    };
    let runtime =
        tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(|error| failed(&error.into()))?;
    runtime.block_on(serve(options, tell, stopped())).map_err(|error| failed(&error))?;
    // Runs that are being trained here are queued again at the next start.
    runtime.shutdown_background();
    Ok(DONE)
}

/// There is no such backend.
pub fn unknown(error: &ChoiceError) -> Failure {
    let mut below = error.excerpt.as_ref().map(|excerpt| format!("{excerpt}\n")).unwrap_or_default();
    if let Some(hint) = &error.hint {
        below += &format!("hint: {hint}\n");
    }
    Failure::Told { code: USAGE, sentence: error.message.clone(), below }
}

/// What is printed once the server listens.
fn tell(started: &Started) {
    let mut lines = vec![format!("isoflop serves the training API at http://{}", started.address)];
    let keys = [
        ("user key (X-API-Key)", &started.user_key),
        ("operator key (X-Operator-Key)", &started.operator_key),
        ("worker key (X-Internal-Key)", &started.worker_key),
    ];
    if keys.iter().any(|(_, key)| key.is_some()) {
        lines.push("Keys, told only now:".to_owned());
        lines.extend(keys.iter().filter_map(|(name, key)| key.as_ref().map(|key| format!("  {name:<31}{key}"))));
    }
    let mut out = std::io::stdout().lock();
    // Whoever started the server may not listen; it serves all the same.
    let _ = writeln!(out, "{}", lines.join("\n")).and_then(|()| out.flush());
}

/// Ctrl-C, or a polite kill.
async fn stopped() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = terminate.recv() => {}
            }
            return;
        }
    }
    // Without a handler the program ends as any other does.
    let _ = tokio::signal::ctrl_c().await;
}

/// Begins to write the log, of every request if `requests`.
pub fn log(form: Log, requests: bool) {
    let shell = if requests { LevelFilter::DEBUG } else { LevelFilter::INFO };
    let targets = Targets::new().with_default(LevelFilter::INFO).with_target("isoflop_server::http", shell);
    let lines = tracing_subscriber::fmt::layer()
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none());
    let registry = tracing_subscriber::registry();
    match form {
        Log::Text => registry.with(lines.with_filter(targets)).init(),
        Log::Json => registry.with(lines.json().flatten_event(true).with_filter(targets)).init(),
        Log::Off => {}
    }
}

fn failed(error: &ServeError) -> Failure {
    let (code, hint) = match error {
        ServeError::Store { .. } => {
            (BAD_DATA, "give another file with --db, or free it: one server writes it at a time")
        }
        ServeError::Listen { .. } => (SERVER, "give another address with --listen"),
        ServeError::Problem(_) | ServeError::Io(_) => (SERVER, ""),
    };
    Failure::told(code, error.to_string(), hint)
}

fn at_least_one(text: &str) -> Result<usize, String> {
    text.parse().ok().filter(|&number| number > 0).ok_or_else(|| "a whole number of at least 1 is needed".to_owned())
}

fn seconds(text: &str) -> Result<f64, String> {
    within(text, 0.0, Purse::Seconds.most())
}

fn flops(text: &str) -> Result<f64, String> {
    within(text, 0.0, Purse::Flops.most())
}

/// In less no worker can speak; longer than a month no lost one is waited for.
fn lease(text: &str) -> Result<f64, String> {
    within(text, 0.1, 31.0 * 86_400.0)
}

fn within(text: &str, least: f64, most: f64) -> Result<f64, String> {
    let value = text.parse::<f64>().ok().filter(|value| (least..=most).contains(value));
    value.ok_or_else(|| format!("a number from {least} to {most:e} is needed"))
}
