//! Records of JSON objects, whichever way a file strings them together.

use std::borrow::Cow;
use std::collections::HashSet;
use std::ops::{ControlFlow, Range};

use super::cell::Cell;
use super::error::{ReadError, ReadErrorKind};
use super::input::Input;
use super::scanner::{Flaw, Scanner, cell};
use super::{Row, Visit, Visited};

/// What is done at each record: it gets the scanner at the record's beginning, consumes the record, and is told its line.
pub(super) type OfRecord<'r, 'a> = &'r mut dyn FnMut(&mut Scanner<'a>, usize) -> Visited;

/// The keys of the first `records` records that `each` steps through, in the order in which they appear.
pub(super) fn columns<'a>(
    input: &'a Input,
    records: usize,
    each: impl Fn(&'a Input, OfRecord<'_, 'a>) -> Result<(), ReadError>,
) -> Result<Vec<String>, ReadError> {
    let mut keys = Keys::default();
    let mut left = records;
    each(input, &mut |scanner, _| {
        keys.of_record(input, scanner)?;
        left = left.saturating_sub(1);
        Ok(if left == 0 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
    })?;
    Ok(keys.in_order)
}

/// Shows each record that `each` steps through to `visit`, with the cells wanted.
pub(super) fn visit<'a>(
    input: &'a Input,
    wanted: &[&str],
    visit: Visit<'_>,
    each: impl Fn(&'a Input, OfRecord<'_, 'a>) -> Result<(), ReadError>,
) -> Result<(), ReadError> {
    let mut cells = Vec::new();
    each(input, &mut |scanner, line| {
        let offset = scanner.at;
        record(input, scanner, wanted, &mut cells)?;
        visit(Row { line, offset, cells: &cells })
    })
}

/// The keys of many records, in the order in which they first appear.
#[derive(Default)]
struct Keys {
    /// Each key once.
    in_order: Vec<String>,
    seen: HashSet<String>,
}

impl Keys {
    /// Adds those of the record that begins at `scanner`.
    fn of_record(&mut self, input: &Input, scanner: &mut Scanner<'_>) -> Result<(), ReadError> {
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
fn record<'a>(
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
