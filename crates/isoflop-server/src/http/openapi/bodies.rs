//! Bodies that are written by hand elsewhere, for the document alone.

#![expect(dead_code, reason = "only their schemas are used")]

use isoflop_api::{BudgetSummary, Finish, LossQuery, WorkerEvent};
use utoipa::ToSchema;

/// A refusal with a reason.
#[derive(ToSchema)]
pub(super) struct Refusal {
    /// Why.
    detail: String,
}

/// A request that is refused for what is wrong with it, all at once.
#[derive(ToSchema)]
pub(super) struct ValidationErrors {
    /// Everything that is wrong, or of our own requests a sentence.
    detail: Problems,
}

/// What is wrong.
#[derive(ToSchema)]
#[serde(untagged)]
enum Problems {
    /// One entry for each thing.
    Each(Vec<ValidationError>),
    /// A sentence.
    Sentence(String),
}

/// One thing that is wrong with a request.
#[derive(ToSchema)]
struct ValidationError {
    /// Which kind: `missing`, `extra_forbidden`, `value_error`, …
    r#type: String,
    /// Where, from the outside in: `["body", "n_evals"]`.
    loc: Vec<Step>,
    /// What, in words.
    msg: String,
    /// What stood there.
    input: serde_json::Value,
    /// Numbers that the words speak of.
    #[schema(required = false, value_type = Object)]
    ctx: (),
}

/// A name or a place in a list.
#[derive(ToSchema)]
#[serde(untagged)]
enum Step {
    Name(String),
    Place(u64),
}

/// Why a configuration is not even looked at, or cannot be paid for.
#[derive(ToSchema)]
#[serde(untagged)]
pub(super) enum NotSubmitted {
    /// More is asked for than is left.
    Spent(InsufficientBudget),
    /// The body cannot be read.
    Unreadable(Refusal),
}

/// More is asked for than is left.
#[derive(ToSchema)]
pub(super) struct InsufficientBudget {
    detail: Insufficient,
}

#[derive(ToSchema)]
struct Insufficient {
    /// `insufficient budget`.
    message: String,
    /// The budget before the request.
    budget_summary: BudgetSummary,
}

/// A refusal of the protocol of 2024 and 2025.
#[derive(ToSchema)]
pub(super) struct QueryRefusal {
    /// Why.
    message: String,
    /// The same.
    detail: String,
}

/// The answer to a question.
#[derive(ToSchema)]
pub(super) struct LossAnswer {
    /// The final loss, nats per token.
    loss: f64,
    /// Spent by all your questions, FLOPs.
    total_flops_used: f64,
}

/// Every question that was answered.
#[derive(ToSchema)]
pub(super) struct PreviousRuns {
    previous_runs: Vec<PreviousRun>,
}

#[derive(ToSchema)]
struct PreviousRun {
    #[serde(flatten)]
    query: LossQuery,
    /// The final loss, nats per token.
    loss: f64,
}

/// A worker asks for work.
#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct LeaseRequest {
    /// Its name, the same after it was started again.
    #[schema(min_length = 1)]
    worker: String,
    /// Runs that it could begin now.
    places: usize,
    /// The attempts that it holds.
    holding: Vec<String>,
}

/// Runs for a worker.
#[derive(ToSchema)]
pub(super) struct Leases {
    leases: Vec<Leased>,
}

/// A run in a worker's hands.
#[derive(ToSchema)]
struct Leased {
    /// Which run.
    experiment_id: u64,
    /// The name of this attempt.
    run_id: String,
    /// What is to be trained.
    work: Work,
    /// The longest silence that is borne, seconds.
    lease_seconds: f64,
}

/// What is to be trained, by protocol.
#[derive(ToSchema)]
#[serde(rename_all = "snake_case")]
enum Work {
    Training(isoflop_api::TrainingConfig),
    Query(LossQuery),
}

/// The end of a run.
#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct FinishRequest {
    /// Which attempt.
    run_id: String,
    /// How it ended.
    finish: Finish,
}

/// A run whose machine failed.
#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct LostRequest {
    /// Which attempt.
    run_id: String,
    /// Why.
    why: String,
}

/// A run whose worker ends.
#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct GiveBackRequest {
    /// Which attempt.
    run_id: String,
}

/// Whether a run is still this worker's; if not, it stops.
#[derive(ToSchema)]
pub(super) struct GoOn {
    go_on: bool,
}

/// What a worker says of a run.
pub(super) type Progress = WorkerEvent;
