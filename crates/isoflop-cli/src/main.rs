//! The program `isoflop`.

mod cli;
mod command;
mod exit;
mod folder;
mod remake;
mod terminal;
mod watch;

fn main() -> std::process::ExitCode {
    exit::hush_parquet();
    exit::finish(cli::run())
}
