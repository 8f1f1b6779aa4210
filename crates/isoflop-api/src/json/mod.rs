//! A JSON value as `CPython`'s `json` module reads it, and as it prints it again.
//!
//! The reference server is written in Python, and what it refuses it echoes. To answer with its very bytes a value must
//! keep what `serde_json` lets go: integers of any length, `NaN` and `Infinity`, whether a number had a point, the place
//! of a repeated key, and the position in characters at which the text stopped being JSON.

mod encoding;
mod members;
mod parse;
mod print;
mod repr;
mod string;

pub use parse::{MAX_DEPTH, ParseError, parse};
pub(crate) use print::shortest;
pub use print::{ECHO_BYTES, float_text};

/// One JSON value.
#[derive(Clone, Debug, PartialEq)]
pub enum Json {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number without point and exponent: its digits, as Python would print them.
    Int(String),
    /// A number with point or exponent, or one of `NaN`, `Infinity` and `-Infinity`.
    Float(f64),
    /// A text.
    Text(String),
    /// A text with a surrogate that has no partner, which no UTF-8 can hold; here U+FFFD stands in its place.
    Broken(String),
    /// `[…]`.
    List(Vec<Json>),
    /// `{…}`: every key once, where it first stood, with what it was last given.
    Object(Vec<(String, Json)>),
}

impl Json {
    /// What an object holds under `key`; nothing for a value that is no object.
    pub fn get(&self, key: &str) -> Option<&Json> {
        match self {
            Self::Object(members) => members.iter().find(|(name, _)| name == key).map(|(_, value)| value),
            _ => None,
        }
    }

    /// The value as the reference echoes it, cut beyond [`ECHO_BYTES`].
    pub fn echo(&self) -> String {
        print::echo(self)
    }

    /// The value as Python's `str()` shows it, which is how a wrong tag is quoted.
    pub fn python_text(&self) -> String {
        repr::python_text(self)
    }
}
