//! Checks of what a fitted law leaves over.

use super::{Finding, LawView, counted, joined};
use crate::analysis::Severity;
use crate::rows::Input;

/// Residuals of a table without noise are as small as this: what is left is rounding, and has no shape.
const ROUNDING: f64 = 1e-6;

/// D19: a table without noise.
pub(super) fn noise_free(view: &LawView) -> Vec<Finding> {
    if view.report.residual_sd >= ROUNDING {
        return Vec::new();
    }
    let message = "The losses follow the law to rounding: no noise, so the intervals mean nothing.".to_string();
    vec![Finding::new(
        Severity::Inform,
        message,
        "A synthetic table shows how well a method recovers a law, not how sure a sweep is.",
    )]
}

/// Standard errors from which the residuals' bend along an axis counts.
const BEND: f64 = 4.0;

/// D11: residuals that bend along an axis.
pub(super) fn bent(view: &LawView) -> Vec<Finding> {
    if view.report.residual_sd < ROUNDING {
        return Vec::new();
    }
    let residuals = view.fit.residuals();
    let words = [(Input::Params, "ln N"), (Input::Tokens, "ln D"), (Input::Axis, "ln x")];
    let inputs = view.fit.setup.law.inputs();
    let bends = words.into_iter().filter(|(input, _)| inputs.contains(input)).filter_map(|(input, word)| {
        let x: Vec<f64> = view.observed.rows.iter().map(|row| row.at.of(input)).collect();
        let t = bend(&x, &residuals)?;
        (t.abs() > BEND).then(|| format!("{word} (t = {t:.1})"))
    });
    let bends: Vec<String> = bends.collect();
    if bends.is_empty() {
        return Vec::new();
    }
    let message = format!("The residuals bend along {}: the law has the wrong shape there.", joined(&bends));
    let advice =
        "Try joint-exponent or farseer, leave out the runs farthest from the valley, or say the spread of both.";
    vec![Finding::new(Severity::Warn, message, advice)]
}

/// t of the squared term in a parabola through residuals clipped at three robust standard deviations.
fn bend(x: &[f64], residuals: &[f64]) -> Option<f64> {
    use crate::polynomial::{Polynomial, inverse_diagonal};
    let (low, high) =
        (x.iter().copied().fold(f64::INFINITY, f64::min), x.iter().copied().fold(f64::NEG_INFINITY, f64::max));
    let u: Vec<f64> = x.iter().map(|x| (2.0 * x - low - high) / (high - low)).collect();
    let mut sizes: Vec<f64> = residuals.iter().map(|r| r.abs()).collect();
    let limit = 3.0 * crate::interval::MEDIAN_TO_SD * crate::interval::median(&mut sizes);
    let clipped: Vec<f64> = residuals.iter().map(|r| r.clamp(-limit, limit)).collect();
    let ones = vec![1.0; u.len()];
    let fit = Polynomial::<3>::fit(&u, &clipped, &ones)?;
    let freedom = u.len() as f64 - 3.0;
    let variance = fit.residual_sum(&u, &clipped, &ones) / freedom;
    let error = (variance * inverse_diagonal::<3>(&u, &ones, 2)?).sqrt();
    (freedom >= 8.0 && error > 0.0).then(|| fit.coefficients[2] / error)
}

/// Robust standard deviations from which a residual is an outlier.
const OUTLYING: f64 = 5.0;
/// Lines that are named.
const NAMED: usize = 5;

/// D13: runs far from the law.
pub(super) fn outliers(view: &LawView) -> Vec<Finding> {
    let residuals = view.fit.residuals();
    let sd = view.report.residual_sd;
    let mut far: Vec<(f64, usize)> = residuals
        .iter()
        .zip(&view.observed.lines)
        .filter(|(r, _)| r.abs() > OUTLYING * sd && r.abs() > ROUNDING)
        .map(|(r, line)| (r.abs() / sd, *line))
        .collect();
    if far.is_empty() {
        return Vec::new();
    }
    far.sort_by(|a, b| b.0.total_cmp(&a.0));
    let mut named: Vec<String> = far.iter().take(NAMED).map(|(by, line)| format!("{line} ({by:.0} sd)")).collect();
    if far.len() > NAMED {
        named.push(format!("{} more", far.len() - NAMED));
    }
    let message = format!(
        "{} lies far from the law: line {}. A robust loss holds them back, but they may say that the law is wrong there.",
        counted(far.len(), "run"),
        joined(&named)
    )
    .replace(" lies", if far.len() == 1 { " lies" } else { " lie" })
    .replace("line ", if far.len() == 1 { "line " } else { "lines " });
    vec![Finding::new(Severity::Inform, message, "Look at them; leave them out with --where and compare.")]
}
