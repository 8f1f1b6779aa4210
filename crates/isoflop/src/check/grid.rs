//! Checks of the grid of sizes: D1 to D3.

use super::{DataView, Finding, FitView, counted, list};
use crate::analysis::{ApproachResult, OptimumFlag, Severity, Status};
use crate::analyze::Fitted;
use crate::frontier::{BUDGETS_NEEDED, Side, open_sides};
use crate::profile::Profile;
use crate::units::{Flops, Params};

/// Distinct sizes that a parabola (3 coefficients) needs to leave anything to check it by.
const SIZES_NEEDED: usize = 4;

/// D1, from the table: profiles whose valley has no wall on one side.
pub(super) fn unwalled(view: &DataView) -> Vec<Finding> {
    // One size has no sides; D3 speaks of it.
    let open = |p: &Profile| if p.sizes.distinct > 1 { open_sides(p, &view.noise) } else { Vec::new() };
    let walled = view.profiles.iter().filter(|p| p.sizes.distinct >= SIZES_NEEDED && open(p).is_empty()).count();
    let severity = if walled < BUDGETS_NEEDED { Severity::Refuse } else { Severity::Warn };
    let finding = |side: Side| {
        let profiles: Vec<&Profile> = view.profiles.iter().filter(|p| open(p).contains(&side)).collect();
        let budgets: Vec<Flops> = profiles.iter().map(|p| p.compute).collect();
        let (end, comparative, beyond) = match side {
            Side::Small => ("small", "smaller", "below"),
            Side::Large => ("large", "larger", "above"),
        };
        let bound = match side {
            Side::Small => profiles.iter().map(|p| p.sizes.low).reduce(f64::min)?,
            Side::Large => profiles.iter().map(|p| p.sizes.high).reduce(f64::max)?,
        };
        let message = format!(
            "At {} FLOPs no run at the {end} end of the sizes is clearly worse than the best one, so the optimum may be \
             {comparative} still. {} left out of the laws (akima keeps those with an inner minimum).",
            list(&budgets),
            if budgets.len() == 1 { "This budget is" } else { "These budgets are" }
        );
        let advice = format!("Train models {beyond} {} parameters there.", Params(bound.exp()));
        Some(Finding::new(severity, message, advice))
    };
    [Side::Small, Side::Large].into_iter().filter_map(finding).collect()
}

/// D1, from the fits: the best run is inside, but the recommended approach's optimum is not.
pub(super) fn outside(view: &FitView) -> Vec<Finding> {
    let Some((fitted, result)) = view.lead() else { return Vec::new() };
    let budgets: Vec<Flops> = view
        .data
        .profiles
        .iter()
        .zip(&fitted.found)
        .filter(|(p, f)| f.flag == Some(OptimumFlag::Edge) && open_sides(p, &view.data.noise).is_empty())
        .map(|(p, _)| p.compute)
        .collect();
    if budgets.is_empty() {
        return Vec::new();
    }
    let message = format!(
        "At {} FLOPs the optimum by {} lies outside the sizes that were trained; it is left out of that law.",
        list(&budgets),
        result.name
    );
    vec![Finding::new(Severity::Warn, message, "Widen the grid of sizes there on the side of the optimum.")]
}

/// D2: profiles without a clear valley, by the approaches that can tell.
pub(super) fn no_valley(view: &FitView) -> Vec<Finding> {
    let flagged = |at: usize| view.fitted.iter().any(|f| f.found[at].flag == Some(OptimumFlag::NoValley));
    let all = view.data.profiles;
    let budgets: Vec<Flops> = (0..all.len()).filter(|&at| flagged(at)).map(|at| all[at].compute).collect();
    if budgets.is_empty() {
        return Vec::new();
    }
    let by: Vec<&str> = view
        .fitted
        .iter()
        .filter(|f| f.found.iter().any(|found| found.flag == Some(OptimumFlag::NoValley)))
        .map(|f| f.approach.name())
        .collect();
    let message = format!(
        "At {} FLOPs the loss does not curve upwards by more than its scatter ({}): left out of {}.",
        list(&budgets),
        by.join(", "),
        if by.len() == 1 { "that law" } else { "those laws" }
    );
    let severity = if by.iter().any(|name| Some(*name) == view.lead) || view.lead.is_none() {
        Severity::Warn
    } else {
        Severity::Inform
    };
    let advice = "Add sizes further out on both sides, or repeat runs; look for runs that diverged.";
    vec![Finding::new(severity, message, advice)]
}

/// Thin budgets from which they look like fewer budgets, measured with error.
const SCATTERED: usize = 10;

/// D3, from the table: budgets with too few sizes, and tables with too few budgets.
pub(super) fn too_few(view: &DataView) -> Vec<Finding> {
    let mut findings = Vec::new();
    let thin: Vec<&Profile> = view.profiles.iter().filter(|p| p.sizes.distinct < SIZES_NEEDED).collect();
    if !thin.is_empty() {
        let budgets: Vec<Flops> = thin.iter().map(|p| p.compute).collect();
        let message = format!(
            "At {} FLOPs there are under {SIZES_NEEDED} distinct sizes: a parabola through 3 leaves nothing to check it by.",
            list(&budgets)
        );
        let scattered = thin.len() > SCATTERED && 2 * thin.len() > view.profiles.len();
        let advice = if scattered {
            "If these C are a few budgets measured with error, group them: --budget-tolerance 0.1."
        } else {
            "Train at least 5 sizes per budget, on both sides of the best one."
        };
        findings.push(Finding::new(Severity::Refuse, message, advice));
    }
    if view.profiles.len() < BUDGETS_NEEDED {
        let message = format!(
            "The table has {}: a law across budgets needs {BUDGETS_NEEDED}, so none is given.",
            counted(view.profiles.len(), "budget")
        );
        findings.push(Finding::new(Severity::Refuse, message, "Add budgets, a factor 2 to 3 apart."));
    }
    findings
}

/// D3, from the fits: approaches left with too few optima although the table has budgets enough.
pub(super) fn too_few_optima(view: &FitView) -> Vec<Finding> {
    if view.data.profiles.len() < BUDGETS_NEEDED {
        return Vec::new();
    }
    let refused: Vec<(&Fitted, &ApproachResult)> =
        view.fitted.iter().zip(view.results).filter(|(_, r)| r.status == Status::TooFewBudgets).collect();
    if refused.is_empty() {
        return Vec::new();
    }
    let usable = |result: &ApproachResult| result.optima.iter().filter(|o| o.flag.is_none()).count();
    let few_sizes = |result: &ApproachResult| {
        result.optima.iter().filter(|o| o.flag == Some(OptimumFlag::TooFewSizes)).count() + BUDGETS_NEEDED
            > result.optima.len()
    };
    let (thin, cut): (Vec<_>, Vec<_>) = refused.into_iter().partition(|(_, result)| few_sizes(result));
    let mut findings = Vec::new();
    if !cut.is_empty() {
        let names: Vec<String> = cut.iter().map(|(_, r)| format!("{} ({})", r.name, usable(r))).collect();
        let message = format!(
            "Fewer than {BUDGETS_NEEDED} budgets have an optimum inside their grid, so no law is given by {}.",
            names.join(", ")
        );
        let severity = if view.recommended.is_none() { Severity::Refuse } else { Severity::Warn };
        findings.push(Finding::new(
            severity,
            message,
            "Mend the grids, or add budgets whose sizes bracket the optimum.",
        ));
    }
    if !thin.is_empty() {
        let names: Vec<String> =
            thin.iter().map(|(f, r)| format!("{} (needs {})", r.name, f.approach.sizes_needed())).collect();
        let message = format!("Too few sizes per budget for {}: no law by them.", names.join(", "));
        let severity = if view.recommended.is_none() { Severity::Refuse } else { Severity::Inform };
        findings.push(Finding::new(severity, message, "Train more sizes per budget to have them as a cross-check."));
    }
    findings
}
