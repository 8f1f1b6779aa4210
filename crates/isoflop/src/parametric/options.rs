//! What the job of `isoflop fit` can be told.

use crate::fit::Known;
use crate::fit::objective::Residual;
use crate::fit::search::Starts;
use crate::law::Law;
use crate::profile::BUDGET_TOLERANCE;
use crate::robust::RobustLoss;
use crate::rows::At;
use crate::uncertainty::{INTERVALS, Method};
use crate::units::{Params, Tokens};

/// What to train, and on what.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Allocation {
    /// N.
    pub params: Params,
    /// D.
    pub tokens: Tokens,
    /// U, where some of D are repeated; all are distinct where none is said.
    pub unique_tokens: Option<Tokens>,
}

impl Allocation {
    /// The inputs of a law there.
    pub fn at(&self) -> At {
        let (n, d) = (self.params.0.ln(), self.tokens.0.ln());
        self.unique_tokens.map_or(At::allocation(n, d), |unique| At::repeated(n, d, unique.0.ln()))
    }
}

/// Everything that the job can be told.
#[derive(Clone)]
pub struct Options<'a> {
    /// The law.
    pub law: &'a dyn Law,
    /// ρ.
    pub robust: &'a dyn RobustLoss,
    /// r.
    pub residual: Residual,
    /// Where descents begin; the law's usual search where none is given.
    pub search: Option<&'static dyn Starts>,
    /// How intervals are formed.
    pub interval: &'static dyn Method,
    /// Their nominal level.
    pub level: f64,
    /// Refits, where the method makes some.
    pub resamples: usize,
    /// Their seed.
    pub seed: u64,
    /// Budgets to forecast, or places x of a law along another axis than compute.
    pub at: Vec<f64>,
    /// Choices to price.
    pub choices: Vec<Allocation>,
    /// Coefficients that are given.
    pub fixed: Vec<(usize, f64)>,
    /// Coefficients that are known to some extent.
    pub priors: Vec<Known>,
    /// Budgets whose C differ by at most this share group.
    pub budget_tolerance: f64,
}

/// Refits of a law that is a formula with many coefficients, each of which takes some hundred times as long.
const REFITS_OF_FORMULAS: usize = 1000;

/// As many refits as are made of `law` where no number is asked for.
pub fn usual_refits(law: &dyn Law) -> usize {
    let is_quick = law.base().is_some() || law.knows_curvature(&vec![true; law.coefficients().len()]);
    if is_quick { crate::analyze::RESAMPLES } else { REFITS_OF_FORMULAS }
}

impl<'a> Options<'a> {
    /// The usual choices for one law and robust loss.
    pub fn new(law: &'a dyn Law, robust: &'a dyn RobustLoss) -> Self {
        Self {
            law,
            robust,
            residual: Residual::Log,
            search: None,
            interval: INTERVALS[0],
            level: 0.9,
            resamples: usual_refits(law),
            seed: 0,
            at: Vec::new(),
            choices: Vec::new(),
            fixed: Vec::new(),
            priors: Vec::new(),
            budget_tolerance: BUDGET_TOLERANCE,
        }
    }
}
