//! The title, key and caption of a chart of a law.

use isoflop::analysis::{Analysis, ApproachResult, Forecast};

use crate::draw::{Marker, Paint};
use crate::figure::key::{Key, Swatch};
use crate::figure::law_chart::{MANY_POINTS, MOST_OTHERS};
use crate::figure::not_used;
use crate::figure::quantity::Quantity;
use crate::words;

pub(super) fn finding(quantity: &Quantity, lead: &ApproachResult) -> String {
    let Some(law) = (quantity.law)(lead) else {
        return format!("No law for {}: too few budgets with a clear minimum", quantity.noun);
    };
    let law = format!("{} ∝ C^{{{:.2}}}", quantity.symbol, law.exponent.value);
    match farthest(lead) {
        Some(forecast) => {
            let said = words::count((quantity.of_forecast)(forecast)).value;
            format!("{law}: {said} at {}", forecast.compute)
        }
        None => law,
    }
}

/// The forecast at the largest budget asked for.
fn farthest(lead: &ApproachResult) -> Option<&Forecast> {
    lead.forecasts.iter().max_by(|a, b| a.compute.0.total_cmp(&b.compute.0))
}

pub(super) fn keys(quantity: &Quantity, lead: &ApproachResult, seen: &ApproachResult) -> Vec<Key> {
    let optima = quantity.optima(seen);
    let mut keys = Vec::new();
    let by = if seen.name == lead.name { String::new() } else { format!(" ({})", seen.name) };
    let said = format!("optimum of a budget{by}");
    if optima.iter().any(|(.., flag)| flag.is_none()) {
        keys.push(Key::new(Swatch::Point(Marker::Circle, Paint::Lead), said));
    }
    let drawn = seen.optima.iter().filter(|optimum| (quantity.of_optimum)(optimum).is_some());
    keys.extend(not_used(drawn).map(|why| Key::new(Swatch::Hollow(Paint::Lead), why)));
    if (quantity.law)(lead).is_some() {
        keys.push(Key::new(Swatch::Dashed(Paint::Lead), format!("{}, dashed beyond the data", lead.name)));
    }
    if lead.band.len() > 1 {
        keys.push(Key::new(Swatch::Band(Paint::Lead), "interval"));
    }
    keys
}

pub(super) fn caption(
    quantity: &Quantity,
    analysis: &Analysis,
    lead: &ApproachResult,
    seen: &ApproachResult,
) -> String {
    let law = match (quantity.law)(lead) {
        Some(_) if seen.name == lead.name => ", and the law through it".to_string(),
        Some(_) => format!(", and the law of {} ({}), which is not fitted to these points", lead.name, lead.label),
        None => String::new(),
    };
    let of_lead = format!("The best {} at each budget by {} ({}){law}.", quantity.noun, seen.name, seen.label);
    let mut caption = vec![of_lead];
    let optima = quantity.optima(seen).len();
    if optima > MANY_POINTS {
        caption.push(format!("{MANY_POINTS} of {optima} optima are drawn."));
    }
    if lead.band.len() > 1 {
        caption.push(format!("The band is its {} interval.", words::level(analysis.level)));
    }
    let laws = analysis.approaches.iter().filter(|result| (quantity.law)(result).is_some()).count();
    if laws > 1 {
        caption.push("Thin lines are the laws of the other approaches.".to_string());
    }
    if laws > MOST_OTHERS + 1 {
        caption.push(format!("Only the first {MOST_OTHERS} of them are drawn."));
    }
    caption.join(" ")
}
