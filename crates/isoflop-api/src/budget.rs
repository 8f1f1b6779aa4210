//! What a user may still spend.

use serde::{Deserialize, Serialize};

/// The answer to `GET /budget`: seconds of training, spent or reserved, left, and granted.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BudgetSummary {
    /// Spent by finished experiments and reserved by the others, seconds.
    pub used_seconds: f64,
    /// What is left, seconds.
    pub remaining_seconds: f64,
    /// What was granted, seconds.
    pub total_budget_seconds: f64,
}

/// The answer to `POST /submit`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SubmitResponse {
    /// The experiment's number, from 1.
    pub experiment_id: u64,
    /// The budget with this experiment's reservation.
    pub budget_summary: BudgetSummary,
}
