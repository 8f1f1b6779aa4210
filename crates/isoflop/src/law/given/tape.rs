//! A formula as a list of steps, worked out for a block of rows at a time with exact derivatives.
//!
//! What is a product of powers is worked out as its logarithm: A/N^alpha is exp(ln A − alpha·ln N), which takes one
//! exponential, cannot overflow, and gives the same bits as the laws of this project. Steps that are the same in
//! every row are taken once, and derivatives that are known to be 0 are not taken at all.

use std::f64::consts::LN_10;
use std::ops::Range;

use smallvec::SmallVec;

use super::grammar::{Function, Node, Operator};
use crate::elementary::{exp, larger, ln, smaller};
use crate::law::Scale;
use crate::rows::{At, Input, Rows};
use crate::wide::{BLOCK, Block, Work};

/// What a name in the formula stands for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Meaning {
    Input(Input),
    /// By its place among the coefficients.
    Coefficient(usize, Scale),
}

/// Place of a step in the list.
type Place = usize;

/// One step. What it works with stands before it in the list.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Step {
    Constant(f64),
    /// ln of an input.
    Input(Input),
    /// A coefficient as it is searched.
    Theta(usize),
    Of(Operation, Place, Place),
}

/// What is done with two numbers; with the first alone from `Negate` on.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Operation {
    Add,
    Subtract,
    Multiply,
    Divide,
    Larger,
    Smaller,
    Negate,
    Exp,
    Ln,
}

impl Operation {
    #[inline(always)]
    fn of(self, a: f64, b: f64) -> f64 {
        match self {
            Self::Add => a + b,
            Self::Subtract => a - b,
            Self::Multiply => a * b,
            Self::Divide => a / b,
            Self::Larger => larger(a, b),
            Self::Smaller => smaller(a, b),
            Self::Negate => -a,
            Self::Exp => exp(a),
            // The logarithm of `elementary` is some number wherever there is none.
            Self::Ln if (f64::MIN_POSITIVE..=f64::MAX).contains(&a) => ln(a),
            Self::Ln => f64::NAN,
        }
    }

    fn is_of_two(self) -> bool {
        !matches!(self, Self::Negate | Self::Exp | Self::Ln)
    }

    /// ∂y/∂a and ∂y/∂b at y = f(a, b).
    #[inline(always)]
    fn slopes(self, a: f64, b: f64, y: f64) -> [f64; 2] {
        match self {
            Self::Add => [1.0, 1.0],
            Self::Subtract => [1.0, -1.0],
            Self::Multiply => [b, a],
            Self::Divide => [1.0 / b, -y / b],
            Self::Larger => {
                if a > b {
                    [1.0, 0.0]
                } else {
                    [0.0, 1.0]
                }
            }
            Self::Smaller => {
                if a < b {
                    [1.0, 0.0]
                } else {
                    [0.0, 1.0]
                }
            }
            Self::Negate => [-1.0, 0.0],
            Self::Exp => [y, 0.0],
            Self::Ln => [1.0 / a, 0.0],
        }
    }
}

/// A derivative that a step has: its column, and those of the two numbers it is worked out from.
#[derive(Clone, Copy, Debug)]
struct Derivative {
    out: usize,
    from: [Option<usize>; 2],
}

/// ln L̂ as steps. The value of each step stands in the column of its place; behind them stand a column of ones, the
/// derivative of a coefficient by itself, and the other derivatives.
#[derive(Clone, Debug)]
pub(super) struct Tape {
    steps: Vec<Step>,
    /// Which steps are the same in every row.
    once: Vec<bool>,
    derivatives: Vec<Derivative>,
    /// Of each step, which of `derivatives` are its own.
    own: Vec<Range<usize>>,
    columns: usize,
    /// Of each coefficient, the column of the last step's derivative by it.
    by: Vec<Option<usize>>,
}

impl Tape {
    /// ln of `formula`, with `count` coefficients.
    pub fn new(formula: &Node<'_>, count: usize, meaning: &dyn Fn(&str) -> Meaning) -> Self {
        let mut builder = Builder { steps: Vec::new(), meaning };
        let last = builder.ln(formula);
        let mut steps = builder.steps;
        // The last step is the result.
        steps.truncate(last + 1);
        let ones = steps.len();
        let mut tape = Self {
            once: Vec::new(),
            derivatives: Vec::new(),
            own: Vec::new(),
            columns: ones + 1,
            by: Vec::new(),
            steps,
        };
        // Of each step, the columns of its derivatives.
        let mut by: Vec<Vec<Option<usize>>> = Vec::new();
        for place in 0..ones {
            let first = tape.derivatives.len();
            let (once, columns) = match tape.steps[place] {
                Step::Constant(_) => (true, vec![None; count]),
                Step::Input(_) => (false, vec![None; count]),
                Step::Theta(own) => (true, (0..count).map(|k| (k == own).then_some(ones)).collect()),
                Step::Of(operation, a, b) => {
                    let column = |k: usize| match (operation, by[a][k], by[b][k]) {
                        (_, None, None) => None,
                        // What some column has already is not worked out again.
                        (Operation::Add | Operation::Subtract, Some(same), None)
                        | (Operation::Add, None, Some(same)) => Some(same),
                        (Operation::Multiply, Some(one), None) if one == ones => Some(b),
                        (Operation::Multiply, None, Some(one)) if one == ones => Some(a),
                        (Operation::Exp, Some(one), _) if one == ones => Some(place),
                        (_, of_a, of_b) => {
                            let of_b = of_b.filter(|_| operation.is_of_two());
                            tape.derivatives.push(Derivative { out: tape.columns, from: [of_a, of_b] });
                            tape.columns += 1;
                            Some(tape.columns - 1)
                        }
                    };
                    (tape.once[a] && tape.once[b], (0..count).map(column).collect())
                }
            };
            tape.once.push(once);
            tape.own.push(first..tape.derivatives.len());
            by.push(columns);
        }
        tape.by = by.pop().unwrap_or_default();
        tape
    }

    /// Columns that values and derivatives take.
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// ln L̂ at one place.
    pub fn at(&self, theta: &[f64], at: At) -> f64 {
        let mut values: SmallVec<[f64; 64]> = SmallVec::new();
        for step in &self.steps {
            values.push(match *step {
                Step::Constant(value) => value,
                Step::Input(input) => at.of(input),
                Step::Theta(k) => theta[k],
                Step::Of(operation, a, b) => operation.of(values[a], values[b]),
            });
        }
        values.last().copied().unwrap_or(f64::NAN)
    }

    /// Takes a step for one block.
    #[inline(always)]
    fn take<const DIFFERENTIATE: bool>(&self, place: Place, theta: &[f64], inputs: &Inputs<'_>, columns: &mut [Block]) {
        let own = if DIFFERENTIATE { &self.derivatives[self.own[place].clone()] } else { &[] };
        let (operation, a, b) = match self.steps[place] {
            Step::Constant(value) => return columns[place] = [value; BLOCK],
            Step::Input(input) => {
                if let Some(x) = inputs {
                    columns[place] = *x[input as usize];
                }
                return;
            }
            Step::Theta(k) => return columns[place] = [theta[k]; BLOCK],
            Step::Of(operation, a, b) => (operation, columns[a], columns[b]),
        };
        // Each operation has its own loop, so that none asks in every row.
        macro_rules! each {
            ($($name:ident),*) => {
                match operation {
                    $(Operation::$name => {
                        let mut y = [0.0; BLOCK];
                        for lane in 0..BLOCK {
                            y[lane] = Operation::$name.of(a[lane], b[lane]);
                        }
                        columns[place] = y;
                        if own.is_empty() {
                            return;
                        }
                        let mut slopes = [[0.0; BLOCK]; 2];
                        for lane in 0..BLOCK {
                            let [by_a, by_b] = Operation::$name.slopes(a[lane], b[lane], y[lane]);
                            slopes[0][lane] = by_a;
                            slopes[1][lane] = by_b;
                        }
                        slopes
                    })*
                }
            };
        }
        let slopes = each!(Add, Subtract, Multiply, Divide, Larger, Smaller, Negate, Exp, Ln);
        for derivative in own {
            let mut sum = [0.0; BLOCK];
            match derivative.from {
                [Some(a), Some(b)] => {
                    let (of_a, of_b) = (columns[a], columns[b]);
                    for lane in 0..BLOCK {
                        sum[lane] = slopes[0][lane] * of_a[lane] + slopes[1][lane] * of_b[lane];
                    }
                }
                [Some(a), None] => {
                    let of_a = columns[a];
                    for lane in 0..BLOCK {
                        sum[lane] = slopes[0][lane] * of_a[lane];
                    }
                }
                [None, Some(b)] => {
                    let of_b = columns[b];
                    for lane in 0..BLOCK {
                        sum[lane] = slopes[1][lane] * of_b[lane];
                    }
                }
                [None, None] => {}
            }
            columns[derivative.out] = sum;
        }
    }
}

/// All inputs of one block; none for steps that look at no row.
type Inputs<'a> = Option<[&'a Block; crate::rows::INPUTS]>;

/// ln L̂ of all rows, and its derivatives if there is room for them.
pub(super) struct Evaluate<'a> {
    pub tape: &'a Tape,
    pub theta: &'a [f64],
    pub rows: &'a Rows,
    pub ln_loss: &'a mut [Block],
    /// Of each block one for each coefficient, or none at all.
    pub derivatives: Option<&'a mut [Block]>,
    /// [`Tape::columns`] blocks.
    pub room: &'a mut [Block],
}

impl Evaluate<'_> {
    #[inline(always)]
    fn all<const DIFFERENTIATE: bool>(self) {
        let Self { tape, theta, rows, ln_loss, mut derivatives, room } = self;
        let last = tape.steps.len() - 1;
        room[last + 1] = [1.0; BLOCK];
        for place in 0..=last {
            if tape.once[place] {
                tape.take::<DIFFERENTIATE>(place, theta, &None, room);
            }
        }
        for (block, ln_loss) in ln_loss.iter_mut().enumerate() {
            let inputs = Some(rows.block(block));
            for place in 0..=last {
                if !tape.once[place] {
                    tape.take::<DIFFERENTIATE>(place, theta, &inputs, room);
                }
            }
            *ln_loss = room[last];
            if let Some(derivatives) = derivatives.as_deref_mut() {
                let own = &mut derivatives[block * tape.by.len()..][..tape.by.len()];
                for (out, column) in own.iter_mut().zip(&tape.by) {
                    *out = column.map_or([0.0; BLOCK], |column| room[column]);
                }
            }
        }
    }
}

impl Work for Evaluate<'_> {
    type Output = ();
    #[inline(always)]
    fn run(self) {
        if self.derivatives.is_some() { self.all::<true>() } else { self.all::<false>() }
    }
}

/// Integer powers up to this are products, so that their base may be negative.
const PRODUCTS_MAX: f64 = 64.0;

/// Writes steps, each only once.
struct Builder<'a> {
    steps: Vec<Step>,
    meaning: &'a dyn Fn(&str) -> Meaning,
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

    fn ln(&mut self, node: &Node<'_>) -> Place {
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
