//! What a fit makes small: F(θ) = Σ w·ρ(r), a plain sum.

#![expect(clippy::needless_range_loop, reason = "lanes and coefficients index several arrays at once")]

pub use super::residual::Residual;

use super::residual::{Chain, Residuals};
use crate::law::{COEFFICIENTS_MAX, Law, Normal, Predicted, RowSlopes};
use crate::robust::{Bend, RobustLoss, Slopes};
use crate::rows::Rows;
use crate::wide::{BLOCK, Block, widest};

/// What is known of a coefficient beforehand: a term ½·strength·(θ − at)² beside the objective.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Prior {
    /// Which coefficient.
    pub place: usize,
    /// Where it is expected, on the scale that is searched.
    pub at: f64,
    /// How far from there it may be: one standard deviation.
    pub sd: f64,
    /// How strongly, in units of the objective: the noise over sd².
    pub strength: f64,
}

/// A quantity that is held near a value: a term ½·strength·(q(θ) − at)² beside the objective.
#[derive(Clone, Copy)]
pub struct Hold<'a> {
    /// q, of a θ as the searches have it.
    pub quantity: &'a (dyn Fn(&[f64]) -> f64 + Sync),
    /// Where it is held.
    pub at: f64,
    /// How strongly, in units of the objective.
    pub strength: f64,
}

impl Hold<'_> {
    /// ∂q/∂θ by central differences.
    fn slope(&self, theta: &[f64]) -> [f64; COEFFICIENTS_MAX] {
        /// What a coefficient is moved by.
        const STEP: f64 = 1e-6;
        let mut moved = [0.0; COEFFICIENTS_MAX];
        moved[..theta.len()].copy_from_slice(theta);
        let mut slope = [0.0; COEFFICIENTS_MAX];
        for k in 0..theta.len() {
            let mut at = |to: f64| {
                moved[k] = to;
                (self.quantity)(&moved[..theta.len()])
            };
            slope[k] = (at(theta[k] + STEP) - at(theta[k] - STEP)) / (2.0 * STEP);
            moved[k] = theta[k];
        }
        slope
    }
}

/// F(θ) of one law on one table.
#[derive(Clone, Copy)]
pub struct Objective<'a> {
    /// The law.
    pub law: &'a dyn Law,
    /// The table.
    pub rows: &'a Rows,
    /// Coefficients that derivatives are asked for; those by others may be 0.
    pub free: &'a [bool],
    /// ρ.
    pub robust: &'a dyn RobustLoss,
    /// r.
    pub residual: Residual,
    /// Terms beside the sum.
    pub priors: &'a [Prior],
    /// One more.
    pub hold: Option<Hold<'a>>,
}

/// One thread's room for evaluating objectives.
#[derive(Default)]
pub struct Room {
    predicted: Predicted,
    residuals: Vec<Block>,
    pull: Vec<Block>,
    bend: Vec<Block>,
    /// Which second derivatives `bend` has, where it belongs to the residuals that are there.
    which: Option<Bend>,
}

impl Room {
    fn resize(&mut self, blocks: usize) {
        self.which = None;
        for column in [&mut self.residuals, &mut self.pull, &mut self.bend] {
            column.resize(blocks, [0.0; BLOCK]);
        }
    }
}

impl Objective<'_> {
    /// Σ w·ρ(r) alone, without priors: the number to compare with other programs.
    pub fn of_data(&self, theta: &[f64], room: &mut Room) -> f64 {
        room.resize(self.rows.blocks());
        self.law.predict(theta, self.rows, &mut room.predicted);
        self.residuals(room);
        self.robust.objective(&room.residuals, self.rows.weights())
    }

    /// F(θ) with its slopes by each row left in `room`, for [`normal`](Self::normal).
    pub fn prepare(&self, theta: &[f64], bend: Bend, room: &mut Room) -> f64 {
        room.resize(self.rows.blocks());
        self.law.prepare(theta, self.rows, &mut room.predicted);
        self.residuals(room);
        self.slopes(bend, room) + self.of_priors(theta)
    }

    /// The derivatives of F at the θ that was prepared, with the same `bend`.
    ///
    /// Where the law does not know its curvature, the second derivatives lack it: see [`hessian`](Self::hessian).
    pub fn normal(&self, theta: &[f64], bend: Bend, room: &Room) -> Normal {
        let slopes = RowSlopes { pull: &room.pull, bend: &room.bend, which: bend, wanted: self.free };
        let mut normal = self.law.normal(self.rows, &room.predicted, slopes);
        for prior in self.priors {
            normal.gradient[prior.place] += prior.strength * (theta[prior.place] - prior.at);
            normal.hessian[prior.place][prior.place] += prior.strength;
        }
        if let Some(hold) = &self.hold {
            let (slope, away) = (hold.slope(theta), (hold.quantity)(theta) - hold.at);
            for a in 0..theta.len() {
                normal.gradient[a] += hold.strength * away * slope[a];
                for b in 0..theta.len() {
                    normal.hessian[a][b] += hold.strength * slope[a] * slope[b];
                }
            }
        }
        normal
    }

    /// The derivatives of F at θ with the second ones exact: by the law, or by differences of gradients along the
    /// coefficients that are free. Leaves θ prepared.
    pub fn exact(&self, theta: &[f64], room: &mut Room) -> Normal {
        if !self.law.knows_curvature(self.free) {
            /// Share of a coefficient, or of 1, that it is moved by.
            const STEP: f64 = 1e-5;
            let mut hessian = [[0.0; COEFFICIENTS_MAX]; COEFFICIENTS_MAX];
            let mut moved = [0.0; COEFFICIENTS_MAX];
            let count = theta.len();
            moved[..count].copy_from_slice(theta);
            for k in (0..count).filter(|&k| self.free[k]) {
                let step = STEP * theta[k].abs().max(1.0);
                let mut gradient = |to: f64| {
                    moved[k] = to;
                    self.prepare(&moved[..count], Bend::Exact, room);
                    self.normal(&moved[..count], Bend::Exact, room).gradient
                };
                let (above, below) = (gradient(theta[k] + step), gradient(theta[k] - step));
                moved[k] = theta[k];
                for a in 0..count {
                    hessian[a][k] = (above[a] - below[a]) / (2.0 * step);
                }
            }
            self.prepare(theta, Bend::Exact, room);
            let mut normal = self.normal(theta, Bend::Exact, room);
            for a in 0..count {
                for b in 0..count {
                    normal.hessian[a][b] = 0.5 * (hessian[a][b] + hessian[b][a]);
                }
            }
            return normal;
        }
        self.slopes_again(Bend::Exact, room);
        self.normal(theta, Bend::Exact, room)
    }

    /// The derivatives of F at the θ that was prepared, with the majorant for the second ones.
    pub fn majorant(&self, theta: &[f64], room: &mut Room) -> Normal {
        self.slopes_again(Bend::Majorant, room);
        self.normal(theta, Bend::Majorant, room)
    }

    /// The residuals at the θ that was last evaluated.
    pub fn residuals_at<'r>(&self, theta: &[f64], room: &'r mut Room) -> &'r [f64] {
        self.of_data(theta, room);
        &room.residuals.as_flattened()[..self.rows.len()]
    }

    fn of_priors(&self, theta: &[f64]) -> f64 {
        let priors = self.priors.iter().map(|prior| 0.5 * prior.strength * (theta[prior.place] - prior.at).powi(2));
        let hold = self.hold.map(|hold| 0.5 * hold.strength * ((hold.quantity)(theta) - hold.at).powi(2));
        priors.chain(hold).sum()
    }

    fn residuals(&self, room: &mut Room) {
        let Room { predicted, residuals, .. } = room;
        widest(Residuals {
            residual: self.residual,
            observed: self.rows.ln_loss(),
            predicted: &predicted.ln_loss,
            out: residuals,
        });
    }

    /// The slopes at the residuals that are there; the sum Σ w·ρ(r).
    fn slopes(&self, bend: Bend, room: &mut Room) -> f64 {
        room.which = Some(bend);
        let Room { predicted, residuals, pull, bend: bends, .. } = room;
        let sum = self.robust.slopes(residuals, self.rows.weights(), bend, Slopes { pull, bend: bends });
        if self.residual != Residual::Log {
            let exact = bend == Bend::Exact;
            widest(Chain { residual: self.residual, predicted: &predicted.ln_loss, pull, bend: bends, exact });
        }
        sum
    }

    /// The slopes at the residuals that are there, unless they are there too.
    fn slopes_again(&self, bend: Bend, room: &mut Room) {
        if room.which != Some(bend) {
            self.slopes(bend, room);
        }
    }
}
