//! Reading tables: real files, every format, every way to be wrong.

mod beside;
mod conditions;
mod conformance;
mod curves;
mod duplicates;
mod errors;
mod formats;
mod hostile;
mod mapping;
mod tables;
mod written;

use isoflop::progress::Quiet;
use isoflop::run::{Role, RunTable};
use isoflop::source::{Input, ReadError, ReadOptions, read_input};

/// Reads bytes as if they were in a file of that name.
fn read_bytes(name: &str, bytes: impl Into<Vec<u8>>, options: &ReadOptions) -> Result<RunTable, ReadError> {
    read_input(&Input::from_bytes(name, bytes.into(), &Quiet)?, options, &Quiet)
}

/// Reads text as if it were in a file of that name, without options.
fn read_text(name: &str, text: &str) -> Result<RunTable, ReadError> {
    read_bytes(name, text, &ReadOptions::default())
}

/// Reads text under a condition.
fn read_where(name: &str, text: &str, condition: &str) -> Result<RunTable, ReadError> {
    let options = ReadOptions { condition: Some(condition.to_string()), ..ReadOptions::default() };
    read_bytes(name, text, &options)
}

/// The whole error as a person sees it.
fn told<T: std::fmt::Debug>(result: Result<T, ReadError>) -> String {
    let error = result.expect_err("this should not read");
    let told = format!("{error}\n{}", error.block());
    assert!(error.block().lines().filter(|line| line.contains('│')).all(|line| line.chars().count() <= 80), "{told}");
    told
}

/// The column that a quantity was read from.
fn column(table: &RunTable, role: Role) -> &str {
    table.provenance.columns.iter().find(|used| used.role == role).map_or("", |used| &used.column)
}
