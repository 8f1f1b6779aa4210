//! ρ(r) = |τ − 1(r < 0)| · Huber(r): the τ-quantile instead of the middle.

use super::{Cost, Huber, Kind, RobustLoss, Shape};

pub(super) const KIND: Kind = Kind {
    name: "quantile",
    label: "quantile:τ or quantile:τ,δ, with 0 < τ < 1 and δ > 0: asymmetric, τ = 0.1 follows the lower envelope",
    source: "Koenker and Bassett 1978, doi:10.2307/1913643, rounded at 0 as in Huber 1964",
    make: |numbers| {
        let (tau, delta) = match *numbers {
            [tau] => (tau, 1e-3),
            [tau, delta] => (tau, delta),
            _ => return None,
        };
        let makes_sense = tau > 0.0 && tau < 1.0 && delta > 0.0;
        makes_sense.then(|| Box::new(Quantile { tau, delta }) as Box<dyn RobustLoss>)
    },
};

/// A share τ of the runs ends below the law: small τ follows the best runs, as bad luck and bad tuning only ever
/// raise a loss.
///
/// A residual r = observed − predicted costs τ·Huber(r) above the law and (1 − τ)·Huber(r) below it.
#[derive(Clone, Copy, Debug)]
pub struct Quantile {
    /// τ.
    pub tau: f64,
    /// Where the square round 0 ends.
    pub delta: f64,
}

impl Shape for Quantile {
    #[inline(always)]
    fn at(self, r: f64) -> Cost {
        let share = if r < 0.0 { 1.0 - self.tau } else { self.tau };
        let even = Huber { delta: self.delta }.at(r);
        Cost {
            rho: share * even.rho,
            psi: share * even.psi,
            psi_prime: share * even.psi_prime,
            weight: share * even.weight,
        }
    }

    fn spelled(self) -> String {
        format!("quantile:{},{}", self.tau, self.delta)
    }
}
