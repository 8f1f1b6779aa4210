//! Strings and their escapes, with the complaints of `CPython`'s scanner written in C.

use super::Json;
use super::encoding::after_surrogate;
use super::parse::{Fault, Scanner, ascii};

impl Scanner<'_> {
    /// Reads the string at hand.
    pub(super) fn string(&mut self) -> Result<Json, Fault> {
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
