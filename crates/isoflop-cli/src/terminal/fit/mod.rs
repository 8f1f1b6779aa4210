//! The answer of `isoflop fit` in words: the answer first, then the law it rests on, then what could be wrong.

mod coefficients;
mod forecasts;

use isoflop::parametric::{FitReport, Options};
use isoflop::run::Role;
use isoflop_report::words;

use self::coefficients::{coefficients, other_minima};
use self::forecasts::{choices, forecasts};
use super::{STRONG, warnings, wrapped};

/// The whole answer but what was read, and the command that makes it again.
pub fn text(report: &FitReport, options: &Options) -> String {
    let mut text = distrust(report);
    if !report.answers.is_empty() {
        text += &report.answers.iter().map(|answer| wrapped(answer, "", "  ")).collect::<String>();
        text.push('\n');
    }
    text += &law(report);
    text += &coefficients(report, options);
    text += &wrapped(&objective(report), "  ", "    ");
    text += &other_minima(report);
    text.push('\n');
    text += &forecasts(report);
    text += &choices(report);
    text += &wrapped(&intervals(report, options), "", "");
    if !report.warnings.is_empty() {
        text.push('\n');
        text += &warnings::text(&report.warnings);
    }
    text
}

/// What has to be read before any number, where the fit is not to be trusted.
fn distrust(report: &FitReport) -> String {
    let said = match report.status {
        "underdetermined" => format!(
            "The table does not determine the law: {} fit alike at other values. Do not quote the numbers below.",
            joined(&report.status_coefficients)
        ),
        "at-bound" if report.status_coefficients.iter().any(|name| name != "E") => format!(
            "The law does not suit the table: {} went as far as the search goes. Do not quote the numbers below.",
            joined(&report.status_coefficients)
        ),
        "iteration-limit" | "stalled" => {
            "The search did not reach the bottom. Do not quote the numbers below.".to_string()
        }
        _ => return String::new(),
    };
    // Wrapped first, styled after: the escape codes have no width.
    format!("{STRONG}{}{STRONG:#}\n\n", wrapped(&said, "", "").trim_end())
}

fn joined(names: &[String]) -> String {
    match names {
        [] => "some coefficients".to_string(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// The law's name, equation and source.
fn law(report: &FitReport) -> String {
    let head = wrapped(&format!("{}   {}", report.law, report.equation), "", "    ");
    let mut text = head.replacen(&report.law, &format!("{STRONG}{}{STRONG:#}", report.law), 1);
    if !report.source.is_empty() {
        text += &wrapped(&report.source, "  ", "    ");
    }
    if let Some(stage) = &report.first_stage {
        text += &wrapped(&format!("First {stage}; the rest then to all."), "  ", "    ");
    }
    text
}

/// "objective 0.00101827401780 = sum of huber:0.001 of ln L residuals over 240 runs; 6 of 6 starts agree; converged"
fn objective(report: &FitReport) -> String {
    let residual = match report.residual {
        "linear" => "L",
        "log-plus-one" => "ln(1 + L)",
        _ => "ln L",
    };
    let weighted = report.data.columns.iter().any(|used| used.role == Role::Weight);
    let sum = if weighted { "weighted sum" } else { "sum" };
    let starts = report.starts;
    let followed = if starts.polished < starts.tried {
        format!("{} of the best {} of {} starts agree", starts.agreed, starts.polished, starts.tried)
    } else if starts.tried == 1 {
        "one start".to_string()
    } else {
        format!("{} of {} starts agree", starts.agreed, starts.tried)
    };
    let status = match report.status {
        "converged" => "converged".to_string(),
        "iteration-limit" => "not converged: out of steps".to_string(),
        "stalled" => "not converged: stalled".to_string(),
        "at-bound" => format!("{} at the bound", joined(&report.status_coefficients)),
        _ => format!("{} not determined", joined(&report.status_coefficients)),
    };
    format!(
        "objective {} = {sum} of {} of {residual} residuals over {} {}; {} search: {followed}; {status}",
        summed(report.objective),
        report.robust_loss,
        report.rows,
        report.data.rows_are,
        report.search,
    )
}

/// An objective in the digits that refits of others agree to; what is left of a table without noise in fewer.
fn summed(objective: f64) -> String {
    if objective < 1e-15 { format!("{objective:.2e}") } else { words::significant(objective, 12) }
}

/// How the intervals were formed.
fn intervals(report: &FitReport, options: &Options) -> String {
    let moved = report.coefficients.iter().any(|c| c.low.is_some() || c.high.is_some());
    if !moved {
        let why = match report.status {
            _ if report.coefficients.iter().all(|c| c.fixed) => "every coefficient is given",
            "underdetermined" => "the table does not determine the law",
            _ if options.resamples == 0 => "--resamples 0",
            _ => "too few refits, or a law that the table hardly bounds",
        };
        return format!("No intervals: {why}.");
    }
    let mut said =
        format!("Intervals: {}, {}: {}", words::level(report.level), report.interval, options.interval.label());
    if report.refits.total > 0 {
        said += &format!("; {} refits", report.refits.total);
        if report.refits.unconverged > 0 {
            said += &format!(", {} of them not converged", report.refits.unconverged);
        }
        said += &match report.data.grouped_by {
            "clusters" => format!(", {} clusters", report.data.groups),
            "budgets" => format!(", within {} groups of budgets", report.data.groups),
            _ => String::new(),
        };
        said += &format!(", seed {}", report.seed);
    }
    if report.first_stage.is_some() {
        said += "; they take the first stage as known";
    }
    said + "."
}
