//! The program `isoflop`.

mod cli;
mod command;
mod exit;
mod folder;
mod remake;
mod terminal;
mod watch;

fn main() -> std::process::ExitCode {
    exit::finish(cli::run())
}
