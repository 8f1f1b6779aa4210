//! What browsers may do from pages elsewhere: the reference's words, for the reference's pages and no others.

use axum::body::Body;
use axum::http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_MAX_AGE,
    ACCESS_CONTROL_REQUEST_HEADERS, ACCESS_CONTROL_REQUEST_METHOD, CONTENT_TYPE, HeaderName, ORIGIN, VARY,
};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::response::Response;

const ORIGINS: [&str; 7] = [
    "null",
    "http://localhost:8000",
    "http://127.0.0.1:8000",
    "http://localhost:8080",
    "http://127.0.0.1:8080",
    "http://hyperturing.stanford.edu:8000",
    "http://172.24.75.170:8000",
];
const METHODS: [&str; 3] = ["GET", "POST", "OPTIONS"];
const HEADERS: [&str; 5] = ["accept", "accept-language", "content-language", "content-type", "x-api-key"];
const PRIVATE_NETWORK_ASKED: HeaderName = HeaderName::from_static("access-control-request-private-network");
const PRIVATE_NETWORK: HeaderName = HeaderName::from_static("access-control-allow-private-network");

/// The answer to a browser that asks whether it may ask; nothing if this is no such question.
pub(super) fn preflight(method: &Method, headers: &HeaderMap) -> Option<Response> {
    let (origin, wanted) = (headers.get(ORIGIN)?, headers.get(ACCESS_CONTROL_REQUEST_METHOD)?);
    if method != Method::OPTIONS {
        return None;
    }
    let mut refused = Vec::new();
    if !is_known(origin) {
        refused.push("origin");
    }
    if !METHODS.iter().any(|allowed| wanted == allowed) {
        refused.push("method");
    }
    let asked = headers.get(ACCESS_CONTROL_REQUEST_HEADERS).map(|asked| asked.to_str().unwrap_or("?").to_lowercase());
    if asked.is_some_and(|asked| !asked.split(',').all(|name| HEADERS.contains(&name.trim()))) {
        refused.push("headers");
    }
    let (status, text) = if refused.is_empty() {
        (StatusCode::OK, "OK".to_owned())
    } else {
        (StatusCode::BAD_REQUEST, format!("Disallowed CORS {}", refused.join(", ")))
    };
    let mut answer = Response::new(Body::from(text));
    *answer.status_mut() = status;
    let told = answer.headers_mut();
    told.insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    told.insert(ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("GET, POST, OPTIONS"));
    told.insert(ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("600"));
    let safe = "Accept, Accept-Language, Content-Language, Content-Type, X-API-Key";
    told.insert(ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static(safe));
    told.insert(VARY, HeaderValue::from_static("Origin"));
    if headers.contains_key(PRIVATE_NETWORK_ASKED) {
        told.insert(PRIVATE_NETWORK, HeaderValue::from_static("true"));
    }
    Some(answer)
}

/// Tells the browser that a page of this origin may read the answer.
pub(super) fn name_origin(origin: Option<&HeaderValue>, answer: &mut HeaderMap) {
    if let Some(origin) = origin.filter(|origin| is_known(origin)) {
        answer.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
        answer.insert(VARY, HeaderValue::from_static("Origin"));
    }
}

fn is_known(origin: &HeaderValue) -> bool {
    ORIGINS.iter().any(|known| origin == known)
}
