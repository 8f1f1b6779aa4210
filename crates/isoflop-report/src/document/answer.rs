//! The answer: what to train at each budget asked for.

use isoflop::analysis::{Analysis, Forecast, Severity};

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
    let because = Span::Text(analysis.recommended_because.clone());
    match analysis.recommended_result() {
        Some(recommended) => {
            let cards: Vec<Card> = recommended.forecasts.iter().take(MOST_CARDS).map(card).collect();
            if !cards.is_empty() {
                section.push(Block::Cards(cards));
            }
            section.blocks.extend(refusals(analysis));
            let name = Span::Strong(recommended.name.to_string());
            let mut why = vec![text("By "), name, text(format!(" ({}).", recommended.label))];
            if !analysis.recommended_because.is_empty() {
                why.extend([text(" "), because]);
            }
            if recommended.forecasts.iter().any(|forecast| forecast.params.low.is_some()) {
                why.push(text(format!(" Brackets are {} intervals.", words::level(analysis.level))));
            }
            section.push(Block::Paragraph(why));
        }
        None if analysis.recommended_because.is_empty() => {}
        None => section.push(Block::Paragraph(vec![because])),
    }
    if report.figure("model-size").is_some() {
        section.push(Block::Figure("model-size"));
        section.blocks.extend(approaches::forecasts_of_lead(report).map(Block::Table));
    }
    section
}

/// What forbids quoting the answer, said where the answer is.
fn refusals(analysis: &Analysis) -> Option<Block> {
    let grave = analysis.warnings.iter().filter(|warning| warning.severity == Severity::Refuse);
    let ids: Vec<&str> = grave.map(|warning| warning.id).collect();
    (!ids.is_empty()).then(|| {
        let what = text(format!(" Below, {} {} why.", ids.join(", "), if ids.len() == 1 { "says" } else { "say" }));
        Block::Paragraph(vec![Span::Strong("Do not quote this yet.".to_string()), what])
    })
}

fn card(forecast: &Forecast) -> Card {
    let (params, tokens) = (words::count(&forecast.params), words::count(&forecast.tokens));
    Card {
        head: format!("At {} FLOPs", forecast.compute),
        numbers: vec![
            (params.value, "parameters", params.interval),
            (tokens.value, "tokens", tokens.interval),
            (words::ratio(forecast.tokens_per_param), "tokens per parameter", None),
        ],
        foot: words::reach(forecast.reach),
    }
}
