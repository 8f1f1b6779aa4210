//! The runs that a law is fitted to, column by column.

use crate::wide::{BLOCK, Block, blocks};

/// What a law may know of a run. Laws see natural logarithms.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Input {
    /// N, parameters.
    Params,
    /// D, training tokens.
    Tokens,
    /// U, those of them that are distinct.
    UniqueTokens,
    /// x of a law along one axis: compute, or any column.
    Axis,
}

/// Number of inputs.
pub const INPUTS: usize = 4;

/// One run as a law sees it, or several side by side: the natural logarithm of each [`Input`]; 0 where the table has
/// none.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct At<V = f64> {
    /// By [`Input`].
    pub ln: [V; INPUTS],
}

impl At {
    /// N parameters on D tokens, all distinct.
    pub fn allocation(ln_params: f64, ln_tokens: f64) -> Self {
        Self { ln: [ln_params, ln_tokens, ln_tokens, 0.0] }
    }

    /// N parameters on D tokens, U of them distinct.
    pub fn repeated(ln_params: f64, ln_tokens: f64, ln_unique: f64) -> Self {
        Self { ln: [ln_params, ln_tokens, ln_unique, 0.0] }
    }

    /// A place on one axis.
    pub fn axis(ln_x: f64) -> Self {
        Self { ln: [0.0, 0.0, 0.0, ln_x] }
    }
}

impl<V: Copy> At<V> {
    /// ln of one input.
    #[inline(always)]
    pub fn of(&self, input: Input) -> V {
        self.ln[input as usize]
    }
}

/// One run with its loss.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Row {
    /// Where it is.
    pub at: At,
    /// ln L.
    pub ln_loss: f64,
    /// How much it counts: 2 is as good as the row twice. Never negative.
    pub weight: f64,
}

/// Rows in columns, each filled up to whole blocks with rows of weight 0.
#[derive(Clone, Debug, Default)]
pub struct Rows {
    len: usize,
    inputs: [Vec<Block>; INPUTS],
    ln_loss: Vec<Block>,
    weights: Vec<Block>,
}

impl Rows {
    /// The columns of `rows`.
    pub fn new(rows: &[Row]) -> Self {
        let first = rows.first().copied().unwrap_or(Row { at: At::default(), ln_loss: 0.0, weight: 0.0 });
        let column = |of: &dyn Fn(&Row) -> f64| blocks(rows.iter().map(of), of(&first));
        Self {
            len: rows.len(),
            inputs: std::array::from_fn(|i| column(&|row| row.at.ln[i])),
            ln_loss: column(&|row| row.ln_loss),
            weights: blocks(rows.iter().map(|row| row.weight), 0.0),
        }
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Number of blocks in each column.
    pub fn blocks(&self) -> usize {
        self.weights.len()
    }

    /// ln of one input, row by row.
    pub fn input(&self, input: Input) -> &[Block] {
        &self.inputs[input as usize]
    }

    /// All inputs of one block.
    #[inline(always)]
    pub(crate) fn block(&self, block: usize) -> [&Block; INPUTS] {
        self.inputs.each_ref().map(|column| &column[block])
    }

    /// ln L, row by row.
    pub fn ln_loss(&self) -> &[Block] {
        &self.ln_loss
    }

    /// The weights, row by row; 0 in the rows that fill up the last block.
    pub fn weights(&self) -> &[Block] {
        &self.weights
    }

    /// Makes these the rows of `from` that have weight, with `weights` for their own. Only `inputs` are kept.
    ///
    /// A resample leaves out a third of the rows; without them every evaluation is a third shorter.
    pub fn gather(&mut self, from: &Rows, weights: &[f64], inputs: &[Input]) {
        let kept = weights.iter().filter(|&&weight| weight > 0.0).count();
        let blocks = kept.div_ceil(BLOCK);
        self.len = kept;
        let take = |column: &mut Vec<Block>, all: &[Block]| {
            column.clear();
            column.resize(blocks, [all.first().map_or(0.0, |block| block[0]); BLOCK]);
            let values = all.as_flattened().iter().zip(weights).filter(|(_, weight)| **weight > 0.0);
            for (place, (value, _)) in column.as_flattened_mut().iter_mut().zip(values) {
                *place = *value;
            }
        };
        for input in [Input::Params, Input::Tokens, Input::UniqueTokens, Input::Axis] {
            if inputs.contains(&input) {
                take(&mut self.inputs[input as usize], from.input(input));
            } else {
                self.inputs[input as usize].resize(blocks, [0.0; BLOCK]);
            }
        }
        take(&mut self.ln_loss, &from.ln_loss);
        self.weights.clear();
        self.weights.resize(blocks, [0.0; BLOCK]);
        let values = weights.iter().filter(|&&weight| weight > 0.0);
        for (place, weight) in self.weights.as_flattened_mut().iter_mut().zip(values) {
            *place = *weight;
        }
    }

    /// The weights replaced by `weights`, one per row.
    pub fn set_weights(&mut self, weights: &[f64]) {
        for (place, weight) in self.weights.as_flattened_mut().iter_mut().zip(weights) {
            *place = *weight;
        }
    }

    /// The losses replaced by `ln_loss`, one per row.
    pub fn set_losses(&mut self, ln_loss: impl Iterator<Item = f64>) {
        for (place, value) in self.ln_loss.as_flattened_mut().iter_mut().zip(ln_loss) {
            *place = value;
        }
    }

    /// Row `i`.
    pub fn row(&self, i: usize) -> Row {
        let of = |column: &[Block]| column.as_flattened()[i];
        Row {
            at: At { ln: std::array::from_fn(|input| of(&self.inputs[input])) },
            ln_loss: of(&self.ln_loss),
            weight: of(&self.weights),
        }
    }

    /// Every row.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Row> + Clone {
        (0..self.len).map(|i| self.row(i))
    }
}
