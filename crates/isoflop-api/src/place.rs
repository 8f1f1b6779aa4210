//! Where in a request something stands.

use serde::{Serialize, Serializer};

use crate::json::ECHO_BYTES;

/// A path from the outside in, kept as a chain of borrowed steps: most are never printed.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    outer: Option<&'a Place<'a>>,
    step: BorrowedStep<'a>,
}

#[derive(Clone, Copy, Debug)]
enum BorrowedStep<'a> {
    Word(&'a str),
    Number(usize),
}

/// One entry of an issue's `loc`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// A part of the request, a field, or a form that was tried.
    Word(String),
    /// An index in a list, or a position in a text.
    Number(usize),
}

impl<'a> Place<'a> {
    /// The request's body.
    pub const BODY: Place<'static> = Place { outer: None, step: BorrowedStep::Word("body") };
    /// The request's path.
    pub const PATH: Place<'static> = Place { outer: None, step: BorrowedStep::Word("path") };

    /// A field of this, or a form that was tried on it.
    #[must_use]
    pub fn field(&'a self, name: &'a str) -> Self {
        Self { outer: Some(self), step: BorrowedStep::Word(name) }
    }

    /// An item of this list, or a character of this text.
    #[must_use]
    pub fn item(&'a self, index: usize) -> Self {
        Self { outer: Some(self), step: BorrowedStep::Number(index) }
    }

    /// The steps from the outside in; long names are cut.
    pub fn steps(&self) -> Vec<Step> {
        let mut steps = self.outer.map(Place::steps).unwrap_or_default();
        steps.push(match self.step {
            BorrowedStep::Word(word) => Step::Word(word[..word.floor_char_boundary(ECHO_BYTES)].to_owned()),
            BorrowedStep::Number(number) => Step::Number(number),
        });
        steps
    }
}

impl Serialize for Step {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Word(word) => serializer.serialize_str(word),
            Self::Number(number) => serializer.serialize_u64(*number as u64),
        }
    }
}
