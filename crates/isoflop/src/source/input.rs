//! The bytes of a file: opened, hashed, unpacked, and pointed into when something is wrong.

use std::fs::File;
use std::io::{self, Read};
use std::ops::Range;
use std::path::Path;

use bytes::Bytes;
use flate2::read::MultiGzDecoder;
use sha2::{Digest, Sha256};

use super::error::{ReadError, ReadErrorKind};
use crate::excerpt::Excerpt;
use crate::near;
use crate::progress::Progress;

/// A file in memory.
pub struct Input {
    /// The file as it was named, or `-`.
    pub path: String,
    /// The last extension in lower case, a `.gz` set aside: `csv` for `runs.csv.gz`.
    pub extension: String,
    /// Contents, unpacked if they were gzip'd, without a byte-order mark.
    pub bytes: Bytes,
    /// SHA-256 of the file as it is stored, in hexadecimal.
    pub sha256: String,
}

/// Read at a time, so that an interrupt is noticed while a large file loads.
const CHUNK: usize = 1 << 20;
const GZIP_MAGIC: [u8; 2] = [0x1f, 0x8b];
const UTF8_MARK: [u8; 3] = [0xef, 0xbb, 0xbf];

impl Input {
    /// Loads the file at `path`, or standard input for `-`.
    ///
    /// # Errors
    /// Of kind `Unreadable` for a missing file, a directory, or a failing disk;
    /// `Malformed` for broken gzip data or nothing at all; `Interrupted`.
    pub fn load(path: &str, progress: &dyn Progress) -> Result<Self, ReadError> {
        let refuse = |error: &io::Error| ReadError::new(ReadErrorKind::Unreadable, path, reason(error));
        let stored = if path == "-" {
            drain(io::stdin().lock(), 0, progress)
        } else {
            let file = File::open(path).map_err(|error| {
                let refusal = refuse(&error);
                let neighbour = if error.kind() == io::ErrorKind::NotFound { neighbour(path) } else { None };
                neighbour.into_iter().fold(refusal, |refusal, name| refusal.hint(format!("did you mean {name}")))
            })?;
            let about = file.metadata().map_err(|error| refuse(&error))?;
            if about.is_dir() {
                let refusal = ReadError::new(ReadErrorKind::Unreadable, path, "is a directory; a file is needed");
                return Err(refusal.hint("name one file in it, such as runs.csv"));
            }
            drain(file, usize::try_from(about.len()).unwrap_or(0), progress)
        };
        Self::from_bytes(
            path,
            stored.map_err(|error| stopped(path, &error).unwrap_or_else(|| refuse(&error)))?,
            progress,
        )
    }

    /// Takes bytes that are already in memory; `path` is for messages and its extension.
    ///
    /// # Errors
    /// As [`Input::load`], except that no file is opened.
    pub fn from_bytes(path: &str, stored: Vec<u8>, progress: &dyn Progress) -> Result<Self, ReadError> {
        use std::fmt::Write as _;
        let mut sha256 = String::with_capacity(64);
        for byte in Sha256::digest(&stored) {
            // Writing to a String cannot fail.
            let _ = write!(sha256, "{byte:02x}");
        }
        let contents = if stored.starts_with(&GZIP_MAGIC) {
            drain(MultiGzDecoder::new(stored.as_slice()), stored.len().saturating_mul(4), progress).map_err(
                |error| {
                    stopped(path, &error).unwrap_or_else(|| {
                        let cut = error.kind() == io::ErrorKind::UnexpectedEof;
                        let message = if cut { "the gzip data is cut short" } else { "the gzip data is damaged" };
                        ReadError::new(ReadErrorKind::Malformed, path, message).hint("copy or download the file again")
                    })
                },
            )?
        } else {
            stored
        };
        let mut bytes = Bytes::from(contents);
        if bytes.starts_with(&UTF8_MARK) {
            bytes = bytes.slice(UTF8_MARK.len()..);
        }
        if bytes.iter().all(u8::is_ascii_whitespace) {
            return Err(ReadError::new(ReadErrorKind::Malformed, path, "is empty; a table of runs is needed"));
        }
        let name = path.to_ascii_lowercase();
        let extension = Path::new(name.strip_suffix(".gz").unwrap_or(&name)).extension();
        let extension = extension.and_then(|extension| extension.to_str()).unwrap_or_default().to_string();
        Ok(Self { path: path.to_string(), extension, bytes, sha256 })
    }

    /// The contents as text.
    ///
    /// # Errors
    /// At the first byte that is not UTF-8.
    pub fn text(&self) -> Result<&str, ReadError> {
        std::str::from_utf8(&self.bytes).map_err(|error| {
            let at = error.valid_up_to();
            let utf16 = self.bytes.starts_with(&[0xff, 0xfe]) || self.bytes.starts_with(&[0xfe, 0xff]);
            if utf16 {
                let refusal = self.fault(ReadErrorKind::Malformed, None, "is UTF-16; UTF-8 is needed");
                return refusal.hint("save it again as UTF-8, or: iconv -f UTF-16 -t UTF-8");
            }
            if self.bytes.iter().take(CHUNK).any(|&byte| byte == 0) {
                return self.fault(ReadErrorKind::Malformed, None, "is binary data, not a table of runs");
            }
            let message = format!("byte 0x{:02x} is not UTF-8 text", self.bytes.get(at).copied().unwrap_or_default());
            let refusal = self.fault(ReadErrorKind::Malformed, Some(at..at + 1), message);
            refusal.hint("save it again as UTF-8, or: iconv -f LATIN1 -t UTF-8")
        })
    }

    /// An error about the bytes at `span`, with its line, column and excerpt;
    /// about the file as a whole without a span. Costs a pass over the bytes
    /// before the span, so it is only called when there is an error to tell.
    pub fn fault(&self, kind: ReadErrorKind, span: Option<Range<usize>>, message: impl Into<String>) -> ReadError {
        let mut error = ReadError::new(kind, &self.path, message);
        let Some(span) = span else { return error };
        let at = span.start.min(self.bytes.len());
        let before = &self.bytes[..at];
        let line_start = before.iter().rposition(|&byte| byte == b'\n').map_or(0, |newline| newline + 1);
        let line_length = self.bytes[at..].iter().position(|&byte| byte == b'\n');
        let line_end = line_length.map_or(self.bytes.len(), |length| at + length);
        let line = line_at(&self.bytes, at);
        error.line = Some(line);
        error.column = Some(characters(&self.bytes[line_start..at]) + 1);
        // A table can be one line of many megabytes: only the part near the fault is looked at.
        let from = near_boundary(&self.bytes, at.saturating_sub(WINDOW).max(line_start));
        let to = near_boundary(&self.bytes, at.saturating_add(WINDOW).min(line_end));
        let shown = String::from_utf8_lossy(&self.bytes[from..to]);
        let width = characters(&self.bytes[at..span.end.clamp(at, line_end)]);
        let start = characters(&self.bytes[from..at]);
        let more = (from > line_start, to < line_end);
        error.excerpt = Some(Box::new(Excerpt::new(&line.to_string(), &shown, start, width, more)));
        error
    }
}

/// Bytes kept on each side of a fault; four for each character that could be shown.
const WINDOW: usize = 320;

/// The line, from 1, on which byte `at` stands.
pub(super) fn line_at(bytes: &[u8], at: usize) -> usize {
    newlines(&bytes[..at.min(bytes.len())]) + 1
}

/// Line feeds in `bytes`. Adding up small blocks lets the compiler use vector instructions.
pub(super) fn newlines(bytes: &[u8]) -> usize {
    let count = |block: &[u8]| block.iter().fold(0_u8, |sum, &byte| sum + u8::from(byte == b'\n'));
    bytes.chunks(255).map(|block| usize::from(count(block))).sum()
}

/// Characters in UTF-8 `bytes`: every byte that does not continue one.
fn characters(bytes: &[u8]) -> usize {
    bytes.iter().filter(|&&byte| byte & 0xc0 != 0x80).count()
}

/// The nearest byte at or before `at` where a character begins.
fn near_boundary(bytes: &[u8], at: usize) -> usize {
    let continues = |&at: &usize| bytes.get(at).is_some_and(|byte| byte & 0xc0 == 0x80);
    (at.saturating_sub(3)..=at).rev().find(|at| !continues(at)).unwrap_or(at)
}

/// All that `from` gives, chunk by chunk.
fn drain(mut from: impl Read, expected: usize, progress: &dyn Progress) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    // A hint only: a file that claims more than memory holds must not abort the program.
    let _ = bytes.try_reserve(expected.saturating_add(1));
    loop {
        if from.by_ref().take(CHUNK as u64).read_to_end(&mut bytes)? == 0 {
            return Ok(bytes);
        }
        if progress.interrupted() {
            return Err(io::ErrorKind::Interrupted.into());
        }
    }
}

/// The error for a person's wish to stop, if `error` is one. `read_to_end` retries
/// interrupted system calls itself, so this kind only comes from [`drain`].
fn stopped(path: &str, error: &io::Error) -> Option<ReadError> {
    let interrupted = error.kind() == io::ErrorKind::Interrupted;
    interrupted.then(|| ReadError::new(ReadErrorKind::Interrupted, path, "interrupted"))
}

/// The operating system's reason in few words, without its error number.
fn reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "no such file".to_string(),
        io::ErrorKind::PermissionDenied => "cannot be read: permission denied".to_string(),
        io::ErrorKind::IsADirectory => "is a directory; a file is needed".to_string(),
        _ => format!("cannot be read: {error}"),
    }
}

/// The file beside the missing one whose name is most like it.
fn neighbour(path: &str) -> Option<String> {
    let path = Path::new(path);
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let entries = std::fs::read_dir(folder.unwrap_or(Path::new("."))).ok()?;
    let names: Vec<String> = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok()).collect();
    let nearest = near::nearest(path.file_name()?.to_str()?, names.iter().map(String::as_str))?;
    Some(folder.map_or(nearest.to_string(), |folder| folder.join(nearest).display().to_string()))
}
