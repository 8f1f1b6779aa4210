//! Checks of what a grid does to a parabola: D4 and D5.

use super::{Finding, FitView, counted, joined, list};
use crate::analysis::Severity;
use crate::frontier::BUDGETS_NEEDED;
use crate::interval::median;
use crate::polynomial::Polynomial;
use crate::power_law::{Point, PowerLaw};
use crate::profile::Profile;
use crate::units::Flops;

/// Share of the half-width that the centre may be away from N*.
const OFF_CENTRE: f64 = 0.35;

/// ln of the factor that the centre may drift from N* over the ladder.
const DRIFT: f64 = 0.262;

/// Standard errors from which a drift counts.
const DRIFT_T: f64 = 2.0;

/// Share of N* from which a shift is worth a sentence.
const WORTH_SAYING: f64 = 0.005;

/// D4: grids that are not centred on their optimum.
pub(super) fn off_centre(view: &FitView) -> Vec<Finding> {
    let Some((fitted, _)) = view.lead() else { return Vec::new() };
    let usable = || {
        view.data
            .profiles
            .iter()
            .zip(&fitted.found)
            .filter_map(|(p, f)| Some((p, p.sizes.center - f.usable()?.ln_params)))
    };
    let off: Vec<Flops> =
        usable().filter(|(p, away)| away.abs() > OFF_CENTRE * p.sizes.half_width).map(|(p, _)| p.compute).collect();
    let drift = drift(&usable().map(|(p, away)| (p.compute.0.ln(), away)).collect::<Vec<_>>());
    let so = far_runs_shift(view).filter(|shift| *shift > WORTH_SAYING).map_or(String::new(), |shift| {
        format!(
            " Runs far from the valley then shift a parabola's N*: here by up to {:.1} % at one budget.",
            100.0 * shift
        )
    });
    let advice =
        "Centre each budget's sizes on its own N*; trust cubic and near-valley over parabola where they differ.";
    let mut findings = Vec::new();
    if !off.is_empty() {
        let message = format!("The sizes at {} FLOPs are not centred on the optimum.{so}", list(&off));
        findings.push(Finding::new(Severity::Warn, message, advice));
    }
    if let Some(factor) = drift {
        let message = format!(
            "From the smallest to the largest budget the centre of the sizes drifts by a factor {factor:.1} against the \
             optimum, which bends a parabola's exponent.{so}"
        );
        findings.push(Finding::new(Severity::Warn, message, advice));
    }
    findings
}

/// The largest difference between N* by a parabola through all runs and through those near the valley, as a share.
fn far_runs_shift(view: &FitView) -> Option<f64> {
    let ((all, _), (near, _)) = (view.by_name("parabola")?, view.by_name("near-valley")?);
    let shifts =
        all.found.iter().zip(&near.found).filter_map(|(a, b)| Some(a.usable()?.ln_params - b.usable()?.ln_params));
    shifts.map(|shift| shift.abs().exp_m1()).max_by(f64::total_cmp)
}

/// The factor by which centre/N* moves over the ladder, if that is much and not scatter.
fn drift(away: &[(f64, f64)]) -> Option<f64> {
    let points = || away.iter().map(|&(ln_c, ln_y)| Point { ln_c, ln_y, weight: 1.0 });
    let line = PowerLaw::fit(points())?;
    let freedom = away.len() as f64 - 2.0;
    let mean = away.iter().map(|p| p.0).sum::<f64>() / away.len() as f64;
    let spread: f64 = away.iter().map(|p| (p.0 - mean).powi(2)).sum();
    let residual: f64 = points().map(|p| (p.ln_y - line.ln_at(p.ln_c)).powi(2)).sum();
    let error = (residual / freedom / spread).sqrt();
    let moved = line.exponent * (away.last()?.0 - away.first()?.0);
    (freedom > 0.0 && line.exponent.abs() > DRIFT_T * error && moved.abs() > DRIFT).then(|| moved.abs().exp())
}

/// ln N* that an asymmetric valley may shift a parabola by.
const TOO_WIDE: f64 = 0.02;

/// D5: grids so wide that the valley's asymmetry shifts a parabola.
pub(super) fn too_wide(view: &FitView) -> Vec<Finding> {
    let wide = wide(view.data.profiles);
    let Some((worst, bias)) = wide.iter().max_by(|a, b| a.1.total_cmp(&b.1)) else { return Vec::new() };
    let message = format!(
        "At {} the sizes span so much that the asymmetry of the valley shifts a parabola's N*, by {:.0} % at {} FLOPs.",
        counted(wide.len(), "budget"),
        100.0 * bias.exp_m1(),
        worst.compute
    );
    let others: Vec<&str> =
        ["near-valley", "cubic", "akima"].into_iter().filter(|name| view.by_name(name).is_some()).collect();
    let advice = if view.recommended != Some("parabola") {
        "Narrow the grid around N* for the next sweep.".to_string()
    } else if others.is_empty() {
        "Run near-valley, cubic or akima beside it.".to_string()
    } else {
        format!("Compare it with {}.", joined(&others))
    };
    let severity = if view.recommended == Some("parabola") { Severity::Warn } else { Severity::Inform };
    vec![Finding::new(severity, message, advice)]
}

/// Whether the asymmetry of the valleys is known to shift a parabola by more than check D5 tolerates.
pub(crate) fn parabola_is_biased(profiles: &[Profile]) -> bool {
    !wide(profiles).is_empty()
}

/// The profiles whose predicted shift of ln N* is over [`TOO_WIDE`], with that shift.
fn wide(profiles: &[Profile]) -> Vec<(&Profile, f64)> {
    let skew = skew(profiles).abs();
    let bias = |p: &Profile| skew * p.sizes.half_width.powi(2) / 10.0;
    profiles.iter().map(|p| (p, bias(p))).filter(|(_, bias)| *bias > TOO_WIDE).collect()
}

/// Standard errors from which an asymmetry counts. Few budgets give a t distribution with long tails: 2 would
/// alarm on one symmetric table in ten.
const SKEW_T: f64 = 4.0;

/// L‴/L″ at the optimum, which is β − α where the Chinchilla form holds: the median over budgets of
/// what a cubic finds, where that stands out from its own scatter across budgets; else 0.
fn skew(profiles: &[Profile]) -> f64 {
    let one = |profile: &Profile| {
        let fit = Polynomial::<4>::fit(&profile.sizes.scaled, &profile.loss, &profile.weights)?;
        let [_, c1, c2, c3] = fit.coefficients;
        let root = (c2 * c2 - 3.0 * c3 * c1).sqrt();
        let ratio = 3.0 * c3 / root / profile.sizes.half_width;
        (ratio.is_finite() && c2 > 0.0).then_some(ratio)
    };
    let mut ratios: Vec<f64> = profiles.iter().filter_map(one).collect();
    if ratios.len() < BUDGETS_NEEDED {
        return 0.0;
    }
    let count = ratios.len() as f64;
    let mean = ratios.iter().sum::<f64>() / count;
    let sd = (ratios.iter().map(|r| (r - mean).powi(2)).sum::<f64>() / (count - 1.0)).sqrt();
    if mean.abs() < SKEW_T * sd / count.sqrt() {
        return 0.0;
    }
    median(&mut ratios)
}
