//! Small tables in the format of each source.

use std::sync::Arc;

use parquet::data_type::{ByteArrayType, DoubleType};
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;

/// One column of a table; what is missing is `None`.
#[derive(Clone)]
pub enum Column {
    Text(Vec<Option<&'static str>>),
    Number(Vec<Option<f64>>),
}

/// The columns of a table, all of one length.
pub type Table = Vec<(&'static str, Column)>;

/// A column of numbers, none missing.
pub fn numbers(values: &[f64]) -> Column {
    Column::Number(values.iter().copied().map(Some).collect())
}

/// A column of texts, none missing.
pub fn texts(values: &[&'static str]) -> Column {
    Column::Text(values.iter().copied().map(Some).collect())
}

/// The table in a source's format. A new source adds its arm here.
pub fn write(format: &str, table: &Table) -> Vec<u8> {
    match format {
        "csv" => delimited(table, ","),
        "tsv" => delimited(table, "\t"),
        "json" => format!("[\n{}\n]\n", objects(table).join(",\n")).into_bytes(),
        "jsonl" => (objects(table).join("\n") + "\n").into_bytes(),
        "parquet" => parquet(table),
        _ => panic!("teach this test to write {format}"),
    }
}

fn rows(table: &Table) -> usize {
    table.first().map_or(0, |(_, column)| match column {
        Column::Text(values) => values.len(),
        Column::Number(values) => values.len(),
    })
}

fn delimited(table: &Table, delimiter: &str) -> Vec<u8> {
    let mut text = table.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(delimiter) + "\n";
    for row in 0..rows(table) {
        let field = |(_, column): &(_, Column)| match column {
            Column::Text(values) => values[row].unwrap_or_default().to_string(),
            Column::Number(values) => values[row].map_or(String::new(), |value| value.to_string()),
        };
        text += &(table.iter().map(field).collect::<Vec<_>>().join(delimiter) + "\n");
    }
    text.into_bytes()
}

fn objects(table: &Table) -> Vec<String> {
    let object = |row: usize| {
        let value = |column: &Column| match column {
            Column::Text(values) => serde_json::json!(values[row]),
            Column::Number(values) => serde_json::json!(values[row]),
        };
        let fields: Vec<String> = table.iter().map(|(name, column)| format!("\"{name}\":{}", value(column))).collect();
        format!("{{{}}}", fields.join(","))
    };
    (0..rows(table)).map(object).collect()
}

fn parquet(table: &Table) -> Vec<u8> {
    let field = |(name, column): &(&str, Column)| match column {
        Column::Text(_) => format!("OPTIONAL BYTE_ARRAY {name} (UTF8);"),
        Column::Number(values) if values.contains(&None) => format!("OPTIONAL DOUBLE {name};"),
        Column::Number(_) => format!("REQUIRED DOUBLE {name};"),
    };
    let fields: String = table.iter().map(field).collect();
    let schema = Arc::new(parse_message_type(&format!("message runs {{ {fields} }}")).unwrap());
    let mut bytes = Vec::new();
    let mut writer = SerializedFileWriter::new(&mut bytes, schema, Arc::new(WriterProperties::default())).unwrap();
    let mut group = writer.next_row_group().unwrap();
    for (_, values) in table {
        let mut column = group.next_column().unwrap().unwrap();
        match values {
            Column::Text(values) => {
                let levels: Vec<i16> = values.iter().map(|value| i16::from(value.is_some())).collect();
                let values: Vec<_> = values.iter().flatten().map(|text| text.as_bytes().to_vec().into()).collect();
                column.typed::<ByteArrayType>().write_batch(&values, Some(&levels), None).unwrap();
            }
            Column::Number(values) => {
                let levels: Vec<i16> = values.iter().map(|value| i16::from(value.is_some())).collect();
                let levels = values.contains(&None).then_some(levels.as_slice());
                let values: Vec<f64> = values.iter().flatten().copied().collect();
                column.typed::<DoubleType>().write_batch(&values, levels, None).unwrap();
            }
        }
        column.close().unwrap();
    }
    group.close().unwrap();
    writer.close().unwrap();
    bytes
}
