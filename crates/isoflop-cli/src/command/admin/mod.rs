//! `isoflop admin`: what operators do to a live server.

mod call;
mod experiments;
mod finals;
mod keys;
mod server;
mod users;
mod words;

use clap::{Args, Subcommand};

use self::call::{Call, Server};
use crate::exit::Failure;

/// Run a course: users, budgets, runs, final submissions and the state of a live server.
///
/// Every command speaks to the server over HTTP with the operator key that isoflop serve printed at its first start, and
/// leaves an entry in the audit log.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Admin {
    #[command(flatten)]
    server: Server,
    #[command(subcommand)]
    command: Command,
}

const EXAMPLES: &str = "\
Examples:
  isoflop admin user import roster.csv
  isoflop admin budget Ada --seconds +3600 --reason 'node failure on Monday'
  isoflop admin finals deadline 2026-06-01T23:59:00Z
  isoflop admin export experiments -o experiments.csv";

#[derive(Debug, Subcommand)]
enum Command {
    /// Add users, give them new keys, list them
    #[command(subcommand)]
    User(users::User),
    Budget(users::Budget),
    Experiments(experiments::Experiments),
    Refund(experiments::Refund),
    Cancel(experiments::Cancel),
    Requeue(experiments::Requeue),
    Dispatch(experiments::Dispatch),
    Finals(finals::Finals),
    Leaderboard(finals::Leaderboard),
    Truth(finals::Truth),
    Drain(server::Drain),
    Audit(server::Audit),
    Export(server::Export),
    Backup(server::Backup),
    Preflight(server::Preflight),
    Rehearsal(server::Rehearsal),
    /// The key of workers
    #[command(subcommand)]
    WorkerKey(keys::Key),
    /// The key of operators
    #[command(subcommand)]
    OperatorKey(keys::Key),
}

/// Asks the server, and tells what it says.
pub fn run(admin: &Admin) -> Result<u8, Failure> {
    let call = Call::new(&admin.server)?;
    match &admin.command {
        Command::User(command) => users::run(&call, command),
        Command::Budget(command) => users::budget(&call, command),
        Command::Experiments(command) => experiments::list(&call, command),
        Command::Refund(command) => experiments::refund(&call, command),
        Command::Cancel(command) => experiments::cancel(&call, command),
        Command::Requeue(command) => experiments::requeue(&call, command),
        Command::Dispatch(command) => experiments::dispatch(&call, command),
        Command::Finals(command) => finals::run(&call, command),
        Command::Leaderboard(command) => finals::leaderboard(&call, command),
        Command::Truth(command) => finals::truth(&call, command),
        Command::Drain(command) => server::drain(&call, command),
        Command::Audit(command) => server::audit(&call, command),
        Command::Export(command) => server::export(&call, command),
        Command::Backup(command) => server::backup(&call, command),
        Command::Preflight(command) => server::preflight(&call, command),
        Command::Rehearsal(command) => server::rehearsal(&call, command),
        Command::WorkerKey(command) => keys::run(&call, "worker", command),
        Command::OperatorKey(command) => keys::run(&call, "operator", command),
    }
}
