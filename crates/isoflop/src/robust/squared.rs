//! ρ(r) = r²/2.

use super::{Cost, Kind, RobustLoss, Shape};

pub(super) const KIND: Kind = Kind {
    name: "squared",
    label: "squared: r²/2, for noise without outliers",
    source: "least squares",
    make: |numbers| numbers.is_empty().then(|| Box::new(Squared) as Box<dyn RobustLoss>),
};

/// r²/2: the most precise where the noise is normal, and at the mercy of outliers.
#[derive(Clone, Copy, Debug)]
pub struct Squared;

impl Shape for Squared {
    #[inline(always)]
    fn at(self, r: f64) -> Cost {
        Cost { rho: 0.5 * r * r, psi: r, psi_prime: 1.0, weight: 1.0 }
    }

    fn spelled(self) -> String {
        "squared".to_string()
    }
}
