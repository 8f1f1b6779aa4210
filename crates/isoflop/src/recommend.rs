//! Which approach to quote, and why.
//!
//! Among approaches that gave a law: the parabola, as it uses every run; unless
//! a parabola near the valley says something else by more than a size error worth
//! having and more than its own interval, which means that the far runs bend the
//! parabola; where neither gave a law, the next in [`AFTERWARDS`].

use crate::analysis::{ApproachResult, Status};
use crate::units::Params;

/// A size off by less than this factor wastes under 1 % of the compute; it is no reason to use fewer runs.
const WORTH_HAVING: f64 = 1.18;

/// The order of preference where neither parabola gave a law.
const AFTERWARDS: [&str; 3] = ["akima", "cubic", "best-run"];

/// The name of the approach to quote and the reason, for results whose intervals are made.
pub fn recommend(results: &[ApproachResult]) -> (Option<&'static str>, String) {
    let usable = |name: &str| results.iter().find(|r| r.name == name && r.status == Status::Ok);
    match (usable("parabola"), usable("near-valley")) {
        (Some(parabola), Some(near)) => between(parabola, near),
        (Some(parabola), None) => {
            (Some(parabola.name), "it uses every run of each profile; the near-valley check gave no law".into())
        }
        (None, Some(near)) => {
            (Some(near.name), "the parabola through every run gave no law, the one near the valley did".into())
        }
        (None, None) => match AFTERWARDS.iter().find_map(|name| usable(name)) {
            Some(result) => (Some(result.name), "neither parabola gave a law".into()),
            None => match results.iter().find(|r| r.status == Status::Ok) {
                Some(result) => (Some(result.name), "the only approach that gave a law".into()),
                None => (None, "no approach gave a law".into()),
            },
        },
    }
}

fn between(parabola: &ApproachResult, near: &ApproachResult) -> (Option<&'static str>, String) {
    let worst = parabola.forecasts.iter().zip(&near.forecasts).max_by(|a, b| shift(a).total_cmp(&shift(b)));
    let Some((through_all, local)) = worst else {
        return (Some(parabola.name), "it uses every run of each profile".into());
    };
    let outside = local.params.low.is_some_and(|low| through_all.params.value < low)
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
