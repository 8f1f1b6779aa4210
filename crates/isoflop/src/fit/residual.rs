//! What is compared, and how it follows ln L̂.

#![expect(clippy::inline_always, reason = "loops over rows are compiled once for each width of vectors, whole")]

use serde::Serialize;

use crate::elementary::{exp, ln};
use crate::wide::{BLOCK, Block, Work};

/// What is compared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Residual {
    /// r = ln L − ln L̂: a share of the loss.
    #[default]
    Log,
    /// r = L − L̂: in the unit of the loss.
    Linear,
    /// r = ln(1 + L) − ln(1 + L̂): for losses near 0.
    LogPlusOne,
}

impl Residual {
    /// Every one, in the order of help.
    pub const ALL: [Self; 3] = [Self::Log, Self::Linear, Self::LogPlusOne];

    /// Its name on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Log => "log",
            Self::Linear => "linear",
            Self::LogPlusOne => "log-plus-one",
        }
    }

    /// What is compared, from ln L.
    #[inline(always)]
    fn of(self, ln_loss: f64) -> f64 {
        match self {
            Self::Log => ln_loss,
            Self::Linear => exp(ln_loss),
            Self::LogPlusOne => ln(1.0 + exp(ln_loss)),
        }
    }

    /// The residual of an observed and a predicted ln L.
    pub fn between(self, observed: f64, predicted: f64) -> f64 {
        self.of(observed) - self.of(predicted)
    }
}

/// r of all rows.
pub(super) struct Residuals<'a> {
    pub residual: Residual,
    pub observed: &'a [Block],
    pub predicted: &'a [Block],
    pub out: &'a mut [Block],
}

impl Residuals<'_> {
    #[inline(always)]
    fn each(self, of: impl Fn(f64) -> f64) {
        let (observed, predicted) = (self.observed.as_flattened(), self.predicted.as_flattened());
        for ((out, &observed), &predicted) in self.out.as_flattened_mut().iter_mut().zip(observed).zip(predicted) {
            *out = of(observed) - of(predicted);
        }
    }
}

impl Work for Residuals<'_> {
    type Output = ();
    #[inline(always)]
    fn run(self) {
        match self.residual {
            Residual::Log => self.each(|y| y),
            Residual::Linear => self.each(|y| Residual::Linear.of(y)),
            Residual::LogPlusOne => self.each(|y| Residual::LogPlusOne.of(y)),
        }
    }
}

/// From derivatives by −r to derivatives by ln L̂, where the residual is not that of logarithms.
pub(super) struct Chain<'a> {
    pub residual: Residual,
    pub predicted: &'a [Block],
    pub pull: &'a mut [Block],
    pub bend: &'a mut [Block],
    pub exact: bool,
}

impl Work for Chain<'_> {
    type Output = ();
    #[inline(always)]
    fn run(self) {
        let rows = self.pull.iter_mut().zip(self.bend.iter_mut()).zip(self.predicted);
        for ((pull, bend), predicted) in rows {
            for lane in 0..BLOCK {
                let loss = exp(predicted[lane]);
                // The first and second derivative of what is compared, by ln L̂.
                let (slope, curve) = match self.residual {
                    Residual::Log => (1.0, 0.0),
                    Residual::Linear => (loss, loss),
                    Residual::LogPlusOne => {
                        let share = loss / (1.0 + loss);
                        (share, share * (1.0 - share))
                    }
                };
                bend[lane] = bend[lane] * slope * slope + if self.exact { pull[lane] * curve } else { 0.0 };
                pull[lane] *= slope;
            }
        }
    }
}
