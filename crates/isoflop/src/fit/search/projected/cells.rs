//! The amplitudes of every cell of the grid, and what they leave over.

#![expect(clippy::inline_always, reason = "loops over rows are compiled once for each width of vectors, whole")]
#![expect(clippy::needless_range_loop, reason = "lanes and coefficients index several arrays at once")]

use super::sums::Sums;
use super::{Projection, TERMS_MAX};
use crate::fit::cholesky::solve_lanes;
use crate::wide::{LANES, Work};

/// The residual sum of squares of every cell and the amplitudes, those that would be negative left out.
pub(super) struct Cells<'a> {
    pub projection: &'a Projection,
    pub sums: &'a Sums,
    /// Values of the second exponent.
    pub width: usize,
    pub out: &'a mut [(f64, [f64; TERMS_MAX])],
}

impl Work for Cells<'_> {
    type Output = ();
    #[inline(always)]
    fn run(self) {
        // The number of terms is known when each is compiled, or their sums would not stay in registers.
        const { assert!(TERMS_MAX == 4) };
        match self.projection.terms.len() {
            1 => self.of_terms::<1>(),
            2 => self.of_terms::<2>(),
            3 => self.of_terms::<3>(),
            _ => self.of_terms::<4>(),
        }
    }
}

impl Cells<'_> {
    #[inline(always)]
    fn of_terms<const K: usize>(self) {
        let last = self.out.len() - 1;
        for from in (0..=last).step_by(LANES) {
            let cells = std::array::from_fn(|lane| (from + lane).min(last));
            let solved =
                solve::<K>(self.projection, self.sums, cells.map(|cell| [cell / self.width, cell % self.width]));
            for (out, solved) in self.out[from..].iter_mut().zip(solved) {
                *out = solved;
            }
        }
    }
}

/// Several cells, a lane each.
#[inline(always)]
fn solve<const K: usize>(
    projection: &Projection,
    sums: &Sums,
    cells: [[usize; 2]; LANES],
) -> [(f64, [f64; TERMS_MAX]); LANES] {
    let terms = &projection.terms;
    let at = |term: usize, lane: usize| terms[term].exponent.map_or(0, |e| cells[lane][e]);
    let mut matrix = [[[0.0; LANES]; K]; K];
    let mut right = [[0.0; LANES]; K];
    let mut moving = [[false; LANES]; K];
    for a in 0..K {
        moving[a] = [terms[a].fixed.is_none(); LANES];
        for lane in 0..LANES {
            right[a][lane] = sums.loss[a][at(a, lane)];
        }
        for b in 0..=a {
            let (pairs, size) = (&sums.pairs[a * (a + 1) / 2 + b], terms[b].columns.len());
            for lane in 0..LANES {
                matrix[a][b][lane] = pairs[at(a, lane) * size + at(b, lane)];
            }
        }
    }
    let fixed: [f64; TERMS_MAX] = std::array::from_fn(|a| terms.get(a).and_then(|term| term.fixed).unwrap_or(0.0));
    let mut rest = [sums.loss_squared; LANES];
    let mut target = right;
    for a in (0..K).filter(|&a| terms[a].fixed.is_some()) {
        for lane in 0..LANES {
            rest[lane] -= 2.0 * fixed[a] * right[a][lane] - fixed[a] * fixed[a] * matrix[a][a][lane];
        }
    }
    for a in 0..K {
        for lane in 0..LANES {
            let mut known = 0.0;
            for b in 0..K {
                known += matrix[a.max(b)][a.min(b)][lane] * fixed[b];
            }
            target[a][lane] -= known;
        }
    }
    loop {
        let (found, upwards) = solve_lanes(&matrix, &moving, &target);
        let mut over = true;
        for lane in 0..LANES {
            let mut worst = None;
            for a in 0..K {
                let negative = upwards[lane] && moving[a][lane] && found[a][lane] <= 0.0;
                if negative && worst.is_none_or(|worst: usize| found[a][lane] < found[worst][lane]) {
                    worst = Some(a);
                }
            }
            if let Some(worst) = worst {
                moving[worst][lane] = false;
                over = false;
            }
        }
        if over {
            let mut solved = [(f64::INFINITY, fixed); LANES];
            for lane in (0..LANES).filter(|&lane| upwards[lane]) {
                solved[lane].0 = rest[lane];
                for a in (0..K).filter(|&a| moving[a][lane]) {
                    solved[lane].1[a] = found[a][lane];
                    solved[lane].0 -= found[a][lane] * target[a][lane];
                }
            }
            return solved;
        }
    }
}
