//! The grammar of `--where`: comparisons, arithmetic, `&&`, `||`, `!`, parentheses.
//!
//! A parser of our own rather than `exmex`: that library's errors carry no
//! place in the expression, so no caret could be drawn; its values are owned,
//! so every text cell of every row would be copied; and it knows no
//! backquotes. What is needed is this page.

use std::ops::Range;

/// A parsed expression. Names are indices into the list that [`parse`] returns.
#[derive(Debug)]
pub(super) enum Expression {
    Number(f64),
    Text(String),
    Bool(bool),
    Name(usize),
    Unary(Operator, Range<usize>, Box<Expression>),
    Binary(Operator, Range<usize>, Box<Expression>, Box<Expression>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operator {
    Or,
    And,
    Equal,
    Unequal,
    Less,
    AtMost,
    Greater,
    AtLeast,
    Add,
    Subtract,
    Multiply,
    Divide,
    Not,
}

/// Longer spellings first, so that `<=` is not read as `<`.
const OPERATORS: [(&str, Operator, u8); 13] = [
    ("||", Operator::Or, 1),
    ("&&", Operator::And, 2),
    ("==", Operator::Equal, 3),
    ("!=", Operator::Unequal, 3),
    ("<=", Operator::AtMost, 3),
    (">=", Operator::AtLeast, 3),
    ("<", Operator::Less, 3),
    (">", Operator::Greater, 3),
    ("+", Operator::Add, 4),
    ("-", Operator::Subtract, 4),
    ("*", Operator::Multiply, 5),
    ("/", Operator::Divide, 5),
    ("!", Operator::Not, UNARY),
];
const COMPARISON: u8 = 3;
const UNARY: u8 = 6;
/// Parentheses and signs nested deeper than this are refused rather than followed.
const DEEPEST: usize = 64;
/// More operators are refused: a chain of them is as deep as it is long when it is worked out.
const LONGEST: usize = 500;

impl Operator {
    /// The operator as it is written.
    pub fn spelling(self) -> &'static str {
        OPERATORS.iter().find(|(_, operator, _)| *operator == self).map_or("", |(spelling, ..)| spelling)
    }
}

/// Something wrong at a place in the expression, in bytes.
#[derive(Debug)]
pub(super) struct Misfit {
    pub span: Range<usize>,
    pub message: String,
}

/// Each name in an expression, and where it first stands.
pub(super) type Names = Vec<(String, Range<usize>)>;

/// Parses all of `text`.
pub(super) fn parse(text: &str) -> Result<(Expression, Names), Misfit> {
    let mut parser = Parser { text, at: 0, names: Vec::new(), depth: 0, operators: 0 };
    let expression = parser.expression(0)?;
    if parser.rest().is_empty() { Ok((expression, parser.names)) } else { Err(parser.expected("an operator")) }
}

struct Parser<'a> {
    text: &'a str,
    at: usize,
    names: Names,
    depth: usize,
    operators: usize,
}

impl<'a> Parser<'a> {
    /// What follows, without blanks.
    fn rest(&mut self) -> &'a str {
        let rest = self.text[self.at..].trim_start();
        self.at = self.text.len() - rest.len();
        rest
    }

    fn misfit(&self, length: usize, message: impl Into<String>) -> Misfit {
        Misfit { span: self.at..self.at + length, message: message.into() }
    }

    fn expected(&mut self, what: &str) -> Misfit {
        let rest = self.rest();
        let length = rest.chars().next().map_or(0, char::len_utf8);
        if rest.is_empty() {
            return self.misfit(0, format!("the condition ends where {what} is needed"));
        }
        match &rest[..length] {
            "=" => self.misfit(1, "\"=\" is no comparison; write =="),
            "&" | "|" => self.misfit(1, format!("write {0}{0} with two characters", &rest[..length])),
            _ => {
                let word = rest.find(|c: char| !is_name(c)).unwrap_or(rest.len()).max(length);
                self.misfit(word, format!("\"{}\" stands where {what} is needed", &rest[..word]))
            }
        }
    }

    /// An operator that comes next, not consumed.
    fn operator(&mut self) -> Option<(Operator, u8)> {
        let rest = self.rest();
        let found = OPERATORS.iter().find(|(spelling, ..)| rest.starts_with(spelling));
        found.map(|(_, operator, power)| (*operator, *power))
    }

    fn expression(&mut self, weakest: u8) -> Result<Expression, Misfit> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(self.misfit(1, "the condition is nested too deeply"));
        }
        let mut left = self.operand()?;
        let mut compared = false;
        while let Some((operator, power)) = self.operator() {
            if power <= weakest || operator == Operator::Not {
                break;
            }
            let place = self.at..self.at + operator.spelling().len();
            if power == COMPARISON && std::mem::replace(&mut compared, true) {
                return Err(self.misfit(place.len(), "comparisons do not chain; write a < b && b < c"));
            }
            self.operators += 1;
            if self.operators > LONGEST {
                return Err(self.misfit(place.len(), format!("the condition has more than {LONGEST} operators")));
            }
            self.at = place.end;
            let right = self.expression(power)?;
            left = Expression::Binary(operator, place, Box::new(left), Box::new(right));
            compared &= power >= COMPARISON;
        }
        self.depth -= 1;
        Ok(left)
    }

    fn operand(&mut self) -> Result<Expression, Misfit> {
        let rest = self.rest();
        let start = self.at;
        match rest.chars().next() {
            Some('(') => {
                self.at += 1;
                let inside = self.expression(0)?;
                if !self.rest().starts_with(')') {
                    return Err(self.expected("\")\""));
                }
                self.at += 1;
                Ok(inside)
            }
            Some(sign @ ('!' | '-')) => {
                self.at += 1;
                let operator = if sign == '!' { Operator::Not } else { Operator::Subtract };
                Ok(Expression::Unary(operator, start..start + 1, Box::new(self.expression(UNARY - 1)?)))
            }
            Some(quote @ ('"' | '\'')) => self.delimited(quote).map(|text| Expression::Text(text.to_string())),
            Some('{') => self.delimited('}').map(|name| self.name(name, start)),
            Some('`') => self.delimited('`').map(|name| self.name(name, start)),
            Some(c) if c.is_ascii_digit() || c == '.' => self.number(rest),
            Some(c) if is_name(c) => {
                let word = &rest[..rest.find(|c: char| !is_name(c)).unwrap_or(rest.len())];
                self.at += word.len();
                match word {
                    "true" | "True" => Ok(Expression::Bool(true)),
                    "false" | "False" => Ok(Expression::Bool(false)),
                    _ => Ok(self.name(word, start)),
                }
            }
            _ => Err(self.expected("a value")),
        }
    }

    /// What stands between the character here and the next `close`.
    fn delimited(&mut self, close: char) -> Result<&'a str, Misfit> {
        let inside = &self.text[self.at + 1..];
        let Some(length) = inside.find(close) else {
            return Err(self.misfit(1, format!("no {close} follows to close this")));
        };
        self.at += length + 2;
        Ok(&inside[..length])
    }

    fn number(&mut self, rest: &str) -> Result<Expression, Misfit> {
        let mut before = ' ';
        let in_number = |c: char| {
            let sign = matches!(c, '+' | '-') && matches!(before, 'e' | 'E');
            before = c;
            c.is_alphanumeric() || matches!(c, '.' | '_') || sign
        };
        let length = rest.len() - rest.trim_start_matches(in_number).len();
        let value: Option<f64> = rest[..length].parse().ok().filter(|value: &f64| value.is_finite());
        let value = value.ok_or_else(|| self.misfit(length, format!("\"{}\" is not a number", &rest[..length])))?;
        self.at += length;
        Ok(Expression::Number(value))
    }

    fn name(&mut self, name: &str, start: usize) -> Expression {
        let known = self.names.iter().position(|(known, _)| known == name);
        Expression::Name(known.unwrap_or_else(|| {
            self.names.push((name.to_string(), start..self.at));
            self.names.len() - 1
        }))
    }
}

/// Whether a bare name may hold `c`. Dots belong to names such as `optimizer.lr`.
pub(super) fn is_name(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '.')
}
