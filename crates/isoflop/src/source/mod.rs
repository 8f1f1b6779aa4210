//! Where runs come from: a table in a file, read as it is.
//!
//! A [`Source`] knows one format and nothing of training runs: it gives the
//! names of the columns, and visits the rows. What the columns mean and what a
//! run needs is decided once, for all formats. A new format is one file with
//! an `impl Source` and one line in [`SOURCES`].

mod assemble;
mod cell;
mod columns;
mod condition;
mod delimited;
mod error;
mod expression;
mod finding;
mod goal;
mod input;
mod json;
mod jsonl;
mod known_names;
mod names;
mod parquet;
mod plan;
mod reading;
mod record;
mod scanner;
mod value;

use std::ops::{ControlFlow, Range};

pub use cell::Cell;
pub use error::{ReadError, ReadErrorKind};
pub use input::Input;

use crate::near;
use crate::progress::Progress;
use crate::run::{Curve, LossUnit, ParamsCount, RunTable};

/// The formats, in the order in which they are tried on a file of unknown format:
/// those that can be told by their first bytes come first.
pub const SOURCES: &[&dyn Source] =
    &[&parquet::Parquet, &json::Json, &jsonl::JsonLines, &delimited::Delimited::Tsv, &delimited::Delimited::Csv];

/// A format that tables come in.
pub trait Source: Sync {
    /// Its name, as in `--format`: `csv`.
    fn name(&self) -> &'static str;

    /// Whether the file is in this format, by its first bytes and its extension.
    /// It may be broken all the same.
    fn recognises(&self, input: &Input) -> bool;

    /// The names of the columns, each once. A format without a header collects
    /// them from the first `records` records; others ignore the limit.
    fn columns(&self, input: &Input, records: usize) -> Result<Vec<String>, ReadError>;

    /// Shows each row to `visit`, with one cell for each column of `wanted` (no
    /// column twice), in that order, until `visit` breaks off or fails. A column that a row does
    /// not have is [`Cell::Missing`].
    fn visit(&self, input: &Input, wanted: &[&str], visit: Visit<'_>) -> Result<(), ReadError>;

    /// Which bytes hold the value of `column` in the row that begins at byte
    /// `row`; none for a format without lines. Called for errors only, so it may
    /// look for them again.
    fn span(&self, input: &Input, row: usize, column: &str) -> Option<Range<usize>>;
}

/// What [`Source::visit`] calls for each row.
pub type Visit<'v> = &'v mut dyn FnMut(Row<'_>) -> Visited;

/// Whether the visit of rows goes on.
pub type Visited = Result<ControlFlow<()>, ReadError>;

/// One row of a table.
#[derive(Clone, Copy, Debug)]
pub struct Row<'a> {
    /// Its line, from 1, or its number where the format has no lines.
    pub line: usize,
    /// Its first byte (about, where the format is not text).
    pub offset: usize,
    /// The cells asked for.
    pub cells: &'a [Cell<'a>],
}

/// How to read a table. The default finds everything by itself.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ReadOptions {
    /// Columns to take instead of those found by name.
    pub columns: ColumnChoice,
    /// `--where`: runs that do not meet it are flagged.
    pub condition: Option<String>,
    /// The format, by the name of its [`Source`]; found by content and extension if absent.
    pub format: Option<String>,
    /// What N counts, if known better than the column's name says.
    pub params_count: Option<ParamsCount>,
    /// The unit of the loss, if known better than the column's name says.
    pub loss_unit: Option<LossUnit>,
}

/// Columns named by the user: exactly, or else ignoring case.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ColumnChoice {
    /// Column of N.
    pub params: Option<String>,
    /// Column of D.
    pub tokens: Option<String>,
    /// Column of C.
    pub compute: Option<String>,
    /// Column of L.
    pub loss: Option<String>,
    /// Column of U, the distinct tokens.
    pub unique_tokens: Option<String>,
    /// Column with how much each run counts in a fit; never guessed.
    pub weight: Option<String>,
    /// Column with the label of what each run belongs to; never guessed.
    pub cluster: Option<String>,
    /// Column with the runs' names.
    pub name: Option<String>,
}

/// Rows and records looked at to learn what columns there are and which hold numbers.
const SAMPLE: usize = 256;

/// Reads the table of runs in the file at `path`, or on standard input for `-`.
///
/// # Errors
/// The first thing that is wrong, as a [`ReadError`] of each [`ReadErrorKind`].
pub fn read(path: &str, options: &ReadOptions, progress: &dyn Progress) -> Result<RunTable, ReadError> {
    read_input(&Input::load(path, progress)?, options, progress)
}

/// Reads a table that is already in memory.
///
/// # Errors
/// As [`read`], except that no file is opened.
pub fn read_input(input: &Input, options: &ReadOptions, progress: &dyn Progress) -> Result<RunTable, ReadError> {
    let source = source_of(input, options.format.as_deref())?;
    assemble::table(source, input, options, progress)
}

/// Reads the learning curve in the file at `path`, or on standard input for `-`: the loss along one axis.
///
/// The axis is the column that `axis` names; without it, one found by name: tokens or
/// else compute, params, a count of examples, steps, `x`. Of `options.columns`, a curve
/// takes the loss, the weight and the cluster.
///
/// # Errors
/// As [`read`].
pub fn read_curve(
    path: &str,
    axis: Option<&str>,
    options: &ReadOptions,
    progress: &dyn Progress,
) -> Result<Curve, ReadError> {
    read_curve_input(&Input::load(path, progress)?, axis, options, progress)
}

/// Reads a learning curve that is already in memory.
///
/// # Errors
/// As [`read_curve`], except that no file is opened.
pub fn read_curve_input(
    input: &Input,
    axis: Option<&str>,
    options: &ReadOptions,
    progress: &dyn Progress,
) -> Result<Curve, ReadError> {
    let source = source_of(input, options.format.as_deref())?;
    assemble::curve(source, input, axis, options, progress)
}

/// The source for a file: the one asked for, or the first that recognises it.
fn source_of(input: &Input, format: Option<&str>) -> Result<&'static dyn Source, ReadError> {
    let names = || SOURCES.iter().map(|source| source.name());
    let Some(format) = format else {
        let found = SOURCES.iter().find(|source| source.recognises(input)).copied();
        return found.ok_or_else(|| {
            let message = format!("is in no format that can be read: {}", near::listed(names()));
            ReadError::new(ReadErrorKind::Malformed, &input.path, message)
        });
    };
    let known = SOURCES.iter().find(|source| source.name().eq_ignore_ascii_case(format)).copied();
    known.ok_or_else(|| {
        let message = format!("\"{format}\" is no format; there are {}", near::listed(names()));
        let error = ReadError::new(ReadErrorKind::Format, "--format", message);
        near::nearest(format, names()).into_iter().fold(error, |error, near| error.hint(format!("did you mean {near}")))
    })
}
