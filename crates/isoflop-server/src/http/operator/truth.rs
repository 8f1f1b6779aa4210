//! What a world's best answer is. Users must never see it.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use serde::{Deserialize, Serialize};

use super::super::App;
use super::super::answer::{self, Reply};
use super::asked::{operator, query, unprocessable};
use crate::backend::world::{Budget, Protocol};

/// The compute-optimal answer of the world at a budget.
#[derive(Debug, Serialize, Deserialize)]
pub struct TruthTold {
    /// What the world is for.
    pub about: String,
    /// What may be spent on the run, in this unit…
    pub budget: f64,
    /// …`seconds` or `flops`.
    pub budget_unit: String,
    /// N*, as the world's law counts it.
    pub params: f64,
    /// D*.
    pub tokens: f64,
    /// L*, nats per token, without noise.
    pub loss: f64,
    /// Tokens in its batch.
    pub batch_tokens: f64,
    /// Its peak learning rate, where one is better than another.
    pub learning_rate: Option<f64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    seconds: Option<f64>,
    flops: Option<f64>,
}

/// `GET /v1/operator/truth?seconds=` or `?flops=`; at the budget of the users unless it is said
pub(super) async fn told(State(app): State<App>, headers: HeaderMap, uri: Uri) -> Reply {
    operator(&app, &headers).await?;
    let wanted: Wanted = query(&uri)?;
    if app.house.world().is_none() {
        let why = "nobody knows the truth: runs are not played in a simulated world";
        return Err(answer::detail(StatusCode::NOT_FOUND, why));
    }
    let made = tokio::task::spawn_blocking(move || {
        let (world, terms) = (app.house.world()?, app.service.terms());
        let budget = match (wanted.seconds, wanted.flops, world.settings.protocol) {
            (Some(_), Some(_), _) => return None,
            (Some(seconds), None, _) => Budget::Seconds(seconds),
            (None, Some(flops), _) => Budget::Flops(flops),
            (None, None, Protocol::Seconds) => Budget::Seconds(terms.budget_seconds),
            (None, None, Protocol::Flops) => Budget::Flops(terms.budget_flops),
        };
        let (unit, budgeted) = match budget {
            Budget::Seconds(seconds) => ("seconds", seconds),
            Budget::Flops(flops) => ("flops", flops),
        };
        let truth = world.truth(budget)?;
        Some(TruthTold {
            about: world.settings.about.clone(),
            budget: budgeted,
            budget_unit: unit.to_owned(),
            params: truth.params,
            tokens: truth.tokens,
            loss: truth.loss,
            batch_tokens: truth.batch_tokens,
            learning_rate: truth.learning_rate,
        })
    });
    let told = made.await.expect("the truth does not panic");
    told.map(|told| answer::ok(&told))
        .ok_or_else(|| unprocessable("give one budget, \"seconds\" or \"flops\", that pays for a batch"))
}
