//! JSON Lines: one object per line and run.

use std::ops::Range;

use super::error::ReadError;
use super::input::Input;
use super::record::{self, OfRecord, broken, value_span};
use super::scanner::Scanner;
use super::{Source, Visit};

/// JSON objects, one a line.
pub struct JsonLines;

impl Source for JsonLines {
    fn name(&self) -> &'static str {
        "jsonl"
    }

    fn recognises(&self, input: &Input) -> bool {
        let first = input.bytes.iter().find(|byte| !byte.is_ascii_whitespace());
        first == Some(&b'{') && input.lines_are_objects()
    }

    fn columns(&self, input: &Input, records: usize) -> Result<Vec<String>, ReadError> {
        record::columns(input, records, each_line)
    }

    fn visit(&self, input: &Input, wanted: &[&str], visit: Visit<'_>) -> Result<(), ReadError> {
        record::visit(input, wanted, visit, each_line)
    }

    fn span(&self, input: &Input, row: usize, column: &str) -> Option<Range<usize>> {
        value_span(input, row, column)
    }
}

impl Input {
    /// Whether the file is JSON Lines, given that it begins with `{`: by its
    /// name, or because its first line is a whole object with more text after it.
    pub(super) fn lines_are_objects(&self) -> bool {
        if matches!(self.extension.as_str(), "jsonl" | "ndjson") {
            return true;
        }
        let Ok(text) = std::str::from_utf8(&self.bytes) else { return false };
        let mut scanner = Scanner { text: text.trim_end(), at: 0 };
        let whole = scanner.object(&mut |_, _| ()).is_ok();
        let object = &text[..scanner.at];
        whole && !object.trim_start().contains('\n') && (scanner.peek().is_some() || self.extension != "json")
    }
}

/// Hands each line that is not blank to `read`, as a scanner that ends with the line, and its number.
fn each_line<'a>(input: &'a Input, read: OfRecord<'_, 'a>) -> Result<(), ReadError> {
    let text = input.text()?;
    let mut start = 0;
    for (index, line) in text.split_inclusive('\n').enumerate() {
        let end = start + line.trim_end().len();
        let mut scanner = Scanner { text: &text[..end], at: start };
        start += line.len();
        if scanner.peek().is_none() {
            continue;
        }
        if read(&mut scanner, index + 1)?.is_break() {
            return Ok(());
        }
        if scanner.peek().is_some() {
            return Err(broken(input, scanner.flaw("the end of the line")));
        }
    }
    Ok(())
}
