//! How good final submissions were: the loss they reached, and how well it was foretold.

use axum::extract::State;
use axum::http::{HeaderMap, Uri};
use serde::{Deserialize, Serialize};

use super::super::App;
use super::super::answer::{self, Reply};
use super::asked::{operator, query, unprocessable};
use super::run::status;
use crate::backend::Work;
use crate::backend::world::Budget;
use crate::ledger::{End, State as RunState};

/// One final submission.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Score {
    /// From 1, of those with a loss; equal losses share it.
    pub rank: Option<usize>,
    /// Whose.
    pub user: String,
    /// The run that trains it.
    pub experiment_id: Option<u64>,
    /// `not launched`, or how far that run is.
    pub status: String,
    /// What they said, nats per token.
    pub predicted_loss: f64,
    /// What it was, nats per token.
    pub actual_loss: Option<f64>,
    /// |predicted − actual|/actual.
    pub prediction_error: Option<f64>,
    /// The share of the budget that a best run would have saved, in simulated worlds: all of it where the run failed,
    /// none told where it costs more than the budget.
    pub waste: Option<f64>,
    /// N, parameters without embedding.
    pub params: f64,
    /// D.
    pub tokens: f64,
}

/// All of them, in order.
#[derive(Debug, Serialize, Deserialize)]
pub struct Board {
    /// The budget that waste is counted in, seconds.
    pub budget_seconds: f64,
    /// Whether `waste` is known: runs are played in a world.
    pub simulated: bool,
    /// The first first.
    pub scores: Vec<Score>,
}

#[derive(Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
enum By {
    #[default]
    Loss,
    Prediction,
    Waste,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    /// What a final run may take, seconds; what users have unless it is said.
    seconds: Option<f64>,
    #[serde(default)]
    by: By,
}

/// `GET /v1/operator/finals/scores?seconds=`, by name
pub(super) async fn scores(State(app): State<App>, headers: HeaderMap, uri: Uri) -> Reply {
    operator(&app, &headers).await?;
    let mut board = board(&app, &query(&uri)?).await?;
    board.scores.sort_by(|a, b| a.user.cmp(&b.user));
    Ok(answer::ok(&board))
}

/// `GET /v1/operator/leaderboard?by=loss|prediction|waste&seconds=`
pub(super) async fn leaderboard(State(app): State<App>, headers: HeaderMap, uri: Uri) -> Reply {
    operator(&app, &headers).await?;
    let wanted: Wanted = query(&uri)?;
    let mut board = board(&app, &wanted).await?;
    rank(&mut board.scores, |score| match wanted.by {
        By::Loss => score.actual_loss,
        By::Prediction => score.prediction_error,
        By::Waste => score.waste.filter(|_| score.actual_loss.is_some()),
    });
    Ok(answer::ok(&board))
}

/// Least first; who has no number comes last. Of equals who foretold better, then by name.
fn rank(scores: &mut [Score], of: impl Fn(&Score) -> Option<f64>) {
    let known = |number: Option<f64>| number.unwrap_or(f64::INFINITY);
    scores.sort_by(|a, b| {
        known(of(a))
            .total_cmp(&known(of(b)))
            .then(known(a.prediction_error).total_cmp(&known(b.prediction_error)))
            .then(a.user.cmp(&b.user))
    });
    let numbers: Vec<_> = scores.iter().map(&of).collect();
    for (score, number) in scores.iter_mut().zip(&numbers) {
        score.rank = number.and_then(|_| numbers.iter().position(|first| first == number)).map(|place| place + 1);
    }
}

/// Every last word with its number; waste is slow to work out, so no lock is held and no handler waits.
async fn board(app: &App, wanted: &Wanted) -> Result<Board, axum::response::Response> {
    let budget_seconds = wanted.seconds.unwrap_or(app.service.terms().budget_seconds);
    if !(budget_seconds.is_finite() && budget_seconds > 0.0) {
        return Err(unprocessable("\"seconds\" must be a number above 0"));
    }
    let app = app.clone();
    let made = tokio::task::spawn_blocking(move || {
        let mut words = words(&app);
        let world = app.house.world();
        for (score, work) in &mut words {
            score.waste = match (world, score.status.as_str()) {
                // Whatever it could have been: it was stopped at its own limit, or diverged.
                (Some(_), "failed") => Some(1.0),
                (world, _) => world.and_then(|world| world.waste(work, Budget::Seconds(budget_seconds))),
            };
        }
        let scores = words.into_iter().map(|(score, _)| score).collect();
        Board { budget_seconds, simulated: world.is_some(), scores }
    });
    Ok(made.await.expect("scoring does not panic"))
}

fn words(app: &App) -> Vec<(Score, Work)> {
    let ledger = app.service.ledger();
    let words = ledger.users().filter_map(|(_, user)| user.last_word.as_ref().map(|word| (user, word)));
    words
        .map(|(user, word)| {
            let run = word.experiment.and_then(|id| ledger.experiment(id));
            let completed = run.filter(|run| matches!(run.state, RunState::Ended { end: End::Completed, .. }));
            let actual_loss = completed.and_then(|run| run.losses.last().copied());
            let score = Score {
                rank: None,
                user: user.name.clone(),
                experiment_id: word.experiment,
                status: run.map_or("not launched", status).to_owned(),
                predicted_loss: word.predicted_loss,
                actual_loss,
                prediction_error: actual_loss.map(|actual| (word.predicted_loss - actual).abs() / actual),
                waste: None,
                params: word.config.params_without_embedding() as f64,
                tokens: word.config.total_train_tokens as f64,
            };
            (score, Work::Training(word.config.clone()))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_least_loss_is_first_and_equals_share_a_rank() {
        let score = |user: &str, actual: Option<f64>| Score {
            rank: None,
            user: user.to_owned(),
            experiment_id: None,
            status: String::new(),
            predicted_loss: 3.0,
            actual_loss: actual,
            prediction_error: actual.map(|actual| (3.0 - actual).abs() / actual),
            waste: None,
            params: 1.0,
            tokens: 1.0,
        };
        let mut scores = [score("a", None), score("d", Some(3.1)), score("c", Some(2.9)), score("b", Some(3.1))];
        rank(&mut scores, |score| score.actual_loss);
        let seen: Vec<_> = scores.iter().map(|score| (score.user.as_str(), score.rank)).collect();
        assert_eq!(seen, [("c", Some(1)), ("b", Some(2)), ("d", Some(2)), ("a", None)]);
    }
}
