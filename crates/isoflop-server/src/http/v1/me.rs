//! Who one is, and what one has.

use axum::extract::State;
use axum::http::HeaderMap;
use isoflop_api::{FinalSubmission, Timestamp};
use serde::Serialize;
use utoipa::ToSchema;

use super::super::answer::{self, Reply};
use super::super::{App, identity};
use super::told::{self, STATES};
use crate::ledger::{Ledger, Purse, Terms, UserId};

/// Who one is, and what one has.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub(in crate::http) struct Me {
    /// Your name in the roster.
    pub name: String,
    /// Training time, seconds: the protocol of 2026.
    pub budget_seconds: Purses,
    /// Compute, FLOPs: the protocol of 2024 and 2025.
    pub budget_flops: Purses,
    /// How many of your runs are how far.
    pub runs: Counts,
    /// Your last word, and whether it may be changed.
    pub finals: Finals,
    /// Whether no run is handed out at the moment.
    pub draining: bool,
}

/// A budget, in its unit.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = OwnBudget)]
pub(in crate::http) struct Purses {
    /// Granted.
    pub total: f64,
    /// Spent by runs that are over.
    pub spent: f64,
    /// Reserved by runs that are not.
    pub reserved: f64,
    /// What may still be asked for.
    pub remaining: f64,
}

/// How many runs are how far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, ToSchema)]
#[schema(as = OwnCounts)]
pub(in crate::http) struct Counts {
    /// Wait for a worker.
    pub queued: usize,
    /// With a worker.
    pub running: usize,
    /// Ended with a loss.
    pub completed: usize,
    /// Ended without, or were cancelled.
    pub failed: usize,
}

/// Where final submissions stand.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = OwnFinals)]
pub(in crate::http) struct Finals {
    /// Whether they may be changed no more.
    pub frozen: bool,
    /// The moment after which they may not.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub deadline: Option<Timestamp>,
    /// Yours, if you made one.
    pub submission: Option<FinalSubmission>,
}

/// `GET /v1/me`
pub(in crate::http) async fn me(State(app): State<App>, headers: HeaderMap) -> Reply {
    let user = identity::user(&app, &headers).await?;
    Ok(answer::ok(&Me::of(&app.service.ledger(), app.service.terms(), user)))
}

impl Me {
    /// What the books say of `user`.
    pub(super) fn of(ledger: &Ledger, terms: &Terms, user: UserId) -> Self {
        let mut runs = Counts::default();
        let mut reserved = [0.0, 0.0];
        for run in ledger.experiments_of(user) {
            let [queued, running, completed, _] = STATES;
            match told::state(run) {
                word if word == queued => runs.queued += 1,
                word if word == running => runs.running += 1,
                word if word == completed => runs.completed += 1,
                _ => runs.failed += 1,
            }
            if !run.has_ended() {
                reserved[usize::from(run.purse() == Purse::Flops)] += run.charge;
            }
        }
        let purse = |purse, reserved: f64| {
            let balance = ledger.balance(terms, user, purse);
            let spent = (balance.used - reserved).max(0.0);
            Purses { total: balance.total, spent, reserved, remaining: balance.left() }
        };
        let account = ledger.user(user);
        let (frozen, deadline) = ledger.finals();
        let submission = account.last_word.as_ref().map(|last_word| FinalSubmission {
            training_config: last_word.config.clone(),
            predicted_final_loss: last_word.predicted_loss,
            submitted_at: last_word.saved,
        });
        Self {
            name: account.name.clone(),
            budget_seconds: purse(Purse::Seconds, reserved[0]),
            budget_flops: purse(Purse::Flops, reserved[1]),
            runs,
            finals: Finals { frozen, deadline, submission },
            draining: ledger.draining(),
        }
    }
}
