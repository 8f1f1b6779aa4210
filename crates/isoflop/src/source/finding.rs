//! A value that no run can have: how it is told, and what to do about it.

use super::cell::{Cell, Unfit, plain_spelling};
use super::condition::as_name;
use super::error::{ReadError, ReadErrorKind};
use super::input::Input;
use super::known_names;
use super::{Row, Source};
use crate::run::{ColumnUse, Role};

/// One cell that is no quantity.
pub(super) struct Finding<'a> {
    /// The column, and what it was read as.
    pub used: &'a ColumnUse,
    /// What stands there.
    pub cell: &'a Cell<'a>,
    /// What is wrong with it.
    pub why: Unfit,
}

impl Finding<'_> {
    /// What was found, in a few words: `loss is "NaN"`.
    pub fn seen(&self) -> String {
        let column = &self.used.column;
        match (self.cell, self.why) {
            (Cell::Missing, _) => format!("{column} is missing"),
            (Cell::Untyped(text), Unfit::TooLarge) => format!("{column} is {text}"),
            (Cell::Text(text), _) if text.parse::<f64>().is_ok() => format!("{column} is the text \"{text}\""),
            (cell, _) => format!("{column} is {}", cell.shown()),
        }
    }

    /// The error for it, with its place.
    pub fn error(&self, source: &dyn Source, input: &Input, row: Row<'_>) -> ReadError {
        let span = source.span(input, row.offset, &self.used.column);
        let place = if span.is_some() { String::new() } else { format!("row {}: ", row.line) };
        let message = format!("{place}{}; {}", self.seen(), self.needed());
        input.fault(ReadErrorKind::Value, span, message).hint(self.advice())
    }

    fn needed(&self) -> &'static str {
        match (self.used.role, self.why) {
            (Role::Cluster, _) => "a label is needed: text or a number",
            (Role::Weight, Unfit::Missing | Unfit::TooSmall | Unfit::NotFinite) => {
                "a finite number of at least 0 is needed"
            }
            (_, why) => why.needed(),
        }
    }

    fn advice(&self) -> String {
        let name = as_name(&self.used.column);
        match self.why {
            Unfit::Missing | Unfit::NotFinite if self.used.role == Role::Cluster => {
                // A missing value is not even equal to itself.
                let labelled = if matches!(self.cell, Cell::Text(_)) { "!= \"\"" } else { &format!("== {name}") };
                format!("give it a label, or leave such rows out with --where '{name} {labelled}'")
            }
            Unfit::NotANumber => self.spelling().unwrap_or_else(|| match self.cell {
                Cell::Untyped(text) if text.len() < 30 && !text.contains(['"', '\'', '\n']) => {
                    format!("correct it, or leave such rows out with --where '{name} != \"{text}\"'")
                }
                _ => format!("correct it, or read another column with {} NAME", known_names::option(self.used.role)),
            }),
            Unfit::NotFinite if self.used.role == Role::Loss => {
                format!("leave diverged runs out with --where '{name} < 20', or remove the row")
            }
            Unfit::NotFinite | Unfit::TooLarge => {
                format!("correct it, or leave such rows out with --where '{name} < 1e300'")
            }
            Unfit::Missing | Unfit::TooSmall => {
                let above = if self.used.role == Role::Weight { ">=" } else { ">" };
                format!("leave such rows out with --where '{name} {above} 0', or correct the value")
            }
        }
    }

    /// How a number that only people understand is written.
    fn spelling(&self) -> Option<String> {
        match self.cell {
            Cell::Text(text) => Some(format!("write {} without quotes", plain_spelling(text)?)),
            Cell::Untyped(text) => Some(format!("write {}", plain_spelling(text)?)),
            _ => None,
        }
    }
}

/// The error for a row whose third quantity, by C = 6ND, leaves the range of numbers.
pub(super) fn underivable(derived: Option<Role>, input: &Input, row: Row<'_>) -> ReadError {
    let word = derived.map_or("a quantity", Role::word);
    let message = format!("{word} of the run at line {}, by C = 6ND, is beyond what a number can hold", row.line);
    ReadError::new(ReadErrorKind::Value, &input.path, message).hint("correct the other two, or choose other columns")
}
