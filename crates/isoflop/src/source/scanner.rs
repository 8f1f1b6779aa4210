//! JSON records, one at a time, straight from the text.
//!
//! Not `serde_json`, for three reasons: diverged runs reach us as the `NaN` and
//! `Infinity` that Python writes and JSON forbids, and `--where` must be able to
//! leave them out; a fault must point at its value; and only the wanted values
//! of a record are worth converting.

use std::borrow::Cow;
use std::ops::Range;

use super::cell::Cell;

/// Nesting beyond this is refused rather than followed.
const DEEPEST: usize = 64;

/// A place in JSON text.
pub(super) struct Scanner<'a> {
    /// The text, up to where the record has to end.
    pub text: &'a str,
    /// The next byte.
    pub at: usize,
}

/// Text that is not JSON.
#[derive(Debug)]
pub(super) struct Flaw {
    /// Where, in bytes.
    pub span: Range<usize>,
    /// What is wrong.
    pub message: String,
}

impl<'a> Scanner<'a> {
    /// The next byte that is not blank, not consumed.
    pub fn peek(&mut self) -> Option<u8> {
        let rest = self.text.as_bytes().get(self.at..)?;
        self.at += rest.iter().position(|byte| !matches!(byte, b' ' | b'\n' | b'\r' | b'\t')).unwrap_or(rest.len());
        self.text.as_bytes().get(self.at).copied()
    }

    /// Consumes `byte` if it comes next.
    pub fn take(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    /// A flaw here: `expected` did not come.
    pub fn flaw(&mut self, expected: &str) -> Flaw {
        let found = self.peek();
        let at = self.at;
        let Some(found) = found else {
            return Flaw { span: at..at, message: format!("ends where {expected} is needed: it is cut short") };
        };
        let rest = &self.text[at..];
        let word = rest.find(|c: char| !(c.is_alphanumeric() || "_.+-".contains(c))).unwrap_or(rest.len());
        let first = rest.chars().next().map_or(1, char::len_utf8);
        let end = at + if found == b'"' { first } else { word.clamp(first, 40.max(first)) };
        let shown = String::from_utf8_lossy(&self.text.as_bytes()[at..end]);
        Flaw { span: at..end, message: format!("{shown} stands where {expected} is needed") }
    }

    /// Walks an object, telling `visit` each key and the place of its value.
    pub fn object(&mut self, visit: &mut dyn FnMut(Cow<'a, str>, Range<usize>)) -> Result<(), Flaw> {
        self.entries(visit, 0)
    }

    fn entries(&mut self, visit: &mut dyn FnMut(Cow<'a, str>, Range<usize>), depth: usize) -> Result<(), Flaw> {
        if !self.take(b'{') {
            return Err(self.flaw("an object"));
        }
        if self.take(b'}') {
            return Ok(());
        }
        loop {
            if self.peek() != Some(b'"') {
                return Err(self.flaw("a key in double quotes"));
            }
            let key = self.string()?;
            if !self.take(b':') {
                return Err(self.flaw("':'"));
            }
            self.peek();
            let start = self.at;
            self.value(depth)?;
            visit(unescaped(&self.text[key]), start..self.at);
            if self.take(b'}') {
                return Ok(());
            }
            if !self.take(b',') {
                return Err(self.flaw("',' or '}'"));
            }
        }
    }

    /// Steps over any value.
    fn value(&mut self, depth: usize) -> Result<(), Flaw> {
        match self.peek() {
            Some(b'"') => self.string().map(|_| ()),
            Some(b'{' | b'[') if depth >= DEEPEST => {
                Err(Flaw { span: self.at..self.at + 1, message: format!("is nested more than {DEEPEST} deep") })
            }
            Some(b'{') => self.entries(&mut |_, _| (), depth + 1),
            Some(b'[') => self.list(depth + 1),
            _ => self.word(),
        }
    }

    fn list(&mut self, depth: usize) -> Result<(), Flaw> {
        self.at += 1;
        if self.take(b']') {
            return Ok(());
        }
        loop {
            self.value(depth)?;
            if self.take(b']') {
                return Ok(());
            }
            if !self.take(b',') {
                return Err(self.flaw("',' or ']'"));
            }
        }
    }

    /// Steps over a string and returns the place of what is between its quotes.
    fn string(&mut self) -> Result<Range<usize>, Flaw> {
        let opened = self.at;
        let bytes = self.text.as_bytes();
        let mut at = opened + 1;
        loop {
            match bytes.get(at) {
                Some(b'"') => {
                    self.at = at + 1;
                    return Ok(opened + 1..at);
                }
                Some(b'\\') => at += 2,
                Some(b'\n') | None => {
                    let message = "a string begins that does not end on its line".to_string();
                    return Err(Flaw { span: opened..opened + 1, message });
                }
                Some(_) => at += 1,
            }
        }
    }

    /// Steps over a number or one of the words that JSON, or Python's idea of it, knows.
    fn word(&mut self) -> Result<(), Flaw> {
        let rest = &self.text.as_bytes()[self.at..];
        let length = rest.iter().position(|byte| !(byte.is_ascii_alphanumeric() || b"+-.".contains(byte)));
        let word = &rest[..length.unwrap_or(rest.len())];
        let known = matches!(word, b"true" | b"false" | b"null" | b"NaN" | b"Infinity" | b"-Infinity");
        if known || is_number(word) {
            self.at += word.len();
            return Ok(());
        }
        // The end of the text within a word or number: it may have been cut there.
        Err(self.flaw("a value"))
    }
}

/// Whether `text` is a number by the grammar of JSON (RFC 8259, section 6).
fn is_number(text: &[u8]) -> bool {
    let text = text.strip_prefix(b"-").unwrap_or(text);
    let digits = |text: &[u8]| text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let whole = digits(text);
    if whole == 0 || (whole > 1 && text[0] == b'0') {
        return false;
    }
    let mut rest = &text[whole..];
    if let Some(fraction) = rest.strip_prefix(b".") {
        let length = digits(fraction);
        if length == 0 {
            return false;
        }
        rest = &fraction[length..];
    }
    let Some(exponent) = rest.strip_prefix(b"e").or_else(|| rest.strip_prefix(b"E")) else { return rest.is_empty() };
    let exponent = exponent.strip_prefix(b"-").or_else(|| exponent.strip_prefix(b"+")).unwrap_or(exponent);
    !exponent.is_empty() && digits(exponent) == exponent.len()
}

/// What a string's inside stands for. A broken escape leaves it as it is written.
fn unescaped(inside: &str) -> Cow<'_, str> {
    if !inside.contains('\\') {
        return Cow::Borrowed(inside);
    }
    serde_json::from_str(&format!("\"{inside}\"")).map_or(Cow::Borrowed(inside), Cow::Owned)
}

/// The cell for the text of one value that a [`Scanner`] stepped over.
pub(super) fn cell(value: &str) -> Cell<'_> {
    match value.as_bytes() {
        [b'"', .., b'"'] => Cell::Text(unescaped(&value[1..value.len() - 1])),
        [b'{' | b'[', ..] => Cell::Nested,
        b"null" => Cell::Missing,
        b"true" => Cell::Bool(true),
        b"false" => Cell::Bool(false),
        b"NaN" => Cell::Number(f64::NAN),
        b"Infinity" => Cell::Number(f64::INFINITY),
        b"-Infinity" => Cell::Number(f64::NEG_INFINITY),
        _ => match value.parse::<f64>() {
            Ok(number) if number.is_finite() => Cell::Number(number),
            // 1e400: kept as text, so that it is told from a literal infinity.
            _ => Cell::Untyped(value),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_follow_the_grammar() {
        for number in ["0", "-0", "10", "1.5", "1e5", "1E+5", "-1.25e-5"] {
            assert!(is_number(number.as_bytes()), "{number}");
        }
        for other in ["", "-", "01", "1.", ".5", "1e", "1e+", "+1", "1.5.2", "0x10", "--1", "1e5e5"] {
            assert!(!is_number(other.as_bytes()), "{other}");
        }
    }

    #[test]
    fn escapes_are_undone() {
        assert_eq!(cell(r#""a\"b\u00e9""#), Cell::Text("a\"bé".into()));
        assert_eq!(cell(r#""\ud800""#), Cell::Text(r"\ud800".into()));
    }
}
