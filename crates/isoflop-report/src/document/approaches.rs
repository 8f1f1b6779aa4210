//! The approaches side by side: their laws and their forecasts.

use isoflop::analysis::{Analysis, ApproachResult, Forecast, LawEstimate, Status};
use isoflop::units::times;

use crate::document::section::{Block, Section, Span};
use crate::document::table::{NOTHING, Table};
use crate::report::Report;
use crate::words;

pub(crate) fn section(report: &Report<'_>) -> Section {
    let analysis = report.analysis;
    let mut section = Section::new("approaches", "Approaches side by side");
    if report.figure("approaches").is_some() {
        section.push(Block::Figure("approaches"));
    }
    if !analysis.approaches.is_empty() {
        section.push(Block::Table(laws("Model size: N* = k·C^a", "a", analysis, |result| result.params_law.as_ref())));
        section
            .push(Block::Table(laws("Dataset size: D* = k·C^b", "b", analysis, |result| result.tokens_law.as_ref())));
    }
    let mut table = forecast_table("Forecasts of every approach", Named::Each);
    for result in &analysis.approaches {
        for forecast in &result.forecasts {
            add(&mut table, Some(result.name), forecast, analysis.recommended == Some(result.name));
        }
    }
    if !table.rows.is_empty() {
        section.push(Block::Table(table.told()));
    }
    if !analysis.answers.is_empty() {
        section.push(Block::List(analysis.answers.iter().map(|answer| vec![Span::Text(answer.clone())]).collect()));
    }
    section
}

/// The figure of the dataset size; its numbers are the laws above and the forecasts of the recommended approach.
pub(crate) fn dataset_size(report: &Report<'_>) -> Section {
    let mut section = Section::new("dataset-size", "Dataset size");
    if report.figure("dataset-size").is_some() {
        section.push(Block::Figure("dataset-size"));
        section.blocks.extend(forecasts_of_lead(report).map(Block::Table));
    }
    section
}

/// The forecasts of the recommended approach.
pub(crate) fn forecasts_of_lead(report: &Report<'_>) -> Option<Table> {
    let recommended = report.analysis.recommended_result()?;
    let mut table = forecast_table(&format!("Forecasts by {}", recommended.name), Named::InCaption);
    for forecast in &recommended.forecasts {
        add(&mut table, None, forecast, false);
    }
    (!table.rows.is_empty()).then(|| table.told())
}

/// Where a table says which approach a row is of.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Named {
    Each,
    InCaption,
}

fn forecast_table(caption: &str, named: Named) -> Table {
    let columns = [
        "Approach",
        "Budget C (FLOPs)",
        ">N*",
        ">Interval",
        ">D*",
        ">Interval",
        ">D*/N*",
        ">Loss",
        ">C ÷ largest budget",
    ];
    Table::new(caption, if named == Named::Each { &columns } else { &columns[1..] })
}

fn add(table: &mut Table, name: Option<&str>, forecast: &Forecast, strong: bool) {
    let none = || NOTHING.to_string();
    let (params, tokens) = (words::count(&forecast.params), words::count(&forecast.tokens));
    let mut cells: Vec<String> = name.map(str::to_string).into_iter().collect();
    cells.extend([
        forecast.compute.to_string(),
        params.value,
        params.interval.unwrap_or_else(none),
        tokens.value,
        tokens.interval.unwrap_or_else(none),
        words::ratio(forecast.tokens_per_param),
        forecast.loss.as_ref().map_or_else(none, |loss| words::loss(loss).to_string()),
        times(forecast.reach),
    ]);
    if strong { table.strong_row(cells) } else { table.row(cells) }
}

fn laws(caption: &str, exponent: &str, analysis: &Analysis, law: fn(&ApproachResult) -> Option<&LawEstimate>) -> Table {
    let exponent = format!(">Exponent {exponent}");
    let columns = ["Approach", &exponent, ">Interval", ">k", ">Interval", ">R²", ">Budgets", "What it is"];
    let mut table = Table::new(caption, &columns);
    for result in &analysis.approaches {
        let cells = law_cells(result, law(result));
        if analysis.recommended == Some(result.name) { table.strong_row(cells) } else { table.row(cells) }
    }
    table
}

fn law_cells(result: &ApproachResult, law: Option<&LawEstimate>) -> [String; 8] {
    let none = || NOTHING.to_string();
    let Some(law) = law else {
        let why = match result.status {
            Status::TooFewBudgets => format!("{}: too few budgets for a law", result.label),
            Status::NotFinite => format!("{}: the law overflows", result.label),
            Status::TooFewRuns => format!("{}: too few runs for it", result.label),
            Status::NotConverged => format!("{}: it did not settle on one law", result.label),
            Status::Ok => result.label.to_string(),
        };
        return [result.name.to_string(), none(), none(), none(), none(), none(), none(), why];
    };
    let (exponent, k) = (words::exponent(&law.exponent), words::coefficient(&law.coefficient));
    [
        result.name.to_string(),
        exponent.value,
        exponent.interval.unwrap_or_else(none),
        k.value,
        k.interval.unwrap_or_else(none),
        format!("{:.4}", law.r2),
        law.points.to_string(),
        result.label.to_string(),
    ]
}
