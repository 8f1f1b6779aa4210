//! The optimum of each budget.

use isoflop::analysis::{ApproachResult, Optimum};

use crate::document::section::{Block, Section};
use crate::document::table::{NOTHING, Table};
use crate::report::Report;

/// The profiles, with the optima of the recommended approach.
pub(crate) fn profiles(report: &Report<'_>) -> Section {
    let mut section = Section::new("profiles", "IsoFLOP profiles");
    if report.figure("profiles").is_some() {
        section.push(Block::Figure("profiles"));
    }
    let shown = report.analysis.recommended_result().or_else(|| report.analysis.approaches.first());
    if let Some(table) = shown.map(|result| table(report, result)).filter(|table| !table.rows.is_empty()) {
        section.push(Block::Table(table));
    }
    section
}

/// The optima of every other approach.
pub(crate) fn all(report: &Report<'_>) -> Section {
    let mut section = Section::new("optima", "Optima by the other approaches");
    let shown = report.analysis.recommended_result().or_else(|| report.analysis.approaches.first());
    let others = report.analysis.approaches.iter().filter(|result| shown.is_none_or(|shown| shown.name != result.name));
    let tables = others.map(|result| table(report, result)).filter(|table| !table.rows.is_empty());
    section.blocks.extend(tables.map(Block::Table));
    section
}

fn table(report: &Report<'_>, result: &ApproachResult) -> Table {
    let caption = format!("Optimum of each budget by {} ({})", result.name, result.label);
    let columns = ["Budget C (FLOPs)", ">Runs", ">N_opt", ">D_opt", ">Loss", "In the law"];
    let mut table = Table::new(caption, &columns);
    for (i, optimum) in result.optima.iter().enumerate() {
        let runs = report.analysis.data.profiles.get(i).filter(|profile| profile.compute == optimum.compute);
        let said = |value: Option<String>| value.unwrap_or_else(|| NOTHING.to_string());
        table.row([
            optimum.compute.to_string(),
            said(runs.map(|profile| profile.runs.to_string())),
            said(optimum.params.map(|n| n.to_string())),
            said(optimum.tokens.map(|d| d.to_string())),
            said(optimum.loss.map(|loss| loss.to_string())),
            used(optimum),
        ]);
    }
    table.held()
}

fn used(optimum: &Optimum) -> String {
    match (optimum.flag, optimum.params) {
        (Some(flag), _) => format!("no: {}", flag.words()),
        (None, Some(_)) => "yes".to_string(),
        (None, None) => "no: no optimum".to_string(),
    }
}
