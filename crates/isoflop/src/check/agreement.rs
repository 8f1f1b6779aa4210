//! Check D12: approaches side by side, and what their difference costs.

use super::{Finding, FitView};
use crate::analysis::{ApproachResult, Forecast, Severity};
use crate::units::Params;
use crate::waste::ValleyShape;

/// Largest N* over smallest from which approaches disagree.
const SPREAD: f64 = 1.3;

/// D12: approaches whose N* at the largest budget asked for lies far from the recommended one's.
pub(super) fn spread(view: &FitView) -> Vec<Finding> {
    let Some((_, quoted)) = view.recommended() else { return Vec::new() };
    let Some(reference) = quoted.forecasts.iter().max_by(|a, b| a.compute.0.total_cmp(&b.compute.0)) else {
        return Vec::new();
    };
    let at_reference = |r: &ApproachResult| -> Option<Forecast> {
        r.forecasts.iter().find(|f| f.compute == reference.compute).copied()
    };
    let sizes: Vec<(&str, f64)> =
        view.results.iter().filter_map(|r| Some((r.name, at_reference(r)?.params.value))).collect();
    let least = sizes.iter().map(|s| s.1).fold(f64::INFINITY, f64::min);
    let most = sizes.iter().map(|s| s.1).fold(0.0, f64::max);
    if most <= SPREAD * least {
        return Vec::new();
    }
    let shape = valley_shape(view);
    sizes
        .iter()
        .map(|&(name, size)| (name, size, size / reference.params.value))
        .filter(|&(name, _, ratio)| name != quoted.name && ratio.ln().abs() > 0.5 * SPREAD.ln())
        .map(|(name, size, ratio)| {
            let cost = shape.map_or(String::new(), |shape| {
                format!(
                    " If {} is right, that wastes about {:.1} % of the compute.",
                    quoted.name,
                    100.0 * shape.waste(ratio)
                )
            });
            let message = format!(
                "{name} gives {} at {}, {:.0} % {} {} ({}).{cost}",
                Params(size),
                reference.compute,
                100.0 * (ratio - 1.0).abs(),
                if ratio < 1.0 { "below" } else { "above" },
                quoted.name,
                Params(reference.params.value)
            );
            Finding::new(Severity::Warn, message, advice(name))
        })
        .collect()
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
    from("near-valley").or_else(|| from(view.recommended?))
}
