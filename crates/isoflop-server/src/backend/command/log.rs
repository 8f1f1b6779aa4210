//! What a program says on its standard error: its beginning and its end.

use std::collections::VecDeque;

/// The text has at most this many bytes.
pub(crate) const LOG_BYTES: usize = 64_000;
/// Room for the words that stand for what is left out.
const CUT_BYTES: usize = 100;
/// The rest is half beginning and half end.
const HALF: usize = (LOG_BYTES - CUT_BYTES) / 2;

/// A log without its middle.
#[derive(Debug, Default)]
pub(crate) struct Log {
    head: Vec<u8>,
    tail: VecDeque<u8>,
    left_out: u64,
}

impl Log {
    /// Takes what was said next.
    pub fn push(&mut self, bytes: &[u8]) {
        let (first, rest) = bytes.split_at(bytes.len().min(HALF - self.head.len()));
        self.head.extend_from_slice(first);
        self.tail.extend(rest);
        let over = self.tail.len().saturating_sub(HALF);
        self.tail.drain(..over);
        self.left_out += over as u64;
    }

    /// As text that any program can take: without NUL, every byte that is no UTF-8 as `?`, no blanks at the ends.
    pub fn text(&self) -> String {
        let tail: Vec<u8> = self.tail.iter().copied().collect();
        let mut text = if self.left_out == 0 {
            safe(&[&self.head[..], &tail[..]].concat())
        } else {
            format!("{}\n… {} bytes left out …\n{}", safe(&self.head), self.left_out, safe(&tail))
        };
        text.truncate(text.trim_end().len());
        text.trim_start_matches('\n').to_string()
    }
}

/// One byte for one byte, so that the cap holds.
fn safe(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        text.push_str(&chunk.valid().replace('\0', "?"));
        text.extend(chunk.invalid().iter().map(|_| '?'));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_logs_stand_whole() {
        let mut log = Log::default();
        for part in [&b"CUDA error: "[..], b"out of \0memory \xff\xfe caf\xc3", b"\xa9\n\n"] {
            log.push(part);
        }
        assert_eq!(log.text(), "CUDA error: out of ?memory ?? café");
        assert_eq!(Log::default().text(), "");
    }

    #[test]
    fn long_logs_keep_their_beginning_and_their_end() {
        let mut log = Log::default();
        log.push(b"first");
        for _ in 0..1000 {
            log.push("ééé\0".repeat(100).as_bytes());
        }
        log.push(b"last");
        let text = log.text();
        assert!(text.len() <= LOG_BYTES && text.len() > LOG_BYTES - 2 * CUT_BYTES, "{}", text.len());
        assert!(text.starts_with("first") && text.ends_with("last") && text.contains("bytes left out"));
    }
}
