//! Fits: the coefficients that make Σ w·ρ(r) smallest, and how sure it is that nothing is smaller.

mod cholesky;
pub mod newton;
pub mod objective;
mod residual;
pub mod search;
mod setup;
mod status;

pub use setup::{STEPS, Setup};
pub use status::{FitError, FitStatus};

pub(crate) use cholesky::Cholesky;

use crate::law::{Law, Scale};
use crate::robust::{Bend, RobustLoss};
use crate::rows::{Row, Rows};
use newton::{Bottom, Search, Theta};
use objective::{Objective, Prior, Residual, Room};
use search::{Found, Mode, Starts};

/// Everything that a fit can be told.
#[derive(Clone)]
pub struct FitOptions<'a> {
    /// ρ: what a residual costs.
    pub robust: &'a dyn RobustLoss,
    /// r: what is compared.
    pub residual: Residual,
    /// Where descents begin; the law's usual search where none is given.
    pub search: Option<&'static dyn Starts>,
    /// Coefficients that are given and do not move: place in the law, value as it is reported.
    pub fixed: Vec<(usize, f64)>,
    /// Coefficients that are known to some extent.
    pub priors: Vec<Known>,
}

impl<'a> FitOptions<'a> {
    /// The usual choices with this robust loss.
    pub fn new(robust: &'a dyn RobustLoss) -> Self {
        Self { robust, residual: Residual::Log, search: None, fixed: Vec::new(), priors: Vec::new() }
    }
}

/// A coefficient that is known to some extent before any run: normal with this mean and standard deviation.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Known {
    /// Its place in the law.
    pub place: usize,
    /// Its mean, as the coefficient is reported.
    pub value: f64,
    /// Its standard deviation, likewise.
    pub sd: f64,
}

/// A law fitted to a table.
pub struct Fit<'a> {
    /// The choices, as the searches use them.
    pub setup: Setup<'a>,
    /// The table, in the coordinates of the searches.
    pub rows: Rows,
    /// θ of the lowest minimum, in the coordinates of the searches. Methods and refits begin here.
    pub theta: Theta,
    /// The same, where a floor that the search held at the least it looks at is as good as none: what is reported.
    pub best: Theta,
    /// Σ w·ρ(r) at `best`: a plain sum, without priors.
    pub objective: f64,
    /// Whether it is to be trusted.
    pub status: FitStatus,
    /// Name of the search.
    pub search: &'static str,
    /// What the search found.
    pub found: Found,
}

impl Fit<'_> {
    /// The coefficients as they are reported, in the law's order.
    pub fn coefficients(&self) -> Vec<f64> {
        self.shown(&self.best)
    }

    /// Coefficients as they are reported, from a θ of the searches.
    pub fn shown(&self, theta: &Theta) -> Vec<f64> {
        let published = self.setup.as_published(theta);
        self.setup.law.coefficients().iter().zip(published).map(|(c, theta)| c.shown(theta)).collect()
    }

    /// r of every row.
    pub fn residuals(&self) -> Vec<f64> {
        let search = self.setup.search(&self.rows);
        search.objective.residuals_at(&self.theta[..self.setup.count()], &mut Room::default()).to_vec()
    }

    /// ln L̂ of every row.
    pub fn fitted(&self) -> Vec<f64> {
        let theta = &self.theta[..self.setup.count()];
        self.rows.iter().map(|row| self.setup.searched_law().ln_loss(theta, row.at)).collect()
    }

    /// The other minima that the searches ended in, lowest first.
    pub fn other_modes(&self) -> &[Mode] {
        self.found.modes.get(1..).unwrap_or_default()
    }
}

/// Coefficients that a table cannot tell apart change nothing along some direction: the least curvature of the
/// objective there, as a share of the most, each coefficient on its own scale.
const TELLS_APART: f64 = 1e-11;

/// ln of how much smaller a floor is that is none than the least that searches look at.
const NOTHING_LEFT: f64 = 20.0;

/// Times that the strength of the priors is set anew by the noise that the fit finds.
const ROUNDS: usize = 3;

/// Fits `law` to `rows`.
///
/// # Errors
/// [`FitError`], only where there is no usable fit at all; less trouble is the fit's [`status`](Fit::status).
pub fn fit<'a>(
    law: &'a dyn Law,
    rows: &[Row],
    options: &FitOptions<'a>,
    room: &'a mut Held,
) -> Result<Fit<'a>, FitError> {
    room.prepare(law, options)?;
    status::enough_rows(law, rows, &room.fixed)?;
    let search = options.search.unwrap_or_else(|| search::usual(law, options.robust));
    search.suits(law).map_err(|why| FitError::Search { search: search.name(), law: law.name().to_string(), why })?;
    for round in 0..ROUNDS {
        if options.priors.is_empty() || round + 1 == ROUNDS {
            break;
        }
        let priors = room.priors.clone();
        let fixed = room.fixed.clone();
        let (setup, searched) = Setup::new(law, rows, options.robust, options.residual, &priors, &fixed);
        let found = search::descend_all(&setup, &searched, search).ok_or(FitError::NotFinite)?;
        let noise = noise_of(&setup, &searched, &found.modes[0].bottom);
        room.weigh(law, options, noise);
    }
    let (setup, searched) = Setup::new(law, rows, options.robust, options.residual, &room.priors, &room.fixed);
    let found = search::descend_all(&setup, &searched, search).ok_or(FitError::NotFinite)?;
    let bottom = found.modes[0].bottom;
    let best = without_floor(&setup, &searched, &bottom).unwrap_or(bottom.theta);
    let objective = setup.search(&searched).objective.of_data(&best[..setup.count()], &mut Room::default());
    let status = status::of(&setup, &searched, &bottom);
    Ok(Fit { theta: bottom.theta, best, objective, status, search: search.name(), found, setup, rows: searched })
}

/// The bottom without a floor, where the search held one at the least that it looks at: refits must be able to find one
/// again, so it cannot look at less, but what the objective would be without it is to be told.
fn without_floor(setup: &Setup, rows: &Rows, bottom: &Bottom) -> Option<Theta> {
    let search = setup.search(rows);
    let (mut free, mut theta) = (setup.free().to_vec(), bottom.theta);
    for k in setup.floors().filter(|&k| bottom.theta[k] <= setup.bounds()[k].0) {
        free[k] = false;
        theta[k] -= NOTHING_LEFT;
    }
    if free == setup.free() {
        return None;
    }
    let search = Search { objective: Objective { free: &free, ..search.objective }, ..search };
    let end = search.descend(&theta, Bend::Exact, &mut Room::default());
    (end.objective <= bottom.objective).then_some(end.theta)
}

/// What is given of a fit's coefficients, on the scale that is searched. Holds what the fit borrows.
#[derive(Clone, Debug, Default)]
pub struct Held {
    fixed: Vec<Option<f64>>,
    priors: Vec<Prior>,
}

impl Held {
    fn prepare(&mut self, law: &dyn Law, options: &FitOptions) -> Result<(), FitError> {
        self.fixed = vec![None; law.coefficients().len()];
        for &(place, value) in &options.fixed {
            let coefficient = &law.coefficients()[place];
            let theta = coefficient.searched(value);
            if !theta.is_finite() {
                return Err(FitError::Fixed { name: coefficient.name.to_string(), value });
            }
            self.fixed[place] = Some(theta);
        }
        self.priors.clear();
        Ok(())
    }

    /// Priors as strong as noise of this size calls for.
    fn weigh(&mut self, law: &dyn Law, options: &FitOptions, noise: f64) {
        self.priors = options
            .priors
            .iter()
            .map(|known| {
                let coefficient = &law.coefficients()[known.place];
                let sd = match coefficient.scale {
                    Scale::Log => known.sd / known.value,
                    Scale::Linear => known.sd,
                };
                Prior { place: known.place, at: coefficient.searched(known.value), sd, strength: noise / (sd * sd) }
            })
            .collect();
    }
}

/// E ψ² / E ψ′: what the objective has to be divided by to be a likelihood.
fn noise_of(setup: &Setup, rows: &Rows, bottom: &Bottom) -> f64 {
    let mut room = Room::default();
    let residuals = setup.search(rows).objective.residuals_at(&bottom.theta[..setup.count()], &mut room);
    let (psi_squared, psi_prime) = noise(setup, residuals, rows);
    psi_squared / psi_prime
}

/// E ψ² and E ψ′ of these residuals; the first as large as it is about the truth, not about the fit.
///
/// Weights are relative: they say how precise a run is beside the others, w ∝ 1/σ², so E ψ² is the mean of wψ² and grows
/// with the unit of the weights as Σ wρ does, and E ψ′ is weighed by w. Where the square of ρ is narrower than the noise,
/// few residuals lie in it, and the share that do is taken from a wider window h: E ψ′ is (ψ(h) − ψ(−h))/2h times the
/// share within h, as the density is even near 0.
pub(crate) fn noise(setup: &Setup, residuals: &[f64], rows: &Rows) -> (f64, f64) {
    let weights: Vec<f64> = rows.iter().map(|row| row.weight).collect();
    let total: f64 = weights.iter().sum();
    let mean = |of: &dyn Fn(f64) -> f64| residuals.iter().zip(&weights).map(|(&r, w)| w * of(r)).sum::<f64>() / total;
    let count = residuals.len() as f64;
    let free = setup.free().iter().filter(|free| **free).count() as f64;
    let window = window(residuals);
    let narrow = setup.robust.cost(window).psi_prime < 1.0;
    let slope = if narrow {
        // The fit passes through as many runs as it has coefficients: those are close to it whatever the noise.
        let within = mean(&|r| f64::from(u8::from(r.abs() <= window))) * count - free;
        let rise = setup.robust.cost(window).psi - setup.robust.cost(-window).psi;
        within.max(1.0) / (count - free).max(1.0) * 0.5 * rise / window
    } else {
        mean(&|r| setup.robust.cost(r).psi_prime)
    };
    let squares = mean(&|r| setup.robust.cost(r).psi.powi(2)) * total;
    (squares / (count - free).max(1.0), slope.max(1e-300))
}

/// Half a robust standard deviation: residuals within it are dense enough to count.
fn window(residuals: &[f64]) -> f64 {
    let mut sizes: Vec<f64> = residuals.iter().map(|r| r.abs()).collect();
    0.5 * crate::interval::MEDIAN_TO_SD * crate::interval::median(&mut sizes)
}
