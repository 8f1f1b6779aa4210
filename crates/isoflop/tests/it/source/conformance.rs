//! What every registered source must do, asked of each in turn.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use isoflop::progress::Progress;
use isoflop::run::RunTable;
use isoflop::source::{ColumnChoice, Input, ReadError, ReadErrorKind, ReadOptions, SOURCES, read_input};

use super::formats::gzipped;
use super::read_bytes;
use super::written::{self, Column};

/// A small table: name, params, tokens, loss; a missing number is `None`.
pub type Rows = Vec<(&'static str, f64, f64, Option<f64>)>;

pub fn good() -> Rows {
    vec![("a", 1e9, 2e10, Some(2.5)), ("b", 2e9, 1e10, Some(2.4)), ("c", 3e9, 7e9, Some(2.4375))]
}

/// The table in a source's format.
pub fn write(format: &str, rows: &Rows) -> Vec<u8> {
    let table = vec![
        ("name", Column::Text(rows.iter().map(|row| Some(row.0)).collect())),
        ("params", Column::Number(rows.iter().map(|row| Some(row.1)).collect())),
        ("tokens", Column::Number(rows.iter().map(|row| Some(row.2)).collect())),
        ("loss", Column::Number(rows.iter().map(|row| row.3).collect())),
    ];
    written::write(format, &table)
}

/// Reads under the source's own extension, or under none at all.
fn read(format: &str, bytes: Vec<u8>) -> Result<RunTable, ReadError> {
    read_bytes(&format!("runs.{format}"), bytes, &ReadOptions::default())
}

pub fn formats() -> impl Iterator<Item = &'static str> {
    SOURCES.iter().map(|source| source.name())
}

#[test]
fn a_table_comes_back_as_it_was_written() {
    for format in formats() {
        for bytes in [write(format, &good()), gzipped(&write(format, &good()))] {
            for name in [format!("runs.{format}"), "-".to_string()] {
                let table = read_bytes(&name, bytes.clone(), &ReadOptions::default()).unwrap();
                let rows: Vec<_> = table.runs().iter().map(|run| (run.params.0, run.tokens.0, run.loss.0)).collect();
                assert_eq!(rows, [(1e9, 2e10, 2.5), (2e9, 1e10, 2.4), (3e9, 7e9, 2.4375)], "{format}");
                assert_eq!(table.runs().iter().filter_map(|run| run.name.as_deref()).collect::<String>(), "abc");
                assert_eq!(table.provenance.format, format);
            }
        }
    }
}

#[test]
fn a_bad_cell_is_told_with_its_place() {
    for format in formats() {
        for (bad, shown) in [(Some(-1.0), "-1"), (None, "missing"), (Some(0.0), "0")] {
            let mut rows = good();
            rows[2].3 = bad;
            let error = read(format, write(format, &rows)).unwrap_err();
            assert_eq!(error.kind, ReadErrorKind::Value, "{format}");
            assert!(error.message.contains(shown) && error.message.contains("loss"), "{format}: {error}");
            assert!(error.hint.is_some(), "{format}");
            if format == "parquet" {
                assert!(error.message.starts_with("row 3: loss is "), "{error}");
            } else {
                let line = if format == "jsonl" { 3 } else { 4 };
                assert_eq!(error.line, Some(line), "{format}: {error}");
                assert!(error.column.is_some_and(|column| column > 1) && error.excerpt.is_some(), "{format}: {error}");
            }
            // The condition asks for columns that are quantities and the name as well.
            let condition = Some("loss > 0 && params < 2.5e9 && name != 'b'".to_string());
            let options = ReadOptions { condition, ..ReadOptions::default() };
            let table = read_bytes(&format!("runs.{format}"), write(format, &rows), &options).unwrap();
            let used: Vec<_> = table.used().map(|run| run.name.as_deref()).collect();
            assert_eq!((used, table.provenance.unusable.len()), (vec![Some("a")], 1), "{format}");
        }
    }
}

#[test]
fn an_unknown_column_names_the_nearest() {
    let columns = ColumnChoice { loss: Some("los".to_string()), ..ColumnChoice::default() };
    let options = ReadOptions { columns, ..ReadOptions::default() };
    for format in formats() {
        let error = read_bytes(&format!("runs.{format}"), write(format, &good()), &options).unwrap_err();
        assert_eq!(error.hint.as_deref(), Some("did you mean --loss-column loss"), "{format}");
    }
}

#[test]
fn a_table_without_runs_is_an_error() {
    for format in formats() {
        let Err(error) = read(format, write(format, &Vec::new())) else { panic!("{format}") };
        assert_eq!((error.kind, error.hint), (ReadErrorKind::Malformed, None), "{format}");
    }
}

/// Progress that counts, and asks to stop after a while.
struct Watched {
    done: AtomicU64,
    total: AtomicU64,
    stop: AtomicBool,
}

impl Progress for Watched {
    fn begin(&self, stage: &str, total: u64) {
        assert_eq!(stage, "reading");
        self.total.store(total, Ordering::Relaxed);
    }
    fn advance(&self, steps: u64) {
        self.done.fetch_add(steps, Ordering::Relaxed);
    }
    fn interrupted(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }
}

#[test]
fn progress_adds_up_and_an_interrupt_is_heard() {
    let rows: Rows = (0..20_000).map(|row| ("x", 1e9 + f64::from(row), 1e10, Some(3.0))).collect();
    for format in formats() {
        let mut watched = Watched { done: 0.into(), total: 0.into(), stop: false.into() };
        let input = Input::from_bytes(&format!("r.{format}"), write(format, &rows), &watched).unwrap();
        read_input(&input, &ReadOptions::default(), &watched).unwrap();
        assert_eq!(watched.done.get_mut(), watched.total.get_mut(), "{format}");
        watched.stop.store(true, Ordering::Relaxed);
        let error = read_input(&input, &ReadOptions::default(), &watched).unwrap_err();
        assert_eq!(error.kind, ReadErrorKind::Interrupted, "{format}");
    }
}
