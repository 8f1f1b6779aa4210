//! Formulas that are plainly sums of powers.

use super::node::{Node, Operator};
use super::tape::Meaning;
use crate::law::{Power, Scale, Term};

/// The terms of a formula that is plainly a sum of powers, with amplitudes searched as logarithms; none of any other.
pub(super) fn terms(formula: &Node<'_>, meaning: &dyn Fn(&str) -> Meaning) -> Option<Vec<Term>> {
    let mut terms: Vec<Term> = Vec::new();
    let mut left = formula;
    loop {
        let (rest, last) = match left {
            Node::Binary(Operator::Add, sides) => (Some(&sides[0]), &sides[1]),
            only => (None, only),
        };
        terms.push(term(last, meaning)?);
        match rest {
            Some(rest) => left = rest,
            None => break,
        }
    }
    terms.reverse();
    let amplitude = |k: usize| terms.iter().filter(|term| term.amplitude == k).count();
    let apart = terms.iter().all(|term| amplitude(term.amplitude) == 1)
        && terms.iter().filter_map(|term| term.power).all(|power| amplitude(power.exponent) == 0);
    apart.then_some(terms)
}

/// A, A/x^a or A*x^-a.
fn term(node: &Node<'_>, meaning: &dyn Fn(&str) -> Meaning) -> Option<Term> {
    let amplitude = |node: &Node<'_>| match node {
        Node::Name(name, _) => match meaning(name) {
            Meaning::Coefficient(k, Scale::Log) => Some(k),
            _ => None,
        },
        _ => None,
    };
    let exponent = |node: &Node<'_>| match node {
        Node::Name(name, _) => match meaning(name) {
            Meaning::Coefficient(k, Scale::Linear) => Some(k),
            _ => None,
        },
        _ => None,
    };
    // x^a, or x^-a where it multiplies.
    let power = |node: &Node<'_>, falls: bool| {
        let Node::Binary(Operator::Power, sides) = node else { return None };
        let [Node::Name(name, _), up] = &**sides else { return None };
        let Meaning::Input(input) = meaning(name) else { return None };
        let exponent = match up {
            Node::Negative(inner) if falls => exponent(inner)?,
            up if !falls => exponent(up)?,
            _ => return None,
        };
        Some(Power { exponent, input })
    };
    let (amplitude, power) = match node {
        Node::Binary(Operator::Divide, sides) => (amplitude(&sides[0])?, Some(power(&sides[1], false)?)),
        Node::Binary(Operator::Multiply, sides) => match amplitude(&sides[0]) {
            Some(k) => (k, Some(power(&sides[1], true)?)),
            None => (amplitude(&sides[1])?, Some(power(&sides[0], true)?)),
        },
        node => (amplitude(node)?, None),
    };
    Some(Term { amplitude, power })
}
