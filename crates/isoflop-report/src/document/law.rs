//! The law that was fitted to all runs at once.

use crate::document::section::{Block, Section, text};
use crate::document::table::{NOTHING, Table};
use crate::report::Report;
use crate::words::{self, Said};

pub(crate) fn section(report: &Report<'_>) -> Section {
    let mut section = Section::new("law", "The law fitted to all runs");
    let Some(fit) = &report.analysis.law_fit else { return section };
    section.push(Block::Facts(vec![
        ("Law", vec![text(format!("{}: {}", fit.law, fit.equation))]),
        ("Source", vec![text(fit.source.clone())]),
        (
            "Objective",
            vec![text(format!(
                "{} = sum of {} of ln L residuals over {} runs",
                words::significant(fit.objective, 9),
                fit.robust_loss,
                fit.rows
            ))],
        ),
        (
            "Search",
            vec![text(match &fit.status_coefficients[..] {
                [] => fit.status.to_string(),
                names => format!("{}: {}", fit.status, names.join(", ")),
            })],
        ),
    ]));
    let level = format!(">{} interval", words::level(report.analysis.level));
    let mut table = Table::new("Coefficients", &["Coefficient", ">Value", &level, ">Standard error"]);
    for coefficient in &fit.coefficients {
        let Said { value, interval } = words::fitted(coefficient);
        let error = coefficient.std_error.map(|error| words::significant(error, 2));
        let told = |what: Option<String>| what.unwrap_or_else(|| NOTHING.to_string());
        table.row([coefficient.name.clone(), value, told(interval), told(error)]);
    }
    section.push(Block::Table(table.told()));
    section.say("A and B lie on a ridge with their exponents: together they are known far better than each alone.");
    section
}
