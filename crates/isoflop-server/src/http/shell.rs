//! What is done for every request, around whatever answers it.

use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::header::{
    ACCEPT_ENCODING, ALLOW, CONTENT_LENGTH, HOST, HeaderName, LOCATION, ORIGIN, RETRY_AFTER, VARY,
};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri};
use axum::response::Response;
use tower::{Layer, Service};
use tower_http::CompressionLevel;
use tower_http::compression::predicate::{NotForContentType, Predicate, SizeAbove};
use tower_http::compression::{Compression, CompressionLayer};

use super::asker::{ASKER, Asker, Peer};
use super::log::Told;
use super::paths::{Found, find, template};
use super::{App, answer, cors, limit, proxy};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// Shorter answers go as they are, bytes.
const LARGE: u64 = 16 << 10;
/// How long a handler may take, a worker's long body included.
const TIME: Duration = Duration::from_secs(90);
/// Those that may take longer, as their answer is a run's.
const PATIENT: &[&str] = &["/loss"];

/// The routes with their shell.
#[derive(Clone)]
pub struct Served(Arc<Shell>);

struct Shell {
    app: App,
    routes: Router,
    /// The same routes, whose large answers are made smaller.
    smaller: Compression<Router, Small>,
}

type Small = tower_http::compression::predicate::And<SizeAbove, NotForContentType>;

pub(super) fn wrap(routes: Router, app: App) -> Served {
    let large = SizeAbove::new(LARGE).and(NotForContentType::const_new("text/event-stream"));
    let layer = CompressionLayer::new().gzip(true).quality(CompressionLevel::Fastest).compress_when(large);
    let smaller = layer.layer(routes.clone());
    Served(Arc::new(Shell { app, routes, smaller }))
}

impl Service<Request> for Served {
    type Response = Response;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request) -> Self::Future {
        let shell = Arc::clone(&self.0);
        Box::pin(async move { Ok(serve(&shell, request).await) })
    }
}

async fn serve(shell: &Shell, request: Request) -> Response {
    let begun = Instant::now();
    let told = Told::of(request.method(), template(request.uri().path()), request.uri().path());
    let id = request.headers().get(REQUEST_ID).cloned().unwrap_or_else(new_id);
    let origin = request.headers().get(ORIGIN).cloned();
    let is_head = request.method() == Method::HEAD;
    let connected = request.extensions().get::<Peer>().map(|peer| peer.0);
    let peer = if shell.app.behind_proxy { proxy::client(request.headers()).or(connected) } else { connected };
    let (mut answer, asker) = ASKER
        .scope(Asker { peer, ..Asker::default() }, async {
            let answer = limited(shell, &told, request).await;
            (answer, ASKER.with(Asker::clone))
        })
        .await;
    if let Some(wait) = asker.wait.get() {
        shell.app.service.metrics().limited("unknown keys");
        answer = limit::too_often(wait);
    }
    name_origin(origin.as_ref(), answer.headers_mut());
    if is_head {
        *answer.body_mut() = Body::empty();
    }
    if answer.headers().get(&REQUEST_ID).is_none() {
        answer.headers_mut().insert(REQUEST_ID, id);
    }
    let (status, took) = (answer.status().as_u16(), begun.elapsed());
    shell.app.service.metrics().answered(told.template, told.method, status, took);
    told.log(&shell.app, answer.headers().get(&REQUEST_ID), asker.owner.get(), status, took);
    answer
}

/// Answers, unless this key asks too often or the answer takes too long.
async fn limited(shell: &Shell, told: &Told, request: Request) -> Response {
    if let Some(answer) = cors::preflight(request.method(), request.headers()) {
        return answer;
    }
    if let Err(wait) = shell.app.limits.check_key(&request) {
        shell.app.service.metrics().limited("requests of a key");
        return limit::too_often(wait);
    }
    if PATIENT.contains(&told.template) {
        return route(shell, request).await;
    }
    tokio::time::timeout(TIME, route(shell, request)).await.unwrap_or_else(|_| {
        let mut late = answer::detail(StatusCode::SERVICE_UNAVAILABLE, "the answer took too long; ask again");
        late.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("5"));
        late
    })
}

async fn route(shell: &Shell, mut request: Request) -> Response {
    match find(request.method(), request.uri().path()) {
        Found::Here(path) => {
            if path != request.uri().path() {
                *request.uri_mut() = with_path(request.uri(), &path);
            }
            if takes_gzip(request.headers()) {
                let answered = shell.smaller.clone().call(request).await;
                return answered.unwrap_or_else(|never| match never {}).map(Body::new);
            }
            shell.routes.clone().call(request).await.unwrap_or_else(|never| match never {})
        }
        Found::OtherMethods(allow) => {
            let mut answer = answer::detail(StatusCode::METHOD_NOT_ALLOWED, "Method Not Allowed");
            answer.headers_mut().insert(ALLOW, allow);
            answer
        }
        Found::WithoutSlash(path) => {
            let is_secure = shell.app.behind_proxy && proxy::is_secure(request.headers());
            redirect(&request, if is_secure { "https" } else { "http" }, &path)
        }
        Found::Nowhere => answer::detail(StatusCode::NOT_FOUND, "Not Found"),
    }
}

/// Others get answers as they are, and never a refusal for what they would rather have.
fn takes_gzip(headers: &HeaderMap) -> bool {
    let asked = headers.get(ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
    asked.contains("gzip") && !asked.contains("q=0")
}

/// Also where an answer depends on the encodings that were asked for.
fn name_origin(origin: Option<&HeaderValue>, headers: &mut HeaderMap) {
    let by_encoding = headers.get(VARY).cloned();
    cors::name_origin(origin, headers);
    if let Some(by_encoding) = by_encoding.filter(|vary| headers.get(VARY) != Some(vary)) {
        headers.append(VARY, by_encoding);
    }
}

fn redirect(request: &Request, scheme: &str, path: &str) -> Response {
    let host = request.headers().get(HOST).and_then(|host| host.to_str().ok());
    let authority = host.map_or_else(String::new, |host| format!("{scheme}://{host}"));
    let query = request.uri().query().map_or_else(String::new, |query| format!("?{query}"));
    let mut answer = Response::new(Body::empty());
    *answer.status_mut() = StatusCode::TEMPORARY_REDIRECT;
    answer.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from_static("0"));
    if let Ok(location) = HeaderValue::try_from(format!("{authority}{path}{query}")) {
        answer.headers_mut().insert(LOCATION, location);
    }
    answer
}

fn with_path(uri: &Uri, path: &str) -> Uri {
    let query = uri.query().map_or_else(String::new, |query| format!("?{query}"));
    Uri::try_from(format!("{path}{query}")).expect("an encoded path with a query that was one is a URI")
}

fn new_id() -> HeaderValue {
    let mut bytes = [0_u8; 16];
    getrandom::fill(&mut bytes).expect("the machine gives random bytes");
    HeaderValue::try_from(crate::auth::hex(&bytes)).expect("hexadecimal digits may stand in a header")
}
