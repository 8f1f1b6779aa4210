//! The condition of `--where`, asked of one row after the other.

use std::ops::Range;

use super::cell::Cell;
use super::error::{ReadError, ReadErrorKind};
use super::expression::{Expression, Misfit, Operator, is_name, parse};
use super::plan::place;
use super::reading::Quantities;
use super::value::{Truth, Value, binary, number, shown, truth, value};
use crate::excerpt::Excerpt;
use crate::near::{listed, nearest};
use crate::run::Role;

/// A condition on rows, with its names bound to columns and quantities.
pub(super) struct Condition {
    /// The condition as it was written.
    pub text: String,
    expression: Expression,
    names: Vec<Binding>,
}

/// What a name stands for.
enum Binding {
    /// A column, by its place among the columns wanted.
    Column(usize),
    /// A quantity, by its place in the array that [`Condition::holds`] takes.
    Quantity(usize),
}

/// Words for the quantities, usable where no column has that very name. The first is the one to recommend.
const WORDS: [(Role, &[&str]); 7] = [
    (Role::Params, &["params", "N"]),
    (Role::Tokens, &["tokens", "D"]),
    (Role::Compute, &["compute", "budget", "flops", "C"]),
    (Role::Loss, &["loss"]),
    (Role::UniqueTokens, &["unique_tokens", "U"]),
    (Role::Weight, &["weight"]),
    (Role::Axis, &["x"]),
];

impl Condition {
    /// Parses `text` and binds its names to `columns` and to the `quantities` of
    /// this table; the columns it looks at join `wanted`.
    pub fn new(
        text: &str,
        columns: &[String],
        quantities: &[Role],
        wanted: &mut Vec<String>,
    ) -> Result<Self, ReadError> {
        let refuse = |misfit: &Misfit| refusal(text, misfit);
        let (expression, found) = parse(text).map_err(|misfit| refuse(&misfit))?;
        // A word for what this table has no column of would be missing in every run.
        let words = WORDS.iter().filter(|(role, _)| quantities.contains(role));
        let mut names = Vec::new();
        for (name, span) in found {
            if columns.contains(&name) {
                names.push(Binding::Column(place(wanted, &name)));
            } else if let Some((role, _)) = words.clone().find(|(_, words)| words.contains(&name.as_str())) {
                names.push(Binding::Quantity(*role as usize));
            } else {
                let there = columns.iter().map(String::as_str);
                let message = format!("no column is named \"{name}\"; there are {}", listed(there.clone()));
                let error = refuse(&Misfit { span, message });
                return Err(match nearest(&name, there.chain(words.map(|(_, words)| words[0]))) {
                    Some(near) => error.hint(format!("did you mean {}", as_name(near))),
                    None => error.hint(format!("if it is text, put it in quotes: \"{name}\"")),
                });
            }
        }
        Ok(Self { text: text.to_string(), expression, names })
    }

    /// Whether the row meets the condition. `cells` are those of the columns
    /// wanted, `quantities` are the numbers found in them.
    pub fn holds(&self, cells: &[Cell<'_>], quantities: &Quantities, line: usize) -> Result<bool, ReadError> {
        let outcome = self.evaluate(&self.expression, cells, quantities);
        let truth = outcome.and_then(|value| truth(value).ok_or(self.whole(value)));
        truth.map(|truth| truth == Truth::True).map_err(|mut misfit| {
            misfit.message = format!("{} (in the run at line {line})", misfit.message);
            refusal(&self.text, &misfit)
        })
    }

    fn whole(&self, value: Value<'_>) -> Misfit {
        Misfit { span: 0..self.text.len(), message: format!("the condition gives {}, not true or false", shown(value)) }
    }

    fn evaluate<'a>(
        &'a self,
        expression: &'a Expression,
        cells: &'a [Cell<'_>],
        quantities: &Quantities,
    ) -> Result<Value<'a>, Misfit> {
        match expression {
            Expression::Number(value) => Ok(Value::Number(*value)),
            Expression::Text(text) => Ok(Value::Text(text)),
            Expression::Bool(value) => Ok(Value::Bool(*value)),
            Expression::Name(index) => Ok(match self.names.get(*index) {
                Some(Binding::Column(column)) => cells.get(*column).map_or(Value::Missing, value),
                Some(Binding::Quantity(role)) => quantities[*role].map_or(Value::Missing, Value::Number),
                None => Value::Missing,
            }),
            Expression::Unary(operator, place, inner) => {
                let inner = self.evaluate(inner, cells, quantities)?;
                let misfit = || misfit(*operator, place, &[inner]);
                if *operator == Operator::Not {
                    Ok(match truth(inner).ok_or_else(misfit)? {
                        Truth::True => Value::Bool(false),
                        Truth::False => Value::Bool(true),
                        Truth::Unknown => Value::Missing,
                    })
                } else {
                    Ok(Value::Number(-number(inner).ok_or_else(misfit)?))
                }
            }
            Expression::Binary(operator, place, left, right) => {
                let left = self.evaluate(left, cells, quantities)?;
                // `&&` and `||` look no further than they must, so that the left side can guard the right.
                match (operator, truth(left)) {
                    (Operator::And, Some(Truth::False | Truth::Unknown)) => return Ok(Value::Bool(false)),
                    (Operator::Or, Some(Truth::True)) => return Ok(Value::Bool(true)),
                    _ => {}
                }
                let right = self.evaluate(right, cells, quantities)?;
                binary(*operator, left, right).ok_or_else(|| misfit(*operator, place, &[left, right]))
            }
        }
    }
}

fn misfit(operator: Operator, place: &Range<usize>, values: &[Value<'_>]) -> Misfit {
    let values: Vec<String> = values.iter().map(|value| shown(*value)).collect();
    Misfit {
        span: place.clone(),
        message: format!("{} does not apply to {}", operator.spelling(), values.join(" and ")),
    }
}

/// A column's name as a condition must spell it.
pub(super) fn as_name(column: &str) -> String {
    let plain = column.chars().all(is_name) && column.starts_with(|c: char| is_name(c) && !c.is_ascii_digit());
    if plain { column.to_string() } else { format!("{{{column}}}") }
}

/// The error for a place in the condition.
fn refusal(text: &str, misfit: &Misfit) -> ReadError {
    let start = text[..misfit.span.start].chars().count();
    let width = text[misfit.span.clone()].chars().count();
    let mut error = ReadError::new(ReadErrorKind::Condition, "--where", misfit.message.as_str());
    error.column = Some(start + 1);
    error.excerpt = Some(Box::new(Excerpt::new("where", text, start, width, (false, false))));
    error
}
