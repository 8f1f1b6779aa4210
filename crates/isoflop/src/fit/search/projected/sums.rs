//! Sums over rows of products of the columns, which the amplitudes follow from.

#![expect(clippy::inline_always, reason = "loops over rows are compiled once for each width of vectors, whole")]

use super::Projection;
use crate::wide::{Block, LANES, Work, total_apart, widest};

/// Weighted sums of products of columns.
pub(super) struct Sums {
    pub loss_squared: f64,
    /// Of each term and value: Σ ω·L·u.
    pub loss: Vec<Vec<f64>>,
    /// Of each pair of terms (a ≥ b), and the values of both: Σ ω·u·v.
    pub pairs: Vec<Vec<f64>>,
}

impl Sums {
    pub fn new(projection: &Projection, weights: &[Block]) -> Self {
        let omega = times(&projection.weight, weights);
        let loss = times(&omega, &projection.loss);
        let terms = &projection.terms;
        let mut pairs = Vec::new();
        for (a, left) in terms.iter().enumerate() {
            let weighted: Vec<Vec<Block>> = left.columns.iter().map(|column| times(&omega, column)).collect();
            for right in &terms[..=a] {
                // Terms of one exponent only ever meet at the same value of it.
                let same = left.exponent.is_some() && left.exponent == right.exponent;
                let mut sums = vec![0.0; weighted.len() * right.columns.len()];
                widest(Dots { left: &weighted, right: &right.columns, same, out: &mut sums });
                pairs.push(sums);
            }
        }
        let with_loss = |columns: &[Vec<Block>]| {
            let mut sums = vec![0.0; columns.len()];
            widest(Dots { left: std::slice::from_ref(&loss), right: columns, same: false, out: &mut sums });
            sums
        };
        Self {
            loss_squared: with_loss(std::slice::from_ref(&projection.loss))[0],
            loss: terms.iter().map(|term| with_loss(&term.columns)).collect(),
            pairs,
        }
    }
}

fn times(a: &[Block], b: &[Block]) -> Vec<Block> {
    a.iter().zip(b).map(|(a, b)| std::array::from_fn(|lane| a[lane] * b[lane])).collect()
}

/// Σ u·v of every column on the left with every one on the right, or only with that of its own place.
struct Dots<'a> {
    left: &'a [Vec<Block>],
    right: &'a [Vec<Block>],
    same: bool,
    out: &'a mut [f64],
}

/// Columns that one is multiplied with at a time: a sum has to wait for its own last addition, but not for others'.
const ABREAST: usize = 4;

impl Work for Dots<'_> {
    type Output = ();
    #[inline(always)]
    fn run(self) {
        let width = self.right.len();
        if self.same {
            for (i, (u, v)) in self.left.iter().zip(self.right).enumerate() {
                [self.out[i * width + i]] = dots(u, [v]);
            }
            return;
        }
        // Those on the right stay in the processor's nearest memory while all on the left go by.
        let (few, rest) = self.right.as_chunks::<ABREAST>();
        for (j, v) in few.iter().enumerate() {
            for (i, u) in self.left.iter().enumerate() {
                let at = i * width + j * ABREAST;
                self.out[at..at + ABREAST].copy_from_slice(&dots(u, v.each_ref().map(Vec::as_slice)));
            }
        }
        for (j, v) in rest.iter().enumerate() {
            for (i, u) in self.left.iter().enumerate() {
                [self.out[i * width + few.len() * ABREAST + j]] = dots(u, [v]);
            }
        }
    }
}

/// Σ u·v for several v.
#[inline(always)]
fn dots<const N: usize>(u: &[Block], v: [&[Block]; N]) -> [f64; N] {
    let u = u.as_flattened().as_chunks::<LANES>().0;
    let v = v.map(|v| &v.as_flattened().as_chunks::<LANES>().0[..u.len()]);
    let mut sums = [[0.0; LANES]; N];
    for part in 0..u.len() {
        for n in 0..N {
            let v = &v[n][part];
            for lane in 0..LANES {
                sums[n][lane] += u[part][lane] * v[lane];
            }
        }
    }
    sums.map(total_apart)
}
