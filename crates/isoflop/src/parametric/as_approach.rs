//! A law fitted to all runs, as one more approach of an analysis.

use super::at_budget::{Number, Surface, estimate};
use super::{Fitted, Options, Table, fit_with};
use crate::analysis::{
    ApproachResult, BandPoint, Estimate, Forecast, LawEstimate, LawFit, Optimum, Refits, Severity, Status, Valley,
    Warning,
};
use crate::analyze;
use crate::check;
use crate::law::law;
use crate::profile::Profile;
use crate::progress::Progress;
use crate::result::{BAND_POINTS, VALLEY_POINTS, band_reach};
use crate::robust::Huber;
use crate::rows::At;
use crate::run::RunTable;
use crate::units::{Flops, Loss, Params, Tokens};

/// Its name, as in `--approach`.
pub const NAME: &str = "parametric";
/// What it is, for a sentence.
const LABEL: &str = "law fitted to all runs";
/// The law.
const LAW: &str = "chinchilla";
/// ρ: that of Hoffmann et al. 2022.
const ROBUST: &Huber = &Huber { delta: 1e-3 };

/// What the law gave an analysis.
pub struct AsApproach {
    /// Its result, beside those of the other approaches.
    pub result: ApproachResult,
    /// The law, where there is a fit.
    pub fit: Option<LawFit>,
    /// What is wrong with the fit, as `isoflop fit` would say.
    pub warnings: Vec<Warning>,
}

impl AsApproach {
    /// The gravest thing that is wrong with the fit itself, if that is grave enough not to quote it.
    pub fn objection(&self) -> Option<&Warning> {
        // How far out a forecast is, is said of every approach alike.
        self.warnings.iter().find(|warning| warning.severity >= Severity::Warn && warning.id != "D6")
    }

    /// Whether it is not to be quoted even where nothing else is left.
    pub fn is_refused(&self) -> bool {
        self.objection().is_some_and(|warning| warning.severity == Severity::Refuse)
    }
}

/// Fits the Chinchilla law to all runs. None if interrupted.
pub fn as_approach(
    table: &RunTable,
    profiles: &[Profile],
    options: &analyze::Options,
    resamples: usize,
    progress: &dyn Progress,
) -> Option<AsApproach> {
    let mut asked = Options::new(law(LAW)?, ROBUST);
    asked.at = options.at.iter().map(|c| c.0).collect();
    asked.level = options.level;
    asked.seed = options.seed;
    asked.resamples = resamples;
    asked.budget_tolerance = options.budget_tolerance;
    let band: Vec<f64> = if options.drawn { band(profiles, options) } else { Vec::new() };
    let numbers = |surface: Surface<'static>| {
        let mut numbers: Vec<Number<'static>> = vec![
            Box::new(move |theta| surface.optimum(theta, 1.0).map_or(f64::NAN, |[n, _]| n)),
            Box::new(move |theta| surface.optimum(theta, 1.0).map_or(f64::NAN, |[_, d]| d)),
            // The exponents: N* and D* are powers of C.
            Box::new(move |theta| exponent(surface, theta, 0)),
            Box::new(move |theta| exponent(surface, theta, 1)),
        ];
        for &c in &band {
            numbers.extend(surface.at_budget(c).into_iter().take(2));
        }
        numbers
    };
    match fit_with(Table::Runs(table), &asked, numbers, progress) {
        Ok(fitted) => Some(written(profiles, options, &band, fitted)),
        Err(super::ParametricError::Interrupted) => None,
        Err(super::ParametricError::Fit(error)) => Some(AsApproach {
            result: none(profiles, resamples),
            fit: None,
            warnings: vec![check::no_law(LAW, &error)],
        }),
    }
}

/// d ln N*/d ln C, or of D*.
fn exponent(surface: Surface, theta: &crate::fit::newton::Theta, axis: usize) -> f64 {
    let at = |c: f64| surface.optimum(theta, c).map_or(f64::NAN, |optimum| optimum[axis]);
    at(std::f64::consts::E) - at(1.0)
}

/// The budgets along which a band is drawn.
fn band(profiles: &[Profile], options: &analyze::Options) -> Vec<f64> {
    let (first, last) = band_reach(profiles, options);
    (0..BAND_POINTS).map(|i| (first + (last - first) * i as f64 / (BAND_POINTS - 1) as f64).exp()).collect()
}

fn written(profiles: &[Profile], options: &analyze::Options, band: &[f64], fitted: Fitted) -> AsApproach {
    let Fitted { report, further, theta, flops_per_param_token } = fitted;
    let law = law(LAW).expect("it is registered");
    let surface = Surface {
        law,
        count: law.coefficients().len(),
        flops_per_param_token,
        residual: crate::fit::objective::Residual::Log,
    };
    let number = |k: usize, shown: fn(f64) -> f64| estimate(further[k].0, &further[k].1, shown);
    let law_of = |axis: usize| LawEstimate {
        coefficient: number(axis, f64::exp),
        exponent: number(2 + axis, |value| value),
        // It is an exact power of C, through every budget.
        r2: 1.0,
        points: profiles.len(),
    };
    let usable = report.status == "converged" && further.iter().take(4).all(|(value, _)| value.is_finite());
    let finite = |estimate: &Estimate| estimate.value.is_normal();
    let forecasts: Vec<Forecast> = report
        .forecasts
        .iter()
        .filter_map(|forecast| {
            let (params, tokens) = (forecast.params?, forecast.tokens?);
            Some(Forecast {
                compute: forecast.compute?,
                params,
                tokens,
                loss: Some(forecast.loss),
                tokens_per_param: tokens.value / params.value,
                reach: forecast.reach,
            })
        })
        .filter(|forecast| finite(&forecast.params) && finite(&forecast.tokens))
        .collect();
    let usable = usable && forecasts.len() == options.at.len();
    let optimum = |profile: &Profile| {
        let best = surface.optimum(&theta, profile.compute.0);
        Optimum {
            compute: profile.compute,
            params: best.map(|[n, _]| Params(n.exp())),
            tokens: best.map(|[_, d]| Tokens(d.exp())),
            loss: best.map(|[n, d]| Loss(surface.ln_loss(&theta, At::allocation(n, d)).exp())),
            flag: None,
        }
    };
    let interval = |k: usize| {
        let estimate = number(k, f64::exp);
        Some((estimate.low?, estimate.high?))
    };
    let band = band.iter().enumerate();
    let band = band.filter_map(|(i, &c)| {
        Some(BandPoint { compute: Flops(c), params: interval(4 + 2 * i)?, tokens: interval(5 + 2 * i)? })
    });
    let result = ApproachResult {
        name: NAME,
        label: LABEL,
        status: if usable { Status::Ok } else { Status::NotConverged },
        optima: profiles.iter().map(optimum).collect(),
        params_law: usable.then(|| law_of(0)),
        tokens_law: usable.then(|| law_of(1)),
        forecasts: if usable { forecasts } else { Vec::new() },
        refits: Refits { total: report.refits.total, failed: report.refits.unconverged, profiles_failed: 0 },
        valleys: if options.drawn {
            profiles.iter().map(|profile| valley(&surface, &theta, profile)).collect()
        } else {
            Vec::new()
        },
        band: if usable { band.collect() } else { Vec::new() },
    };
    let fit = LawFit {
        law: report.law,
        equation: report.equation,
        source: report.source,
        robust_loss: report.robust_loss,
        rows: report.rows,
        objective: report.objective,
        status: report.status,
        status_coefficients: report.status_coefficients,
        coefficients: report.coefficients,
    };
    AsApproach { result, fit: Some(fit), warnings: report.warnings }
}

/// The law over the sizes of one budget.
fn valley(surface: &Surface, theta: &crate::fit::newton::Theta, profile: &Profile) -> Valley {
    let ln_product = (profile.compute.0 / surface.flops_per_param_token).ln();
    let point = |i: usize| {
        let x = profile.sizes.unscale(2.0 * i as f64 / (VALLEY_POINTS - 1) as f64 - 1.0);
        (x.exp(), surface.ln_loss(theta, At::allocation(x, ln_product - x)).exp())
    };
    Valley { compute: profile.compute, points: (0..VALLEY_POINTS).map(point).collect() }
}

/// The result where there is no fit at all.
fn none(profiles: &[Profile], resamples: usize) -> ApproachResult {
    let optimum =
        |profile: &Profile| Optimum { compute: profile.compute, params: None, tokens: None, loss: None, flag: None };
    ApproachResult {
        name: NAME,
        label: LABEL,
        status: Status::TooFewRuns,
        optima: profiles.iter().map(optimum).collect(),
        params_law: None,
        tokens_law: None,
        forecasts: Vec::new(),
        refits: Refits { total: resamples, failed: resamples, profiles_failed: 0 },
        valleys: Vec::new(),
        band: Vec::new(),
    }
}
