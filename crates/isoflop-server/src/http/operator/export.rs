//! Exports: everything in rows, sent as it is read.

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::super::App;
use super::super::answer::{self, Reply};
use super::asked::{operator, query, unavailable};
use super::rows::{Broken, Format, Rows, streamed};
use super::run::{RUN_COLUMNS, Run};
use super::users::{USER_COLUMNS, UserLine};
use crate::ledger::UserId;
use crate::store::Reader;

/// What can be exported, and how it is read.
const EXPORTS: [(&str, Export); 3] = [("experiments", experiments), ("users", users), ("events", events)];

type Export = fn(&App, &mut Rows) -> Result<(), Broken>;

/// Rows that are read at once, under one lock.
const CHUNK: usize = 500;

/// A stored event in an export; what is kept of keys is left out.
#[derive(Serialize)]
struct EventLine {
    seq: i64,
    at: String,
    event: Value,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    #[serde(default)]
    format: Format,
}

/// `GET /v1/operator/export/{what}?format=csv|jsonl`
pub(super) async fn export(State(app): State<App>, headers: HeaderMap, Path(what): Path<String>, uri: Uri) -> Reply {
    operator(&app, &headers).await?;
    let Wanted { format } = query(&uri)?;
    let Some((name, export)) = EXPORTS.into_iter().find(|(name, _)| *name == what) else {
        let names = EXPORTS.map(|(name, _)| name).join(", ");
        let why = format!("\"{what}\" is no export; there are {names}");
        return Err(answer::detail(StatusCode::NOT_FOUND, why));
    };
    if name == "events" && app.house.database.is_none() {
        return Err(unavailable("these books are kept in memory only"));
    }
    Ok(streamed(format.content_type(), &format!("{name}.{}", format.extension()), move |sender| {
        let mut rows = Rows::new(format, sender);
        export(&app, &mut rows)?;
        rows.send()
    }))
}

fn experiments(app: &App, rows: &mut Rows) -> Result<(), Broken> {
    rows.heading(RUN_COLUMNS);
    let mut from = 0;
    loop {
        {
            let ledger = app.service.ledger();
            let runs = ledger.experiments().iter().skip(from).take(CHUNK);
            from += runs.map(|run| rows.row(RUN_COLUMNS, &Run::of(&ledger, run))).count();
            if from % CHUNK != 0 || from == ledger.experiments().len() {
                break;
            }
        }
        rows.send()?;
    }
    Ok(())
}

fn users(app: &App, rows: &mut Rows) -> Result<(), Broken> {
    rows.heading(USER_COLUMNS);
    let count = app.service.ledger().users().count() as u32;
    for first in (0..count).step_by(CHUNK) {
        {
            let ledger = app.service.ledger();
            for id in first..count.min(first + CHUNK as u32) {
                rows.row(USER_COLUMNS, &UserLine::of(&ledger, app.service.terms(), UserId(id)));
            }
        }
        rows.send()?;
    }
    Ok(())
}

fn events(app: &App, rows: &mut Rows) -> Result<(), Broken> {
    const COLUMNS: &[&str] = &["seq", "at", "event"];
    let broken = |error: crate::store::StoreError| Broken(error.to_string());
    let Some(path) = &app.house.database else { return Ok(()) };
    let reader = Reader::open(path).map_err(broken)?;
    rows.heading(COLUMNS);
    let mut after = 0;
    loop {
        let read = reader.events(after, CHUNK).map_err(broken)?;
        let Some(last) = read.last() else { return Ok(()) };
        after = last.seq;
        for stored in read {
            rows.row(COLUMNS, &EventLine { seq: stored.seq, at: stored.at.to_string(), event: stored.event });
        }
        rows.send()?;
    }
}
