//! From a formula's tree to its steps.

use std::f64::consts::LN_10;

use super::node::{Function, Node, Operator};
use super::step::{Operation, Place, Step};
use super::tape::Meaning;
use crate::elementary::exp;
use crate::law::Scale;

/// Integer powers up to this are products, so that their base may be negative.
const PRODUCTS_MAX: f64 = 64.0;

/// Writes steps, each only once.
pub(super) struct Builder<'a> {
    pub steps: Vec<Step>,
    pub meaning: &'a dyn Fn(&str) -> Meaning,
}

impl Builder<'_> {
    fn step(&mut self, step: Step) -> Place {
        self.steps.iter().position(|known| *known == step).unwrap_or_else(|| {
            self.steps.push(step);
            self.steps.len() - 1
        })
    }

    fn of(&mut self, operation: Operation, a: Place, b: Place) -> Place {
        match (self.steps[a], self.steps[b]) {
            (Step::Constant(a), Step::Constant(b)) => self.step(Step::Constant(operation.of(a, b))),
            _ => self.step(Step::Of(operation, a, b)),
        }
    }

    fn of_one(&mut self, operation: Operation, a: Place) -> Place {
        self.of(operation, a, a)
    }

    /// Whether it is a product of powers of what is positive, so that its logarithm is simpler than itself.
    fn is_product(&self, node: &Node<'_>) -> bool {
        match node {
            Node::Number(value) => *value > 0.0,
            Node::Name(name, _) => {
                matches!((self.meaning)(name), Meaning::Input(_) | Meaning::Coefficient(_, Scale::Log))
            }
            Node::Binary(Operator::Multiply | Operator::Divide, sides) => {
                sides.iter().all(|side| self.is_product(side))
            }
            Node::Binary(Operator::Power, sides) => self.is_product(&sides[0]),
            Node::Call(Function::Exp, _) => true,
            Node::Call(Function::Sqrt | Function::Min | Function::Max, values) => {
                values.iter().all(|value| self.is_product(value))
            }
            Node::Negative(_) | Node::Binary(..) | Node::Call(..) => false,
        }
    }

    pub fn ln(&mut self, node: &Node<'_>) -> Place {
        if let Some(value) = constant(node) {
            return self.step(Step::Constant(Operation::Ln.of(value, value)));
        }
        if !self.is_product(node) {
            let value = self.value(node);
            return self.of_one(Operation::Ln, value);
        }
        match node {
            Node::Name(name, _) => self.step(match (self.meaning)(name) {
                Meaning::Input(input) => Step::Input(input),
                Meaning::Coefficient(k, _) => Step::Theta(k),
            }),
            Node::Binary(Operator::Power, sides) => {
                let (base, exponent) = (self.ln(&sides[0]), self.value(&sides[1]));
                self.of(Operation::Multiply, exponent, base)
            }
            Node::Binary(operator, sides) => {
                let (a, b) = (self.ln(&sides[0]), self.ln(&sides[1]));
                self.of(if *operator == Operator::Divide { Operation::Subtract } else { Operation::Add }, a, b)
            }
            Node::Call(Function::Exp, values) => self.value(&values[0]),
            Node::Call(Function::Sqrt, values) => {
                let (half, ln) = (self.step(Step::Constant(0.5)), self.ln(&values[0]));
                self.of(Operation::Multiply, half, ln)
            }
            Node::Call(function, values) => self.extreme(*function, values, Self::ln),
            Node::Number(_) | Node::Negative(_) => unreachable!("numbers are constants, what is negative no product"),
        }
    }

    fn value(&mut self, node: &Node<'_>) -> Place {
        if let Some(value) = constant(node) {
            return self.step(Step::Constant(value));
        }
        if self.is_product(node) {
            let ln = self.ln(node);
            return self.of_one(Operation::Exp, ln);
        }
        match node {
            Node::Number(value) => self.step(Step::Constant(*value)),
            Node::Name(name, _) => self.step(match (self.meaning)(name) {
                Meaning::Input(input) => Step::Input(input),
                Meaning::Coefficient(k, _) => Step::Theta(k),
            }),
            Node::Negative(inner) => {
                let inner = self.value(inner);
                self.of_one(Operation::Negate, inner)
            }
            Node::Binary(Operator::Power, sides) => match constant(&sides[1]) {
                Some(power) if power.fract() == 0.0 && power.abs() <= PRODUCTS_MAX => {
                    let base = self.value(&sides[0]);
                    self.integer_power(base, power)
                }
                _ => {
                    let (base, exponent) = (self.ln(&sides[0]), self.value(&sides[1]));
                    let ln = self.of(Operation::Multiply, exponent, base);
                    self.of_one(Operation::Exp, ln)
                }
            },
            Node::Binary(operator, sides) => {
                let (a, b) = (self.value(&sides[0]), self.value(&sides[1]));
                self.of(
                    match operator {
                        Operator::Add => Operation::Add,
                        Operator::Subtract => Operation::Subtract,
                        Operator::Multiply => Operation::Multiply,
                        Operator::Divide | Operator::Power => Operation::Divide,
                    },
                    a,
                    b,
                )
            }
            Node::Call(function, values) => match function {
                Function::Min | Function::Max => self.extreme(*function, values, Self::value),
                Function::Ln => self.ln(&values[0]),
                Function::Exp => {
                    let power = self.value(&values[0]);
                    self.of_one(Operation::Exp, power)
                }
                Function::Log10 => {
                    let (ln, ten) = (self.ln(&values[0]), self.step(Step::Constant(LN_10)));
                    self.of(Operation::Divide, ln, ten)
                }
                Function::Sqrt => {
                    let (half, ln) = (self.step(Step::Constant(0.5)), self.ln(&values[0]));
                    let ln = self.of(Operation::Multiply, half, ln);
                    self.of_one(Operation::Exp, ln)
                }
                Function::Tanh => {
                    // 1 − 2/(1 + e²ˣ).
                    let (one, two) = (self.step(Step::Constant(1.0)), self.step(Step::Constant(2.0)));
                    let x = self.value(&values[0]);
                    let twice = self.of(Operation::Multiply, two, x);
                    let power = self.of_one(Operation::Exp, twice);
                    let below = self.of(Operation::Add, one, power);
                    let quotient = self.of(Operation::Divide, two, below);
                    self.of(Operation::Subtract, one, quotient)
                }
            },
        }
    }

    /// The least or the largest of several.
    fn extreme(&mut self, function: Function, values: &[Node<'_>], of: fn(&mut Self, &Node<'_>) -> Place) -> Place {
        let operation = if function == Function::Max { Operation::Larger } else { Operation::Smaller };
        let mut best = of(self, &values[0]);
        for value in &values[1..] {
            let next = of(self, value);
            best = self.of(operation, best, next);
        }
        best
    }

    /// A product by repeated squaring.
    fn integer_power(&mut self, base: Place, power: f64) -> Place {
        let (mut left, mut square) = (power.abs() as u32, base);
        let one = self.step(Step::Constant(1.0));
        let mut product = None;
        while left > 0 {
            if left % 2 == 1 {
                product = Some(product.map_or(square, |product| self.of(Operation::Multiply, product, square)));
            }
            left /= 2;
            if left > 0 {
                square = self.of(Operation::Multiply, square, square);
            }
        }
        let product = product.unwrap_or(one);
        if power < 0.0 { self.of(Operation::Divide, one, product) } else { product }
    }
}

/// The number that `node` is in every row and for every θ, if it is one.
pub(super) fn constant(node: &Node<'_>) -> Option<f64> {
    Some(match node {
        Node::Number(value) => *value,
        Node::Name(..) => return None,
        Node::Negative(inner) => -constant(inner)?,
        Node::Binary(operator, sides) => {
            let (a, b) = (constant(&sides[0])?, constant(&sides[1])?);
            match operator {
                Operator::Add => a + b,
                Operator::Subtract => a - b,
                Operator::Multiply => a * b,
                Operator::Divide => a / b,
                Operator::Power => a.powf(b),
            }
        }
        Node::Call(function, values) => {
            let values: Vec<f64> = values.iter().map(constant).collect::<Option<_>>()?;
            match function {
                Function::Exp => exp(values[0]),
                Function::Ln => values[0].ln(),
                Function::Log10 => values[0].log10(),
                Function::Sqrt => values[0].sqrt(),
                Function::Tanh => values[0].tanh(),
                Function::Min => values.into_iter().fold(f64::INFINITY, f64::min),
                Function::Max => values.into_iter().fold(f64::NEG_INFINITY, f64::max),
            }
        }
    })
}
