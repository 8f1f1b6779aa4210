//! No bytes make the reader panic, and no size makes an error slow.

use isoflop::source::{ReadOptions, SOURCES};

use super::conformance::{good, write};
use super::formats::gzipped;
use super::read_bytes;

/// A small generator of the same bytes every time (xorshift, Marsaglia 2003).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % end as u64).unwrap()
    }
}

/// Reads, and looks at the whole error, whichever way it goes.
fn survives(name: &str, bytes: &[u8], format: Option<&str>) {
    let condition = Some("loss < 20 && {params} > 1 || !tokens".to_string());
    for condition in [None, condition] {
        let options = ReadOptions { format: format.map(str::to_string), condition, ..ReadOptions::default() };
        if let Err(error) = read_bytes(name, bytes, &options) {
            let _ = format!("{error}{}", error.block());
        }
    }
}

#[test]
fn truncation_at_every_byte() {
    for source in SOURCES {
        let whole = write(source.name(), &good());
        for end in 0..whole.len() {
            survives(&format!("r.{}", source.name()), &whole[..end], Some(source.name()));
            survives("-", &whole[..end], None);
        }
        let packed = gzipped(&whole);
        for end in 0..packed.len() {
            survives("r.gz", &packed[..end], None);
        }
    }
}

#[test]
fn random_bytes() {
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    for _ in 0..600 {
        let length = random.below(200);
        // Half of the bytes are those that the formats care about.
        let telling = b"\"\"\\{}[]:,,;\t\r\n\n-+.0123456789eEnNaIinfulltrueloss\xff\xc3\xa4 ";
        let bytes: Vec<u8> =
            (0..length)
                .map(|_| {
                    if random.below(2) == 0 {
                        telling[random.below(telling.len())]
                    } else {
                        (random.next() >> 32) as u8
                    }
                })
                .collect();
        for source in SOURCES {
            survives("r", &bytes, Some(source.name()));
        }
        survives("r.csv", &[b"params,tokens,loss\n", bytes.as_slice()].concat(), None);
        survives("r.jsonl", &[b"{\"params\":1,\"tokens\":2,\"loss\":3}\n{\"", bytes.as_slice()].concat(), None);
        survives("r.json", &[b"[{\"params\":1,\"tokens\":2,\"loss\":", bytes.as_slice()].concat(), None);
    }
}

#[test]
fn one_byte_changed() {
    let mut random = Random(0x0123_4567_89ab_cdef);
    for source in SOURCES {
        let whole = write(source.name(), &good());
        for at in 0..whole.len() {
            for _ in 0..2 {
                let mut changed = whole.clone();
                changed[at] = (random.next() >> 32) as u8;
                survives(&format!("r.{}", source.name()), &changed, None);
            }
        }
    }
}

#[test]
fn random_conditions() {
    let mut random = Random(0xfeed_f00d_dead_beef);
    let parts = [
        "loss", "N", "{", "}", "`", "(", ")", "!", "&&", "||", "<", "==", "1e9", "-", "'", "\"a\"", "é", ".", "/", " ",
        "name",
    ];
    for _ in 0..1000 {
        let condition: String = (0..random.below(12)).map(|_| parts[random.below(parts.len())]).collect();
        let options = ReadOptions { condition: Some(condition), ..ReadOptions::default() };
        if let Err(error) = read_bytes("r.csv", write("csv", &good()), &options) {
            let _ = format!("{error}{}", error.block());
        }
    }
}

#[test]
fn the_last_line_of_a_large_file_is_found() {
    let rows = 50_000;
    let row = |row: usize| (format!("1{row},2e10,2.5"), format!("{{\"params\":1{row},\"tokens\":2e10,\"loss\":2.5}}"));
    let (csv, lines): (Vec<String>, Vec<String>) = (0..rows).map(row).unzip();
    let csv = format!("params,tokens,loss\n{}\n1e9,2e10,oops\n", csv.join("\n"));
    let lines = format!("{}\n{{\"params\":1e9,\"tokens\":2e10,\"loss\":oops}}\n", lines.join("\n"));
    let at = |name: &str, text: String| {
        let error = read_bytes(name, text, &ReadOptions::default()).unwrap_err();
        (error.line, error.column)
    };
    assert_eq!(at("r.csv", csv), (Some(rows + 2), Some(10)));
    assert_eq!(at("r.jsonl", lines), (Some(rows + 1), Some(36)));
}
