//! The job of `isoflop fit`: one law, one table, every number with its interval.

mod as_approach;
mod at_budget;
mod described;
mod observed;
mod options;
mod report;

pub use as_approach::NAME;
pub(crate) use as_approach::{AsApproach, as_approach};
pub use at_budget::Surface;
pub use observed::{Observed, Table};
pub use options::{Allocation, Options, usual_refits};
pub use report::{Choice, FitData, FitReport, LawForecast, ModeReport, SCHEMA, StartCount, status_words};

use crate::analysis::FittedCoefficient;
use crate::fit::newton::Theta;
use crate::fit::{self, Fit, FitError, FitOptions, FitStatus, Held};
use crate::interval::{self, MEDIAN_TO_SD};
use crate::law::COEFFICIENTS_MAX;
use crate::progress::Progress;
use crate::rows::Input;
use crate::uncertainty::{Ask, Quantity, Spread};
use crate::units::Flops;
use crate::{answer, check};
use at_budget::Number;

/// Why there is no report.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ParametricError {
    /// There is no fit.
    #[error(transparent)]
    Fit(#[from] FitError),
    /// The person asked to stop.
    #[error("interrupted")]
    Interrupted,
}

/// Fits a law to a table, forms every interval, and says what is wrong.
pub fn fit_table(table: Table, options: &Options, progress: &dyn Progress) -> Result<FitReport, ParametricError> {
    Ok(fit_with(table, options, |_| Vec::new(), progress)?.report)
}

/// A report, and what else was asked of the same fit.
pub(crate) struct Fitted {
    pub report: FitReport,
    /// Value and spread of each further number.
    pub further: Vec<(f64, Spread)>,
    /// The law at its coefficients: ln L of a place.
    pub theta: Theta,
    pub flops_per_param_token: f64,
}

/// [`fit_table`] with further numbers, whose spreads come from the same refits.
pub(crate) fn fit_with<'l>(
    table: Table,
    options: &Options<'l>,
    further: impl FnOnce(Surface<'l>) -> Vec<Number<'l>>,
    progress: &dyn Progress,
) -> Result<Fitted, ParametricError> {
    let law = options.law;
    let observed = Observed::new(law, table, options.budget_tolerance)?;
    let (base, stage) = first_stage(options, &observed)?;
    let fit_options = FitOptions {
        robust: options.robust,
        residual: options.residual,
        search: options.search,
        fixed: options.fixed.iter().copied().chain(base).collect(),
        priors: options.priors.clone(),
    };
    let mut given = Held::default();
    let fit =
        fit::fit(law, &observed.rows, &fit_options, &mut given).map_err(|error| error.about(observed.rows_are))?;
    let surface = Surface {
        law,
        count: law.coefficients().len(),
        flops_per_param_token: observed.flops_per_param_token,
        residual: options.residual,
    };
    let on_axis = law.inputs().contains(&Input::Axis);
    let mut numbers = numbers(&surface, options, on_axis);
    let own = numbers.len();
    numbers.extend(further(surface));
    let quantities: Vec<Quantity> = numbers.iter().map(|number| &**number as Quantity).collect();
    let Options { level, resamples, seed, .. } = *options;
    let ask = Ask { fit: &fit, groups: &observed.groups, level, resamples, seed };
    let mut spreads = options.interval.spreads(&ask, &quantities, progress).ok_or(ParametricError::Interrupted)?;
    // The ends of what nothing fitted moves are rounding.
    for (spread, _) in spreads.of.iter_mut().zip(&quantities).filter(|(_, quantity)| !moves(&fit, quantity)) {
        (spread.low, spread.high) = (None, None);
    }
    if matches!(fit.status, FitStatus::Underdetermined { .. }) {
        // Refits that begin at one of many equally good fits stay near it, and would make it look sure.
        for spread in spreads.of.iter_mut().chain(&mut spreads.of_new_run) {
            *spread = Spread { std_error: f64::NAN, low: None, high: None };
        }
    }

    let theta = fit.setup.as_published(&fit.best);
    let count = surface.count;
    let per_forecast = if on_axis { 1 } else { surface.at_budget(1.0).len() };
    let reach = |c: f64| c / observed.largest;
    let forecast = |(k, &c): (usize, &f64)| {
        let first = 2 * count + per_forecast * k;
        if on_axis {
            let mut forecast = surface.forecast_on_axis(&theta, c, &spreads, first, reach(c));
            if matches!(table, Table::Runs(_)) {
                // Along the axis of a run table x is compute.
                forecast.compute = Some(Flops(c));
            }
            forecast
        } else {
            surface.forecast(&theta, c, &spreads, first, reach(c))
        }
    };
    let forecasts: Vec<LawForecast> = options.at.iter().enumerate().map(forecast).collect();
    let after = 2 * count + per_forecast * options.at.len();
    let choice = |(k, &asked): (usize, &Allocation)| surface.choice(&theta, asked, &spreads, after + 2 * k);
    let choices = if on_axis { Vec::new() } else { options.choices.iter().enumerate().map(choice).collect() };
    let (status, status_coefficients) = status_words(&fit.status);
    let residuals = fit.residuals();
    let mut report = FitReport {
        schema: SCHEMA,
        version: env!("CARGO_PKG_VERSION"),
        law: law.name().to_string(),
        equation: law.equation().to_string(),
        source: law.source().to_string(),
        robust_loss: options.robust.spelled(),
        residual: options.residual.name(),
        search: fit.search,
        interval: options.interval.name(),
        level: options.level,
        seed: options.seed,
        data: FitData::of(table, &observed),
        rows: observed.rows.len(),
        first_stage: stage,
        objective: fit.objective,
        status,
        status_coefficients,
        coefficients: coefficients(&fit, &theta, &spreads),
        forecasts,
        choices,
        starts: StartCount {
            tried: fit.found.tried,
            polished: fit.found.polished,
            agreed: fit.found.modes[0].reached_by,
        },
        modes: fit.found.modes.iter().take(MODES).enumerate().map(|(k, mode)| mode_report(&fit, k, mode)).collect(),
        refits: spreads.refits,
        residual_sd: robust_sd(&residuals),
        flops_per_param_token: observed.flops_per_param_token,
        warnings: Vec::new(),
        answers: Vec::new(),
    };
    report.warnings = check::of_law(&check::LawView { table, observed: &observed, fit: &fit, report: &report });
    report.answers = answer::of_fit(&report);
    let further =
        numbers[own..].iter().zip(&spreads.of[own..]).map(|(number, spread)| (number(&theta), *spread)).collect();
    Ok(Fitted { report, further, theta, flops_per_param_token: observed.flops_per_param_token })
}

/// By this each coefficient is moved, on the scale that is searched…
const NUDGE: f64 = 0.1;
/// …and what moves a number by a smaller share is the rounding of an optimum that is searched.
const UNMOVED: f64 = 1e-6;

/// Whether anything that was fitted moves a number: what rests on the first stage alone has no interval of this one.
fn moves(fit: &Fit, quantity: &Quantity) -> bool {
    let of = |theta: &Theta| quantity(&fit.setup.as_published(theta));
    let own = of(&fit.theta);
    (0..fit.setup.count()).filter(|&k| fit.setup.free()[k]).any(|k| {
        let mut nudged = fit.theta;
        nudged[k] += NUDGE;
        let difference = (of(&nudged) - own).abs();
        difference.is_nan() || difference > UNMOVED * (1.0 + own.abs())
    })
}

/// Coefficients by place, and how they were found.
type FirstStage = (Vec<(usize, f64)>, Option<String>);

/// The coefficients that the law's first stage finds, and that stage in words; none where it has none, or any of them
/// is given.
fn first_stage(options: &Options, observed: &Observed) -> Result<FirstStage, FitError> {
    let law = options.law;
    let Some(base) = law.base() else { return Ok((Vec::new(), None)) };
    let places: Vec<usize> = base.law.coefficients().iter().filter_map(|c| law.coefficient(&c.name)).collect();
    let given = |place: &usize| options.fixed.iter().any(|(k, _)| k == place);
    if places.iter().any(given) {
        return Ok((Vec::new(), None));
    }
    let rows: Vec<_> = observed.rows.iter().filter(|row| (base.fits)(row.at)).copied().collect();
    let first = FitOptions { residual: options.residual, ..FitOptions::new(options.robust) };
    let mut room = Held::default();
    let fit = fit::fit(base.law, &rows, &first, &mut room)
        .map_err(|error| FitError::FirstStage { rows_are: base.rows_are, why: error.to_string() })?;
    let stage = format!("{} fitted to {} {}", base.law.name(), rows.len(), base.rows_are);
    Ok((places.into_iter().zip(fit.coefficients()).collect(), Some(stage)))
}

/// Minima that are told.
const MODES: usize = 5;

fn mode_report(fit: &Fit, place: usize, mode: &fit::search::Mode) -> ModeReport {
    let theta = if place == 0 { &fit.best } else { &mode.bottom.theta };
    let objective = if place == 0 && fit.best != fit.theta { fit.objective } else { mode.bottom.objective };
    ModeReport { objective, coefficients: fit.shown(theta), reached_by: mode.reached_by }
}

/// Every number of the report: each coefficient as it is searched and as it is shown, forecasts, choices.
fn numbers<'a>(surface: &Surface<'a>, options: &Options, on_axis: bool) -> Vec<Number<'a>> {
    let surface = *surface;
    let coefficient = |k: usize| {
        let searched: Number = Box::new(move |theta: &Theta| theta[k]);
        let shown: Number = Box::new(move |theta: &Theta| surface.law.coefficients()[k].shown(theta[k]));
        [searched, shown]
    };
    let mut numbers: Vec<Number> = (0..surface.count).flat_map(coefficient).collect();
    for &c in &options.at {
        numbers.extend(if on_axis { surface.on_axis(c) } else { surface.at_budget(c) });
    }
    if !on_axis {
        for &choice in &options.choices {
            numbers.extend(surface.of_choice(choice));
        }
    }
    numbers
}

/// Ends at which the search itself had to stop are open: how far out the table lets the coefficient go is not known.
fn within_bounds(fit: &Fit, k: usize, spread: &Spread) -> Spread {
    let Some((low, high)) = fit.setup.published_bounds(k) else { return *spread };
    let inside = |end: &f64| *end > low + AT_BOUND && *end < high - AT_BOUND;
    Spread { low: spread.low.filter(inside), high: spread.high.filter(inside), ..*spread }
}

/// Ends this close to a bound are at it.
const AT_BOUND: f64 = 1e-9;

fn coefficients(
    fit: &Fit,
    theta: &[f64; COEFFICIENTS_MAX],
    spreads: &crate::uncertainty::Spreads,
) -> Vec<FittedCoefficient> {
    let of = |(k, coefficient): (usize, &crate::law::Coefficient)| {
        let fixed = !fit.setup.free()[k];
        // Ends are formed on the scale that is searched, the standard error on the one that is shown.
        let (searched, shown) = (&spreads.of[2 * k], &spreads.of[2 * k + 1]);
        let searched = within_bounds(fit, k, searched);
        let estimate = at_budget::estimate(theta[k], &searched, |value| coefficient.shown(value));
        FittedCoefficient {
            name: coefficient.name.to_string(),
            value: estimate.value,
            std_error: (!fixed && shown.std_error.is_finite() && shown.std_error > 0.0).then_some(shown.std_error),
            low: estimate.low.filter(|_| !fixed),
            high: estimate.high.filter(|_| !fixed),
            fixed,
            scale: coefficient.scale,
        }
    };
    fit.setup.law.coefficients().iter().enumerate().map(of).collect()
}

/// The standard deviation of normal noise whose median size is that of the residuals.
fn robust_sd(residuals: &[f64]) -> f64 {
    let mut sizes: Vec<f64> = residuals.iter().map(|r| r.abs()).collect();
    MEDIAN_TO_SD * interval::median(&mut sizes)
}
