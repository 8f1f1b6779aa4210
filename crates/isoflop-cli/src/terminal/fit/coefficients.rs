//! The table of a law's coefficients, and the other minima that fit nearly as well.

use isoflop::parametric::{FitReport, ModeReport, Options};
use isoflop_report::words::{self, Said};

use super::super::{Align, Columns, wrapped};

pub(super) fn coefficients(report: &FitReport, options: &Options) -> String {
    let mut columns = Columns::new(&[Align::Left, Align::Right, Align::Left, Align::Right]);
    let level = format!("{} interval", words::level(report.level));
    columns.row(["", "", level.as_str(), "standard error"].map(String::from));
    for (place, coefficient) in report.coefficients.iter().enumerate() {
        let Said { value, interval } = words::fitted(coefficient);
        let given = options.fixed.iter().any(|(fixed, _)| *fixed == place);
        let held = if given { "given" } else { "from the first stage" };
        let bound = report.status == "at-bound" && report.status_coefficients.contains(&coefficient.name);
        let interval = match interval.unwrap_or_default() {
            _ if coefficient.fixed => held.to_string(),
            interval if bound => format!("{interval} at its bound"),
            interval => interval,
        };
        let error = coefficient.std_error.map_or(String::new(), |error| words::significant(error, 2));
        columns.row([coefficient.name.clone(), value, interval, error]);
    }
    columns.lines().join("\n") + "\n"
}

/// Share above the lowest objective up to which another minimum is told.
const NEAR: f64 = 0.05;

/// The other minima that fit nearly as well.
pub(super) fn other_minima(report: &FitReport) -> String {
    let above = |mode: &ModeReport| mode.objective / report.objective - 1.0;
    let mut text = String::new();
    for mode in report.modes.iter().skip(1).filter(|mode| report.objective > 0.0 && above(mode) <= NEAR) {
        let values: Vec<String> = report
            .coefficients
            .iter()
            .zip(&mode.coefficients)
            .map(|(coefficient, value)| format!("{} {}", coefficient.name, words::significant(*value, 4)))
            .collect();
        let starts = if mode.reached_by == 1 { "1 start".to_string() } else { format!("{} starts", mode.reached_by) };
        let said = format!("also, {:.2} % above, by {starts}: {}", 100.0 * above(mode), values.join(", "));
        text += &wrapped(&said, "  ", "    ");
    }
    text
}
