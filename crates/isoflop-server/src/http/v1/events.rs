//! News of one's own runs as they happen: server-sent events.
//!
//! The present state comes first, so that who was away misses nothing: one `run` for each run, then `me`, which bears
//! the mark of that state as its id. Who comes back with that mark (`Last-Event-ID`) and missed nothing is told nothing
//! twice. Keys stand in a header, never in the address, so pages read the stream with `fetch`.

use std::collections::BTreeSet;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::Response;
use http_body_util::channel::{Channel, Sender};
use isoflop_api::to_wire;
use tokio::sync::broadcast;
use tokio::sync::broadcast::error::{RecvError, TryRecvError};

use super::super::answer::Reply;
use super::super::{App, identity};
use super::me::Me;
use super::told::{self, Told};
use crate::ledger::{ExperimentId, UserId};
use crate::service::Change;

/// Between signs of life.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// News is gathered for this long, so that a flood of it stays readable.
const GATHER: Duration = Duration::from_millis(100);
/// Runs told at a time while the books are held.
const CHUNK: usize = 200;

/// What may be different now.
enum News {
    Nothing,
    Of(BTreeSet<ExperimentId>),
    Everything,
}

/// `GET /v1/events`
pub(in crate::http) async fn events(State(app): State<App>, headers: HeaderMap) -> Reply {
    let user = identity::user(&app, &headers).await?;
    let seat = app.kept.seat(user);
    let seat = seat.ok_or_else(|| told::refused(StatusCode::TOO_MANY_REQUESTS, "too many streams are open"))?;
    let (sender, body) = Channel::<Bytes>::new(4);
    let stream = Stream { changes: app.service.changes(), app, headers, user, sender, told: None };
    tokio::spawn(async move {
        // The one who listens may go at any time.
        let _ = stream.flow().await;
        drop(seat);
    });
    let mut answer = Response::new(Body::new(body));
    let said = answer.headers_mut();
    said.insert(CONTENT_TYPE, HeaderValue::from_static("text/event-stream; charset=utf-8"));
    said.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // Proxies that gather an answer before they pass it on are asked not to.
    said.insert("x-accel-buffering", HeaderValue::from_static("no"));
    Ok(answer)
}

struct Stream {
    app: App,
    headers: HeaderMap,
    user: UserId,
    changes: broadcast::Receiver<Change>,
    sender: Sender<Bytes>,
    /// What was told of the user last.
    told: Option<Me>,
}

/// Nobody listens any more, or nothing will come.
struct Over;

impl Stream {
    async fn flow(mut self) -> Result<(), Over> {
        let mut stopping = self.app.kept.stopping();
        let mark = told::mark(&self.app.service.ledger(), self.user);
        let known = self.headers.get("last-event-id").is_some_and(|known| known == mark.as_str());
        let mut news = if known { News::Nothing } else { News::Everything };
        // Who is told nothing at first hears that the stream flows.
        self.send(": hello\n\n".to_owned()).await?;
        loop {
            self.tell(news).await?;
            news = tokio::select! {
                news = next(&mut self.changes, self.user) => news?,
                () = tokio::time::sleep(HEARTBEAT) => {
                    self.send(": still here\n\n".to_owned()).await?;
                    // A key that was taken away opens no door that it opened before.
                    if !matches!(identity::user(&self.app, &self.headers).await, Ok(user) if user == self.user) {
                        return Err(Over);
                    }
                    News::Nothing
                }
                _ = stopping.changed() => return Err(Over),
            };
        }
    }

    async fn tell(&mut self, news: News) -> Result<(), Over> {
        // What changes from here on is news that comes next.
        let (runs, mark, me) = {
            let ledger = self.app.service.ledger();
            let runs: Vec<ExperimentId> = match news {
                News::Nothing => Vec::new(),
                News::Of(runs) => runs.into_iter().collect(),
                News::Everything => ledger.experiments_of(self.user).map(|run| run.id).collect(),
            };
            (runs, told::mark(&ledger, self.user), Me::of(&ledger, self.app.service.terms(), self.user))
        };
        for chunk in runs.chunks(CHUNK) {
            let text = {
                let ledger = self.app.service.ledger();
                let own = chunk.iter().filter_map(|&id| ledger.experiment(id));
                own.map(|run| event("run", None, &to_wire(&Told::brief(run)))).collect::<String>()
            };
            self.send(text).await?;
        }
        if !runs.is_empty() || self.told.as_ref() != Some(&me) {
            self.send(event("me", Some(&mark), &to_wire(&me))).await?;
            self.told = Some(me);
        }
        Ok(())
    }

    async fn send(&mut self, text: String) -> Result<(), Over> {
        self.sender.send_data(Bytes::from(text)).await.map_err(|_| Over)
    }
}

/// The next news of `user`, with what comes right after it.
async fn next(changes: &mut broadcast::Receiver<Change>, user: UserId) -> Result<News, Over> {
    let first = loop {
        match changes.recv().await {
            Ok(change) if change.user == user => break change.experiment,
            Ok(_) => {}
            Err(RecvError::Lagged(_)) => return Ok(News::Everything),
            Err(RecvError::Closed) => return Err(Over),
        }
    };
    tokio::time::sleep(GATHER).await;
    let mut runs = BTreeSet::from([first]);
    loop {
        match changes.try_recv() {
            Ok(change) if change.user == user => {
                runs.insert(change.experiment);
            }
            Ok(_) => {}
            Err(TryRecvError::Lagged(_)) => return Ok(News::Everything),
            Err(TryRecvError::Empty | TryRecvError::Closed) => return Ok(News::Of(runs)),
        }
    }
}

fn event(name: &str, id: Option<&str>, data: &[u8]) -> String {
    let id = id.map_or_else(String::new, |id| format!("id: {id}\n"));
    format!("event: {name}\n{id}data: {}\n\n", String::from_utf8_lossy(data))
}
