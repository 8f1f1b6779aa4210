//! Weighted least-squares polynomials on a scaled axis u ∈ [−1, 1].
//!
//! y ≈ c₀ + c₁u + c₂u² + …, minimising Σ wᵢ (yᵢ − ŷ(uᵢ))². On a scaled axis the
//! normal equations of the low degrees used here lose few digits, and forming
//! them is what a resample costs, so they are solved directly.

/// A fitted polynomial of `K` terms.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Polynomial<const K: usize> {
    /// c₀ … c_{K−1}.
    pub coefficients: [f64; K],
}

/// Room for the moments of the largest polynomial used, of 7 terms.
const MOMENTS: usize = 13;

/// A pivot this small beside its diagonal element means that the points do not determine the polynomial.
const SINGULAR: f64 = 1e-11;

impl<const K: usize> Polynomial<K> {
    /// Fits `K` coefficients, at most 7, to points (`u`, `y`) that count `weights` times each.
    ///
    /// None if the points with weight do not determine them (fewer than `K` distinct u).
    pub fn fit(u: &[f64], y: &[f64], weights: &[f64]) -> Option<Self> {
        const { assert!(2 * K - 1 <= MOMENTS, "at most 7 terms") };
        // Σ w·u^k for k = 0 … 2K − 2, which is all that X'WX holds, and Σ w·y·u^k for k < K.
        let mut moments = [0.0; MOMENTS];
        let mut right = [0.0; K];
        // y is fitted about its first value: losses of one profile differ in their second digit.
        let origin = *y.first()?;
        // A run with weight 0 adds exact zeros: leaving it out by a branch costs more than adding them.
        for ((&u, &y), &w) in u.iter().zip(y).zip(weights) {
            let residual = y - origin;
            let mut weighted = w;
            for (k, moment) in moments[..2 * K - 1].iter_mut().enumerate() {
                *moment += weighted;
                if k < K {
                    right[k] += weighted * residual;
                }
                weighted *= u;
            }
        }
        let matrix = std::array::from_fn(|i| std::array::from_fn(|j| moments[i + j]));
        let mut coefficients = Factor::of(&matrix)?.solve(right);
        coefficients[0] += origin;
        Some(Self { coefficients })
    }

    /// The polynomial at u.
    pub fn at(&self, u: f64) -> f64 {
        self.coefficients.iter().rev().fold(0.0, |sum, c| sum * u + c)
    }

    /// Σ wᵢ (yᵢ − ŷ(uᵢ))².
    pub fn residual_sum(&self, u: &[f64], y: &[f64], weights: &[f64]) -> f64 {
        u.iter().zip(y).zip(weights).map(|((&u, &y), &w)| w * (y - self.at(u)).powi(2)).sum()
    }
}

/// The element (k, k) of (X'WX)⁻¹, which times the residual variance is the variance of coefficient k.
pub fn inverse_diagonal<const K: usize>(u: &[f64], weights: &[f64], k: usize) -> Option<f64> {
    const { assert!(2 * K - 1 <= MOMENTS, "at most 7 terms") };
    let mut moments = [0.0; MOMENTS];
    for (&u, &w) in u.iter().zip(weights) {
        let mut weighted = w;
        for moment in &mut moments[..2 * K - 1] {
            *moment += weighted;
            weighted *= u;
        }
    }
    let matrix = std::array::from_fn(|i| std::array::from_fn(|j| moments[i + j]));
    let mut unit = [0.0; K];
    *unit.get_mut(k)? = 1.0;
    Some(Factor::of(&matrix)?.solve(unit)[k])
}

/// A symmetric matrix as L·D·Lᵀ: L lower with ones on its diagonal, D diagonal.
///
/// Cholesky without square roots: the factors of thousands of resamples are found in a row,
/// and square roots and divisions are what they would wait for.
struct Factor<const K: usize> {
    /// L below its diagonal.
    lower: [[f64; K]; K],
    /// 1/D.
    inverse: [f64; K],
}

impl<const K: usize> Factor<K> {
    /// Factors a matrix given by its lower triangle; none if it is singular.
    fn of(matrix: &[[f64; K]; K]) -> Option<Self> {
        let mut lower = [[0.0; K]; K];
        let mut inverse = [0.0; K];
        let mut diagonal = [0.0; K];
        for j in 0..K {
            let mut scaled = [0.0; K];
            for k in 0..j {
                scaled[k] = lower[j][k] * diagonal[k];
            }
            let product = |row: &[f64; K]| -> f64 { (0..j).map(|k| row[k] * scaled[k]).sum() };
            let pivot = matrix[j][j] - product(&lower[j]);
            if pivot <= SINGULAR * matrix[j][j] || !pivot.is_finite() {
                return None;
            }
            diagonal[j] = pivot;
            inverse[j] = 1.0 / pivot;
            for i in j + 1..K {
                lower[i][j] = (matrix[i][j] - product(&lower[i])) * inverse[j];
            }
        }
        Some(Self { lower, inverse })
    }

    /// The x with L·D·Lᵀ·x = b.
    fn solve(&self, mut b: [f64; K]) -> [f64; K] {
        for i in 0..K {
            for k in 0..i {
                b[i] -= self.lower[i][k] * b[k];
            }
        }
        for i in (0..K).rev() {
            b[i] *= self.inverse[i];
            for k in i + 1..K {
                b[i] -= self.lower[k][i] * b[k];
            }
        }
        b
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_polynomial_is_recovered_and_a_weight_is_a_repeat() {
        let u = [-1.0, -0.4, 0.1, 0.3, 0.9];
        let y = u.map(|u: f64| 5.0 - 0.3 * u + 0.7 * u * u);
        let fit = Polynomial::<3>::fit(&u, &y, &[1.0; 5]).expect("five distinct points");
        for (found, true_value) in fit.coefficients.iter().zip([5.0, -0.3, 0.7]) {
            assert!((found - true_value).abs() < 1e-14, "{found} for {true_value}");
        }
        let bent = [4.0, 3.0, 3.5, 3.2, 6.0];
        let weighted = Polynomial::<3>::fit(&u, &bent, &[2.0, 1.0, 0.0, 1.0, 3.0]).expect("four distinct points");
        let repeated_u = [-1.0, -1.0, -0.4, 0.3, 0.9, 0.9, 0.9];
        let repeated_y = [4.0, 4.0, 3.0, 3.2, 6.0, 6.0, 6.0];
        let repeated = Polynomial::<3>::fit(&repeated_u, &repeated_y, &[1.0; 7]).expect("four distinct points");
        assert!((weighted.at(0.2) - repeated.at(0.2)).abs() < 1e-13);
    }

    #[test]
    fn too_few_distinct_points_give_no_fit() {
        assert_eq!(Polynomial::<3>::fit(&[-1.0, 1.0, 1.0, 1.0], &[1.0, 2.0, 3.0, 2.0], &[1.0; 4]), None);
        assert_eq!(Polynomial::<3>::fit(&[], &[], &[]), None);
    }

    #[test]
    fn the_variance_factor_is_that_of_a_mean_for_one_term() {
        assert_eq!(inverse_diagonal::<1>(&[0.0; 4], &[1.0; 4], 0), Some(0.25));
    }
}
