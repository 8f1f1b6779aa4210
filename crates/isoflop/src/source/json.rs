//! JSON: an array with one object per run.

use std::ops::Range;

use super::error::{ReadError, ReadErrorKind};
use super::input::{Input, newlines};
use super::record::{self, OfRecord, broken, value_span};
use super::scanner::Scanner;
use super::{Source, Visit};

/// A JSON array of objects.
pub struct Json;

impl Source for Json {
    fn name(&self) -> &'static str {
        "json"
    }

    fn recognises(&self, input: &Input) -> bool {
        match input.bytes.iter().find(|byte| !byte.is_ascii_whitespace()) {
            Some(b'[') => true,
            // One object alone is a broken table unless the file says it is JSON Lines.
            Some(b'{') => !input.lines_are_objects(),
            _ => false,
        }
    }

    fn columns(&self, input: &Input, records: usize) -> Result<Vec<String>, ReadError> {
        record::columns(input, records, each_object)
    }

    fn visit(&self, input: &Input, wanted: &[&str], visit: Visit<'_>) -> Result<(), ReadError> {
        record::visit(input, wanted, visit, each_object)
    }

    fn span(&self, input: &Input, row: usize, column: &str) -> Option<Range<usize>> {
        value_span(input, row, column)
    }
}

/// Steps through the array, handing each object's beginning and line to `read`, which consumes it.
fn each_object<'a>(input: &'a Input, read: OfRecord<'_, 'a>) -> Result<(), ReadError> {
    let mut scanner = Scanner { text: input.text()?, at: 0 };
    if scanner.peek() == Some(b'{') {
        let at = scanner.at;
        let message = "the file is one JSON object; an array of objects, one per run, is needed";
        let refusal = input.fault(ReadErrorKind::Malformed, Some(at..at + 1), message);
        return Err(refusal.hint("put [ ] round the runs; from pandas: df.to_json(path, orient=\"records\")"));
    }
    if !scanner.take(b'[') {
        return Err(broken(input, scanner.flaw("an array of objects")));
    }
    let (mut line, mut counted) = (1, 0);
    let mut more = !scanner.take(b']');
    while more {
        if scanner.peek() != Some(b'{') {
            return Err(broken(input, scanner.flaw("an object, one per run,")));
        }
        line += newlines(&input.bytes[counted..scanner.at]);
        counted = scanner.at;
        if read(&mut scanner, line)?.is_break() {
            return Ok(());
        }
        more = scanner.take(b',');
        if !more && !scanner.take(b']') {
            return Err(broken(input, scanner.flaw("',' or ']'")));
        }
    }
    if scanner.peek().is_some() { Err(broken(input, scanner.flaw("the end of the file"))) } else { Ok(()) }
}
