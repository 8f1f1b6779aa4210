//! Which approach to quote, and why.
//!
//! Among approaches that gave a law: the parabola, as it uses every run; unless
//! a parabola near the valley says something else by more than a size error worth
//! having and more than its own interval, which means that the far runs bend the
//! parabola; where neither gave a law, the next in [`AFTERWARDS`].

use crate::analysis::{ApproachResult, Status};
use crate::parametric::AsApproach;
use crate::units::Params;

/// A size off by less than this factor wastes under 1 % of the compute; it is no reason to use fewer runs.
const WORTH_HAVING: f64 = 1.18;

/// The order of preference where neither parabola gave a law.
const AFTERWARDS: [&str; 3] = ["akima", "cubic", "best-run"];

/// The name of the approach to quote and the reason, for results whose intervals are made.
///
/// `distrust_far_runs`: the asymmetry of the valleys is known to bend a parabola (check D5), or there is no noise that a
/// difference could be; then the difference alone decides.
pub fn recommend(results: &[ApproachResult], distrust_far_runs: bool) -> (Option<&'static str>, String) {
    let of = |name: &str| results.iter().find(|r| r.name == name);
    let usable = |name: &str| of(name).filter(|r| r.status == Status::Ok);
    if let [only] = results {
        return match only.status {
            Status::Ok => (Some(only.name), "it is the only approach asked for".into()),
            _ => (None, "the only approach asked for gave no law".into()),
        };
    }
    if results.is_empty() {
        return (None, "no approach was asked for".into());
    }
    match (usable("parabola"), usable("near-valley")) {
        (Some(parabola), Some(near)) => between(parabola, near, distrust_far_runs),
        (Some(parabola), None) => (Some(parabola.name), "it uses every run of each profile".into()),
        (None, Some(near)) => (Some(near.name), "it is the steadiest of those that gave a law".into()),
        (None, None) => {
            let next = AFTERWARDS.iter().find_map(|name| usable(name));
            match next.or_else(|| results.iter().find(|r| r.status == Status::Ok)) {
                Some(result) if of("parabola").is_some() || of("near-valley").is_some() => {
                    (Some(result.name), "no parabola gave a law".into())
                }
                Some(result) => (Some(result.name), "it is the steadiest of those asked for".into()),
                None => (None, "no approach gave a law".into()),
            }
        }
    }
}

/// The same where a law was fitted to all runs too: that law, where nothing is wrong with it, as it uses every run at
/// once and knows the loss.
pub fn with_parametric(
    by_profile: (Option<&'static str>, String),
    parametric: Option<&AsApproach>,
) -> (Option<&'static str>, String) {
    let Some(parametric) = parametric else { return by_profile };
    let name = parametric.result.name;
    if parametric.result.status != Status::Ok || parametric.is_refused() {
        return by_profile;
    }
    match (parametric.objection(), by_profile) {
        (None, (Some(other), _)) => (
            Some(name),
            format!("it fits every run at once, and no check of the fit objects; {other} is the best by budgets alone"),
        ),
        (None, (None, _)) => (Some(name), "it fits every run at once, and no check of the fit objects".into()),
        // An approach of last resort is no better than a law with something against it.
        (Some(objection), (Some(other), _)) if AFTERWARDS.contains(&other) => {
            (Some(name), format!("no parabola gave a law; check {} speaks against it", objection.id))
        }
        (Some(objection), (Some(other), because)) => {
            (Some(other), format!("{because}; parametric is set aside by check {}", objection.id))
        }
        (Some(objection), (None, _)) => {
            (Some(name), format!("no approach by budgets gave a law; check {} speaks against it", objection.id))
        }
    }
}

fn between(
    parabola: &ApproachResult,
    near: &ApproachResult,
    distrust_far_runs: bool,
) -> (Option<&'static str>, String) {
    let worst = parabola.forecasts.iter().zip(&near.forecasts).max_by(|a, b| shift(a).total_cmp(&shift(b)));
    let Some((through_all, local)) = worst else {
        return (Some(parabola.name), "it uses every run of each profile".into());
    };
    let outside = distrust_far_runs
        || local.params.low.is_some_and(|low| through_all.params.value < low)
        || local.params.high.is_some_and(|high| through_all.params.value > high)
        || local.params.low.is_none();
    if shift(&(through_all, local)) > WORTH_HAVING.ln() && outside {
        let because = format!(
            "runs far from the valley bend the parabola: at {} it gives {}, the runs near the valley {}",
            local.compute,
            Params(through_all.params.value),
            Params(local.params.value)
        );
        return (Some(near.name), because);
    }
    let percent = 100.0 * (shift(&(through_all, local)).exp() - 1.0);
    let because = if percent < 100.0 * (WORTH_HAVING - 1.0) {
        format!(
            "it uses every run of each profile, and the runs near the valley alone agree to {percent:.1} % at {}",
            local.compute
        )
    } else {
        format!(
            "it uses every run of each profile; the runs near the valley alone differ by {percent:.0} % at {}, which \
             their interval covers",
            local.compute
        )
    };
    (Some(parabola.name), because)
}

/// |ln N*| between two forecasts at one budget.
fn shift((a, b): &(&crate::analysis::Forecast, &crate::analysis::Forecast)) -> f64 {
    (a.params.value / b.params.value).ln().abs()
}
