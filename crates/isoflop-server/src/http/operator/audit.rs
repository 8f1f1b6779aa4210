//! What operators did: every deed, from the events.

use axum::extract::State;
use axum::http::{HeaderMap, Uri};
use axum::response::Response;
use isoflop_api::Timestamp;
use serde::{Deserialize, Serialize};

use super::super::App;
use super::super::answer::{self, Reply};
use super::asked::{operator, query, unavailable};
use crate::ledger::Deed;
use crate::store::{Reader, StoreError};

/// A deed.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct AuditEntry {
    /// Its number among all events.
    pub seq: i64,
    /// When.
    pub at: Timestamp,
    /// Who, what, why.
    #[serde(flatten)]
    pub deed: Deed,
}

/// Deeds, the last first.
#[derive(Debug, Serialize, Deserialize)]
pub struct AuditPage {
    /// At most as many as were asked for.
    pub entries: Vec<AuditEntry>,
    /// What to give as `before` for those that follow; nothing if none do.
    pub next: Option<i64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Page {
    #[serde(default = "from_the_end")]
    before: i64,
    #[serde(default = "page")]
    limit: usize,
}

fn from_the_end() -> i64 {
    i64::MAX
}

fn page() -> usize {
    100
}

/// Deeds on a page at most.
const LARGEST_PAGE: usize = 1000;

/// `GET /v1/operator/audit?before=&limit=`
pub(super) async fn list(State(app): State<App>, headers: HeaderMap, uri: Uri) -> Reply {
    operator(&app, &headers).await?;
    let Page { before, limit } = query(&uri)?;
    let limit = limit.clamp(1, LARGEST_PAGE);
    let mut entries = reading(&app, move |reader| deeds(reader, before, limit + 1)).await?;
    let more = entries.len() > limit;
    entries.truncate(limit);
    let next = entries.last().filter(|_| more).map(|entry| entry.seq);
    Ok(answer::ok(&AuditPage { entries, next }))
}

/// The last deeds before the event numbered `before`.
pub(super) fn deeds(reader: &Reader, before: i64, limit: usize) -> Result<Vec<AuditEntry>, StoreError> {
    let stored = reader.deeds(before, limit)?.into_iter();
    stored
        .map(|it| match serde_json::from_value(it.event["deed"].clone()) {
            Ok(deed) => Ok(AuditEntry { seq: it.seq, at: it.at, deed }),
            Err(why) => Err(StoreError::Event { seq: it.seq, why }),
        })
        .collect()
}

/// Looks into the database where no handler waits for it.
pub(super) async fn reading<T: Send + 'static>(
    app: &App,
    look: impl FnOnce(&Reader) -> Result<T, StoreError> + Send + 'static,
) -> Result<T, Response> {
    let path = app.house.database.clone().ok_or_else(|| unavailable("these books are kept in memory only"))?;
    let looked = tokio::task::spawn_blocking(move || Reader::open(&path).and_then(|reader| look(&reader)));
    looked.await.expect("reading does not panic").map_err(|why| {
        tracing::error!(%why, "storage");
        unavailable(&format!("the database cannot be read: {why}"))
    })
}
