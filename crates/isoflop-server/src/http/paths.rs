//! Which paths there are, before anything is asked of them.
//!
//! Paths are decoded before they are compared, one slash too many leads to the right path, and what `Allow` says is the
//! first of its entries: as the reference does it.

use std::borrow::Cow;

use axum::http::{HeaderValue, Method};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use super::endpoints;

/// What a segment may hold as it is.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'!')
    .remove(b'$')
    .remove(b'&')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')')
    .remove(b'*')
    .remove(b'+')
    .remove(b',')
    .remove(b';')
    .remove(b'=')
    .remove(b':')
    .remove(b'@')
    .remove(b'/');

/// What there is at a path.
#[derive(Debug, PartialEq)]
pub(super) enum Found {
    /// Something answers this method; the path as routes spell it.
    Here(String),
    /// Something answers other methods.
    OtherMethods(HeaderValue),
    /// It is there without the slashes at the end.
    WithoutSlash(String),
    /// Nothing.
    Nowhere,
}

/// Looks for `path`, as it was sent, under `method`.
pub(super) fn find(method: &Method, path: &str) -> Found {
    let decoded = percent_decode_str(path).decode_utf8_lossy();
    let mut known = endpoints().filter(|endpoint| matches(endpoint.path, &decoded)).peekable();
    let Some(first) = known.peek() else {
        let shorter = decoded.trim_end_matches('/');
        let leads = shorter.len() < decoded.len() && endpoints().any(|endpoint| matches(endpoint.path, shorter));
        return if leads { Found::WithoutSlash(encode(shorter)) } else { Found::Nowhere };
    };
    let allow = HeaderValue::from_static(first.allow);
    if known.any(|endpoint| endpoint.allow.split(", ").any(|allowed| allowed == method.as_str())) {
        Found::Here(encode(&decoded))
    } else {
        Found::OtherMethods(allow)
    }
}

/// What a path is called where paths are counted: the same for every number in it.
pub(super) fn template(path: &str) -> Option<&'static str> {
    let decoded = percent_decode_str(path).decode_utf8_lossy();
    endpoints().map(|endpoint| endpoint.path).find(|template| matches(template, &decoded))
}

fn encode(path: &str) -> String {
    Cow::from(utf8_percent_encode(path, SEGMENT)).into_owned()
}

/// Whether a path is of a template, whose `{…}` stand for one segment each.
fn matches(template: &str, path: &str) -> bool {
    let (mut wanted, mut given) = (template.split('/'), path.split('/'));
    loop {
        match (wanted.next(), given.next()) {
            (None, None) => return true,
            (Some(wanted), Some(given)) if wanted.starts_with('{') && !given.is_empty() || wanted == given => {}
            _ => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_found_decoded_and_without_slashes() {
        assert_eq!(find(&Method::GET, "/bud%67et"), Found::Here("/budget".to_owned()));
        assert_eq!(find(&Method::GET, "/experiment/a%2Fb"), Found::Nowhere);
        assert_eq!(find(&Method::GET, "/experiment/a%20b/"), Found::WithoutSlash("/experiment/a%20b".to_owned()));
        assert_eq!(find(&Method::GET, "/budget//"), Found::WithoutSlash("/budget".to_owned()));
        assert_eq!(find(&Method::PUT, "/final_submission"), Found::OtherMethods(HeaderValue::from_static("GET")));
        assert_eq!(find(&Method::POST, "/final_submission"), Found::Here("/final_submission".to_owned()));
        assert_eq!(find(&Method::GET, "//budget"), Found::Nowhere);
    }
}
