//! What operators see and do on a live server: `/v1/operator/…` with `X-Operator-Key`.
//!
//! Everything that changes something is written down as a deed: who (`X-Operator-Name`), what, why, when.

mod asked;
mod audit;
mod backup;
mod experiments;
mod export;
mod finals;
mod keys;
mod readiness;
mod roster;
mod rows;
mod run;
mod scores;
mod truth;
mod users;

use axum::routing::{get, post};

use super::Endpoint;

pub use audit::{AuditEntry, AuditPage};
pub use experiments::{Dispatch, Reason, RunPage};
pub use finals::{Deadline, Finals, Launched};
pub use keys::{Draining, ServerKey};
pub use roster::{Imported, RosterIssue};
pub use run::{RUN_COLUMNS, Run, RunLine};
pub use scores::{Board, Score};
pub use truth::TruthTold;
pub use users::{Adjustment, NewKey, NewUser, USER_COLUMNS, UserLine};

/// Operators' paths.
pub(super) const ENDPOINTS: &[Endpoint] = &[
    Endpoint { path: "/v1/operator/users", allow: "GET", answer: || get(users::list) },
    Endpoint { path: "/v1/operator/users", allow: "POST", answer: || post(users::add) },
    Endpoint { path: "/v1/operator/users/import", allow: "POST", answer: || post(roster::import) },
    Endpoint { path: "/v1/operator/users/key", allow: "POST", answer: || post(users::rotate) },
    Endpoint { path: "/v1/operator/users/budget", allow: "POST", answer: || post(users::adjust) },
    Endpoint { path: "/v1/operator/keys/{whose}", allow: "POST", answer: || post(keys::rotate) },
    Endpoint { path: "/v1/operator/experiments", allow: "GET", answer: || get(experiments::list) },
    Endpoint { path: "/v1/operator/experiments/{id}", allow: "GET", answer: || get(experiments::one) },
    Endpoint { path: "/v1/operator/experiments/{id}/refund", allow: "POST", answer: || post(experiments::refund) },
    Endpoint { path: "/v1/operator/experiments/{id}/cancel", allow: "POST", answer: || post(experiments::cancel) },
    Endpoint { path: "/v1/operator/experiments/{id}/dispatch", allow: "POST", answer: || post(experiments::dispatch) },
    Endpoint { path: "/v1/operator/experiments/{id}/requeue", allow: "POST", answer: || post(experiments::requeue) },
    Endpoint { path: "/v1/operator/finals", allow: "GET", answer: || get(finals::told) },
    Endpoint { path: "/v1/operator/finals/freeze", allow: "POST", answer: || post(finals::freeze) },
    Endpoint { path: "/v1/operator/finals/open", allow: "POST", answer: || post(finals::open) },
    Endpoint { path: "/v1/operator/finals/deadline", allow: "POST", answer: || post(finals::deadline) },
    Endpoint { path: "/v1/operator/finals/launch", allow: "POST", answer: || post(finals::launch) },
    Endpoint { path: "/v1/operator/finals/scores", allow: "GET", answer: || get(scores::scores) },
    Endpoint { path: "/v1/operator/leaderboard", allow: "GET", answer: || get(scores::leaderboard) },
    Endpoint { path: "/v1/operator/truth", allow: "GET", answer: || get(truth::told) },
    Endpoint { path: "/v1/operator/drain", allow: "GET", answer: || get(keys::draining) },
    Endpoint { path: "/v1/operator/drain", allow: "POST", answer: || post(keys::drain) },
    Endpoint { path: "/v1/operator/audit", allow: "GET", answer: || get(audit::list) },
    Endpoint { path: "/v1/operator/export/{what}", allow: "GET", answer: || get(export::export) },
    Endpoint { path: "/v1/operator/backup", allow: "GET", answer: || get(backup::backup) },
    Endpoint { path: "/v1/operator/preflight", allow: "POST", answer: || post(readiness::preflight) },
    Endpoint { path: "/v1/operator/rehearsal", allow: "POST", answer: || post(readiness::rehearsal) },
];
