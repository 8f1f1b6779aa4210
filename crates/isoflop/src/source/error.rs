//! What is wrong with a file, said once: the place, the value, and what was expected.

use std::fmt;

use crate::excerpt::Excerpt;

/// Why a table could not be read. `Display` prints one sentence with its place;
/// [`ReadError::block`] adds the source line and the hint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadError {
    /// What sort of trouble it is.
    pub kind: ReadErrorKind,
    /// The file as it was named, `-` for standard input, or the option at fault (`--where`).
    pub path: String,
    /// Line of the trouble, from 1; none where the format has no lines or the whole file is meant.
    pub line: Option<usize>,
    /// Column of the trouble on its line, from 1, in characters.
    pub column: Option<usize>,
    /// The value at fault and what was expected: a fragment without a full stop.
    pub message: String,
    /// The source line, marked.
    pub excerpt: Option<Box<Excerpt>>,
    /// One thing to do about it, with text that can be pasted.
    pub hint: Option<String>,
}

/// The sort of trouble, for a program that reacts to it (exit codes, say).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReadErrorKind {
    /// The file cannot be opened or its bytes cannot be had.
    Unreadable,
    /// The bytes are not a table in the format they were read as.
    Malformed,
    /// No column, or more than one, for a quantity.
    Columns,
    /// A value that no run can have.
    Value,
    /// The condition of `--where` makes no sense for this table.
    Condition,
    /// The format that was asked for does not exist.
    Format,
    /// The person asked to stop.
    Interrupted,
}

impl ReadError {
    /// An error about `path` as a whole.
    pub(super) fn new(kind: ReadErrorKind, path: &str, message: impl Into<String>) -> Self {
        let (path, message) = (path.to_string(), message.into());
        Self { kind, path, line: None, column: None, message, excerpt: None, hint: None }
    }

    /// The same error with something to do about it.
    pub(super) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// The excerpt with its gutter and carets, then the hint: the lines below the sentence.
    /// Empty when there is neither. Lines of the excerpt fit 80 columns.
    pub fn block(&self) -> String {
        let excerpt = self.excerpt.iter().map(ToString::to_string);
        let hint = self.hint.iter().map(|hint| format!("hint: {hint}\n"));
        excerpt.chain(hint).collect()
    }
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.path)?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        if let Some(column) = self.column {
            write!(f, ":{column}")?;
        }
        write!(f, ": {}", self.message)
    }
}

impl std::error::Error for ReadError {}
