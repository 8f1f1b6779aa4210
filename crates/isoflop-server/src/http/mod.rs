//! HTTP: a thin shell around the books. A handler reads a request, asks the service, and writes the answer.

#![expect(clippy::result_large_err, reason = "a refusal is an answer, and answers are moved but once")]

mod answer;
mod asker;
mod body;
mod callbacks;
pub mod connection;
mod cors;
mod course2025;
mod course2026;
mod health;
mod identity;
mod limit;
mod lists;
mod log;
mod openapi;
pub mod operator;
mod pages;
mod paths;
mod proxy;
mod shell;
mod status;
pub mod v1;
pub mod worker;

use std::sync::Arc;

use axum::Router;
use axum::http::HeaderValue;
use axum::routing::{MethodRouter, get, post};

use crate::auth::KeyHasher;
use crate::house::House;
use crate::service::Service;

pub use limit::Limits;
pub use lists::Lists;
pub use shell::Served;

/// What every handler needs.
#[derive(Clone)]
pub struct App {
    /// The books.
    pub service: Service,
    /// Turns keys into what the books know of them.
    pub keys: Arc<KeyHasher>,
    /// What tells these books from others at the same address.
    pub id: HeaderValue,
    /// How often anybody may ask.
    pub limits: Arc<Limits>,
    /// Lists that were sent.
    pub lists: Arc<Lists>,
    /// What is kept between requests.
    pub kept: Arc<v1::Kept>,
    /// What the server knows of itself; for operators.
    pub house: Arc<House>,
    /// Whether every request comes through a proxy, whose word on who asks is taken.
    pub behind_proxy: bool,
}

/// A path, the methods that it says it allows, and what answers.
struct Endpoint {
    path: &'static str,
    allow: &'static str,
    answer: fn() -> MethodRouter<App>,
}

/// Every path there is. The order decides what `Allow` says where one path stands twice.
const ENDPOINTS: &[Endpoint] = &[
    Endpoint { path: "/submit", allow: "POST", answer: || post(course2026::submit) },
    Endpoint { path: "/experiments", allow: "GET", answer: || get(course2026::experiments) },
    Endpoint { path: "/experiment/{id}", allow: "GET", answer: || get(course2026::experiment) },
    Endpoint { path: "/budget", allow: "GET", answer: || get(course2026::budget) },
    Endpoint { path: "/final_submission", allow: "GET", answer: || get(course2026::final_submission) },
    Endpoint { path: "/final_submission", allow: "POST", answer: || post(course2026::save_final_submission) },
    Endpoint { path: "/internal/worker/{id}/event", allow: "POST", answer: || post(callbacks::event) },
    Endpoint { path: "/internal/worker/{id}/finish", allow: "POST", answer: || post(callbacks::finish) },
    Endpoint { path: "/loss", allow: "GET", answer: || get(course2025::loss) },
    Endpoint { path: "/total_flops_used", allow: "GET", answer: || get(course2025::total_flops_used) },
    Endpoint { path: "/previous_runs", allow: "GET", answer: || get(course2025::previous_runs) },
    Endpoint { path: "/openapi.json", allow: "GET, HEAD", answer: || get(openapi::json) },
    Endpoint { path: "/docs", allow: "GET, HEAD", answer: || get(openapi::docs) },
    Endpoint { path: "/redoc", allow: "GET, HEAD", answer: || get(openapi::docs) },
    Endpoint { path: "/dashboard", allow: "GET", answer: || get(pages::dashboard) },
    Endpoint { path: "/operator", allow: "GET", answer: || get(pages::operator) },
    Endpoint { path: "/pages/{name}", allow: "GET, HEAD", answer: || get(pages::file) },
    Endpoint { path: "/v1/me", allow: "GET", answer: || get(v1::me) },
    Endpoint { path: "/v1/experiments", allow: "GET", answer: || get(v1::experiments) },
    Endpoint { path: "/v1/experiments/{id}/cancel", allow: "POST", answer: || post(v1::cancel) },
    Endpoint { path: "/v1/estimate", allow: "POST", answer: || post(v1::estimate) },
    Endpoint { path: "/v1/events", allow: "GET", answer: || get(v1::events) },
    Endpoint { path: "/v1/runs.csv", allow: "GET", answer: || get(v1::runs_csv) },
    Endpoint { path: "/v1/analysis", allow: "GET", answer: || get(v1::analysis) },
    Endpoint { path: "/v1/analysis/figures", allow: "GET", answer: || get(v1::figures) },
    Endpoint { path: "/v1/worker/lease", allow: "POST", answer: || post(worker::lease) },
    Endpoint { path: "/v1/worker/{id}/progress", allow: "POST", answer: || post(worker::progress) },
    Endpoint { path: "/v1/worker/{id}/finish", allow: "POST", answer: || post(worker::finish) },
    Endpoint { path: "/v1/worker/{id}/lost", allow: "POST", answer: || post(worker::lost) },
    Endpoint { path: "/v1/worker/{id}/give_back", allow: "POST", answer: || post(worker::give_back) },
    Endpoint { path: "/healthz", allow: "GET", answer: || get(health::alive) },
    Endpoint { path: "/readyz", allow: "GET", answer: || get(health::ready) },
    Endpoint { path: "/metrics", allow: "GET", answer: || get(health::metrics) },
];

/// Those and the operators'.
fn endpoints() -> impl Iterator<Item = &'static Endpoint> {
    ENDPOINTS.iter().chain(operator::ENDPOINTS)
}

/// Everything that answers, from the request to the last header.
pub fn app(app: App) -> shell::Served {
    let mut router = Router::new();
    for endpoint in endpoints() {
        router = router.route(endpoint.path, (endpoint.answer)());
    }
    shell::wrap(router.with_state(app.clone()), app)
}
