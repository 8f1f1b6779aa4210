//! isoflop's analysis of one's own runs. Worked out away from the threads that answer, one at a time, and kept.

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use isoflop::analyze::{Options, analyze};
use isoflop::progress::Quiet;
use isoflop::run::RunTable;
use isoflop::source::{Input, ReadOptions, read_input};
use isoflop::units::Flops;
use isoflop_report::Report;
use serde::Serialize;
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

use super::super::answer::{self, Reply};
use super::super::{App, identity};
use super::query::Parameters;
use super::told;
use crate::auth::hex;
use crate::ledger::UserId;
use crate::runs::{Protocol, table};

/// Resampled tables: enough for an interval at 0.9, and quick.
const RESAMPLES: usize = 1000;
/// Users whose analyses are kept.
const KEPT: usize = 256;

/// What came of one user's runs.
pub(super) struct Answer {
    /// The runs and the question that it answers.
    tag: String,
    /// As `isoflop analyze --json` prints it.
    json: String,
    figures: Vec<Drawn>,
}

/// The last answer of each user, or why there is none.
pub(super) type Shelf = HashMap<UserId, Arc<Answer>>;

/// A figure for a page that defines the colours as `/pages/look.css` does.
#[derive(Clone, Serialize, ToSchema)]
pub(in crate::http) struct Drawn {
    /// Its name.
    pub name: String,
    /// What it shows, in a sentence.
    pub finding: String,
    /// How to read it.
    pub caption: String,
    /// The figure, as SVG.
    pub svg: String,
}

/// The figures that the runs can fill.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct Figures {
    /// In the order of a report.
    pub figures: Vec<Drawn>,
}

/// `GET /v1/analysis?at=&budget_tolerance=&protocol=`
pub(in crate::http) async fn analysis(State(app): State<App>, headers: HeaderMap, RawQuery(query): RawQuery) -> Reply {
    respond(&app, &headers, query.as_deref(), |found| {
        answer::json_bytes(StatusCode::OK, found.json.clone().into_bytes())
    })
    .await
}

/// `GET /v1/analysis/figures`, of the same question
pub(in crate::http) async fn figures(State(app): State<App>, headers: HeaderMap, RawQuery(query): RawQuery) -> Reply {
    respond(&app, &headers, query.as_deref(), |found| answer::ok(&Figures { figures: found.figures.clone() })).await
}

async fn respond(app: &App, headers: &HeaderMap, query: Option<&str>, tell: impl Fn(&Answer) -> Response) -> Reply {
    let user = identity::user(app, headers).await?;
    let question = Question::read(query)?;
    let asked = question.table(app, user)?;
    if told::has(headers, &asked.tag) {
        return Ok(told::unchanged(&asked.tag));
    }
    // One at a time: each takes every processor.
    let mut shelf = app.kept.shelf.lock().await;
    if let Some(found) = shelf.get(&user).filter(|found| found.tag == asked.tag) {
        return Ok(told::tagged(tell(found), &asked.tag));
    }
    let tag = asked.tag.clone();
    let found = tokio::task::spawn_blocking(move || question.answer(asked)).await;
    let found = match found {
        Ok(Ok(found)) => Arc::new(found),
        Ok(Err(why)) => return Err(told::refused(StatusCode::CONFLICT, why)),
        Err(_) => {
            tracing::error!("an analysis panicked");
            return Err(told::refused(StatusCode::INTERNAL_SERVER_ERROR, "the analysis failed"));
        }
    };
    if shelf.len() >= KEPT {
        shelf.clear();
    }
    shelf.insert(user, Arc::clone(&found));
    Ok(told::tagged(tell(&found), &tag))
}

/// What is asked of one's own runs.
struct Question {
    at: Vec<Flops>,
    tolerance: Option<f64>,
    protocol: Option<Protocol>,
}

/// The runs that it is asked of.
struct Asked {
    tag: String,
    csv: String,
}

impl Question {
    fn read(query: Option<&str>) -> Result<Self, Response> {
        let asked = Parameters::read(query, &["at", "budget_tolerance", "protocol"])?;
        let mut at: Vec<Flops> =
            asked.each("at", "a compute budget in FLOPs, such as 1e20", |text| text.parse().ok())?;
        at.sort_by(|one, other| one.0.total_cmp(&other.0));
        at.dedup();
        at.truncate(16);
        let tolerance = asked.one("budget_tolerance", "a share from 0 to below 1", |text| {
            text.parse().ok().filter(|share: &f64| (0.0..1.0).contains(share))
        })?;
        let protocol = asked.one("protocol", "2025 or 2026", Protocol::named)?;
        Ok(Self { at, tolerance, protocol })
    }

    /// The finished runs of one protocol: losses of two are of two worlds.
    fn table(&self, app: &App, user: UserId) -> Result<Asked, Response> {
        let ledger = app.service.ledger();
        let of = |wanted: Protocol| table(ledger.experiments_of(user).filter(|run| Protocol::of(&run.work) == wanted));
        let (csv, count) = match self.protocol {
            Some(protocol) => of(protocol),
            None => {
                Some(of(Protocol::Course2026)).filter(|table| table.1 > 0).unwrap_or_else(|| of(Protocol::Course2025))
            }
        };
        if count == 0 {
            let why = "no analysis yet: none of your runs has finished with a loss";
            return Err(told::refused(StatusCode::CONFLICT, why));
        }
        let at: Vec<String> = self.at.iter().map(|at| at.0.to_string()).collect();
        let question = format!("{csv}\n{}\n{:?}", at.join(" "), self.tolerance);
        let digest = Sha256::digest(question.as_bytes());
        Ok(Asked { tag: told::quoted(&hex(&digest[..12])), csv })
    }

    /// The analysis and its figures, or why there is none.
    fn answer(&self, asked: Asked) -> Result<Answer, String> {
        let input = Input::from_bytes("runs.csv", asked.csv.into_bytes(), &Quiet).map_err(|error| error.to_string())?;
        let runs = read_input(&input, &ReadOptions::default(), &Quiet).map_err(|error| error.to_string())?;
        let usual = Options::default();
        let at = if self.at.is_empty() { beyond(&runs) } else { self.at.clone() };
        let budget_tolerance = self.tolerance.unwrap_or(usual.budget_tolerance);
        let options = Options { at, budget_tolerance, resamples: Some(RESAMPLES), drawn: true, ..usual };
        let found = analyze(&runs, &options, &Quiet).map_err(|error| error.to_string())?;
        let remake = format!("isoflop analyze runs.csv --resamples {RESAMPLES}");
        let report = Report::new(&runs, &found, &remake);
        let figures = report.figures.iter().map(|figure| Drawn {
            name: figure.name.to_owned(),
            finding: figure.finding.clone(),
            caption: figure.caption.clone(),
            svg: figure.inline_svg(),
        });
        let json = isoflop_report::json(&found).map_err(|error| error.to_string())?;
        Ok(Answer { tag: asked.tag, json, figures: figures.collect() })
    }
}

/// Ten and a hundred times the largest budget, in one digit.
fn beyond(runs: &RunTable) -> Vec<Flops> {
    let largest = runs.used().map(|run| run.compute.0).fold(1.0, f64::max);
    let round = |at: f64| {
        let ten = 10_f64.powf(at.log10().floor());
        Flops((at / ten).round() * ten)
    };
    vec![round(10.0 * largest), round(100.0 * largest)]
}
