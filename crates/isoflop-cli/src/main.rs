//! The program `isoflop`.

mod cli;
mod coefficients;
mod command;
mod exit;
mod folder;
mod laws;
mod remake;
mod terminal;
mod watch;

fn main() -> std::process::ExitCode {
    exit::hush_parquet();
    exit::finish(cli::run())
}
