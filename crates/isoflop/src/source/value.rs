//! Values of a `--where` expression, and what the operators do with them.
//!
//! A missing value or NaN makes every comparison false, `!=` included: a
//! condition asks for runs that are known to be good.

use std::cmp::Ordering;

use super::cell::{Cell, spelled};
use super::expression::Operator;

/// A value while an expression is worked out.
#[derive(Clone, Copy, Debug)]
pub(super) enum Value<'a> {
    Missing,
    Number(f64),
    Bool(bool),
    Text(&'a str),
    /// Text that may stand for a number or a truth value: a CSV field.
    Untyped(&'a str),
}

/// A truth value, or none because a value is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Truth {
    True,
    False,
    Unknown,
}

/// How two values stand to each other; `Unknown` if one is missing or NaN.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Comparison {
    Known(Ordering),
    Unknown,
}

/// The outcome of an operator; none if it does not apply to such values.
pub(super) fn binary<'a>(operator: Operator, left: Value<'a>, right: Value<'a>) -> Option<Value<'a>> {
    let arithmetic = |apply: fn(f64, f64) -> f64| Some(Value::Number(apply(number(left)?, number(right)?)));
    let compared = |holds: fn(Ordering) -> bool| {
        let Comparison::Known(order) = compare(left, right)? else { return Some(Value::Bool(false)) };
        Some(Value::Bool(holds(order)))
    };
    match operator {
        Operator::And | Operator::Or => {
            // The left side alone did not decide.
            truth(left)?;
            Some(Value::Bool(truth(right)? == Truth::True))
        }
        Operator::Equal => compared(Ordering::is_eq),
        Operator::Unequal => compared(Ordering::is_ne),
        Operator::Less => compared(Ordering::is_lt),
        Operator::AtMost => compared(Ordering::is_le),
        Operator::Greater => compared(Ordering::is_gt),
        Operator::AtLeast => compared(Ordering::is_ge),
        Operator::Add => arithmetic(|a, b| a + b),
        Operator::Subtract => arithmetic(|a, b| a - b),
        Operator::Multiply => arithmetic(|a, b| a * b),
        Operator::Divide => arithmetic(|a, b| a / b),
        Operator::Not => None,
    }
}

/// The order of two values; none if they cannot be compared.
fn compare(left: Value<'_>, right: Value<'_>) -> Option<Comparison> {
    match (left, right) {
        (Value::Missing, _) | (_, Value::Missing) => Some(Comparison::Unknown),
        (Value::Text(a), Value::Text(b) | Value::Untyped(b)) | (Value::Untyped(a), Value::Text(b)) => {
            Some(Comparison::Known(a.cmp(b)))
        }
        (Value::Bool(_), _) | (_, Value::Bool(_)) => Some(match (truth(left)?, truth(right)?) {
            (Truth::Unknown, _) | (_, Truth::Unknown) => Comparison::Unknown,
            (a, b) => Comparison::Known((a == Truth::True).cmp(&(b == Truth::True))),
        }),
        (Value::Untyped(a), Value::Untyped(b)) if number(left).is_none() || number(right).is_none() => {
            Some(Comparison::Known(a.cmp(b)))
        }
        _ => Some(number(left)?.partial_cmp(&number(right)?).map_or(Comparison::Unknown, Comparison::Known)),
    }
}

/// The number that a value stands for: NaN if it is missing, none if it is something else.
pub(super) fn number(value: Value<'_>) -> Option<f64> {
    match value {
        Value::Missing => Some(f64::NAN),
        Value::Number(value) => Some(value),
        Value::Untyped(text) if is_absent(text) => Some(f64::NAN),
        Value::Untyped(text) => text.parse().ok(),
        Value::Bool(_) | Value::Text(_) => None,
    }
}

/// The truth value that a value stands for; none if it is a number or text.
pub(super) fn truth(value: Value<'_>) -> Option<Truth> {
    match value {
        Value::Missing => Some(Truth::Unknown),
        Value::Bool(true) | Value::Untyped("true" | "True" | "TRUE" | "1") => Some(Truth::True),
        Value::Bool(false) | Value::Untyped("false" | "False" | "FALSE" | "0") => Some(Truth::False),
        Value::Untyped(text) if is_absent(text) => Some(Truth::Unknown),
        _ => None,
    }
}

/// What spreadsheets and data frames write where there is nothing.
fn is_absent(text: &str) -> bool {
    matches!(text.to_ascii_lowercase().as_str(), "na" | "n/a" | "nan" | "null" | "none" | "-" | "?")
}

/// The value of one cell.
pub(super) fn value<'a>(cell: &'a Cell<'_>) -> Value<'a> {
    match cell {
        Cell::Missing => Value::Missing,
        Cell::Number(value) => Value::Number(*value),
        Cell::Bool(value) => Value::Bool(*value),
        Cell::Text(text) => Value::Text(text),
        Cell::Untyped(text) => Value::Untyped(text),
        Cell::Nested => Value::Text("a list or object"),
    }
}

/// The value in a sentence.
pub(super) fn shown(value: Value<'_>) -> String {
    match value {
        Value::Missing => "nothing".to_string(),
        Value::Number(value) => format!("the number {}", spelled(value)),
        Value::Bool(value) => format!("{value}"),
        Value::Text(text) | Value::Untyped(text) => format!("the text {}", Cell::Untyped(text).shown()),
    }
}
