//! A formula as a list of steps, worked out for a block of rows at a time with exact derivatives.
//!
//! What is a product of powers is worked out as its logarithm: A/N^alpha is exp(ln A − alpha·ln N), which takes one
//! exponential, cannot overflow, and gives the same bits as the laws of this project. Steps that are the same in
//! every row are taken once, and derivatives that are known to be 0 are not taken at all.

use std::ops::Range;

use smallvec::SmallVec;

use super::builder::Builder;
use super::node::Node;
use super::step::{Operation, Place, Step};
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
