//! The program `isoflop`.

mod cli;
mod coefficients;
mod command;
mod config_file;
mod exit;
mod folder;
mod laws;
mod remake;
mod server;
mod terminal;
mod watch;

fn main() -> std::process::ExitCode {
    exit::hush_parquet();
    exit::finish(cli::run())
}
