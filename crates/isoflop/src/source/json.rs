//! JSON: an array with one object per run.

use std::borrow::Cow;
use std::collections::HashSet;
use std::ops::{ControlFlow, Range};

use super::cell::Cell;
use super::error::{ReadError, ReadErrorKind};
use super::input::{Input, newlines};
use super::scanner::{Flaw, Scanner, cell};
use super::{Row, Source, Visit, Visited};

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
        let mut keys = Keys::default();
        let mut left = records;
        each_object(input, &mut |scanner, _| {
            keys.of_record(input, scanner)?;
            left = left.saturating_sub(1);
            Ok(if left == 0 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
        })?;
        Ok(keys.in_order)
    }

    fn visit(&self, input: &Input, wanted: &[&str], visit: Visit<'_>) -> Result<(), ReadError> {
        let mut cells = Vec::new();
        each_object(input, &mut |scanner, line| {
            let offset = scanner.at;
            record(input, scanner, wanted, &mut cells)?;
            visit(Row { line, offset, cells: &cells })
        })
    }

    fn span(&self, input: &Input, row: usize, column: &str) -> Option<Range<usize>> {
        value_span(input, row, column)
    }
}

/// Steps through the array, handing each object's beginning and line to `read`, which consumes it.
fn each_object<'a>(
    input: &'a Input,
    read: &mut dyn FnMut(&mut Scanner<'a>, usize) -> Visited,
) -> Result<(), ReadError> {
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

/// The keys of many records, in the order in which they first appear.
#[derive(Default)]
pub(super) struct Keys {
    /// Each key once.
    pub in_order: Vec<String>,
    seen: HashSet<String>,
}

impl Keys {
    /// Adds those of the record that begins at `scanner`.
    pub fn of_record(&mut self, input: &Input, scanner: &mut Scanner<'_>) -> Result<(), ReadError> {
        let walked = scanner.object(&mut |key, _| {
            if !self.seen.contains(&*key) {
                self.seen.insert(key.to_string());
                self.in_order.push(key.into_owned());
            }
        });
        walked.map_err(|flaw| broken(input, flaw))
    }
}

/// Reads the record that begins at `scanner` into `cells`, one for each column wanted.
pub(super) fn record<'a>(
    input: &Input,
    scanner: &mut Scanner<'a>,
    wanted: &[&str],
    cells: &mut Vec<Cell<'a>>,
) -> Result<(), ReadError> {
    cells.clear();
    cells.resize(wanted.len(), Cell::Missing);
    let text = scanner.text;
    let mut repeated: Option<(Cow<'a, str>, Range<usize>)> = None;
    let mut found = 0_u64;
    let walked = scanner.object(&mut |key, span| {
        let Some(index) = wanted.iter().position(|column| *column == key) else { return };
        let bit = 1_u64.checked_shl(u32::try_from(index).unwrap_or(u32::MAX)).unwrap_or(0);
        if found & bit != 0 {
            repeated = Some((key, span));
        } else {
            cells[index] = cell(&text[span]);
        }
        found |= bit;
    });
    walked.map_err(|flaw| broken(input, flaw))?;
    let Some((key, span)) = repeated else { return Ok(()) };
    Err(input.fault(ReadErrorKind::Malformed, Some(span), format!("\"{key}\" appears twice in one object")))
}

/// Where the value of `column` stands in the record that begins at byte `row`;
/// the record's opening brace if it has no such key.
pub(super) fn value_span(input: &Input, row: usize, column: &str) -> Option<Range<usize>> {
    let mut scanner = Scanner { text: input.text().ok()?, at: row };
    let mut place = row..row + 1;
    scanner.object(&mut |key, span| place = if key == column { span } else { place.clone() }).ok()?;
    Some(place)
}

/// The error for text that is not JSON.
pub(super) fn broken(input: &Input, flaw: Flaw) -> ReadError {
    let error = input.fault(ReadErrorKind::Malformed, Some(flaw.span), flaw.message);
    if error.message.contains("cut short") { error.hint("copy or download the file again") } else { error }
}
