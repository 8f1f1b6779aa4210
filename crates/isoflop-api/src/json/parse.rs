//! Text becomes a value, or `CPython`'s complaint about it.

use thiserror::Error;

use super::Json;
use super::encoding::decode;
use super::members::Members;

/// How deep lists and objects may nest. `CPython` stops by the depth of its stack, which no protocol should know; the
/// reference answers nothing useful beyond some 870.
pub const MAX_DEPTH: usize = 512;
/// Digits in an integer; `CPython` reads no longer ones.
const MAX_DIGITS: usize = 4300;

/// Why bytes are no JSON.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ParseError {
    /// The grammar is broken.
    #[error("{message}: char {position}")]
    Malformed {
        /// `CPython`'s words.
        message: &'static str,
        /// Where, in characters.
        position: usize,
    },
    /// Not text, nested too deep, or an integer too long: Python gives up without a position.
    #[error("there was an error parsing the body")]
    Unreadable,
}

/// Reads one value and nothing after it.
pub fn parse(bytes: &[u8]) -> Result<Json, ParseError> {
    let text = decode(bytes).ok_or(ParseError::Unreadable)?;
    let mut scanner = Scanner { text: &text, at: 0, depth: 0 };
    scanner.document().map_err(|fault| match fault {
        Fault::Malformed(message, at) => {
            // Every character has one byte that continues no other.
            let position = text[..at].iter().filter(|byte| **byte & 0xC0 != 0x80).count();
            ParseError::Malformed { message, position }
        }
        Fault::Unreadable => ParseError::Unreadable,
    })
}

/// A [`ParseError`] whose position still counts bytes.
pub(super) enum Fault {
    Malformed(&'static str, usize),
    Unreadable,
}

pub(super) struct Scanner<'a> {
    pub(super) text: &'a [u8],
    pub(super) at: usize,
    depth: usize,
}

impl Scanner<'_> {
    fn document(&mut self) -> Result<Json, Fault> {
        self.blanks();
        let value = self.value()?;
        self.blanks();
        if self.at < self.text.len() { Err(Fault::Malformed("Extra data", self.at)) } else { Ok(value) }
    }

    fn value(&mut self) -> Result<Json, Fault> {
        match self.peek() {
            Some(b'"') => self.string(),
            Some(b'{') => self.nested(Self::object),
            Some(b'[') => self.nested(Self::list),
            _ => self.word().map_or_else(|| self.number(), Ok),
        }
    }

    fn word(&mut self) -> Option<Json> {
        const WORDS: [(&[u8], Json); 6] = [
            (b"null", Json::Null),
            (b"true", Json::Bool(true)),
            (b"false", Json::Bool(false)),
            (b"NaN", Json::Float(f64::NAN)),
            (b"Infinity", Json::Float(f64::INFINITY)),
            (b"-Infinity", Json::Float(f64::NEG_INFINITY)),
        ];
        let (word, value) = WORDS.into_iter().find(|(word, _)| self.text[self.at..].starts_with(word))?;
        self.at += word.len();
        Some(value)
    }

    fn number(&mut self) -> Result<Json, Fault> {
        let start = self.at;
        let negative = self.take(b'-');
        let integer = self.at;
        if !self.take(b'0') && self.digits() == 0 {
            return Err(Fault::Malformed("Expecting value", start));
        }
        let integer_end = self.at;
        if !(self.take(b'.') && self.digits() > 0) {
            self.at = integer_end;
        }
        let mantissa_end = self.at;
        let exponent = (self.take(b'e') || self.take(b'E')) && {
            let _sign = self.take(b'+') || self.take(b'-');
            self.digits() > 0
        };
        if !exponent {
            self.at = mantissa_end;
        }
        if self.at > integer_end {
            return Ok(Json::Float(ascii(&self.text[start..self.at]).parse().expect("the grammar of a float")));
        }
        let digits = ascii(&self.text[integer..integer_end]);
        if digits.len() > MAX_DIGITS {
            return Err(Fault::Unreadable);
        }
        let minus = if negative && digits != "0" { "-" } else { "" };
        Ok(Json::Int(format!("{minus}{digits}")))
    }

    fn nested(&mut self, read: fn(&mut Self) -> Result<Json, Fault>) -> Result<Json, Fault> {
        if self.depth == MAX_DEPTH {
            return Err(Fault::Unreadable);
        }
        self.depth += 1;
        self.at += 1;
        self.blanks();
        let value = read(self)?;
        self.depth -= 1;
        Ok(value)
    }

    fn list(&mut self) -> Result<Json, Fault> {
        let mut items = Vec::new();
        if self.take(b']') {
            return Ok(Json::List(items));
        }
        loop {
            items.push(self.value()?);
            if self.closes(b']')? {
                return Ok(Json::List(items));
            }
        }
    }

    fn object(&mut self) -> Result<Json, Fault> {
        let mut members = Members::default();
        if self.take(b'}') {
            return Ok(Json::Object(members.into_list()));
        }
        loop {
            if self.peek() != Some(b'"') {
                return Err(Fault::Malformed("Expecting property name enclosed in double quotes", self.at));
            }
            let (Json::Text(key) | Json::Broken(key)) = self.string()? else { unreachable!("strings are texts") };
            self.blanks();
            if !self.take(b':') {
                return Err(Fault::Malformed("Expecting ':' delimiter", self.at));
            }
            self.blanks();
            let value = self.value()?;
            members.set(key, value);
            if self.closes(b'}')? {
                return Ok(Json::Object(members.into_list()));
            }
        }
    }

    /// Whether `close` follows; else a comma must.
    fn closes(&mut self, close: u8) -> Result<bool, Fault> {
        self.blanks();
        if self.take(close) {
            return Ok(true);
        }
        if !self.take(b',') {
            return Err(Fault::Malformed("Expecting ',' delimiter", self.at));
        }
        self.blanks();
        Ok(false)
    }

    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    fn take(&mut self, byte: u8) -> bool {
        let taken = self.peek() == Some(byte);
        self.at += usize::from(taken);
        taken
    }

    fn digits(&mut self) -> usize {
        let count = self.text[self.at..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        self.at += count;
        count
    }

    fn blanks(&mut self) {
        self.at += self.text[self.at..].iter().take_while(|byte| b" \t\n\r".contains(byte)).count();
    }
}

pub(super) fn ascii(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).expect("only digits and signs were let through")
}
