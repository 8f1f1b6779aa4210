//! From a start to the bottom: damped Newton steps, with reweighted least squares where Newton's fail.
//!
//! Steps are judged on the curvature's own scale: a search has converged when the next
//! step would lower F by no more than a 10⁻¹³ of it, so coefficients on a ridge are as
//! settled as the others, and no tolerance depends on their units.

use super::cholesky::Cholesky;
use super::objective::{Objective, Room};
use crate::law::{COEFFICIENTS_MAX, Normal};
use crate::robust::Bend;

/// θ with room for the most coefficients a law may have.
pub type Theta = [f64; COEFFICIENTS_MAX];

/// What is searched, and within which limits.
#[derive(Clone, Copy)]
pub struct Search<'a> {
    /// F, of which the coefficients that are free are searched; the others stay where the start has them.
    pub objective: Objective<'a>,
    /// Coefficients are held within these.
    pub bounds: &'a [(f64, f64)],
    /// No coefficient moves further than this in one step. A term that is too small to matter has a slope too small
    /// to trust, but its sign says where to go.
    pub strides: &'a [f64],
    /// Steps after which the search gives up.
    pub steps: usize,
    /// What rounding alone does to F.
    pub rounding: f64,
}

/// Why a search stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// No step lowers F by more than rounding.
    Converged,
    /// The last step is not small, but there are no more.
    StepLimit,
    /// A step should lower F and does not.
    Stalled,
    /// Some direction does not change F at all.
    Flat,
}

/// Where a search ended.
#[derive(Clone, Copy, Debug)]
pub struct Bottom {
    /// θ.
    pub theta: Theta,
    /// F(θ), priors included.
    pub objective: f64,
    /// Why it stopped.
    pub stop: Stop,
    /// Steps taken.
    pub steps: usize,
}

/// Share of F that the next step must gain, or the search is over.
const GAIN: f64 = 1e-13;
/// A search that cannot lower F any further is still over if a step would gain no more than this share.
const NEARLY: f64 = 1e-9;
/// Part of the promised gain that a step must bring.
const KEPT: f64 = 1e-4;
/// The least damping, as a share of the curvature; below it there is none.
const DAMPING: f64 = 1e-4;
/// Damping from which on a search makes no headway.
const DAMPING_MAX: f64 = 1e10;
/// After a step of reweighted least squares that gains less than this share of F, Newton's are tried.
const SLOW: f64 = 0.1;

/// The parabola that stands for F round one θ.
struct Model {
    normal: Normal,
    /// Which coefficients move: those that are free, and not held at a bound by the gradient.
    moving: [bool; COEFFICIENTS_MAX],
    /// Where the parabola is lowest, less θ, with the sign turned; none where it has no lowest point.
    undamped: Option<Theta>,
    /// What that step would gain.
    promise: Option<f64>,
    bend: Bend,
}

impl Search<'_> {
    /// From `start` to the bottom. `first`: Newton's steps from a start near it, reweighted least squares from afar.
    pub fn descend(&self, start: &[f64], first: Bend, room: &mut Room) -> Bottom {
        let count = self.objective.free.len();
        let mut theta = [0.0; COEFFICIENTS_MAX];
        for k in 0..count {
            theta[k] =
                if self.objective.free[k] { start[k].clamp(self.bounds[k].0, self.bounds[k].1) } else { start[k] };
        }
        let mut bottom = Bottom { theta, objective: 0.0, stop: Stop::StepLimit, steps: 0 };
        bottom.objective = self.objective.prepare(&theta[..count], first, room);
        if !bottom.objective.is_finite() {
            bottom.stop = Stop::Stalled;
            return bottom;
        }
        let (mut bend, mut damping) = (first, 0.0);
        while bottom.steps < self.steps {
            bottom.steps += 1;
            let model = self.model(&bottom.theta, bend, room);
            let enough = GAIN * bottom.objective + self.rounding;
            let over = model.promise.is_some_and(|promise| promise <= enough);
            if over && model.bend == Bend::Majorant && bend == Bend::Majorant {
                // What reweighting promises is less than what there is to gain: ask Newton.
                bend = Bend::Exact;
                continue;
            }
            if over {
                damping = 0.0;
            }
            let Some((theta, objective, brought)) = self.step(&bottom, &model, &mut damping, enough, room) else {
                bottom.stop = match model.promise {
                    Some(promise) if promise <= NEARLY * bottom.objective + self.rounding => Stop::Converged,
                    Some(_) => Stop::Stalled,
                    None => Stop::Flat,
                };
                return bottom;
            };
            let slow = bottom.objective - objective < SLOW * bottom.objective;
            (bottom.theta, bottom.objective) = (theta, objective);
            if over {
                bottom.stop = Stop::Converged;
                return bottom;
            }
            damping = match brought {
                b if b < 0.25 => f64::max(4.0 * damping, DAMPING),
                b if b > 0.75 && damping <= DAMPING => 0.0,
                b if b > 0.75 => 0.1 * damping,
                _ => damping,
            };
            if slow {
                bend = Bend::Exact;
            }
        }
        bottom
    }

    /// The parabola at θ, where F was prepared: Newton's if it is asked for and has a lowest point.
    fn model(&self, theta: &Theta, bend: Bend, room: &mut Room) -> Model {
        let theta = &theta[..self.objective.free.len()];
        if bend == Bend::Exact {
            let model = self.judged(theta, self.objective.exact(theta, room), bend);
            if model.promise.is_some() {
                return model;
            }
        }
        self.judged(theta, self.objective.majorant(theta, room), Bend::Majorant)
    }

    #[expect(clippy::large_types_passed_by_value, reason = "the model keeps it")]
    fn judged(&self, theta: &[f64], normal: Normal, bend: Bend) -> Model {
        let mut moving = [false; COEFFICIENTS_MAX];
        for k in 0..theta.len() {
            let (low, high) = self.bounds[k];
            let held = (theta[k] <= low && normal.gradient[k] > 0.0) || (theta[k] >= high && normal.gradient[k] < 0.0);
            moving[k] = self.objective.free[k] && !held;
        }
        let system = Cholesky::new(&normal.hessian, &moving[..theta.len()], 0.0);
        let undamped = system.map(|system| system.solve(&normal.gradient));
        let gain = |step: Theta| 0.5 * (0..theta.len()).map(|k| step[k] * normal.gradient[k]).sum::<f64>();
        Model { promise: undamped.map(gain), normal, moving, undamped, bend }
    }

    /// The first step, under growing damping, that lowers F as promised: θ, F there, and the share of the promise kept.
    /// None if there is none. F is left prepared where the step ends, or was last tried.
    fn step(
        &self,
        from: &Bottom,
        model: &Model,
        damping: &mut f64,
        enough: f64,
        room: &mut Room,
    ) -> Option<(Theta, f64, f64)> {
        let count = self.objective.free.len();
        let Model { normal, moving, undamped, bend, .. } = model;
        while *damping <= DAMPING_MAX {
            let damped = |damping| Cholesky::new(&normal.hessian, &moving[..count], damping);
            let direction = match *damping {
                0.0 => *undamped,
                damping => damped(damping).map(|system| system.solve(&normal.gradient)),
            };
            if let Some(direction) = direction {
                let direction = self.within(from, model, direction, *damping);
                let mut trial = from.theta;
                for k in (0..count).filter(|&k| moving[k]) {
                    let stride = direction[k].clamp(-self.strides[k], self.strides[k]);
                    trial[k] = (trial[k] - stride).clamp(self.bounds[k].0, self.bounds[k].1);
                }
                let promised = promised(&from.theta, &trial, normal, count);
                let there = self.objective.prepare(&trial[..count], *bend, room);
                let gained = from.objective - there;
                if gained >= KEPT * promised.max(0.0) && (gained > 0.0 || promised <= enough)
                    || promised <= enough && gained >= -enough
                {
                    return Some((trial, there, gained / promised));
                }
            }
            *damping = f64::max(10.0 * *damping, DAMPING);
        }
        self.objective.prepare(&from.theta[..count], *bend, room);
        None
    }
}

impl Search<'_> {
    /// The same step where no coefficient leaves its bounds: those that would go to their bound, and the others where the
    /// parabola is lowest then. Cutting the step off instead would leave them where nothing is gained, and a floor that
    /// goes to zero would crawl.
    fn within(&self, from: &Bottom, model: &Model, direction: Theta, damping: f64) -> Theta {
        let count = self.objective.free.len();
        let (normal, mut moving) = (&model.normal, model.moving);
        let (mut direction, mut gradient) = (direction, normal.gradient);
        for _ in 0..count {
            let mut held = false;
            for k in (0..count).filter(|&k| model.moving[k]) {
                let end = from.theta[k] - direction[k];
                let bound = end.clamp(self.bounds[k].0, self.bounds[k].1);
                if moving[k] && bound != end {
                    (held, moving[k], direction[k]) = (true, false, from.theta[k] - bound);
                    for a in 0..count {
                        gradient[a] -= normal.hessian[a][k] * direction[k];
                    }
                }
            }
            if !held {
                break;
            }
            let Some(system) = Cholesky::new(&normal.hessian, &moving[..count], damping) else { break };
            let others = system.solve(&gradient);
            for k in (0..count).filter(|&k| moving[k]) {
                direction[k] = others[k];
            }
        }
        direction
    }
}

/// What the parabola says that going from one θ to another gains.
fn promised(from: &Theta, to: &Theta, normal: &Normal, count: usize) -> f64 {
    let mut gain = 0.0;
    for a in 0..count {
        let step = to[a] - from[a];
        let bent: f64 = (0..count).map(|b| normal.hessian[a][b] * (to[b] - from[b])).sum();
        gain -= step * (normal.gradient[a] + 0.5 * bent);
    }
    gain
}
