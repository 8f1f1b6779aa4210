//! Pages for people, and what they are made of: embedded files, nothing from elsewhere.

use std::sync::LazyLock;

use axum::body::Body;
use axum::extract::Path;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use isoflop_report::look;

use super::answer::{self, Reply};

/// A page may load from here and speak to here, and that is all. What it shows is never taken for a script or a style.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self'; \
                      connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const DASHBOARD: &str = include_str!("../../pages/dashboard.html");
const OPERATOR: &str = include_str!("../../pages/operator.html");

/// The files behind `/pages/`: name, type, contents.
static FILES: LazyLock<Vec<(&str, &str, Vec<u8>)>> = LazyLock::new(|| {
    let (css, script, svg) = ("text/css; charset=utf-8", "text/javascript; charset=utf-8", "image/svg+xml");
    let text = |text: &str| text.as_bytes().to_vec();
    let mut files = vec![
        ("look.css", css, look_css().into_bytes()),
        ("site.css", css, text(include_str!("../../pages/site.css"))),
        ("icon.svg", svg, text(include_str!("../../pages/icon.svg"))),
        ("server.js", script, text(include_str!("../../pages/server.js"))),
        ("words.js", script, text(include_str!("../../pages/words.js"))),
        ("curves.js", script, text(include_str!("../../pages/curves.js"))),
        ("law.js", script, text(include_str!("../../pages/law.js"))),
        ("form.js", script, text(include_str!("../../pages/form.js"))),
        ("final.js", script, text(include_str!("../../pages/final.js"))),
        ("dashboard.js", script, text(include_str!("../../pages/dashboard.js"))),
        ("operator.js", script, text(include_str!("../../pages/operator.js"))),
    ];
    files.extend(FACES.iter().zip(look::FACES).map(|(name, (_, face))| (*name, "font/woff2", face.to_vec())));
    files
});

/// The face by weight, as [`look::FACES`] lists it.
const FACES: [&str; 2] = ["roboto-400.woff2", "roboto-500.woff2"];

/// The look of a report, with the face in files of its own.
fn look_css() -> String {
    let face = |(name, (weight, _)): (&&str, (&str, &[u8]))| {
        format!(
            "@font-face{{font-family:Roboto;font-weight:{weight};src:url({name}) format(\"woff2\");font-display:swap}}\n"
        )
    };
    let faces: String = FACES.iter().zip(look::FACES).map(face).collect();
    faces + &look::colours() + look::STYLE
}

/// `GET /dashboard`
pub(super) async fn dashboard() -> Response {
    html(DASHBOARD)
}

/// `GET /operator`
pub(super) async fn operator() -> Response {
    html(OPERATOR)
}

/// `GET /pages/{name}`
pub(super) async fn file(Path(name): Path<String>) -> Reply {
    let file = FILES.iter().find(|file| file.0 == name);
    file.map(|(_, kind, contents)| guarded(kind, contents.clone()))
        .ok_or_else(|| answer::detail(StatusCode::NOT_FOUND, "Not Found"))
}

/// A page.
pub(super) fn html(page: &str) -> Response {
    guarded("text/html; charset=utf-8", page.as_bytes().to_vec())
}

fn guarded(kind: &'static str, contents: Vec<u8>) -> Response {
    let mut answer = Response::new(Body::from(contents));
    for (name, value) in [
        (CONTENT_TYPE, kind),
        (CONTENT_SECURITY_POLICY, POLICY),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (X_FRAME_OPTIONS, "DENY"),
        (REFERRER_POLICY, "no-referrer"),
        // The pages of a server that was renewed are asked for again.
        (CACHE_CONTROL, "no-cache"),
    ] {
        answer.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    answer
}

/// Text safe between tags and inside quotes.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            other => out.push(other),
        }
    }
    out
}
