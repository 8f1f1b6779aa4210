//! A line for each request that changes something or is refused, and at the level of debugging for every other.
//!
//! A line says who by name, what and how it went: no header, no query and no body, as any of them may hold a key, and no
//! part of a path but numbers.

use std::borrow::Cow;
use std::time::Duration;

use axum::http::{HeaderValue, Method};

use super::App;
use crate::ledger::Owner;

/// A request, as far as it may be told.
pub(super) struct Told {
    /// How.
    pub method: &'static str,
    /// The template of its path; that of a page that is not there is nothing.
    pub template: &'static str,
    /// The path, with its numbers.
    pub path: Cow<'static, str>,
}

impl Told {
    pub fn of(method: &Method, template: Option<&'static str>, path: &str) -> Self {
        let template = template.unwrap_or("(none)");
        Self { method: method_of(method), template, path: filled(template, path) }
    }

    /// Writes the line.
    pub fn log(&self, app: &App, id: Option<&HeaderValue>, owner: Option<Owner>, status: u16, took: Duration) {
        let is_loud = status >= 400 || !matches!(self.method, "GET" | "HEAD" | "OPTIONS");
        if !is_loud && !tracing::enabled!(tracing::Level::DEBUG) {
            return;
        }
        let user = match owner {
            Some(Owner::User(user)) => app.service.ledger().user(user).name.clone(),
            Some(Owner::Operator) => "(operator)".to_owned(),
            Some(Owner::Worker) => "(worker)".to_owned(),
            None => "(nobody)".to_owned(),
        };
        let request_id = id.and_then(|id| id.to_str().ok()).map_or("", |id| &id[..id.len().min(64)]);
        let (method, path, milliseconds) = (self.method, &*self.path, took.as_secs_f64() * 1e3);
        if is_loud {
            tracing::info!(request_id, user, method, path, status, milliseconds, "request");
        } else {
            tracing::debug!(request_id, user, method, path, status, milliseconds, "request");
        }
    }
}

/// Anything can be sent as a method; few are counted.
fn method_of(method: &Method) -> &'static str {
    ["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"]
        .into_iter()
        .find(|known| method == known)
        .unwrap_or("(other)")
}

/// The template with its numbers in their places; anything else may be a name or a key.
fn filled(template: &'static str, path: &str) -> Cow<'static, str> {
    if !template.contains('{') {
        return template.into();
    }
    let segments = template.split('/').zip(path.split('/')).map(|(wanted, given)| {
        let is_number = given.len() <= 20 && !given.is_empty() && given.bytes().all(|byte| byte.is_ascii_digit());
        if wanted.starts_with('{') && is_number { given } else { wanted }
    });
    segments.collect::<Vec<_>>().join("/").into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_numbers_of_a_path_are_told() {
        let told = |path| Told::of(&Method::GET, Some("/experiment/{id}"), path).path;
        assert_eq!(told("/experiment/12"), "/experiment/12");
        assert_eq!(told("/experiment/isoflop-0123"), "/experiment/{id}");
        assert_eq!(Told::of(&Method::GET, None, "/budget/isoflop-0123").path, "(none)");
    }
}
