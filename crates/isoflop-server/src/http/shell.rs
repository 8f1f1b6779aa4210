//! What is done for every request, around whatever answers it.

use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::Body;
use axum::extract::Request;
use axum::http::header::{ALLOW, CONTENT_LENGTH, HOST, HeaderName, LOCATION, ORIGIN};
use axum::http::{HeaderValue, Method, StatusCode, Uri};
use axum::response::Response;
use axum::routing::IntoMakeService;
use axum::{Router, ServiceExt};
use tower::Service;

use super::answer;
use super::cors;
use super::paths::{Found, find};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The routes with their shell.
#[derive(Clone)]
pub struct Served {
    routes: Router,
}

pub(super) fn wrap(routes: Router) -> Served {
    Served { routes }
}

impl Served {
    /// One for each connection.
    pub fn into_make_service(self) -> IntoMakeService<Self> {
        ServiceExt::<Request>::into_make_service(self)
    }
}

impl Service<Request> for Served {
    type Response = Response;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request) -> Self::Future {
        let routes = self.routes.clone();
        Box::pin(async move { Ok(serve(routes, request).await) })
    }
}

async fn serve(routes: Router, request: Request) -> Response {
    let id = request.headers().get(REQUEST_ID).cloned().unwrap_or_else(new_id);
    let origin = request.headers().get(ORIGIN).cloned();
    let is_head = request.method() == Method::HEAD;
    let mut answer = if let Some(answer) = cors::preflight(request.method(), request.headers()) {
        answer
    } else {
        route(routes, request).await
    };
    cors::name_origin(origin.as_ref(), answer.headers_mut());
    if is_head {
        *answer.body_mut() = Body::empty();
    }
    if answer.headers().get(&REQUEST_ID).is_none() {
        answer.headers_mut().insert(REQUEST_ID, id);
    }
    answer
}

async fn route(mut routes: Router, mut request: Request) -> Response {
    match find(request.method(), request.uri().path()) {
        Found::Here(path) => {
            if path != request.uri().path() {
                *request.uri_mut() = with_path(request.uri(), &path);
            }
            routes.call(request).await.unwrap_or_else(|never| match never {})
        }
        Found::OtherMethods(allow) => {
            let mut answer = answer::detail(StatusCode::METHOD_NOT_ALLOWED, "Method Not Allowed");
            answer.headers_mut().insert(ALLOW, allow);
            answer
        }
        Found::WithoutSlash(path) => redirect(&request, &path),
        Found::Nowhere => answer::detail(StatusCode::NOT_FOUND, "Not Found"),
    }
}

fn redirect(request: &Request, path: &str) -> Response {
    let host = request.headers().get(HOST).and_then(|host| host.to_str().ok());
    let authority = host.map_or_else(String::new, |host| format!("http://{host}"));
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
