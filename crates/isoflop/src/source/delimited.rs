//! Text tables with a header: CSV with commas or semicolons, and TSV.

use std::ops::{ControlFlow, Range};

use csv::{ByteRecord, ReaderBuilder};

use super::cell::Cell;
use super::error::{ReadError, ReadErrorKind};
use super::input::{Input, newlines};
use super::{Row, Source, Visit, Visited};

/// One run per line, fields between delimiters, names in the first line.
pub enum Delimited {
    /// Commas, or semicolons where the header has no comma.
    Csv,
    /// Tabs.
    Tsv,
}

impl Source for Delimited {
    fn name(&self) -> &'static str {
        match self {
            Delimited::Csv => "csv",
            Delimited::Tsv => "tsv",
        }
    }

    fn recognises(&self, input: &Input) -> bool {
        let header = header(&input.bytes);
        let count = |delimiter| header.split(|&byte| byte == delimiter).count() - 1;
        let (tabs, others) = (count(b'\t'), count(b',') + count(b';'));
        let tsv = match input.extension.as_str() {
            "tsv" | "tab" => tabs > 0 || others == 0,
            "csv" => tabs > 0 && others == 0,
            _ => tabs > others,
        };
        tsv == matches!(self, Delimited::Tsv)
    }

    fn columns(&self, input: &Input, _records: usize) -> Result<Vec<String>, ReadError> {
        let mut names: Vec<String> = Vec::new();
        self.each_record(input, &mut |record, _, offset| {
            for (index, field) in record.iter().enumerate() {
                let name = String::from_utf8_lossy(field).trim().to_string();
                if !name.is_empty() && names.contains(&name) {
                    let span = self.fields(input, offset).into_iter().nth(index);
                    let message = format!("the header names \"{name}\" twice");
                    return Err(input.fault(ReadErrorKind::Malformed, span, message).hint("rename one of the two"));
                }
                names.push(name);
            }
            Ok(ControlFlow::Break(()))
        })?;
        Ok(names)
    }

    fn visit(&self, input: &Input, wanted: &[&str], visit: Visit<'_>) -> Result<(), ReadError> {
        let names = self.columns(input, 1)?;
        let indices: Vec<Option<usize>> =
            wanted.iter().map(|column| names.iter().position(|name| name == column)).collect();
        let mut is_header = true;
        self.each_record(input, &mut |record, line, offset| {
            if std::mem::take(&mut is_header) {
                return Ok(ControlFlow::Continue(()));
            }
            // Spreadsheets export their empty rows as delimiters alone: those hold no run.
            if record.iter().all(|field| field.trim_ascii().is_empty()) {
                return Ok(ControlFlow::Continue(()));
            }
            if record.len() != names.len() {
                return Err(self.ragged(input, offset, record.len(), names.len()));
            }
            let field = |index: &Option<usize>| {
                // The file is UTF-8 and was split at ASCII bytes, so each field is UTF-8 too.
                let text = index.and_then(|index| std::str::from_utf8(record.get(index)?).ok());
                text.map_or(Cell::Missing, Cell::field)
            };
            let cells: Vec<Cell<'_>> = indices.iter().map(field).collect();
            visit(Row { line, offset, cells: &cells })
        })
    }

    fn span(&self, input: &Input, row: usize, column: &str) -> Option<Range<usize>> {
        let names = self.columns(input, 1).ok()?;
        let index = names.iter().position(|name| name == column)?;
        self.fields(input, row).into_iter().nth(index)
    }
}

impl Delimited {
    fn delimiter(&self, input: &Input) -> u8 {
        let header = header(&input.bytes);
        match self {
            Delimited::Tsv => b'\t',
            Delimited::Csv if header.contains(&b';') && !header.contains(&b',') => b';',
            Delimited::Csv => b',',
        }
    }

    /// Hands each record, its line and its first byte to `read`; blank lines are no records.
    fn each_record(
        &self,
        input: &Input,
        read: &mut dyn FnMut(&ByteRecord, usize, usize) -> Visited,
    ) -> Result<(), ReadError> {
        let bytes = input.text()?.as_bytes();
        let mut reader =
            ReaderBuilder::new().has_headers(false).flexible(true).delimiter(self.delimiter(input)).from_reader(bytes);
        let mut record = ByteRecord::new();
        let (mut line, mut counted) = (1, 0);
        loop {
            let before = usize::try_from(reader.position().byte()).unwrap_or(usize::MAX).min(bytes.len());
            let more = reader.read_byte_record(&mut record).map_err(|error| {
                ReadError::new(ReadErrorKind::Malformed, &input.path, format!("cannot be split into fields: {error}"))
            })?;
            if !more {
                return self.closed(input, counted);
            }
            // The reader may stand before the line feed of the last record or before blank lines.
            let offset = before + bytes[before..].iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
            line += newlines(&bytes[counted..offset]);
            counted = offset;
            if read(&record, line, offset)?.is_break() {
                return Ok(());
            }
        }
    }

    /// Where each field of the record at byte `row` stands, quotes included.
    fn fields(&self, input: &Input, row: usize) -> Vec<Range<usize>> {
        self.split(input, row).0
    }

    /// The fields of a record, and whether the last of them is still inside its
    /// quotes at the end of the file. Kept beside the csv crate because that
    /// tells where records begin and not where fields do.
    fn split(&self, input: &Input, row: usize) -> (Vec<Range<usize>>, bool) {
        let delimiter = self.delimiter(input);
        let (mut fields, mut start, mut quoted) = (Vec::new(), row, false);
        for (index, &byte) in input.bytes.iter().enumerate().skip(row) {
            match byte {
                b'"' if quoted || index == start => quoted = !quoted,
                b'\r' | b'\n' if !quoted => {
                    fields.push(start..index);
                    return (fields, false);
                }
                _ if byte == delimiter && !quoted => {
                    fields.push(start..index);
                    start = index + 1;
                }
                _ => {}
            }
        }
        fields.push(start..input.bytes.len());
        (fields, quoted)
    }

    /// An error if the record at byte `row`, the last one, ends inside quotes: the
    /// csv crate would silently make the rest of the file one field.
    fn closed(&self, input: &Input, row: usize) -> Result<(), ReadError> {
        let (fields, quoted) = self.split(input, row);
        let Some(open) = fields.last().filter(|_| quoted) else { return Ok(()) };
        let message = "a double quote opens a field here that never closes";
        let error = input.fault(ReadErrorKind::Malformed, Some(open.start..open.start + 1), message);
        Err(error.hint("close it with another double quote, or remove it"))
    }

    /// The error for a row whose fields do not match the header.
    fn ragged(&self, input: &Input, row: usize, found: usize, expected: usize) -> ReadError {
        if let Err(unclosed) = self.closed(input, row) {
            return unclosed;
        }
        let fields = self.fields(input, row);
        let last = fields.last().cloned().unwrap_or(row..row);
        // A field over several lines is the likely culprit; else the first field
        // too many, or the end of a row that has too few.
        let long = fields.iter().find(|field| input.bytes[(*field).clone()].contains(&b'\n')).cloned();
        let span = long.or_else(|| fields.get(expected).cloned()).unwrap_or(last.end..last.end);
        let message = format!("the row has {found} fields; the header has {expected}");
        let error = input.fault(ReadErrorKind::Malformed, Some(span), message);
        error.hint("put text that holds the delimiter in double quotes, or complete the row")
    }
}

/// The first line that is not blank.
fn header(bytes: &[u8]) -> &[u8] {
    let start = bytes.iter().position(|byte| !matches!(byte, b'\r' | b'\n')).unwrap_or(bytes.len());
    let rest = &bytes[start..];
    &rest[..rest.iter().position(|byte| matches!(byte, b'\r' | b'\n')).unwrap_or(rest.len())]
}
