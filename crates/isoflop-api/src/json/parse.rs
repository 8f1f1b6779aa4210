//! Text becomes a value, or `CPython`'s complaint about it.

use std::collections::HashMap;

use thiserror::Error;

use super::Json;
use super::encoding::{after_surrogate, decode};

/// How deep lists and objects may nest. `CPython` stops by the depth of its stack, which no protocol should know; the
/// reference answers nothing useful beyond some 870.
pub const MAX_DEPTH: usize = 512;
/// Digits in an integer; `CPython` reads no longer ones.
const MAX_DIGITS: usize = 4300;
/// Objects with more keys than this look for a repeated one in a table.
const FEW_KEYS: usize = 16;

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
enum Fault {
    Malformed(&'static str, usize),
    Unreadable,
}

struct Scanner<'a> {
    text: &'a [u8],
    at: usize,
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
            return Ok(Json::Object(members.list));
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
                return Ok(Json::Object(members.list));
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

    fn string(&mut self) -> Result<Json, Fault> {
        let start = self.at;
        let mut text = String::new();
        let mut whole = true;
        self.at += 1;
        loop {
            let rest = &self.text[self.at..];
            let plain = rest.iter().take_while(|byte| !matches!(byte, b'"' | b'\\' | 0..0x20)).count();
            whole &= push_plain(&mut text, &rest[..plain]);
            self.at += plain;
            match rest.get(plain) {
                Some(b'"') => break,
                Some(b'\\') => {
                    let character = self.escape(start)?;
                    whole &= character.is_some();
                    text.push(character.unwrap_or(char::REPLACEMENT_CHARACTER));
                }
                Some(_) => return Err(Fault::Malformed("Invalid control character at", self.at)),
                None => return Err(Fault::Malformed("Unterminated string starting at", start)),
            }
        }
        self.at += 1;
        Ok(if whole { Json::Text(text) } else { Json::Broken(text) })
    }

    /// What the escape at hand stands for; nothing for a surrogate without a partner. `start` is the string's.
    fn escape(&mut self, start: usize) -> Result<Option<char>, Fault> {
        let character = match self.text.get(self.at + 1) {
            None => return Err(Fault::Malformed("Unterminated string starting at", start)),
            Some(b'u') => return self.unicode_escape(),
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(same @ (b'"' | b'\\' | b'/')) => char::from(*same),
            Some(_) => return Err(Fault::Malformed("Invalid \\escape", self.at)),
        };
        self.at += 2;
        Ok(Some(character))
    }

    fn unicode_escape(&mut self) -> Result<Option<char>, Fault> {
        let high = self.four_digits()?;
        // CPython looks for a partner only where something follows it.
        let partner = self.text.get(self.at..).is_some_and(|rest| rest.len() > 6 && rest.starts_with(b"\\u"));
        if !((0xD800..0xDC00).contains(&high) && partner) {
            return Ok(char::from_u32(high));
        }
        let before = self.at;
        let low = self.four_digits()?;
        if (0xDC00..0xE000).contains(&low) {
            return Ok(char::from_u32(0x10000 + ((high - 0xD800) << 10 | (low - 0xDC00))));
        }
        self.at = before;
        Ok(None)
    }

    fn four_digits(&mut self) -> Result<u32, Fault> {
        let digits = self.text.get(self.at + 2..self.at + 6).filter(|four| four.iter().all(u8::is_ascii_hexdigit));
        // A string cannot end here; CPython says so in terms of the escape.
        let Some(digits) = digits.filter(|_| self.at + 6 < self.text.len()) else {
            return Err(Fault::Malformed("Invalid \\uXXXX escape", self.at + 1));
        };
        self.at += 6;
        Ok(u32::from_str_radix(ascii(digits), 16).expect("four hexadecimal digits"))
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

fn ascii(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).expect("only digits and signs were let through")
}

/// Adds bytes without quotes and escapes; says whether no surrogate was among them.
fn push_plain(text: &mut String, mut bytes: &[u8]) -> bool {
    let mut whole = true;
    loop {
        match std::str::from_utf8(bytes) {
            Ok(rest) => {
                text.push_str(rest);
                return whole;
            }
            Err(error) => {
                let (valid, rest) = bytes.split_at(error.valid_up_to());
                text.push_str(std::str::from_utf8(valid).expect("checked as far as here"));
                text.push(char::REPLACEMENT_CHARACTER);
                whole = false;
                bytes = after_surrogate(rest).expect("the decoder lets nothing else through");
            }
        }
    }
}

/// An object in the making.
#[derive(Default)]
struct Members {
    list: Vec<(String, Json)>,
    places: HashMap<String, usize>,
}

impl Members {
    fn set(&mut self, key: String, value: Json) {
        if let Some(place) = self.place(&key) {
            self.list[place].1 = value;
            return;
        }
        if self.list.len() >= FEW_KEYS {
            self.places.insert(key.clone(), self.list.len());
        }
        self.list.push((key, value));
    }

    fn place(&self, key: &str) -> Option<usize> {
        let few = &self.list[..self.list.len().min(FEW_KEYS)];
        few.iter().position(|(name, _)| name == key).or_else(|| self.places.get(key).copied())
    }
}
