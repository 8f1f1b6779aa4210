//! One table in every format and through a pipe: the same runs, so the same laws.

use std::io::Write;
use std::sync::Arc;

use flate2::Compression;
use flate2::write::GzEncoder;
use parquet::data_type::DoubleType;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;
use serde_json::{Value, json};

use crate::program::{EXAMPLE, Ended, Place, delimited, example_rows, fed, isoflop, root};

const OPTIONS: &str = "--resamples 300 --json";

/// Everything but what says which file it was.
fn found(ended: &Ended) -> [Value; 4] {
    assert_eq!((ended.code, ended.err.as_str()), (0, ""));
    let json = ended.json();
    ["approaches", "recommended", "warnings", "answers"].map(|key| json[key].clone())
}

fn json_lines(rows: &[[f64; 3]]) -> String {
    rows.iter().map(|[n, c, l]| json!({"N": n, "C": c, "loss": l}).to_string() + "\n").collect()
}

fn parquet(rows: &[[f64; 3]]) -> Vec<u8> {
    let schema = "message runs { REQUIRED DOUBLE N; REQUIRED DOUBLE C; REQUIRED DOUBLE loss; }";
    let (schema, properties) = (Arc::new(parse_message_type(schema).unwrap()), Arc::new(WriterProperties::default()));
    let mut bytes = Vec::new();
    let mut writer = SerializedFileWriter::new(&mut bytes, schema, properties).unwrap();
    let mut group = writer.next_row_group().unwrap();
    for i in 0..3 {
        let values: Vec<f64> = rows.iter().map(|row| row[i]).collect();
        let mut column = group.next_column().unwrap().unwrap();
        column.typed::<DoubleType>().write_batch(&values, None, None).unwrap();
        column.close().unwrap();
    }
    group.close().unwrap();
    writer.close().unwrap();
    bytes
}

fn gzipped(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn every_format_gives_the_same_laws() {
    let wanted = found(&isoflop(&format!("analyze {EXAMPLE} {OPTIONS}")));
    let rows = example_rows();
    let header = ["N", "C", "loss"];
    let place = Place::new();
    for (format, bytes) in [
        ("json", std::fs::read(root().join(EXAMPLE)).unwrap()),
        ("csv", delimited(&header, &rows, ",").into_bytes()),
        ("tsv", delimited(&header, &rows, "\t").into_bytes()),
        ("jsonl", json_lines(&rows).into_bytes()),
        ("parquet", parquet(&rows)),
    ] {
        for (name, bytes) in [
            (format!("runs.{format}"), bytes.clone()),
            (format!("runs.{format}.gz"), gzipped(&bytes)),
            (format!("{format}-without-extension"), bytes.clone()),
        ] {
            place.file(&name, &bytes);
            let ended = place.isoflop(&format!("analyze {name} {OPTIONS}"));
            assert!(found(&ended) == wanted, "{name} gives other laws");
            assert_eq!(ended.json()["data"]["format"], format, "{name}");
            assert_eq!(ended.json()["data"]["path"], name);
            let piped = fed(&format!("analyze - {OPTIONS}"), &bytes);
            assert!(found(&piped) == wanted, "{name} gives other laws on standard input");
            assert_eq!(piped.json()["data"]["path"], "-");
            assert_eq!(piped.json()["data"]["sha256"], ended.json()["data"]["sha256"], "of the bytes as they came");
        }
    }
}

/// The names that people use need no renaming.
#[test]
fn columns_are_found_by_meaning() {
    let rows = example_rows();
    let wanted = found(&isoflop(&format!("analyze {EXAMPLE} {OPTIONS}")));
    for header in [
        ["parameters", "compute_budget", "final_loss"],
        ["params", "budget", "val_loss"],
        ["n_params", "flops", "eval/paloma/macro_loss"],
        ["model_size", "C", "loss"],
        ["Model Size", "Training FLOP", "loss"],
        ["parameter_count", "compute", "eval_loss"],
        ["num_params", "compute_budget", "validation_loss"],
    ] {
        let place = Place::with("runs.csv", delimited(&header, &rows, ","));
        let ended = place.isoflop(&format!("analyze runs.csv {OPTIONS}"));
        assert!(found(&ended) == wanted, "{header:?} gives other laws");
    }
}
