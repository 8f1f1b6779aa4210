//! The answer: what to train at each budget asked for.

use isoflop::analysis::{Analysis, DataSummary, Forecast, Severity};
use isoflop::parametric::NAME as PARAMETRIC;

use crate::document::section::{Block, Card, Section, text};
use crate::document::{Span, approaches};
use crate::report::Report;
use crate::words;

/// Budgets that get a card; further ones stand in the tables.
const MOST_CARDS: usize = 6;

/// The answer in one line.
pub(crate) fn title(analysis: &Analysis) -> String {
    let Some(recommended) = analysis.recommended_result() else {
        return "No scaling law can be quoted from this table".to_string();
    };
    let farthest = recommended.forecasts.iter().max_by(|a, b| a.compute.0.total_cmp(&b.compute.0));
    match (farthest, &recommended.params_law) {
        (Some(forecast), _) => format!(
            "At {} FLOPs, train {} parameters on {} tokens",
            forecast.compute,
            words::count(&forecast.params).value,
            words::count(&forecast.tokens).value
        ),
        (None, Some(law)) => format!("The best model size grows as C^{}", words::exponent(&law.exponent).value),
        (None, None) => "No scaling law can be quoted from this table".to_string(),
    }
}

pub(crate) fn section(report: &Report<'_>) -> Section {
    let analysis = report.analysis;
    let mut section = Section { id: "answer", ..Section::default() };
    let because = analysis.recommended_because.trim_end_matches('.');
    match analysis.recommended_result() {
        Some(recommended) => {
            let cards: Vec<Card> =
                recommended.forecasts.iter().take(MOST_CARDS).map(|f| card(f, &analysis.data)).collect();
            if !cards.is_empty() {
                section.push(Block::Cards(cards));
            }
            section.blocks.extend(refusals(analysis));
            let name = Span::Strong(recommended.name.to_string());
            let reason = if because.is_empty() { String::new() } else { format!(": {because}") };
            let mut why = vec![text("By "), name, text(format!(" ({}){reason}.", recommended.label))];
            if recommended.forecasts.iter().any(|forecast| forecast.params.low.is_some()) {
                why.push(text(format!(" Brackets are {} intervals.", words::level(analysis.level))));
            }
            section.push(Block::Paragraph(why));
        }
        None if because.is_empty() => {}
        None => section.say(sentence(because)),
    }
    if report.figure("model-size").is_some() {
        section.push(Block::Figure("model-size"));
        section.blocks.extend(approaches::forecasts_of_lead(report).map(Block::Table));
    }
    section
}

/// A fragment as a sentence.
fn sentence(fragment: &str) -> String {
    let mut rest = fragment.chars();
    let first = rest.next().into_iter().flat_map(char::to_uppercase);
    first.chain(rest.as_str().chars()).chain(['.']).collect()
}

/// Checks of grids and of optima by budget.
const OF_BUDGETS: [&str; 4] = ["D1", "D2", "D3", "D7"];

/// What forbids quoting the answer, said where the answer is.
fn refusals(analysis: &Analysis) -> Option<Block> {
    let grave = analysis.warnings.iter().filter(|warning| warning.severity == Severity::Refuse);
    let mut ids: Vec<&str> = grave.map(|warning| warning.id).collect();
    ids.dedup();
    (!ids.is_empty()).then(|| {
        let what = text(format!(" Below, {} {} why.", ids.join(", "), if ids.len() == 1 { "says" } else { "say" }));
        // A law of all runs at once needs no optimum of a budget.
        let of_budgets = analysis.recommended == Some(PARAMETRIC) && ids.iter().all(|id| OF_BUDGETS.contains(id));
        let strong = if of_budgets { "Do not quote the laws through budgets." } else { "Do not quote this yet." };
        Block::Paragraph(vec![Span::Strong(strong.to_string()), what])
    })
}

fn card(forecast: &Forecast, data: &DataSummary) -> Card {
    let (params, tokens) = (words::count(&forecast.params), words::count(&forecast.tokens));
    Card {
        head: format!("At {} FLOPs", forecast.compute),
        numbers: vec![
            (params.value, "parameters", params.interval),
            (tokens.value, "tokens", tokens.interval),
            (words::ratio(forecast.tokens_per_param), "tokens per parameter", None),
        ],
        foot: words::reach(forecast.compute, data),
    }
}
