//! A request's body, up to a limit.

use std::time::Duration;

use axum::body::Body;
use axum::extract::Request;
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use http_body_util::BodyExt;
use isoflop_api::{BodyError, Json, Request as Readable, read_body, read_request};

use serde::de::DeserializeOwned;
use tokio::task::spawn_blocking;

use super::{App, answer, identity};

/// What people may send, bytes.
const LIMIT: usize = 1 << 20;
/// What workers may send, bytes: thousands of losses, or the last words of a program.
const WORKER_LIMIT: usize = 32 << 20;
/// What is read past the limit so that the refusal is heard, bytes.
const PATIENCE: usize = 64 << 20;
/// How long a body may take.
const TIME: Duration = Duration::from_mins(1);

/// What is read, and parsed where everybody waits, of whoever comes, bytes. A configuration has a thousand.
const SMALL: usize = 64 << 10;

/// Who sends it.
#[derive(Clone, Copy)]
pub(super) enum From {
    Person,
    Worker,
}

/// The headers of a request, and its body as JSON; a body that is none is refused before anyone asks who sent it, unless it
/// is a large one.
pub(super) async fn read(app: &App, request: Request, from: From) -> Result<(HeaderMap, Json), Response> {
    let (headers, bytes) = read_bytes(app, request, from).await?;
    let content_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let is_small = bytes.len() <= SMALL;
    let parse = move || read_body(content_type.as_deref(), &bytes);
    let parsed = if is_small { parse() } else { spawn_blocking(parse).await.expect("parsing does not panic") };
    let json = parsed.map_err(|error| match error {
        BodyError::Malformed(issue) => answer::issues(&[*issue]),
        BodyError::Unreadable => answer::detail(StatusCode::BAD_REQUEST, error.to_string()),
    })?;
    Ok((headers, json))
}

/// The headers of a request, and its body as it came; of a large one only where the sender is known.
pub(super) async fn read_bytes(app: &App, request: Request, from: From) -> Result<(HeaderMap, Vec<u8>), Response> {
    let (parts, body) = request.into_parts();
    let bytes = tokio::time::timeout(TIME, collect(app, &parts.headers, body, from))
        .await
        .map_err(|_| answer::detail(StatusCode::REQUEST_TIMEOUT, "the body took too long"))??;
    Ok((parts.headers, bytes))
}

/// The request that a body holds.
pub(super) fn typed<T: Readable>(json: &Json) -> Result<T, Response> {
    read_request(json).map_err(|issues| answer::issues(&issues))
}

/// One of our own requests, which know their fields and no others.
pub(super) fn strict<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Response> {
    let refused = |why: String| answer::detail(StatusCode::UNPROCESSABLE_ENTITY, why);
    // A list would be taken for the fields in their order.
    if bytes.trim_ascii_start().first() == Some(&b'[') {
        return Err(refused("a list was found where an object is expected".to_owned()));
    }
    serde_json::from_slice(bytes).map_err(|error| refused(error.to_string()))
}

async fn collect(app: &App, headers: &HeaderMap, mut body: Body, from: From) -> Result<Vec<u8>, Response> {
    let told = headers.get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    if told.is_some_and(|length| length > PATIENCE as u64) {
        return Err(answer::detail(StatusCode::PAYLOAD_TOO_LARGE, "the body is too large to be heard to its end"));
    }
    let (mut bytes, mut seen, mut limit) = (Vec::new(), 0, SMALL);
    let mut refused = None;
    while let Some(frame) = body.frame().await {
        let frame =
            frame.map_err(|_| answer::detail(StatusCode::BAD_REQUEST, "There was an error parsing the body"))?;
        let Some(data) = frame.data_ref() else { continue };
        seen += data.len();
        if seen > limit && limit == SMALL && refused.is_none() {
            match known(app, headers, from).await {
                Ok(()) if matches!(from, From::Person) => limit = LIMIT,
                Ok(()) => limit = WORKER_LIMIT,
                Err(stranger) => refused = Some(stranger),
            }
        }
        if seen <= limit && refused.is_none() {
            bytes.extend_from_slice(data);
        } else if seen > PATIENCE {
            break;
        }
    }
    if let Some(refused) = refused {
        return Err(refused);
    }
    if seen > limit {
        let why = format!("the body is larger than {} MiB", limit >> 20);
        return Err(answer::detail(StatusCode::PAYLOAD_TOO_LARGE, why));
    }
    Ok(bytes)
}

/// Whether the sender has a key of the kind that may send much.
async fn known(app: &App, headers: &HeaderMap, from: From) -> Result<(), Response> {
    match from {
        From::Worker => identity::worker(app, headers).await,
        From::Person if headers.contains_key("x-operator-key") => identity::operator(app, headers).await,
        From::Person => identity::user(app, headers).await.map(drop),
    }
}
