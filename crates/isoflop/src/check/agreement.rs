//! Check D12: approaches side by side, and what their difference costs.

use super::{Finding, FitView};
use crate::analysis::{Forecast, Severity};
use crate::units::{Params, times};
use crate::waste::ValleyShape;

/// Largest N* over smallest from which approaches disagree.
const SPREAD: f64 = 1.3;

/// D12: approaches whose N* at the largest budget asked for lies far from the recommended one's.
///
/// A difference that the approach's own interval covers is scatter, and only good to know; on a noise-free
/// table there is no scatter, and every difference is bias.
pub(super) fn spread(view: &FitView) -> Vec<Finding> {
    let Some(quoted) = view.recommended() else { return Vec::new() };
    let Some(reference) = quoted.forecasts.iter().max_by(|a, b| a.compute.0.total_cmp(&b.compute.0)) else {
        return Vec::new();
    };
    let others: Vec<(&str, Forecast)> = view
        .results
        .iter()
        .filter(|r| r.name != quoted.name)
        .filter_map(|r| Some((r.name, *r.forecasts.iter().find(|f| f.compute == reference.compute)?)))
        .collect();
    let sizes = || others.iter().map(|(_, f)| f.params.value).chain([reference.params.value]);
    if sizes().fold(0.0, f64::max) <= SPREAD * sizes().fold(f64::INFINITY, f64::min) {
        return Vec::new();
    }
    let shape = valley_shape(view);
    let far = others.iter().filter(|(_, f)| (f.params.value / reference.params.value).ln().abs() > 0.5 * SPREAD.ln());
    far.map(|(name, other)| {
        let covered = !view.data.noise.only_rounding
            && other.params.low.is_some_and(|low| low <= reference.params.value)
            && other.params.high.is_some_and(|high| high >= reference.params.value);
        let ratio = other.params.value / reference.params.value;
        let cost = shape.map_or(String::new(), |shape| match shape.waste(ratio) {
            waste if waste > 0.9 => format!(" If {} is right, that wastes nearly all of the compute.", quoted.name),
            waste => format!(" If {} is right, that wastes about {:.1} % of the compute.", quoted.name, 100.0 * waste),
        });
        let message = format!(
            "{name} gives {} at {}, {} {} ({}){}.{cost}",
            Params(other.params.value),
            reference.compute,
            apart(ratio),
            quoted.name,
            Params(reference.params.value),
            if covered { ", which its interval covers" } else { "" }
        );
        Finding::new(if covered { Severity::Inform } else { Severity::Warn }, message, advice(name))
    })
    .collect()
}

/// "31 % below", "170 % above", "12× that of".
fn apart(ratio: f64) -> String {
    match ratio {
        r if r < 0.25 => format!("1/{:.0} of that of", 1.0 / r),
        r if r < 1.0 => format!("{:.0} % below", 100.0 * (1.0 - r)),
        r if r < 4.0 => format!("{:.0} % above", 100.0 * (r - 1.0)),
        r => format!("{} that of", times(r)),
    }
}

/// What usually moves this approach away from the others.
fn advice(name: &str) -> &'static str {
    match name {
        "best-run" => "The lowest run of a coarse grid snaps N* to the grid: quote a fit through each profile instead.",
        _ => "Look at the profiles figure: the curve that misses the runs near the minimum is the one to distrust.",
    }
}

/// L″/g from the near-valley fits, or from the recommended approach's own curves.
fn valley_shape(view: &FitView) -> Option<ValleyShape> {
    let from = |name: &str| {
        let (fitted, _) = view.by_name(name)?;
        let optima: Vec<(f64, f64, f64)> = view
            .data
            .profiles
            .iter()
            .zip(&fitted.found)
            .filter_map(|(p, f)| f.usable().map(|o| (p.compute.0.ln(), o.loss, o.curvature)))
            .collect();
        ValleyShape::from_optima(&optima)
    };
    from("near-valley").or_else(|| from(view.lead?))
}
