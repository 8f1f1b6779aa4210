//! Checks of one law fitted to one table.

use super::law::{REACHES, too_few_tables};
use super::{Finding, LawView, counted, joined};
use crate::analysis::Severity;
use crate::fit::FitStatus;
use crate::interval::needed;
use crate::law::Scale;
use crate::parametric::Table;
use crate::rows::Input;
use crate::units::{Flops, plain, times};

/// Runs for each coefficient below which a fit is refused.
const PER_COEFFICIENT: usize = 2;

/// D3: too few runs for the law.
pub(super) fn few_runs(view: &LawView) -> Vec<Finding> {
    let unknowns = view.report.coefficients.iter().filter(|c| !c.fixed).count();
    if view.report.rows >= PER_COEFFICIENT * unknowns {
        return Vec::new();
    }
    let message = format!(
        "{} for {}: nearly any table of so few can be fitted.",
        counted(view.report.rows, "row"),
        counted(unknowns, "coefficient")
    );
    let advice = format!("Use {} or more, or give coefficients with --fix.", PER_COEFFICIENT * unknowns);
    vec![Finding::new(Severity::Refuse, message, advice)]
}

/// D6: forecasts far beyond the table.
pub(super) fn far(view: &LawView) -> Vec<Finding> {
    let Some(farthest) = view.report.forecasts.iter().max_by(|a, b| a.reach.total_cmp(&b.reach)) else {
        return Vec::new();
    };
    let Some((_, severity)) = REACHES.into_iter().find(|(threshold, _)| farthest.reach > *threshold) else {
        return Vec::new();
    };
    let what =
        farthest.compute.map_or_else(|| format!("x = {}", plain(farthest.axis.unwrap_or(f64::NAN))), |c| c.to_string());
    let spoken = match severity {
        Severity::Refuse => {
            "No published law was checked so far out: no headline number before a backtest at this ratio."
        }
        Severity::Warn => "Published sweeps missed the loss by 1 to 3 % and N* by up to a factor of 2 at 10× to 33×.",
        Severity::Inform => "The interval covers noise, not a law that bends.",
    };
    let message = format!("{what} is {} the largest of the table. {spoken}", times(farthest.reach));
    vec![Finding::new(severity, message, "Add runs nearer to it, and fit once more without them.")]
}

/// Largest N over smallest below which a surface is hardly known.
const SIZES: f64 = 10.0;

/// D7: too narrow a range of sizes, or of data.
pub(super) fn narrow(view: &LawView) -> Vec<Finding> {
    let inputs = view.fit.setup.law.inputs();
    let words = [(Input::Params, "model sizes"), (Input::Tokens, "token counts")];
    words
        .into_iter()
        .filter(|(input, _)| inputs.contains(input))
        .filter_map(|(input, word)| {
            let values = || view.observed.rows.iter().map(|row| row.at.of(input));
            let (low, high) = (values().fold(f64::INFINITY, f64::min), values().fold(f64::NEG_INFINITY, f64::max));
            let span = (high - low).exp();
            (span < SIZES).then(|| {
                let message = format!("The {word} differ by {} only: their exponent is hardly known.", times(span));
                Finding::new(Severity::Warn, message, format!("Add {word} that span {SIZES:.0}× or more."))
            })
        })
        .collect()
}

/// Exponents of loss surfaces of language models, generously.
const EXPONENTS: std::ops::RangeInclusive<f64> = 0.2..=0.7;

/// D8: exponents that no published surface has.
pub(super) fn implausible(view: &LawView) -> Vec<Finding> {
    if !["chinchilla", "tied"].contains(&view.report.law.as_str()) {
        return Vec::new();
    }
    let odd = view.report.coefficients.iter().filter(|c| c.scale == Scale::Linear && !c.fixed);
    let odd: Vec<String> =
        odd.filter(|c| !EXPONENTS.contains(&c.value)).map(|c| format!("{} = {:.3}", c.name, c.value)).collect();
    if odd.is_empty() {
        return Vec::new();
    }
    let message = format!("{}: fits to language models lie between 0.2 and 0.7.", joined(&odd));
    let advice = "Look for untuned small runs, a narrow grid, or outliers before trusting a forecast.";
    vec![Finding::new(Severity::Warn, message, advice)]
}

/// Width of the floor's interval, as a share of the smallest loss, from which it is not identified: 0.3 nats of 3.
const FLOOR_WIDTH: f64 = 0.1;

/// A floor below this share of the smallest loss is none.
const NO_FLOOR: f64 = 0.01;

/// D9: a floor that the table does not tell.
pub(super) fn floor(view: &LawView) -> Vec<Finding> {
    let report = view.report;
    let Some(floor) = report.coefficients.iter().find(|c| c.name == "E" && c.scale == Scale::Log && !c.fixed) else {
        return Vec::new();
    };
    let advice = "Fix it (--fix E=…) at several values and show the forecast for each, or add larger budgets.";
    let smallest = view.observed.rows.iter().map(|row| row.ln_loss).fold(f64::INFINITY, f64::min).exp();
    if matches!(&view.fit.status, FitStatus::AtBound { coefficients } if coefficients.iter().any(|name| name == "E")) {
        let message = if floor.value < NO_FLOOR * smallest {
            "The floor E went to zero: the table falls like a law without one.".to_string()
        } else {
            format!("The floor E ended at {:.3}, the limit that it was given: the table asks for another.", floor.value)
        };
        return vec![Finding::new(Severity::Warn, message, advice)];
    }
    match (floor.low, floor.high) {
        (Some(low), Some(high)) if high - low <= FLOOR_WIDTH * smallest && low >= NO_FLOOR * smallest => Vec::new(),
        (Some(low), Some(high)) => {
            let message =
                format!("The floor E may be anything from {low:.3} to {high:.3}: a forecast of the loss rests on it.");
            vec![Finding::new(Severity::Warn, message, advice)]
        }
        // Of no refits, or too few (D21), there are no ends: that says nothing of the table. `profile` makes none.
        (None, None) if report.refits.total < needed(report.level) && report.interval != "profile" => Vec::new(),
        _ => {
            let message = "The interval of the floor E is open: the table does not bound it.".to_string();
            vec![Finding::new(Severity::Warn, message, advice)]
        }
    }
}

/// D10: amplitudes that lie on a ridge with their exponents.
pub(super) fn ridge(view: &LawView) -> Vec<Finding> {
    let law = view.fit.setup.law;
    let names = |place: usize| law.coefficients()[place].name.to_string();
    let powers = law.terms().iter().filter_map(|term| Some((term.amplitude, term.power?)));
    let moving =
        powers.filter(|(amplitude, power)| view.fit.setup.free()[*amplitude] && view.fit.setup.free()[power.exponent]);
    let pairs: Vec<String> = moving.map(|(a, power)| format!("{} with {}", names(a), names(power.exponent))).collect();
    if pairs.is_empty() {
        return Vec::new();
    }
    let message = format!(
        "{} on a ridge: many pairs fit alike, so an amplitude on its own says little.",
        if pairs.len() == 1 { format!("{} lies", pairs[0]) } else { format!("{} lie", joined(&pairs)) }
    );
    vec![Finding::new(Severity::Inform, message, "Quote N*, L* and the exponents, or all coefficients together.")]
}

/// Epochs from which repeated data count, and from which a law that does not know of them is refused.
const EPOCHS: [(f64, Severity); 2] = [(16.0, Severity::Refuse), (4.0, Severity::Warn)];

/// D20: data repeated so often that they are worth less than a law without unique tokens says.
pub(super) fn repeated(view: &LawView) -> Vec<Finding> {
    if view.fit.setup.law.inputs().contains(&Input::UniqueTokens) || view.fit.setup.law.inputs().contains(&Input::Axis)
    {
        return Vec::new();
    }
    let Table::Runs(runs) = view.table else { return Vec::new() };
    let epochs = runs.used().filter_map(|run| Some(run.tokens.0 / run.unique_tokens?.0)).fold(0.0, f64::max);
    let Some((_, severity)) = EPOCHS.into_iter().find(|(threshold, _)| epochs > *threshold) else { return Vec::new() };
    let message =
        format!("Runs saw their data up to {epochs:.0} times; {} counts every repeat as new.", view.report.law);
    vec![Finding::new(severity, message, "Fit --law data-constrained, or leave such runs out with --where.")]
}

/// Share of the refits that may fail to converge.
const UNCONVERGED: f64 = 0.05;
/// Starts that have to agree where there are as many.
const AGREED: usize = 3;
/// A minimum no higher than this share above the lowest is no worse.
const RIVAL: f64 = 0.01;

/// D21: a search that did not find one clear bottom.
pub(super) fn search(view: &LawView) -> Vec<Finding> {
    let report = view.report;
    let mut findings = Vec::from_iter(too_few_tables(report.refits.total, report.level));
    let about = joined(&report.status_coefficients);
    match &view.fit.status {
        FitStatus::Converged => {}
        FitStatus::IterationLimit | FitStatus::Stalled => findings.push(Finding::new(
            Severity::Refuse,
            format!("The search ended without reaching the bottom ({}).", report.status),
            "Try another --search, or a law with fewer coefficients.",
        )),
        FitStatus::AtBound { coefficients } if coefficients.iter().all(|name| name == "E") => {}
        FitStatus::AtBound { .. } => findings.push(Finding::new(
            Severity::Refuse,
            format!(
                "{about} ended at the bound of what is searched: the table asks for a term that is none, or a step."
            ),
            "Fix it with --fix, or use a law without that term.",
        )),
        FitStatus::Underdetermined { .. } => findings.push(Finding::new(
            Severity::Refuse,
            format!("The table cannot tell {about} apart: other values fit as well, and N* is not known."),
            "Add runs at other ratios of tokens to parameters, or give some coefficients with --fix.",
        )),
    }
    if report.starts.polished >= 2 * AGREED && report.starts.agreed < AGREED && report.search != "projected" {
        let message = format!(
            "Only {} of {} starts that were followed ended at the lowest objective: a lower one may exist.",
            report.starts.agreed, report.starts.polished
        );
        findings.push(Finding::new(Severity::Warn, message, "Give starting values by --fix for some coefficients."));
    }
    let rivals = view.fit.other_modes().iter();
    let rivals: Vec<f64> =
        rivals.map(|mode| mode.bottom.objective / report.objective - 1.0).filter(|above| *above < RIVAL).collect();
    if let Some(nearest) = rivals.first()
        && report.objective > 0.0
    {
        let message = format!(
            "{} fits nearly as well, the next {:.2} % above the lowest objective: see `modes`.",
            counted(rivals.len(), "other minimum").replace("minimums", "minima"),
            100.0 * nearest
        );
        let advice = "Show every minimum's coefficients; the interval covers those within 5 %.";
        findings.push(Finding::new(Severity::Warn, message, advice));
    }
    let share = report.refits.unconverged as f64 / report.refits.total.max(1) as f64;
    if share > UNCONVERGED {
        let message = format!(
            "{:.0} % of the {} refits did not converge: the intervals are rough.",
            100.0 * share,
            report.refits.total
        );
        findings.push(Finding::new(Severity::Warn, message, "Compare with --interval profile."));
    }
    findings
}

/// Reach from which a law without a floor misleads.
const FLOORLESS: f64 = 3.0;

/// D24: a law without a floor, asked far out.
pub(super) fn floorless(view: &LawView) -> Vec<Finding> {
    let reach = view.report.forecasts.iter().map(|f| f.reach).fold(0.0, f64::max);
    if view.report.law != "power" || reach <= FLOORLESS {
        return Vec::new();
    }
    let farthest = view.report.forecasts.iter().filter_map(|f| f.compute).map(|c| c.0).fold(0.0, f64::max);
    let place = if farthest > 0.0 { format!("At {} a", Flops(farthest)) } else { "Far out a".to_string() };
    let message =
        format!("{place} law without a floor is too low: by 2 to 4 % of the loss at 5× to 35× in published sweeps.");
    vec![Finding::new(Severity::Warn, message, "Fit --law frontier beside it.")]
}
