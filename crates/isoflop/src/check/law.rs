//! Checks of the laws across budgets: D6, D8, D21, D22, D23.

use super::{Finding, FitView, counted};
use crate::analysis::{Estimate, Refits, Severity, Status};
use crate::interval;
use crate::units::{Flops, Params, times};

/// Reach from which a forecast is said to be one, to be far, and to need a backtest.
pub(super) const REACHES: [(f64, Severity); 3] =
    [(300.0, Severity::Refuse), (30.0, Severity::Warn), (5.0, Severity::Inform)];

/// D6: budgets far beyond the data, and far below it; the farthest speaks for all.
pub(super) fn far(view: &FitView) -> Vec<Finding> {
    let Some(result) = view.recommended() else { return Vec::new() };
    let profiles = view.data.profiles;
    let (Some(first), Some(last)) = (profiles.first(), profiles.last()) else { return Vec::new() };
    let computes = || result.forecasts.iter().map(|f| f.compute.0);
    let (lowest, farthest) = (computes().fold(f64::INFINITY, f64::min), computes().fold(0.0, f64::max));
    let mut findings = Vec::new();
    let reach = farthest / last.compute.0;
    if let Some((_, severity)) = REACHES.into_iter().find(|(threshold, _)| reach > *threshold) {
        let spoken = match severity {
            Severity::Refuse => {
                "Published sweeps missed N* by up to a factor of 2 at 10× to 33×, and none is known this far out: no \
                 headline number before a backtest at this ratio."
            }
            Severity::Warn => "Published sweeps missed N* by up to a factor of 2 at 10× to 33×.",
            Severity::Inform => "The interval covers noise, not a law that bends.",
        };
        let next = Flops(last.compute.0 * if severity == Severity::Refuse { 10.0 } else { 3.0 });
        let message =
            format!("{} is {} the largest budget ({}). {spoken}", Flops(farthest), times(reach), last.compute);
        findings.push(Finding::new(severity, message, format!("Add a budget near {next}.")));
    }
    if lowest * REACHES[2].0 < first.compute.0 {
        let message = format!(
            "{} is {} below the smallest budget ({}). The interval covers noise, not a law that bends.",
            Flops(lowest),
            times(first.compute.0 / lowest),
            first.compute
        );
        findings.push(Finding::new(Severity::Inform, message, "Ask within the data, or add smaller budgets."));
    }
    findings
}

/// Ratio of the largest to the smallest budget below which a ladder is short.
const DECADE: f64 = 10.0;

/// D7: ladders too short for a slope.
pub(super) fn short(view: &FitView) -> Vec<Finding> {
    let (Some(first), Some(last)) = (view.data.profiles.first(), view.data.profiles.last()) else { return Vec::new() };
    let overflowing: Vec<&str> =
        view.results.iter().filter(|r| r.status == Status::NotFinite).map(|r| r.name).collect();
    let span = last.compute.0 / first.compute.0;
    let advice = "Add budgets that span a decade or more.";
    if !overflowing.is_empty() {
        let message = format!(
            "The budgets are so close together ({}) that the law of {} overflows; none is given.",
            times(span),
            overflowing.join(", ")
        );
        return vec![Finding::new(Severity::Refuse, message, advice)];
    }
    if view.recommended.is_none() || span >= DECADE {
        return Vec::new();
    }
    let message = format!(
        "All budgets lie within {} of each other: an exponent from so short a ladder is mostly noise.",
        times(span)
    );
    vec![Finding::new(Severity::Warn, message, advice)]
}

/// Exponents of N*(C) of well-tuned sweeps, with room.
const PLAUSIBLE: std::ops::RangeInclusive<f64> = 0.35..=0.75;

/// D8: exponents that no well-tuned sweep has.
pub(super) fn implausible(view: &FitView) -> Vec<Finding> {
    let odd: Vec<String> = view
        .results
        .iter()
        .filter_map(|r| Some((r.name, r.params_law?.exponent.value)))
        .filter(|(_, exponent)| !PLAUSIBLE.contains(exponent))
        .map(|(name, exponent)| format!("{name} {exponent:.2}"))
        .collect();
    if odd.is_empty() {
        return Vec::new();
    }
    let message = format!(
        "The exponent of N*(C) is outside 0.35–0.75, where well-tuned sweeps lie: {}. Grids cut off on one side, badly tuned \
         small runs and non-embedding counts at small scale do this.",
        odd.join(", ")
    );
    vec![Finding::new(
        Severity::Warn,
        message,
        "Check the smallest budgets first: learning rate, warm-up, and what N counts.",
    )]
}

/// Share of failed refits that is worth a word.
const FAILED: f64 = 0.05;

/// D21: resampled tables that gave no law by the recommended approach, or too few of them, or others than the table's.
pub(super) fn failed_refits(view: &FitView) -> Vec<Finding> {
    let Some(result) = view.recommended() else { return Vec::new() };
    let Refits { total, failed, .. } = result.refits;
    let name = result.name;
    let mut findings = Vec::from_iter(too_few_tables(total, view.level));
    if failed as f64 > FAILED * total as f64 {
        let message = format!(
            "{failed} of {total} resampled tables gave no law by {name}: its intervals rest on the others and may be too \
             narrow."
        );
        findings.push(Finding::new(Severity::Warn, message, "Add runs around the optimum of each budget."));
    }
    let outside = |e: &Estimate| e.low.is_some_and(|low| e.value < low) || e.high.is_some_and(|high| e.value > high);
    if !view.data.noise.only_rounding && result.forecasts.iter().any(|f| outside(&f.params) || outside(&f.tokens)) {
        let message = format!("The forecast of {name} lies outside its own interval: resampling moves it one way.");
        findings.push(Finding::new(Severity::Warn, message, "Distrust the interval, and look at the profiles figure."));
    }
    findings
}

/// Resampled tables too few for an interval of this level.
pub(super) fn too_few_tables(total: usize, level: f64) -> Option<Finding> {
    let needed = interval::needed(level);
    (total > 0 && total < needed).then(|| {
        let message =
            format!("{total} resampled tables are too few to form an interval at this level: {needed} are needed.");
        Finding::new(Severity::Warn, message, format!("Set --resamples {needed} or more."))
    })
}

/// Standard deviations by which a quantity must fall back to count.
const TURN: f64 = 2.0;

/// D22: N* that falls, or loss that rises, from one budget to the next.
pub(super) fn turns_back(view: &FitView) -> Vec<Finding> {
    let Some((fitted, result)) = view.lead() else { return Vec::new() };
    let noise = view.data.noise;
    let points: Vec<_> = view
        .data
        .profiles
        .iter()
        .zip(fitted.found.iter().zip(&fitted.scatter))
        .filter_map(|(p, (f, s))| Some((p.compute, f.usable()?, s.sd)))
        .collect();
    let mut findings = Vec::new();
    for pair in points.windows(2) {
        let ((from, before, sd_before), (to, after, sd_after)) = (pair[0], pair[1]);
        let size_sd = sd_before.hypot(sd_after);
        let loss_sd = noise.sd_at(before.loss).hypot(noise.sd_at(after.loss));
        if before.ln_params - after.ln_params > TURN * size_sd {
            let message = format!(
                "N* by {} falls from {} at {from} to {} at {to} FLOPs, by more than its scatter explains.",
                result.name,
                Params(before.ln_params.exp()),
                Params(after.ln_params.exp())
            );
            findings.push(Finding::new(
                Severity::Warn,
                message,
                "Compare the recipes of the two budgets: one of them is off.",
            ));
        }
        if after.loss - before.loss > TURN * loss_sd {
            let message = format!(
                "The best loss rises from {:.3} at {from} to {:.3} at {to} FLOPs: more compute should not do worse.",
                before.loss, after.loss
            );
            findings.push(Finding::new(
                Severity::Warn,
                message,
                "Look for an untuned learning rate at the larger budget.",
            ));
        }
    }
    findings
}

/// Budgets up to which R² says little, and so little that it misleads.
const FEW: usize = 5;
const HARDLY_ANY: usize = 3;

/// D23: laws through a handful of points.
pub(super) fn r_squared(view: &FitView) -> Vec<Finding> {
    let laws = || view.results.iter().filter_map(|r| Some((r.name, r.params_law?)));
    let Some((name, fewest)) = laws().min_by(|a, b| a.1.points.cmp(&b.1.points).then(b.1.r2.total_cmp(&a.1.r2))) else {
        return Vec::new();
    };
    if fewest.points > FEW {
        return Vec::new();
    }
    let severity = if fewest.points <= HARDLY_ANY { Severity::Warn } else { Severity::Inform };
    let message = format!(
        "The law of {name} has R² = {:.4} on {}, exponent {:.2}: a line through so few points has {} left to fail by, and \
         R² near 1 does not show that it is right.",
        fewest.r2,
        counted(fewest.points, "budget"),
        fewest.exponent.value,
        counted(fewest.points - 2, "degree") + " of freedom"
    );
    vec![Finding::new(severity, message, "Add budgets, and judge the law by a budget held out.")]
}
