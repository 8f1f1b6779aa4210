//! ρ(r) = r²/2 where |r| ≤ δ, else δ·(|r| − δ/2).

use super::{Cost, Kind, RobustLoss, Shape};
use crate::elementary::{larger, smaller};

pub(super) const KIND: Kind = Kind {
    name: "huber",
    label: "huber:δ, with δ > 0: squared up to δ, then linear (huber:0.001)",
    source: "Huber 1964, doi:10.1214/aoms/1177703732",
    make: |numbers| match *numbers {
        [] => Some(Box::new(Huber::default())),
        [delta] if delta > 0.0 => Some(Box::new(Huber { delta }) as Box<dyn RobustLoss>),
        _ => None,
    },
};

/// Squared up to δ, then linear: an outlier pulls no harder than a residual of δ.
///
/// With the δ = 1e-3 of Hoffmann et al. 2022 (arXiv:2203.15556, section 3.3) nearly every
/// residual of a real sweep lies beyond δ, and the fit is close to one of least absolute deviations.
#[derive(Clone, Copy, Debug)]
pub struct Huber {
    /// Where the square ends.
    pub delta: f64,
}

impl Default for Huber {
    /// δ = 1e-3, as in Hoffmann et al. 2022.
    fn default() -> Self {
        Self { delta: 1e-3 }
    }
}

impl Shape for Huber {
    #[inline(always)]
    fn at(self, r: f64) -> Cost {
        let psi = smaller(larger(r, -self.delta), self.delta);
        let inside = psi == r;
        // Where r = 0 the quotient is not needed.
        let weight = if inside { 1.0 } else { psi / r };
        Cost { rho: psi * (r - 0.5 * psi), psi, psi_prime: if inside { 1.0 } else { 0.0 }, weight }
    }

    fn spelled(self) -> String {
        format!("huber:{}", self.delta)
    }
}
