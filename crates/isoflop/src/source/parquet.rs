//! Parquet, by its row interface.

use std::collections::HashSet;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use parquet::errors::ParquetError;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::Field;
use parquet::schema::types::Type;

use super::cell::Cell;
use super::error::{ReadError, ReadErrorKind};
use super::input::Input;
use super::{Row, Source, Visit};

/// An Apache Parquet file. It has no lines: places in it are row numbers, from 1.
pub struct Parquet;

impl Source for Parquet {
    fn name(&self) -> &'static str {
        "parquet"
    }

    fn recognises(&self, input: &Input) -> bool {
        input.bytes.starts_with(b"PAR1") || matches!(input.extension.as_str(), "parquet" | "pq")
    }

    fn columns(&self, input: &Input, _records: usize) -> Result<Vec<String>, ReadError> {
        let reader = open(input)?;
        let fields = reader.metadata().file_metadata().schema().get_fields();
        let mut seen = HashSet::new();
        for field in fields {
            if !seen.insert(field.name()) {
                let message = format!("the schema names \"{}\" twice", field.name());
                return Err(ReadError::new(ReadErrorKind::Malformed, &input.path, message));
            }
        }
        Ok(fields.iter().map(|field| field.name().to_string()).collect())
    }

    fn visit(&self, input: &Input, wanted: &[&str], visit: Visit<'_>) -> Result<(), ReadError> {
        let damaged = |error: ParquetError| damaged(input, &error);
        let reader = open(input)?;
        let about = reader.metadata().file_metadata();
        let fields: Vec<Arc<Type>> =
            about.schema().get_fields().iter().filter(|field| wanted.contains(&field.name())).cloned().collect();
        // Fields come in the file's order, which need not be the order they are wanted in.
        let places: Vec<Option<usize>> =
            wanted.iter().map(|column| fields.iter().position(|field| field.name() == *column)).collect();
        let projection =
            Type::group_type_builder(about.schema().name()).with_fields(fields).build().map_err(damaged)?;
        let rows = usize::try_from(about.num_rows()).unwrap_or(0).max(1);
        let mut records = guarded(|| reader.get_row_iter(Some(projection))).map_err(damaged)?;
        let mut index = 0;
        while let Some(row) = guarded(|| records.next().transpose()).map_err(damaged)? {
            let found: Vec<&Field> = row.get_column_iter().map(|(_, field)| field).collect();
            let value =
                |place: &Option<usize>| place.and_then(|place| found.get(place).copied()).map_or(Cell::Missing, cell);
            let cells: Vec<Cell<'_>> = places.iter().map(value).collect();
            // How far the reading is, in bytes, as the other sources tell it.
            let offset = (input.bytes.len() / rows).saturating_mul(index).min(input.bytes.len());
            index += 1;
            if visit(Row { line: index, offset, cells: &cells })?.is_break() {
                return Ok(());
            }
        }
        Ok(())
    }

    fn span(&self, _input: &Input, _row: usize, _column: &str) -> Option<Range<usize>> {
        None
    }
}

fn open(input: &Input) -> Result<SerializedFileReader<bytes::Bytes>, ReadError> {
    if !input.bytes.starts_with(b"PAR1") {
        let message = "does not begin with PAR1, as every Parquet file does";
        return Err(ReadError::new(ReadErrorKind::Malformed, &input.path, message));
    }
    guarded(|| SerializedFileReader::new(input.bytes.clone())).map_err(|error| damaged(input, &error))
}

/// Runs a step of the Parquet library, which panics rather than fails on some
/// damaged files (a page that refers to a dictionary that is not there, a
/// negative offset). What it leaves behind is dropped, not used again.
fn guarded<T>(step: impl FnOnce() -> Result<T, ParquetError>) -> Result<T, ParquetError> {
    catch_unwind(AssertUnwindSafe(step))
        .unwrap_or_else(|_| Err(ParquetError::General("its parts contradict each other".to_string())))
}

fn damaged(input: &Input, error: &ParquetError) -> ReadError {
    let message = match error {
        ParquetError::NYI(what) => format!("uses a part of Parquet that is not supported: {what}"),
        _ if !input.bytes.ends_with(b"PAR1") => "the Parquet data is cut short: its footer is missing".to_string(),
        ParquetError::General(why) | ParquetError::EOF(why) => format!("the Parquet data is damaged: {why}"),
        _ => format!("the Parquet data is damaged: {error}"),
    };
    ReadError::new(ReadErrorKind::Malformed, &input.path, message).hint("copy or write the file again")
}

fn cell(field: &Field) -> Cell<'_> {
    match field {
        Field::Null => Cell::Missing,
        Field::Bool(value) => Cell::Bool(*value),
        Field::Byte(value) => Cell::Number(f64::from(*value)),
        Field::Short(value) => Cell::Number(f64::from(*value)),
        Field::Int(value) => Cell::Number(f64::from(*value)),
        Field::Long(value) => Cell::Number(*value as f64),
        Field::UByte(value) => Cell::Number(f64::from(*value)),
        Field::UShort(value) => Cell::Number(f64::from(*value)),
        Field::UInt(value) => Cell::Number(f64::from(*value)),
        Field::ULong(value) => Cell::Number(*value as f64),
        Field::Float16(value) => Cell::Number(f64::from(*value)),
        Field::Float(value) => Cell::Number(f64::from(*value)),
        Field::Double(value) => Cell::Number(*value),
        Field::Decimal(_) => field.to_string().parse().map_or(Cell::Nested, Cell::Number),
        Field::Str(text) => Cell::Text(text.as_str().into()),
        Field::Group(_) | Field::ListInternal(_) | Field::MapInternal(_) => Cell::Nested,
        // Dates, times and raw bytes have no meaning as numbers here.
        other => Cell::Text(other.to_string().into()),
    }
}
