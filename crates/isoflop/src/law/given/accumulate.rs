//! Gradient and second derivatives of an objective from the derivatives of each row.

#![expect(clippy::inline_always, reason = "loops over rows are compiled once for each width of vectors, whole")]

use crate::law::{Normal, RowSlopes};
use crate::wide::{BLOCK, Block, LANES, Work, total};

/// Gradient and Σ bend·JJᵀ from the derivatives J of each row.
pub(super) struct Accumulate<'a, const P: usize> {
    pub derivatives: &'a [Block],
    pub slopes: RowSlopes<'a>,
}

impl<const P: usize> Work for Accumulate<'_, P> {
    type Output = Normal;
    #[inline(always)]
    fn run(self) -> Normal {
        let mut gradient = [[0.0; LANES]; P];
        let mut outer = [[[0.0; LANES]; P]; P];
        let rows = self.derivatives.as_chunks::<P>().0.iter().zip(self.slopes.pull.iter().zip(self.slopes.bend));
        for (j, (pull, bend)) in rows {
            for from in (0..BLOCK).step_by(LANES) {
                for a in 0..P {
                    for lane in 0..LANES {
                        gradient[a][lane] += pull[from + lane] * j[a][from + lane];
                    }
                    for b in 0..=a {
                        for lane in 0..LANES {
                            outer[a][b][lane] += bend[from + lane] * j[a][from + lane] * j[b][from + lane];
                        }
                    }
                }
            }
        }
        let mut normal = Normal::ZERO;
        for a in 0..P {
            normal.gradient[a] = total(gradient[a]);
            for b in 0..=a {
                normal.hessian[a][b] = total(outer[a][b]);
                normal.hessian[b][a] = normal.hessian[a][b];
            }
        }
        normal
    }
}
