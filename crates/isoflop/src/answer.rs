//! The one-sentence answers: what a person would say aloud.

use crate::analysis::{ApproachResult, Estimate, Forecast};
use crate::parametric::{Choice, FitReport, LawForecast};
use crate::units::{Params, Tokens, plain};

/// One sentence per forecast and approach, the recommended approach first, the others in their order.
pub fn answers(results: &[ApproachResult], recommended: Option<&str>) -> Vec<String> {
    let (first, others): (Vec<_>, Vec<_>) = results.iter().partition(|r| Some(r.name) == recommended);
    first.into_iter().chain(others).flat_map(|r| r.forecasts.iter().map(|f| sentence(r, f))).collect()
}

/// "At 1e23 FLOPs the compute-optimal model has 70.1B parameters trained on 238B tokens (best run per budget)."
fn sentence(result: &ApproachResult, forecast: &Forecast) -> String {
    let loss = forecast.loss.map_or(String::new(), |loss| format!(", with loss {:.3}", loss.value));
    format!(
        "At {} FLOPs the compute-optimal model has {} parameters trained on {} tokens{loss} ({}).",
        forecast.compute,
        Params(forecast.params.value),
        Tokens(forecast.tokens.value),
        result.label
    )
}

/// One sentence per forecast and choice of a fitted law.
pub fn of_fit(report: &FitReport) -> Vec<String> {
    let forecasts = report.forecasts.iter().map(|forecast| of_forecast(report, forecast));
    forecasts.chain(report.choices.iter().map(of_choice)).collect()
}

/// "At 1e23 FLOPs the compute-optimal model has 91.9B parameters trained on 181B tokens, with loss 3.275 (chinchilla)."
fn of_forecast(report: &FitReport, forecast: &LawForecast) -> String {
    let loss = format!("{:.3}{}", forecast.loss.value, between(&forecast.loss, |loss| format!("{loss:.3}")));
    match (forecast.compute, &forecast.params, &forecast.tokens) {
        (Some(compute), Some(params), Some(tokens)) => format!(
            "At {compute} FLOPs the compute-optimal model has {}{} parameters trained on {}{} tokens, with loss {loss} ({}).",
            Params(params.value),
            between(params, |n| Params(n).to_string()),
            Tokens(tokens.value),
            between(tokens, |d| Tokens(d).to_string()),
            report.law
        ),
        (Some(compute), ..) if forecast.loss.value.is_nan() => {
            format!("At {compute} FLOPs the law has no best model size ({}).", report.law)
        }
        (Some(compute), ..) => format!("At {compute} FLOPs the best loss is {loss} ({}).", report.law),
        _ => format!("At x = {} the loss is {loss} ({}).", plain(forecast.axis.unwrap_or(f64::NAN)), report.law),
    }
}

/// "Training 70B parameters on 1.4T tokens wastes 4.8 % of its 5.88e23 FLOPs."
fn of_choice(choice: &Choice) -> String {
    let unique = choice.unique_tokens.map_or(String::new(), |unique| format!(", {unique} of them distinct,"));
    if choice.waste.value.is_nan() {
        return format!(
            "What training {} parameters on {} tokens{unique} wastes is not known.",
            choice.params, choice.tokens
        );
    }
    format!(
        "Training {} parameters on {} tokens{unique} wastes {:.1} %{} of its {} FLOPs.",
        choice.params,
        choice.tokens,
        100.0 * choice.waste.value,
        between(&choice.waste, |waste| format!("{:.1} %", 100.0 * waste)),
        choice.compute
    )
}

/// " [low to high]", where both ends are known and a sentence's digits tell them apart.
fn between(estimate: &Estimate, said: impl Fn(f64) -> String) -> String {
    match (estimate.low.map(&said), estimate.high.map(&said)) {
        (Some(low), Some(high)) if low != high => format!(" [{low} to {high}]"),
        _ => String::new(),
    }
}
