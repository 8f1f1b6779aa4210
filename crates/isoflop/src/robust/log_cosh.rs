//! ρ(r) = s²·ln cosh(r/s).

use super::{Cost, Kind, RobustLoss, Shape};
use crate::elementary::{exp, ln};

pub(super) const KIND: Kind = Kind {
    name: "log-cosh",
    label: "log-cosh:s, with s > 0: s²·ln cosh(r/s), a huber without a corner (log-cosh:0.001)",
    source: "Green 1990, doi:10.1109/42.52985",
    make: |numbers| match *numbers {
        [] => Some(Box::new(LogCosh { scale: 1e-3 })),
        [scale] if scale > 0.0 => Some(Box::new(LogCosh { scale }) as Box<dyn RobustLoss>),
        _ => None,
    },
};

/// s²·ln cosh(r/s): squared near 0, linear far out, and smooth in between.
#[derive(Clone, Copy, Debug)]
pub struct LogCosh {
    /// s, where the square gives way to the line.
    pub scale: f64,
}

impl Shape for LogCosh {
    #[inline(always)]
    fn at(self, r: f64) -> Cost {
        let u = (r / self.scale).abs();
        // cosh u = eᵘ·(1 + e⁻²ᵘ)/2
        let e = exp(-2.0 * u);
        let tanh = (1.0 - e) / (1.0 + e);
        let rho = self.scale * self.scale * (u + ln(1.0 + e) - std::f64::consts::LN_2);
        let psi = self.scale * if r < 0.0 { -tanh } else { tanh };
        let small = u < 1e-6;
        Cost {
            rho: if small { 0.5 * r * r } else { rho },
            psi: if small { r } else { psi },
            psi_prime: 4.0 * e / ((1.0 + e) * (1.0 + e)),
            weight: if small { 1.0 } else { tanh / u },
        }
    }

    fn spelled(self) -> String {
        format!("log-cosh:{}", self.scale)
    }
}
