//! Whether a fit is to be trusted, and why there may be none.

use serde::Serialize;

use super::TELLS_APART;
use super::newton::{Bottom, Stop};
use super::objective::Room;
use super::setup::Setup;
use crate::law::{COEFFICIENTS_MAX, Law};
use crate::robust::Bend;
use crate::rows::{Input, Row, Rows};

/// Whether a fit is to be trusted. There is a usable fit in every case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "state", rename_all = "kebab-case")]
pub enum FitStatus {
    /// It is at the bottom of a valley.
    Converged,
    /// The search was still going down when its steps were spent.
    IterationLimit,
    /// The search could go no further, though the slope says it should.
    Stalled,
    /// It is at the bottom as far as a coefficient's bounds allow: a floor that is zero, an exponent that is none.
    AtBound {
        /// The coefficients at a bound.
        coefficients: Vec<String>,
    },
    /// The table cannot tell some coefficients apart: others fit as well.
    Underdetermined {
        /// The coefficients that cannot be known.
        coefficients: Vec<String>,
    },
}

/// There is no usable fit.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum FitError {
    /// Fewer runs than unknowns, or no more.
    #[error(
        "{law} has {unknowns} unknown coefficients and needs at least {needed} different {rows_are}; there are {found}"
    )]
    TooFewRuns {
        /// What is fitted: "runs", or what was made of them.
        rows_are: &'static str,
        /// The law.
        law: String,
        /// Coefficients that are not given.
        unknowns: usize,
        /// Runs that it takes.
        needed: usize,
        /// Different runs that there are.
        found: usize,
    },
    /// The law needs something that the table does not say.
    #[error("{law} needs {input} of every run, and the table has none")]
    MissingInput {
        /// The law.
        law: String,
        /// What it needs.
        input: &'static str,
    },
    /// The first stage of a law of two stages has no fit.
    #[error("its first stage, on {rows_are}, has no fit: {why}")]
    FirstStage {
        /// The rows of that stage.
        rows_are: &'static str,
        /// Why.
        why: String,
    },
    /// The objective is no number wherever the search began.
    #[error("the objective is not a finite number at any start")]
    NotFinite,
    /// The search cannot be used for this law.
    #[error("{search} cannot search {law}: {why}")]
    Search {
        /// The search.
        search: &'static str,
        /// The law.
        law: String,
        /// Why not.
        why: &'static str,
    },
    /// A coefficient cannot have the value it is given.
    #[error("{name} cannot be {value}: it is positive")]
    Fixed {
        /// The coefficient.
        name: String,
        /// The value.
        value: f64,
    },
}

impl FitError {
    /// The same of rows that are something else than runs.
    #[must_use]
    pub fn about(mut self, what: &'static str) -> Self {
        if let Self::TooFewRuns { rows_are, .. } = &mut self {
            *rows_are = what;
        }
        self
    }
}

/// Refuses tables with no more different runs than unknowns.
pub(super) fn enough_rows(law: &dyn Law, rows: &[Row], fixed: &[Option<f64>]) -> Result<(), FitError> {
    let mut places: Vec<Vec<u64>> = rows
        .iter()
        .filter(|row| row.weight > 0.0)
        .map(|row| law.inputs().iter().map(|&input| row.at.of(input).to_bits()).collect())
        .collect();
    places.sort_unstable();
    places.dedup();
    let unknowns = fixed.iter().filter(|value| value.is_none()).count();
    let needed = unknowns + 1;
    if places.len() < needed {
        return Err(FitError::TooFewRuns {
            rows_are: "runs",
            law: law.name().to_string(),
            unknowns,
            needed,
            found: places.len(),
        });
    }
    Ok(())
}

/// ln N and ln D, or any two inputs, that differ by the same in every run to within this tell no more than one.
const ONE_LINE: f64 = 1e-3;

/// The status of the fit that a search ended in.
pub(super) fn of(setup: &Setup, rows: &Rows, bottom: &Bottom) -> FitStatus {
    let name = |k: usize| setup.law.coefficients()[k].name.to_string();
    let unknown = untold(setup, rows, bottom);
    if !unknown.is_empty() {
        return FitStatus::Underdetermined { coefficients: unknown.into_iter().map(name).collect() };
    }
    let at_bound: Vec<usize> = (0..setup.count())
        .filter(|&k| {
            let (low, high) = setup.bounds()[k];
            setup.free()[k] && (bottom.theta[k] <= low || bottom.theta[k] >= high)
        })
        .collect();
    if !at_bound.is_empty() {
        return FitStatus::AtBound { coefficients: at_bound.into_iter().map(name).collect() };
    }
    match bottom.stop {
        Stop::Converged => FitStatus::Converged,
        Stop::StepLimit => FitStatus::IterationLimit,
        Stop::Stalled => FitStatus::Stalled,
        Stop::Flat => FitStatus::Underdetermined {
            coefficients: (0..setup.count()).filter(|&k| setup.free()[k]).map(name).collect(),
        },
    }
}

/// The coefficients that the table cannot tell apart.
fn untold(setup: &Setup, rows: &Rows, bottom: &Bottom) -> Vec<usize> {
    if let Some(exponents) = one_line(setup, rows) {
        return exponents;
    }
    let count = setup.count();
    let mut room = Room::default();
    let objective = setup.search(rows).objective;
    objective.prepare(&bottom.theta[..count], Bend::Majorant, &mut room);
    let normal = objective.normal(&bottom.theta[..count], Bend::Majorant, &room);
    let held = |k: usize| bottom.theta[k] <= setup.bounds()[k].0 || bottom.theta[k] >= setup.bounds()[k].1;
    let moving: Vec<usize> = (0..count).filter(|&k| setup.free()[k] && !held(k)).collect();
    let Some(direction) = flattest(&normal.hessian, &moving) else { return Vec::new() };
    // Those that make up the direction, each on its own scale.
    moving.into_iter().zip(direction).filter(|(_, part)| part.abs() > 0.1).map(|(k, _)| k).collect()
}

/// The coefficients of two powers whose inputs lie on one line: all runs at one D/N, or at one size. Powers of which
/// something is given are left to the curvature.
fn one_line(setup: &Setup, rows: &Rows) -> Option<Vec<usize>> {
    let spread = |of: &dyn Fn(usize) -> f64| {
        let values = || (0..rows.len()).map(of);
        values().fold(f64::NEG_INFINITY, f64::max) - values().fold(f64::INFINITY, f64::min)
    };
    let input = |i: usize, input: Input| rows.row(i).at.of(input);
    let moves = |k: usize| setup.free()[k] && setup.priors.iter().all(|prior| prior.place != k);
    let powers = setup.law.terms().iter().filter_map(|term| Some((term.amplitude, term.power?)));
    let powers: Vec<_> = powers.filter(|(amplitude, power)| moves(*amplitude) && moves(power.exponent)).collect();
    for (a, (amplitude, power)) in powers.iter().enumerate() {
        if spread(&|i| input(i, power.input)) < ONE_LINE {
            return Some(vec![*amplitude, power.exponent]);
        }
        for (other, second) in &powers[a + 1..] {
            let difference = spread(&|i| input(i, power.input) - input(i, second.input));
            if power.input != second.input && difference < ONE_LINE {
                let mut all = vec![*amplitude, power.exponent, *other, second.exponent];
                all.sort_unstable();
                all.dedup();
                return Some(all);
            }
        }
    }
    None
}

/// The direction of least curvature of a matrix, its diagonal brought to 1, where that is a [`TELLS_APART`] of the
/// most: found by repeated squaring of the inverse's action.
fn flattest(hessian: &[[f64; COEFFICIENTS_MAX]; COEFFICIENTS_MAX], moving: &[usize]) -> Option<Vec<f64>> {
    let n = moving.len();
    let mut scaled = [[0.0; COEFFICIENTS_MAX]; COEFFICIENTS_MAX];
    for (i, &a) in moving.iter().enumerate() {
        for (j, &b) in moving.iter().enumerate() {
            let size = (hessian[a][a] * hessian[b][b]).sqrt();
            scaled[i][j] = if i == j { 1.0 } else { hessian[a][b] / size };
            if !scaled[i][j].is_finite() {
                // A coefficient that moves nothing at all.
                let flat = if hessian[a][a] > 0.0 { b } else { a };
                return Some(moving.iter().map(|&k| f64::from(u8::from(k == flat))).collect());
            }
        }
    }
    // Least curvature by power iteration on the inverse, a hair of damping making that exist.
    for i in 0..n {
        scaled[i][i] += 0.1 * TELLS_APART;
    }
    let all = [true; COEFFICIENTS_MAX];
    let Some(system) = super::Cholesky::new(&scaled, &all[..n], 0.0) else {
        // Not even that: rounding hides which; all of them then.
        return Some(vec![1.0; n]);
    };
    let mut vector = [0.0; COEFFICIENTS_MAX];
    for (i, value) in vector[..n].iter_mut().enumerate() {
        *value = 1.0 + 0.1 * i as f64;
    }
    let mut growth = 0.0;
    for _ in 0..50 {
        let next = system.solve(&vector);
        growth = next[..n].iter().map(|v| v * v).sum::<f64>().sqrt();
        for i in 0..n {
            vector[i] = next[i] / growth;
        }
    }
    (1.0 / growth < TELLS_APART * n as f64).then(|| vector[..n].to_vec())
}
