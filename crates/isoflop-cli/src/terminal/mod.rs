//! What a person reads on the terminal: 80 columns, the same text with and without colour.

pub mod answer;
mod columns;
pub mod data;
pub mod experiments;
pub mod fit;
pub mod profiles;
pub mod warnings;

use std::io::{self, Write};

pub use columns::{Align, Columns};

/// Columns of the terminal that every line fits.
pub const WIDTH: usize = 80;

/// The recommended row, and headings.
pub const STRONG: anstyle::Style = anstyle::Style::new().bold();

/// A paragraph wrapped to [`WIDTH`], its lines after the first indented.
pub fn wrapped(text: &str, first: &str, rest: &str) -> String {
    let options = textwrap::Options::new(WIDTH).initial_indent(first).subsequent_indent(rest).break_words(false);
    // Names such as multi-start stay whole.
    let options = options.word_splitter(textwrap::WordSplitter::NoHyphenation);
    textwrap::fill(text, options) + "\n"
}

/// Prints to standard output, without colour where that is no terminal or `NO_COLOR` is set.
pub fn print(text: &str) -> io::Result<()> {
    let mut out = anstream::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()
}

/// Prints a table to standard output, as it is.
pub fn print_plain(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()
}
