//! A body that is sent while it is made: rows of an export, or the bytes of a file.

use axum::body::{Body, Bytes};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::http::{HeaderValue, Response as Answer};
use axum::response::Response;
use http_body_util::channel::{Channel, Sender};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::runtime::Handle;

/// Why a body broke off: whoever reads it sees that it does not end.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(super) struct Broken(pub String);

/// Pieces that may wait for a slow reader.
const WAITING: usize = 4;

/// The form of rows.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Format {
    /// With a heading; what is no plain value stands as JSON.
    #[default]
    Csv,
    /// An object a line.
    Jsonl,
}

impl Format {
    pub fn content_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8",
            Self::Jsonl => "application/x-ndjson",
        }
    }

    pub fn extension(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Jsonl => "jsonl",
        }
    }
}

/// Where pieces of a body go.
pub(super) struct Pieces {
    sender: Sender<Bytes, Broken>,
    runtime: Handle,
}

impl Pieces {
    /// Waits until there is room for a piece.
    pub fn send(&mut self, piece: Vec<u8>) -> Result<(), Broken> {
        let sent = self.runtime.block_on(self.sender.send_data(piece.into()));
        sent.map_err(|_| Broken("nobody reads it any more".to_owned()))
    }
}

/// An answer whose body `make` sends from a thread of its own.
pub(super) fn streamed(
    content_type: &'static str,
    file_name: &str,
    make: impl FnOnce(&mut Pieces) -> Result<(), Broken> + Send + 'static,
) -> Response {
    let (sender, body) = Channel::new(WAITING);
    let runtime = Handle::current();
    tokio::task::spawn_blocking(move || {
        let mut pieces = Pieces { sender, runtime };
        if let Err(why) = make(&mut pieces) {
            tracing::warn!(%why, "a body broke off");
            // Whoever reads must not take a part for the whole.
            pieces.sender.abort(why);
        }
    });
    let mut answer: Response = Answer::new(Body::new(body));
    answer.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    let attachment = HeaderValue::try_from(format!("attachment; filename=\"{file_name}\""));
    answer.headers_mut().insert(CONTENT_DISPOSITION, attachment.expect("names of files here are ASCII"));
    answer
}

/// Rows on their way.
pub(super) struct Rows<'a> {
    format: Format,
    text: Vec<u8>,
    pieces: &'a mut Pieces,
}

impl<'a> Rows<'a> {
    pub fn new(format: Format, pieces: &'a mut Pieces) -> Self {
        Self { format, text: Vec::new(), pieces }
    }

    pub fn heading(&mut self, columns: &[&str]) {
        if matches!(self.format, Format::Csv) {
            self.record(columns.iter().map(ToString::to_string));
        }
    }

    pub fn row(&mut self, columns: &[&str], row: &impl Serialize) {
        if matches!(self.format, Format::Jsonl) {
            serde_json::to_writer(&mut self.text, row).expect("records become JSON");
            self.text.push(b'\n');
            return;
        }
        let mut row = serde_json::to_value(row).expect("records become JSON");
        self.record(columns.iter().map(|column| cell(row[*column].take())));
    }

    /// What was added goes.
    pub fn send(&mut self) -> Result<(), Broken> {
        let text = std::mem::take(&mut self.text);
        if text.is_empty() { Ok(()) } else { self.pieces.send(text) }
    }

    fn record(&mut self, cells: impl Iterator<Item = String>) {
        let mut writer = csv::Writer::from_writer(&mut self.text);
        writer.write_record(cells).and_then(|()| Ok(writer.flush()?)).expect("memory can be written");
    }
}

fn cell(value: Value) -> String {
    match value {
        Value::Null => String::new(),
        // Spreadsheets take such text for a formula, and some texts here are users' words.
        Value::String(text) if text.starts_with(['=', '+', '-', '@']) => format!("'{text}"),
        Value::String(text) => text,
        other => other.to_string(),
    }
}
