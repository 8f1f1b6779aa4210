//! What a fitted law says at one budget, one place, or of one choice.
//!
//! At a budget the law has its own coefficients: n* = ln N*, L*, and g = −dL*/d ln C. They
//! are nearly uncorrelated where A, B and E lie on ridges, so intervals are formed for
//! them directly, not carried over from A and B.

use super::options::Allocation;
use super::report::{Choice, LawForecast};
use crate::analysis::Estimate;
use crate::fit::newton::Theta;
use crate::fit::objective::Residual;
use crate::law::Law;
use crate::rows::At;
use crate::uncertainty::{Spread, Spreads};
use crate::units::Flops;

/// A boxed [`Quantity`](crate::uncertainty::Quantity).
pub type Number<'a> = Box<dyn Fn(&Theta) -> f64 + Sync + 'a>;

/// The law at its published coefficients, and how losses are compared.
#[derive(Clone, Copy)]
pub struct Surface<'a> {
    /// The law.
    pub law: &'a dyn Law,
    /// Number of coefficients.
    pub count: usize,
    /// κ of C = κ·N·D.
    pub flops_per_param_token: f64,
    /// On what scale a new run's noise is added.
    pub residual: Residual,
}

/// ln C is moved by this for the slope of the frontier.
const STEP: f64 = 1e-3;

/// Widest search for a budget of equal loss, in e-folds.
const FARTHEST: f64 = 60.0;

/// Steps of that search, in e-folds.
const STRIDE: f64 = 0.5;

impl<'a> Surface<'a> {
    /// ln(N·D) of a budget.
    fn ln_product(&self, compute: f64) -> f64 {
        (compute / self.flops_per_param_token).ln()
    }

    /// (ln N*, ln D*) at C.
    pub fn optimum(&self, theta: &Theta, compute: f64) -> Option<[f64; 2]> {
        self.law.optimum(&theta[..self.count], self.ln_product(compute))
    }

    /// ln L(N, D).
    pub fn ln_loss(&self, theta: &Theta, at: At) -> f64 {
        self.law.ln_loss(&theta[..self.count], at)
    }

    /// ln L*(C); NaN where there is no best allocation.
    pub fn ln_best(&self, theta: &Theta, compute: f64) -> f64 {
        self.optimum(theta, compute).map_or(f64::NAN, |[n, d]| self.ln_loss(theta, At::allocation(n, d)))
    }

    /// −dL*/d ln C.
    pub fn slope(&self, theta: &Theta, compute: f64) -> f64 {
        let at = |by: f64| self.ln_best(theta, compute * by.exp()).exp();
        (at(-STEP) - at(STEP)) / (2.0 * STEP)
    }

    /// 1 − C′/C with L*(C′) = L(N, D): bisection, as L* falls with C. NaN where no budget has that loss, or where one on
    /// the way down to it has no best size.
    pub fn waste(&self, theta: &Theta, compute: f64, at: At) -> f64 {
        let loss = self.ln_loss(theta, at);
        let (mut low, mut high) = (0.0, 0.0);
        let best = |ln_share: f64| self.ln_best(theta, compute * ln_share.exp());
        if best(high) >= loss {
            return 0.0;
        }
        // Step by step, as far below the table a law may have no valley any more.
        while best(low) < loss {
            (low, high) = (low - STRIDE, low);
            if low < -FARTHEST {
                return f64::NAN;
            }
        }
        if best(low).is_nan() {
            return f64::NAN;
        }
        while high - low > 1e-12 {
            let middle = 0.5 * (low + high);
            if best(middle) > loss { low = middle } else { high = middle }
        }
        -(0.5 * (low + high)).exp_m1()
    }

    /// A loss on the scale where a run's noise is added to it.
    fn noisy(&self, ln_loss: f64) -> f64 {
        match self.residual {
            Residual::Log => ln_loss,
            Residual::Linear => ln_loss.exp(),
            Residual::LogPlusOne => ln_loss.exp().ln_1p(),
        }
    }

    /// Back from there.
    fn quiet(&self, value: f64) -> f64 {
        match self.residual {
            Residual::Log => value.exp(),
            Residual::Linear => value,
            Residual::LogPlusOne => value.exp_m1(),
        }
    }

    /// The numbers of a forecast at C: ln N*, ln D*, ln(D*/N*), ln g, and L* as noise is added to it.
    pub fn at_budget(self, compute: f64) -> Vec<Number<'a>> {
        let of = move |theta: &Theta, pick: fn([f64; 2]) -> f64| self.optimum(theta, compute).map_or(f64::NAN, pick);
        vec![
            Box::new(move |theta| of(theta, |[n, _]| n)),
            Box::new(move |theta| of(theta, |[_, d]| d)),
            Box::new(move |theta| of(theta, |[n, d]| d - n)),
            Box::new(move |theta| self.slope(theta, compute).ln()),
            Box::new(move |theta| self.noisy(self.ln_best(theta, compute))),
        ]
    }

    /// The number of a forecast at x.
    pub fn on_axis(self, x: f64) -> Vec<Number<'a>> {
        vec![Box::new(move |theta| self.noisy(self.ln_loss(theta, At::axis(x.ln()))))]
    }

    /// C of a choice.
    fn compute(&self, choice: Allocation) -> f64 {
        self.flops_per_param_token * choice.params.0 * choice.tokens.0
    }

    /// The numbers of a choice: L(N, D) as noise is added to it, and what it wastes.
    pub fn of_choice(self, choice: Allocation) -> Vec<Number<'a>> {
        let (at, compute) = (choice.at(), self.compute(choice));
        vec![
            Box::new(move |theta| self.noisy(self.ln_loss(theta, at))),
            Box::new(move |theta| self.waste(theta, compute, at)),
        ]
    }

    /// The forecast that [`at_budget`](Self::at_budget)'s numbers make, from place `first` of the spreads.
    pub fn forecast(&self, theta: &Theta, compute: f64, spreads: &Spreads, first: usize, reach: f64) -> LawForecast {
        let numbers = self.at_budget(compute);
        let logs = |k: usize| estimate(numbers[k](theta), &spreads.of[first + k], f64::exp);
        // Less than one parameter or token is no size: a law that is wrong for its table ends there.
        let is_size = numbers[0](theta) >= 0.0 && numbers[1](theta) >= 0.0;
        let of_size = |value: f64| if is_size { value } else { f64::NAN };
        let loss = |spread: &Spread| estimate(of_size(numbers[4](theta)), spread, |value| of_size(self.quiet(value)));
        let known = |estimate: Estimate| (is_size && estimate.value.is_finite()).then_some(estimate);
        LawForecast {
            compute: Some(Flops(compute)),
            axis: None,
            params: known(logs(0)),
            tokens: known(logs(1)),
            tokens_per_param: known(logs(2)),
            slope: known(logs(3)),
            loss: loss(&spreads.of[first + 4]),
            loss_new_run: loss(&spreads.of_new_run[first + 4]),
            reach,
        }
    }

    /// The forecast that [`on_axis`](Self::on_axis)'s number makes.
    pub fn forecast_on_axis(&self, theta: &Theta, x: f64, spreads: &Spreads, at: usize, reach: f64) -> LawForecast {
        let value = self.on_axis(x)[0](theta);
        let loss = |spread: &Spread| estimate(value, spread, |value| self.quiet(value));
        LawForecast {
            compute: None,
            axis: Some(x),
            params: None,
            tokens: None,
            tokens_per_param: None,
            slope: None,
            loss: loss(&spreads.of[at]),
            loss_new_run: loss(&spreads.of_new_run[at]),
            reach,
        }
    }

    /// The choice that [`of_choice`](Self::of_choice)'s numbers make.
    pub fn choice(&self, theta: &Theta, asked: Allocation, spreads: &Spreads, first: usize) -> Choice {
        let numbers = self.of_choice(asked);
        Choice {
            params: asked.params,
            tokens: asked.tokens,
            unique_tokens: asked.unique_tokens,
            compute: Flops(self.compute(asked)),
            loss: estimate(numbers[0](theta), &spreads.of[first], |value| self.quiet(value)),
            waste: estimate(numbers[1](theta), &spreads.of[first + 1], |value| value.clamp(0.0, 1.0)),
        }
    }
}

/// Ends no farther apart than this are one: the number follows from coefficients that are given.
const SAME: f64 = 1e-14;

/// A value with its interval, both mapped to what is shown; without one where nothing that was fitted moves it.
pub fn estimate(value: f64, spread: &Spread, shown: impl Fn(f64) -> f64) -> Estimate {
    let same = |(low, high): (f64, f64)| (high - low).abs() <= SAME * low.abs();
    if spread.low.zip(spread.high).is_some_and(same) {
        return Estimate { value: shown(value), low: None, high: None };
    }
    let end = |end: Option<f64>| end.map(&shown).filter(|end| end.is_finite());
    Estimate { value: shown(value), low: end(spread.low), high: end(spread.high) }
}
