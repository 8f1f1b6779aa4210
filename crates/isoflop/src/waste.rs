//! What a wrong model size costs, in compute.
//!
//! For any loss surface with a valley, training N instead of N* at fixed C costs
//! ΔL ≈ ½·L″·(ln N/N*)², and the frontier L*(C) falls by g = −dL*/d ln C. So the
//! choice is as good as the optimum at C·e^(−Δ) with Δ = ½·(L″/g)·(ln N/N*)², and
//! wastes the share 1 − e^(−Δ) of C. For L = E + A·N^−α + B·D^−β with C = 6ND the
//! ratio L″/g is α + β, at every budget.

use crate::interval::median;

/// L″/g of a table's valleys: the sum of exponents α + β where the Chinchilla form holds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ValleyShape {
    /// L″/g, per squared e-fold of N.
    pub exponent_sum: f64,
}

impl ValleyShape {
    /// From optima as (ln C, loss, L″) by increasing C.
    ///
    /// g is the slope of the loss between the neighbours of each inner budget; the
    /// median of L″/g over those budgets is taken, so that one bad profile does not
    /// decide. None below three budgets, or where the frontier does not fall.
    pub fn from_optima(optima: &[(f64, f64, f64)]) -> Option<Self> {
        let mut ratios: Vec<f64> = optima
            .windows(3)
            .map(|w| {
                let slope = (w[0].1 - w[2].1) / (w[2].0 - w[0].0);
                w[1].2 / slope
            })
            .filter(|ratio| ratio.is_finite() && *ratio > 0.0)
            .collect();
        if ratios.is_empty() {
            return None;
        }
        Some(Self { exponent_sum: median(&mut ratios) })
    }

    /// The share of C wasted by a model `ratio` times the optimal size.
    pub fn waste(self, ratio: f64) -> f64 {
        -(-0.5 * self.exponent_sum * ratio.ln().powi(2)).exp_m1()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Besiroglu et al. 2024 (arXiv:2404.10102): α + β = 0.3478 + 0.3658, L* and `C_eq` solved for exactly
    /// at C = 1e21: sizes off by these factors waste these shares.
    #[test]
    fn the_share_agrees_with_the_exact_surface() {
        let shape = ValleyShape { exponent_sum: 0.3478 + 0.3658 };
        for (ratio, exact) in [(1.1, 0.0032), (1.25, 0.018), (1.5, 0.057), (2.0, 0.157), (3.0, 0.34)] {
            assert!((shape.waste(ratio) - exact).abs() < 0.015 * (1.0 + exact), "×{ratio}: {}", shape.waste(ratio));
        }
    }

    #[test]
    fn the_shape_of_an_exact_surface_is_its_sum_of_exponents() {
        let (e, a, b, alpha, beta) = (2.69_f64, 1606.4_f64, 3210.7_f64, 0.34_f64, 0.36_f64);
        let optima: Vec<(f64, f64, f64)> = (0..9)
            .map(|i| {
                let ln_c = 18.8 * std::f64::consts::LN_10 + 0.5 * f64::from(i);
                let ln_sixth = ln_c - 6f64.ln();
                let ln_n = ((alpha * a / (beta * b)).ln() + beta * ln_sixth) / (alpha + beta);
                let (size, data) = (a * (-alpha * ln_n).exp(), b * (-beta * (ln_sixth - ln_n)).exp());
                (ln_c, e + size + data, alpha * alpha * size + beta * beta * data)
            })
            .collect();
        let shape = ValleyShape::from_optima(&optima).expect("a falling frontier");
        assert!((shape.exponent_sum - 0.70).abs() < 0.005, "{}", shape.exponent_sum);
    }
}
