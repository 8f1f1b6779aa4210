//! Small symmetric systems: (H + λ·diag H)·x = b for the coefficients that move.

#![expect(clippy::inline_always, reason = "loops over rows are compiled once for each width of vectors, whole")]
#![expect(clippy::needless_range_loop, reason = "lanes and coefficients index several arrays at once")]

use crate::law::COEFFICIENTS_MAX;
use crate::wide::LANES;

/// A number of each of several systems.
type Lanes = [f64; LANES];

/// Damping holds back a coefficient that hardly matters as one this share as steep as the steepest.
const FLOOR: f64 = 1e-3;

/// H = `LLᵀ` of the rows and columns that move, of at most N.
#[derive(Clone, Copy, Debug)]
pub struct Cholesky<const N: usize = COEFFICIENTS_MAX> {
    lower: [[f64; N]; N],
    moving: [usize; N],
    count: usize,
}

/// A pivot below this share of its diagonal is no pivot: the direction changes nothing but rounding.
const PIVOT: f64 = 1e-14;

impl<const N: usize> Cholesky<N> {
    /// Factors `matrix`, its diagonal raised by the share `damping`, over the coefficients that are `moving`.
    ///
    /// None if it does not curve upwards in every direction.
    pub fn new(matrix: &[[f64; N]; N], moving: &[bool], damping: f64) -> Option<Self> {
        let mut system = Self { lower: [[0.0; N]; N], moving: [0; N], count: 0 };
        for (k, _) in moving.iter().enumerate().filter(|(_, moves)| **moves) {
            system.moving[system.count] = k;
            system.count += 1;
        }
        let largest = system.moving[..system.count].iter().map(|&k| matrix[k][k]).fold(0.0, f64::max);
        for i in 0..system.count {
            for j in 0..=i {
                let element = matrix[system.moving[i]][system.moving[j]];
                let mut sum = if i == j { element + damping * (element + FLOOR * largest) } else { element };
                for k in 0..j {
                    sum -= system.lower[i][k] * system.lower[j][k];
                }
                if i == j {
                    if !(sum > PIVOT * element.abs() && sum > 0.0 && sum.is_finite()) {
                        return None;
                    }
                    system.lower[i][i] = sum.sqrt();
                } else {
                    system.lower[i][j] = sum / system.lower[j][j];
                }
            }
        }
        Some(system)
    }

    /// The x that solves it for `b`; 0 where nothing moves.
    pub fn solve(&self, b: &[f64; N]) -> [f64; N] {
        let n = self.count;
        let mut x = [0.0; N];
        for i in 0..n {
            let mut sum = b[self.moving[i]];
            for k in 0..i {
                sum -= self.lower[i][k] * x[k];
            }
            x[i] = sum / self.lower[i][i];
        }
        for i in (0..n).rev() {
            let mut sum = x[i];
            for k in i + 1..n {
                sum -= self.lower[k][i] * x[k];
            }
            x[i] = sum / self.lower[i][i];
        }
        let mut placed = [0.0; N];
        for i in 0..n {
            placed[self.moving[i]] = x[i];
        }
        placed
    }

    /// H⁻¹; 0 where nothing moves.
    pub fn inverse(&self) -> [[f64; N]; N] {
        let mut inverse = [[0.0; N]; N];
        for &k in &self.moving[..self.count] {
            let mut unit = [0.0; N];
            unit[k] = 1.0;
            let column = self.solve(&unit);
            for &a in &self.moving[..self.count] {
                inverse[a][k] = column[a];
            }
        }
        inverse
    }
}

/// Several systems at once, a lane each: the x that solve them, 0 where nothing moves, and which curve upwards in every
/// direction; the others' x mean nothing. Of `matrix` only the lower triangle is read.
///
/// Bit for bit what [`Cholesky`] gives: a coefficient that does not move is a row and a column of zeros with a one on
/// the diagonal, and adds exact zeros to the others' sums.
#[inline(always)]
pub fn solve_lanes<const N: usize>(
    matrix: &[[Lanes; N]; N],
    moving: &[[bool; LANES]; N],
    b: &[Lanes; N],
) -> ([Lanes; N], [bool; LANES]) {
    let mut lower = [[[0.0; LANES]; N]; N];
    let mut upwards = [true; LANES];
    for i in 0..N {
        for j in 0..=i {
            let mut element = [0.0; LANES];
            for lane in 0..LANES {
                let still = if i == j { 1.0 } else { 0.0 };
                element[lane] = if moving[i][lane] & moving[j][lane] { matrix[i][j][lane] } else { still };
            }
            let mut sum = element;
            for k in 0..j {
                for lane in 0..LANES {
                    sum[lane] -= lower[i][k][lane] * lower[j][k][lane];
                }
            }
            for lane in 0..LANES {
                lower[i][j][lane] = if i == j { sum[lane].sqrt() } else { sum[lane] / lower[j][j][lane] };
            }
            if i == j {
                for lane in 0..LANES {
                    upwards[lane] &=
                        sum[lane] > PIVOT * element[lane].abs() && sum[lane] > 0.0 && sum[lane].is_finite();
                }
            }
        }
    }
    let mut x = [[0.0; LANES]; N];
    for i in 0..N {
        for lane in 0..LANES {
            x[i][lane] = if moving[i][lane] { b[i][lane] } else { 0.0 };
        }
        for k in 0..i {
            for lane in 0..LANES {
                x[i][lane] -= lower[i][k][lane] * x[k][lane];
            }
        }
        for lane in 0..LANES {
            x[i][lane] /= lower[i][i][lane];
        }
    }
    for i in (0..N).rev() {
        for k in i + 1..N {
            for lane in 0..LANES {
                x[i][lane] -= lower[k][i][lane] * x[k][lane];
            }
        }
        for lane in 0..LANES {
            x[i][lane] /= lower[i][i][lane];
        }
    }
    (x, upwards)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matrix(rows: [[f64; 3]; 3]) -> [[f64; COEFFICIENTS_MAX]; COEFFICIENTS_MAX] {
        let mut matrix = [[0.0; COEFFICIENTS_MAX]; COEFFICIENTS_MAX];
        for (row, values) in matrix.iter_mut().zip(rows) {
            row[..3].copy_from_slice(&values);
        }
        matrix
    }

    #[test]
    fn a_system_is_solved_over_what_moves() {
        let matrix = matrix([[4.0, 9.0, 2.0], [9.0, 7.0, 9.0], [2.0, 9.0, 3.0]]);
        let mut b = [0.0; COEFFICIENTS_MAX];
        (b[0], b[2]) = (8.0, 7.0);
        let system = Cholesky::new(&matrix, &[true, false, true], 0.0).expect("4·3 > 2·2");
        let x = system.solve(&b);
        assert!((x[0] - 1.25).abs() < 1e-15 && x[1] == 0.0 && (x[2] - 1.5).abs() < 1e-15, "{x:?}");
        let inverse = system.inverse();
        assert!((inverse[0][0] - 0.375).abs() < 1e-15 && (inverse[0][2] + 0.25).abs() < 1e-15);
        assert!(Cholesky::new(&matrix, &[true; 3], 0.0).is_none(), "it does not curve upwards along the second");
    }
}
