//! Checks of the table itself: D14 and D19.

use super::{DataView, Finding, counted, list};
use crate::analysis::Severity;
use crate::noise::by_repeats_and_neighbours;
use crate::profile::BUDGET_TOLERANCE;
use crate::run::{ComputeRule, RunFlag};
use crate::units::{Flops, six_nd};

/// Share by which 6ND may differ from C before the count of N or C is in doubt.
const DISAGREEMENT: f64 = 0.10;

/// D14: repeated runs, near budgets taken as one, and 6ND apart from C.
pub(super) fn mixed(view: &DataView) -> Vec<Finding> {
    let mut findings = Vec::new();
    let repeats: Vec<String> = view
        .table
        .runs()
        .iter()
        .filter_map(|run| match run.flag {
            Some(RunFlag::Duplicate { of_line }) => Some(format!("line {} of line {of_line}", run.line)),
            _ => None,
        })
        .collect();
    if let Some(first) = repeats.first() {
        let message = format!(
            "{} repeat an earlier run in every number ({first}, …); they are left out.",
            counted(repeats.len(), "run")
        );
        let message = if repeats.len() == 1 {
            format!("1 run repeats an earlier one in every number ({first}); it is left out.")
        } else {
            message
        };
        findings.push(Finding::new(
            Severity::Warn,
            message,
            "Check how the table was exported: a run listed twice would count twice.",
        ));
    }
    let near: Vec<Flops> = view.profiles.iter().filter(|p| p.spread > 0.0).map(|p| p.compute).collect();
    if !near.is_empty() {
        let widest = view.profiles.iter().map(|p| p.spread).fold(0.0, f64::max);
        let message = format!(
            "The runs of {} ({}) differ in C by up to {} and are taken as one budget each.",
            counted(near.len(), "budget"),
            list(&near),
            percent(widest)
        );
        let severity = if widest > BUDGET_TOLERANCE { Severity::Warn } else { Severity::Inform };
        findings.push(Finding::new(
            severity,
            message,
            "If they were meant as separate budgets, set --budget-tolerance 0.",
        ));
    }
    findings.extend(several_sweeps(view));
    if view.table.conventions.compute == ComputeRule::Measured {
        findings.extend(disagreement(view));
    }
    findings
}

/// Repeats of one size and budget that scatter more than this share of the loss…
const APART: f64 = 0.01;

/// …and more than this many times what the smooth course of their means allows, are no repeats.
const TOO_SMOOTH: f64 = 3.0;

/// Repeats that scatter more than this share of the loss are more than other seeds were ever seen to do.
const FAR_APART: f64 = 0.03;

/// Runs of one size and one budget that scatter although their means lie on a smooth curve: other seeds would
/// roughen the means as well, several sweeps laid over each other do not.
fn several_sweeps(view: &DataView) -> Option<Finding> {
    let (repeats, neighbours) = by_repeats_and_neighbours(view.profiles)?;
    let smooth = repeats > APART && repeats > TOO_SMOOTH * neighbours;
    if !smooth && repeats < FAR_APART {
        return None;
    }
    let means = if smooth {
        format!(", yet their means lie within {:.1} % of a smooth curve", 100.0 * neighbours)
    } else {
        String::new()
    };
    let message = format!(
        "Runs of one size and budget scatter by {:.1} % of the loss{means}: this looks like several sweeps in one table, \
         and a law through all of them is none of theirs.",
        100.0 * repeats
    );
    let severity = if smooth { Severity::Refuse } else { Severity::Warn };
    let advice =
        "Choose one sweep with --where, such as --where 'dataset == \"comma\"', by the columns that tell them apart.";
    Some(Finding::new(severity, message, advice))
}

fn percent(share: f64) -> String {
    if share < 1e-4 { format!("{:.0e} %", 100.0 * share) } else { format!("{:.2} %", 100.0 * share) }
}

fn disagreement(view: &DataView) -> Option<Finding> {
    let mut ratios: Vec<f64> = view.table.used().map(|run| six_nd(run.params, run.tokens).0 / run.compute.0).collect();
    ratios.sort_by(f64::total_cmp);
    let (low, high) = (*ratios.first()?, *ratios.last()?);
    let apart = ratios.iter().filter(|ratio| (*ratio - 1.0).abs() > DISAGREEMENT).count();
    (apart > 0).then(|| {
        let message = format!(
            "6·N·D differs from the file's C by over 10 % in {} (6ND/C from {low:.2} to {high:.2}, median {:.2}), so the \
             exponents of N* and D* need not add up to 1.",
            counted(apart, "run"),
            ratios[ratios.len() / 2]
        );
        Finding::new(
            Severity::Warn,
            message,
            "Find out whether N counts embeddings and whether C counts attention and the output head; quote the convention.",
        )
    })
}

/// D19: losses that follow a smooth formula to rounding.
pub(super) fn noise_free(view: &DataView) -> Vec<Finding> {
    match view.noise.share() {
        Some(share) if view.noise.only_rounding => vec![Finding::new(
            Severity::Inform,
            format!(
                "The losses follow a smooth formula to {}: this table was computed, not trained. Without noise an interval \
                 from resampling means nothing; what separates the approaches is bias alone.",
                if share > 0.0 { format!("{share:.0e} of their value") } else { "the last digit".to_string() }
            ),
            "Judge the approaches by how they differ, not by their intervals.",
        )],
        _ => Vec::new(),
    }
}
