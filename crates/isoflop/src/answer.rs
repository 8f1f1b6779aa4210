//! The one-sentence answers: what a person would say aloud.

use crate::analysis::{ApproachResult, Forecast};
use crate::units::{Params, Tokens};

/// One sentence per forecast and approach, the recommended approach first, the others in their order.
pub fn answers(results: &[ApproachResult], recommended: Option<&str>) -> Vec<String> {
    let (first, others): (Vec<_>, Vec<_>) = results.iter().partition(|r| Some(r.name) == recommended);
    first.into_iter().chain(others).flat_map(|r| r.forecasts.iter().map(|f| sentence(r, f))).collect()
}

/// "At 1e23 FLOPs the compute-optimal model has 70.1B parameters trained on 238B tokens (best run per budget)."
fn sentence(result: &ApproachResult, forecast: &Forecast) -> String {
    format!(
        "At {} FLOPs the compute-optimal model has {} parameters trained on {} tokens ({}).",
        forecast.compute,
        Params(forecast.params.value),
        Tokens(forecast.tokens.value),
        result.label
    )
}
