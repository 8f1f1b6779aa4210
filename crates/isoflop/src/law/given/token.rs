//! The words and numbers that a law is written in, and what is said where another was expected.

use std::ops::Range;

use winnow::ascii::{digit1, space0};
use winnow::combinator::{alt, opt, preceded};
use winnow::error::{ErrMode, ParserError};
use winnow::prelude::*;
use winnow::stream::{LocatingSlice, Location, Stateful, Stream};
use winnow::token::{one_of, take_while};

use super::error::Misfit;
use super::node::Placed;

/// The rest of the text, with the number of parts that the formula has had so far.
pub(super) type Input<'a> = Stateful<LocatingSlice<&'a str>, usize>;
pub(super) type Parsed<T> = Result<T, ErrMode<Misfit>>;

impl<'a> ParserError<Input<'a>> for Misfit {
    type Inner = Self;
    fn from_input(input: &Input<'a>) -> Self {
        let at = input.current_token_start();
        Self::new(at..at, "")
    }
    fn into_inner(self) -> Result<Self, Self> {
        Ok(self)
    }
}

/// Two numbers, the lower first, and where they stand.
pub(super) fn range(input: &mut Input<'_>, name: &str) -> Parsed<Placed<(f64, f64)>> {
    let start = input.current_token_start();
    let low = signed(input)?;
    if opt(preceded(space0, "..")).parse_next(input)?.is_none() {
        let hint = format!("a number that is known stands in the formula itself; a range is {name} = 0.1..0.8");
        let span = start..input.previous_token_end();
        return refuse(span, format!("\"{name}\" has one number where a range is needed"), Some(hint));
    }
    space0.parse_next(input)?;
    let high = signed(input)?;
    let span = start..input.previous_token_end();
    if low == high {
        let hint = "a number that is known stands in the formula itself".to_string();
        return refuse(span, format!("the range of \"{name}\" is one number"), Some(hint));
    }
    if low > high {
        return refuse(span, format!("the range of \"{name}\" is upside down"), Some(format!("write {high}..{low}")));
    }
    Ok(((low, high), span))
}

pub(super) fn signed(input: &mut Input<'_>) -> Parsed<f64> {
    let sign = opt(one_of(['-', '−'])).parse_next(input)?.map_or(1.0, |_| -1.0);
    if input.peek_finish().starts_with(|c: char| c.is_ascii_digit() || c == '.') {
        Ok(sign * number(input)?)
    } else {
        unexpected(input, "a number")
    }
}

// Words and numbers.

pub(super) fn begins_name(c: char) -> bool {
    c.is_alphabetic() || c == '_'
}

pub(super) fn word<'a>(input: &mut Input<'a>) -> Parsed<Placed<&'a str>> {
    (one_of(begins_name), take_while(0.., |c: char| c.is_alphanumeric() || c == '_'))
        .take()
        .with_span()
        .parse_next(input)
}

/// A number. Two dots end it: they are those of a range.
pub(super) fn number(input: &mut Input<'_>) -> Parsed<f64> {
    let power = (one_of(['e', 'E']), opt(one_of(['+', '-'])), digit1).void();
    let plain = alt(((digit1, opt(('.', digit1))).void(), ('.', digit1).void()));
    let start = input.current_token_start();
    let Some(text) = opt((plain, opt(power)).take()).parse_next(input)? else {
        return unexpected(input, "a number");
    };
    let tail: Option<(&str, _)> = opt(word).parse_next(input)?;
    let span = start..input.previous_token_end();
    match (tail, text.parse::<f64>().ok().filter(|value| value.is_finite())) {
        (None, Some(value)) => Ok(value),
        (None, None) => refuse(span, format!("\"{text}\" is too large a number"), None),
        (Some((tail, _)), _) => {
            refuse(span, format!("\"{text}{tail}\" is not a number"), Some(format!("to multiply, write {text}*{tail}")))
        }
    }
}

// Refusals.

/// The next `length` bytes.
pub(super) fn here(input: &Input<'_>, length: usize) -> Range<usize> {
    let start = input.current_token_start();
    start..start + length.min(input.peek_finish().len())
}

/// Gives up: no other reading is tried.
pub(super) fn refuse<T>(span: Range<usize>, message: impl Into<String>, hint: Option<String>) -> Parsed<T> {
    Err(ErrMode::Cut(Misfit { span, message: message.into(), hint }))
}

/// What comes next is not what is `wanted`.
pub(super) fn unexpected<T>(input: &mut Input<'_>, wanted: &str) -> Parsed<T> {
    let rest = input.peek_finish();
    let Some(first) = rest.chars().next() else {
        return refuse(here(input, 0), format!("the law ends where {wanted} is needed"), None);
    };
    let words = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
    let length = words.max(first.len_utf8());
    refuse(here(input, length), format!("\"{}\" stands where {wanted} is needed", &rest[..length]), None)
}
