//! Laws that a person writes: a formula, its coefficients, and the ranges their searches start in.
//!
//! ```
//! let law = isoflop::law::given("E + A/N^alpha; E = 1..3, A = 10..1e4, alpha = 0.1..0.8").unwrap();
//! assert_eq!(isoflop::law::Law::equation(&law), "L = E + A/N^alpha");
//! ```
//!
//! `grammar` reads the text, this file finds out what its names mean, `builder` makes steps of the formula, and `tape`
//! works them out.

mod accumulate;
mod builder;
mod coefficient;
mod error;
mod grammar;
mod node;
mod step;
mod tape;
mod terms;
mod token;

pub use error::LawError;

use self::accumulate::Accumulate;
use self::coefficient::coefficient;
use self::error::Misfit;
use self::grammar::EXAMPLE;
use self::node::{Declared, Node, Operator, Text, function};
use self::tape::{Evaluate, Meaning, Tape};
use self::terms::terms;
use super::{COEFFICIENTS_MAX, Coefficient, Law, Normal, Predicted, RowSlopes, Scale, Term};
use crate::near::{listed, nearest};
use crate::rows::{At, Input, Rows};
use crate::wide::{BLOCK, widest};

/// The inputs of a law, by the names they have in a formula.
const INPUTS: [(&str, Input, &str); 4] = [
    ("N", Input::Params, "parameters"),
    ("D", Input::Tokens, "training tokens"),
    ("U", Input::UniqueTokens, "distinct tokens"),
    ("x", Input::Axis, "the input of a law along one axis"),
];

/// A law that a person wrote. [`given`] reads one.
#[derive(Clone, Debug)]
pub struct Given {
    equation: String,
    coefficients: Vec<Coefficient>,
    inputs: Vec<Input>,
    terms: Vec<Term>,
    tape: Tape,
}

/// Reads a law from its text: a formula for L, then each coefficient with the range that its searches start in.
///
/// Line ends stand for `;`, and `#` begins a comment, so that a file may hold the same. See `docs/laws.md`.
pub fn given(text: &str) -> Result<Given, LawError> {
    grammar::read(text).and_then(|read| bind(text, &read)).map_err(|misfit| misfit.of(text))
}

/// Finds out what the names mean.
fn bind(text: &str, read: &Text<'_>) -> Result<Given, Misfit> {
    let names = names(&read.formula);
    declarations(read)?;
    for &(name, ref span) in &names {
        if meaning(name, &read.coefficients, &[]).is_none() {
            return Err(unknown(text, read, name, span.clone()));
        }
    }
    if let Some(idle) = read.coefficients.iter().find(|declared| !names.iter().any(|(name, _)| *name == declared.name))
    {
        let message = format!("the coefficient \"{}\" is not in the formula", idle.name);
        return Err(Misfit::new(idle.span.clone(), message).hint("use it in the formula, or leave it out"));
    }
    let mut exponents = Vec::new();
    collect_exponents(&read.formula, &mut exponents);
    let coefficients: Vec<Coefficient> = read
        .coefficients
        .iter()
        .map(|declared| coefficient(declared, exponents.contains(&declared.name)))
        .collect::<Result<_, _>>()?;
    let meaning = |name: &str| meaning(name, &read.coefficients, &coefficients);
    let inputs: Vec<Input> = INPUTS.into_iter().map(|(_, input, _)| input).collect();
    let used = |input: &Input| names.iter().find(|(name, _)| meaning(name) == Some(Meaning::Input(*input)));
    let inputs: Vec<Input> = inputs.into_iter().filter(|input| used(input).is_some()).collect();
    if let (Some((_, span)), 2..) = (used(&Input::Axis), inputs.len()) {
        let message = "x is the only input of a law along one axis, and the formula has others";
        return Err(Misfit::new(span.clone(), message).hint("a coefficient must have another name than x"));
    }
    if inputs.is_empty() || coefficients.is_empty() {
        let (message, hint) = if inputs.is_empty() {
            ("the formula has no input", format!("use N, D or U, or x along one axis: '{EXAMPLE}'"))
        } else {
            ("the law has no coefficient to be fitted", format!("name one and give its range: '{EXAMPLE}'"))
        };
        return Err(Misfit::new(read.span.clone(), message).hint(hint));
    }
    let known = |name: &str| meaning(name).expect("every name has been looked up");
    Ok(Given {
        equation: format!("L = {}", one_line(&text[read.span.clone()])),
        terms: terms(&read.formula, &known).unwrap_or_default(),
        tape: Tape::new(&read.formula, coefficients.len(), &known),
        inputs,
        coefficients,
    })
}

/// Each name in the formula, and where it first stands.
fn names<'a>(formula: &Node<'a>) -> Vec<(&'a str, std::ops::Range<usize>)> {
    let mut names: Vec<(&str, std::ops::Range<usize>)> = Vec::new();
    formula.visit(&mut |node| {
        if let Node::Name(name, span) = node
            && !names.iter().any(|(known, _)| known == name)
        {
            names.push((name, span.clone()));
        }
    });
    names
}

/// The names that stand in an exponent.
fn collect_exponents<'a>(formula: &Node<'a>, names: &mut Vec<&'a str>) {
    formula.visit(&mut |node| {
        if let Node::Binary(Operator::Power, sides) = node {
            sides[1].visit(&mut |node| {
                if let Node::Name(name, _) = node {
                    names.push(name);
                }
            });
        }
    });
}

/// What is wrong with the coefficients by themselves.
fn declarations(read: &Text<'_>) -> Result<(), Misfit> {
    for (place, declared) in read.coefficients.iter().enumerate() {
        let Declared { name, span, .. } = declared;
        let misfit = |message: String| Misfit::new(span.clone(), message);
        if let Some((_, _, what)) = INPUTS.iter().find(|(known, ..)| known == name) {
            let message = format!("\"{name}\" stands for {what} and cannot be a coefficient");
            return Err(misfit(message).hint("give the coefficient another name"));
        }
        if *name == "L" || function(name).is_some() {
            let what = if *name == "L" { "the loss" } else { "a function" };
            let message = format!("\"{name}\" is {what} and cannot be a coefficient");
            return Err(misfit(message).hint("give the coefficient another name"));
        }
        if read.coefficients[..place].iter().any(|known| known.name == *name) {
            return Err(misfit(format!("the coefficient \"{name}\" has a range already")));
        }
        if place == COEFFICIENTS_MAX {
            let message = format!("\"{name}\" is one coefficient too many: a law may have {COEFFICIENTS_MAX}");
            return Err(misfit(message).hint("write what is known as a number in the formula"));
        }
    }
    Ok(())
}

fn meaning(name: &str, declared: &[Declared<'_>], coefficients: &[Coefficient]) -> Option<Meaning> {
    if let Some((_, input, _)) = INPUTS.iter().find(|(known, ..)| *known == name) {
        return Some(Meaning::Input(*input));
    }
    let place = declared.iter().position(|declared| declared.name == name)?;
    Some(Meaning::Coefficient(place, coefficients.get(place).map_or(Scale::Linear, |coefficient| coefficient.scale)))
}

/// The error for a name that is neither an input nor declared.
fn unknown(text: &str, read: &Text<'_>, name: &str, span: std::ops::Range<usize>) -> Misfit {
    if name == "L" {
        return Misfit::new(span, "L is what the formula gives, and cannot stand in it");
    }
    let declared = read.coefficients.iter().map(|declared| declared.name);
    let inputs = INPUTS.iter().map(|(name, ..)| *name);
    let message = if declared.len() == 0 {
        format!("\"{name}\" is no input, and no coefficient has a range")
    } else {
        let all: Vec<&str> = inputs.clone().chain(declared.clone()).collect();
        format!("\"{name}\" is no input and has no range; there are {}", listed(all.into_iter()))
    };
    let misfit = Misfit::new(span, message);
    if let Some(near) = nearest(name, inputs.chain(declared)) {
        return misfit.hint(format!("did you mean {near}"));
    }
    if name == "C" {
        return misfit.hint("compute is x in a law along one axis, and 6*N*D in one of N and D");
    }
    let range = if name.chars().all(char::is_uppercase) { "1..100" } else { "0.1..0.8" };
    let formula = one_line(&text[read.span.clone()]);
    misfit.hint(format!("give the range that searches start in: '{formula}; {name} = {range}'"))
}

/// Text without comments and line ends.
fn one_line(text: &str) -> String {
    let lines = text.lines().map(|line| line.split('#').next().unwrap_or_default());
    lines.flat_map(str::split_whitespace).collect::<Vec<_>>().join(" ")
}

/// `Accumulate` for as many coefficients as there are.
macro_rules! accumulate {
    ($count:expr, $work:tt, $($n:literal)*) => {
        match $count {
            $($n => widest(Accumulate::<$n> $work),)*
            _ => unreachable!("a law has at least 1 coefficient and at most {COEFFICIENTS_MAX}"),
        }
    };
}

impl Law for Given {
    fn movable(&self) -> &[Input] {
        // Only of a sum of powers it is known how its coefficients would change.
        if self.terms().is_empty() { &[] } else { self.inputs() }
    }

    fn name(&self) -> &'static str {
        "given"
    }

    fn equation(&self) -> &str {
        &self.equation
    }

    fn source(&self) -> &'static str {
        "given with --law"
    }

    fn coefficients(&self) -> &[Coefficient] {
        &self.coefficients
    }

    fn inputs(&self) -> &[Input] {
        &self.inputs
    }

    fn terms(&self) -> &[Term] {
        &self.terms
    }

    fn ln_loss(&self, theta: &[f64], at: At) -> f64 {
        self.tape.at(theta, at)
    }

    fn predict(&self, theta: &[f64], rows: &Rows, out: &mut Predicted) {
        out.resize(rows.blocks(), 0);
        out.parts.resize(self.tape.columns(), [0.0; BLOCK]);
        let Predicted { ln_loss, parts, .. } = out;
        widest(Evaluate { tape: &self.tape, theta, rows, ln_loss, derivatives: None, room: parts });
    }

    fn prepare(&self, theta: &[f64], rows: &Rows, out: &mut Predicted) {
        // Derivatives first, the room for working them out behind them.
        let own = rows.blocks() * self.coefficients.len();
        out.resize(rows.blocks(), self.coefficients.len());
        out.parts.resize(own + self.tape.columns(), [0.0; BLOCK]);
        let Predicted { ln_loss, parts, .. } = out;
        let (derivatives, room) = parts.split_at_mut(own);
        widest(Evaluate { tape: &self.tape, theta, rows, ln_loss, derivatives: Some(derivatives), room });
    }

    fn knows_curvature(&self, _wanted: &[bool]) -> bool {
        false
    }

    fn normal(&self, rows: &Rows, prepared: &Predicted, slopes: RowSlopes<'_>) -> Normal {
        let count = self.coefficients.len();
        let derivatives = &prepared.parts[..rows.blocks() * count];
        accumulate!(count, { derivatives, slopes }, 1 2 3 4 5 6 7 8 9 10 11 12)
    }
}
