//! One's own runs: a page of them, one that is to stop, one that might be, and all that are finished.

use std::sync::Arc;

use axum::extract::{Path, RawQuery, Request, State};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use isoflop_api::{Timestamp, TrainingConfig};

use super::super::answer::{self, Reply};
use super::super::body::{From, read, typed};
use super::super::{App, identity};
use super::query::Parameters;
use super::told::{self, Page, STATES, Told};
use crate::ledger::{Command, ExperimentId, Owner, Purpose, Purse};
use crate::{estimate, runs};

/// Runs on a page, and at most.
const PAGE: usize = 100;
const LARGEST_PAGE: usize = 1000;

/// `GET /v1/experiments?limit=&after=&since=&status=`
pub(in crate::http) async fn experiments(
    State(app): State<App>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Reply {
    let user = identity::user(&app, &headers).await?;
    let asked = Parameters::read(query.as_deref(), &["limit", "after", "since", "status"])?;
    let limit = asked.one("limit", "a number from 1 to 1000", |text| {
        text.parse().ok().filter(|limit| (1..=LARGEST_PAGE).contains(limit))
    })?;
    let after: Option<ExperimentId> = asked.one("after", "the number of an experiment", |text| text.parse().ok())?;
    let since = asked.one("since", "a moment in RFC 3339", Timestamp::parse)?;
    let states: Vec<&str> = asked.each("status", "queued, running, completed or failed", |text| {
        STATES.into_iter().find(|known| *known == text)
    })?;
    let (limit, after) = (limit.unwrap_or(PAGE), after.unwrap_or(0));
    let ledger = app.service.ledger();
    let tag = told::quoted(&format!(
        "{}-{limit}-{after}-{}-{}",
        told::mark(&ledger, user),
        since.map_or(0, |Timestamp(moment)| moment),
        states.join("-")
    ));
    if told::has(&headers, &tag) {
        return Ok(told::unchanged(&tag));
    }
    let wanted = |run: &&_| {
        (states.is_empty() || states.contains(&told::state(run)))
            && since.is_none_or(|since| told::changed(run) >= since)
    };
    let later = ledger.experiments_of(user).skip_while(|run| run.id <= after).filter(wanted);
    let mut page: Vec<Told> = later.take(limit + 1).map(Told::of).collect();
    drop(ledger);
    let more = page.len() > limit;
    page.truncate(limit);
    let next = if more { page.last().map(|run| run.experiment_id) } else { None };
    Ok(told::tagged(answer::ok(&Page { experiments: page, next }), &tag))
}

/// `POST /v1/experiments/{id}/cancel`
pub(in crate::http) async fn cancel(State(app): State<App>, headers: HeaderMap, Path(id): Path<String>) -> Reply {
    let user = identity::user(&app, &headers).await?;
    let not_found = || told::refused(StatusCode::NOT_FOUND, "not found");
    let experiment: ExperimentId = id.parse().map_err(|_| not_found())?;
    let command = Command::Cancel { experiment, owner: Owner::User(user) };
    app.service.ask(command).await.map_err(answer::problem)?;
    let ledger = app.service.ledger();
    let own = ledger.experiment(experiment).filter(|run| run.user == user && run.purpose == Purpose::Own);
    own.map(|run| answer::ok(&Told::of(run))).ok_or_else(not_found)
}

/// `POST /v1/estimate`
pub(in crate::http) async fn estimate(State(app): State<App>, request: Request) -> Reply {
    let (headers, body) = read(&app, request, From::Person).await?;
    let user = identity::user(&app, &headers).await?;
    let config: Arc<TrainingConfig> = Arc::new(typed(&body)?);
    let digest = config.digest();
    let ledger = app.service.ledger();
    let balance = ledger.balance(app.service.terms(), user, Purse::Seconds);
    let known = ledger.standing_for(user, &digest);
    Ok(answer::ok(&estimate::estimate(&config, &balance, known, ledger.experiments_of(user))))
}

/// `GET /v1/runs.csv`
pub(in crate::http) async fn runs_csv(State(app): State<App>, headers: HeaderMap) -> Reply {
    let user = identity::user(&app, &headers).await?;
    let ledger = app.service.ledger();
    let tag = told::quoted(&told::mark(&ledger, user));
    if told::has(&headers, &tag) {
        return Ok(told::unchanged(&tag));
    }
    let (table, _) = runs::table(ledger.experiments_of(user));
    drop(ledger);
    let mut answer = answer::json_bytes(StatusCode::OK, table.into_bytes());
    answer.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8"));
    Ok(told::tagged(answer, &tag))
}
