//! How a law is written: the formula, then the coefficients with their ranges.
//!
//! ```text
//! law         = [ "L" [ "(" … ")" ] "=" ] formula { separator coefficient }
//! coefficient = name "=" range [ "log" | "linear" ] [ "within" range ]
//! range       = number ".." number
//! separator   = ";" | "," | end of a line
//! ```

use std::ops::Range;

use winnow::ascii::{multispace1, space0, till_line_ending};
use winnow::combinator::{Infix, Prefix, alt, expression, opt, peek, preceded, repeat};
use winnow::error::ErrMode;
use winnow::prelude::*;
use winnow::stream::{LocatingSlice, Location, Stream};
use winnow::token::{one_of, take_while};

use super::error::Misfit;
use super::node::{Declared, FUNCTIONS, Function, Node, Operator, Placed, Text, function};
use super::token::{Input, Parsed, begins_name, here, number, range, refuse, unexpected, word};
use crate::law::Scale;
use crate::near::{listed, nearest};

/// A formula of more numbers, names, signs and parentheses is refused rather than followed.
const PARTS_MAX: usize = 200;

/// What every hint about ranges shows.
pub(super) const EXAMPLE: &str = "E + A/N^alpha; E = 1..3, A = 10..1e4, alpha = 0.1..0.8";

/// Reads all of `text`.
pub(super) fn read(text: &str) -> Result<Text<'_>, Misfit> {
    let mut input = Input { input: LocatingSlice::new(text), state: 0 };
    law(&mut input).map_err(|error| match error {
        ErrMode::Backtrack(misfit) | ErrMode::Cut(misfit) => misfit,
        ErrMode::Incomplete(_) => Misfit::new(text.len()..text.len(), "the law is not complete"),
    })
}

fn law<'a>(input: &mut Input<'a>) -> Parsed<Text<'a>> {
    blank(input)?;
    if input.peek_finish().is_empty() {
        return refuse(here(input, 0), "the law is empty", Some(format!("write it as '{EXAMPLE}'")));
    }
    opt(left_side).parse_next(input)?;
    blank(input)?;
    let start = input.current_token_start();
    let formula = formula(input)?;
    let span = start..input.previous_token_end();
    let mut coefficients = Vec::new();
    while separated(input, if coefficients.is_empty() { "an operator" } else { "\",\"" })? {
        coefficients.push(coefficient(input)?);
    }
    Ok(Text { formula, span, coefficients })
}

/// `L =` or `L(N, D) =`.
fn left_side(input: &mut Input<'_>) -> Parsed<()> {
    let variables = ('(', take_while(0.., |c| !"()".contains(c)), ')');
    ('L', blank, opt(variables), blank, '=').void().parse_next(input)
}

/// Blanks, ends of lines and comments.
fn blank<'a>(input: &mut Input<'a>) -> Parsed<&'a str> {
    repeat::<_, _, (), _, _>(0.., alt((multispace1, comment))).take().parse_next(input)
}

fn comment<'a>(input: &mut Input<'a>) -> Parsed<&'a str> {
    ('#', till_line_ending).take().parse_next(input)
}

/// Whether another coefficient follows, which must be set off from what stands before it.
fn separated(input: &mut Input<'_>, wanted: &str) -> Parsed<bool> {
    let gap = alt((multispace1, comment.value(""), take_while(1.., [';', ','])));
    let mut gaps = repeat(0.., gap).fold(|| false, |off, gap: &str| off || gap.contains(['\n', ';', ',']));
    let set_off = gaps.parse_next(input)?;
    match (input.peek_finish().is_empty(), set_off) {
        (true, _) => Ok(false),
        (false, true) => Ok(true),
        (false, false) => unexpected(input, &format!("{wanted} or \";\"")),
    }
}

// The formula.

fn formula<'a>(input: &mut Input<'a>) -> Parsed<Node<'a>> {
    expression(preceded(blank, operand))
        .prefix(preceded(blank, sign))
        .infix(preceded(blank, operator))
        .parse_next(input)
}

/// How tightly operators bind. A sign binds looser than a power: -N^2 is -(N^2).
const SUM: i64 = 10;
const PRODUCT: i64 = 20;
const SIGN: i64 = 30;
const POWER: i64 = 40;

fn sign<'a>(input: &mut Input<'a>) -> Parsed<Prefix<Input<'a>, Node<'a>, ErrMode<Misfit>>> {
    one_of(['-', '−']).parse_next(input)?;
    one_more(input)?;
    Ok(Prefix(SIGN, |_, value| Ok(Node::Negative(Box::new(value)))))
}

fn operator<'a>(input: &mut Input<'a>) -> Parsed<Infix<Input<'a>, Node<'a>, ErrMode<Misfit>>> {
    fn binary<'a>(operator: Operator, left: Node<'a>, right: Node<'a>) -> Node<'a> {
        Node::Binary(operator, Box::new([left, right]))
    }
    alt((
        alt(("^", "**")).value(Infix::Right(POWER, |_, a, b| Ok(binary(Operator::Power, a, b)))),
        one_of(['*', '·', '×']).value(Infix::Left(PRODUCT, |_, a, b| Ok(binary(Operator::Multiply, a, b)))),
        '/'.value(Infix::Left(PRODUCT, |_, a, b| Ok(binary(Operator::Divide, a, b)))),
        '+'.value(Infix::Left(SUM, |_, a, b| Ok(binary(Operator::Add, a, b)))),
        one_of(['-', '−']).value(Infix::Left(SUM, |_, a, b| Ok(binary(Operator::Subtract, a, b)))),
    ))
    .parse_next(input)
}

fn operand<'a>(input: &mut Input<'a>) -> Parsed<Node<'a>> {
    one_more(input)?;
    match input.peek_finish().chars().next() {
        Some('(') => parenthesised(input).and_then(|(value, others)| match others.into_iter().next() {
            None => Ok(value),
            Some((_, span)) => refuse(span, "a second value stands in these parentheses", None),
        }),
        // A sign is an operator before its operand.
        Some('-' | '−') => Err(ErrMode::Backtrack(Misfit::default())),
        Some(c) if c.is_ascii_digit() || c == '.' => number(input).map(Node::Number),
        Some(c) if begins_name(c) => {
            let (name, span) = word(input)?;
            if peek(preceded(blank, '(')).parse_next(input).is_ok() {
                call(input, name, span)
            } else if function(name).is_some() {
                refuse(
                    span,
                    format!("\"{name}\" is a function; what it is of must stand in parentheses"),
                    Some(format!("write {name}(…)")),
                )
            } else {
                Ok(Node::Name(name, span))
            }
        }
        _ => unexpected(input, "a value"),
    }
}

/// The value in parentheses, and those after commas with their places.
fn parenthesised<'a>(input: &mut Input<'a>) -> Parsed<(Node<'a>, Vec<Placed<Node<'a>>>)> {
    let value = preceded((blank, '('), formula).parse_next(input)?;
    let mut others = Vec::new();
    loop {
        blank(input)?;
        match opt(one_of([')', ','])).parse_next(input)? {
            Some(')') => return Ok((value, others)),
            Some(_) => others.push(preceded(blank, formula.with_span()).parse_next(input)?),
            None => return unexpected(input, "\")\""),
        }
    }
}

fn call<'a>(input: &mut Input<'a>, name: &'a str, span: Range<usize>) -> Parsed<Node<'a>> {
    let values = parenthesised(input);
    let Some(function) = function(name) else {
        let names = FUNCTIONS.iter().map(|(name, _)| *name);
        let message = format!("\"{name}\" is no function; there are {}", listed(names.clone()));
        return refuse(
            span,
            message,
            Some(match (name, nearest(name, names)) {
                ("log", _) => "write ln for the natural logarithm, log10 for that of base 10".to_string(),
                (_, Some(near)) if name.len() > 1 => format!("did you mean {near}"),
                _ => format!("to multiply, write {name}*(…)"),
            }),
        );
    };
    let (first, others) = values?;
    let several = matches!(function, Function::Min | Function::Max);
    match (several, others.first()) {
        (false, Some((_, span))) => refuse(span.clone(), format!("{name} is of one value"), None),
        (true, None) => refuse(span, format!("{name} is of two values or more"), Some(format!("write {name}(a, b)"))),
        _ => {
            Ok(Node::Call(function, std::iter::once(first).chain(others.into_iter().map(|(value, _)| value)).collect()))
        }
    }
}

/// Counts another part of the formula.
fn one_more(input: &mut Input<'_>) -> Parsed<()> {
    input.state += 1;
    if input.state > PARTS_MAX {
        return refuse(here(input, 0), format!("the formula has more than {PARTS_MAX} parts"), None);
    }
    Ok(())
}

// The coefficients.

fn coefficient<'a>(input: &mut Input<'a>) -> Parsed<Declared<'a>> {
    if !input.peek_finish().starts_with(begins_name) {
        return unexpected(input, "the name of a coefficient");
    }
    let (name, span) = word(input)?;
    let no_range = |span| {
        let hint = format!("searches start between two numbers: {name} = 0.1..0.8");
        refuse(span, format!("the coefficient \"{name}\" has no range"), Some(hint))
    };
    blank(input)?;
    if opt('=').parse_next(input)?.is_none() {
        let ends = input.peek_finish().is_empty() || input.peek_finish().starts_with([';', ',']);
        return if ends { no_range(span) } else { unexpected(input, "\"=\"") };
    }
    blank(input)?;
    if input.peek_finish().is_empty() || input.peek_finish().starts_with([';', ',']) {
        return no_range(span);
    }
    let (starts, _) = range(input, name)?;
    let mut declared = Declared { name, span, starts, scale: None, within: None };
    loop {
        let Some((word, span)) = opt(preceded(space0, word)).parse_next(input)? else {
            return Ok(declared);
        };
        match word {
            "log" | "linear" if declared.scale.is_none() => {
                declared.scale = Some((if word == "log" { Scale::Log } else { Scale::Linear }, span));
            }
            "within" if declared.within.is_none() => {
                blank(input)?;
                declared.within = Some(range(input, name)?);
            }
            _ => {
                let message = format!("\"{word}\" stands where \",\" or \";\" is needed");
                let hint = "after a range may stand log or linear, and within with a second range";
                return refuse(span, message, Some(hint.to_string()));
            }
        }
    }
}
