//! A request's body, from its bytes to a typed value.

use thiserror::Error;

use crate::fault::Fault;
use crate::issue::Issue;
use crate::json::{Json, ParseError, parse};
use crate::place::Place;

/// Why a body is refused before anyone looks at who sent it.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum BodyError {
    /// It is no JSON: status 422, told by [`detail`](crate::detail).
    #[error("the body is no JSON")]
    Malformed(Box<Issue>),
    /// It cannot be read at all: status 400, `detail` as printed here.
    #[error("There was an error parsing the body")]
    Unreadable,
}

/// A request whose body can be read.
pub trait Request: Sized {
    /// Reads it; all issues at once.
    fn read(input: &Json, place: &Place) -> Result<Self, Vec<Issue>>;
}

/// Takes a body for JSON if its content type says so, and for a text otherwise, which then fits no request.
///
/// Nothing sent counts as `null`.
pub fn read_body(content_type: Option<&str>, bytes: &[u8]) -> Result<Json, BodyError> {
    if bytes.is_empty() {
        return Ok(Json::Null);
    }
    if !content_type.is_some_and(is_json) {
        return Ok(Json::Text(String::from_utf8_lossy(bytes).into_owned()));
    }
    parse(bytes).map_err(|error| match error {
        ParseError::Malformed { message, position } => {
            let place = Place::BODY.item(position);
            BodyError::Malformed(Box::new(Issue::new(Fault::NotJson(message), &Json::Object(Vec::new()), &place)))
        }
        ParseError::Unreadable => BodyError::Unreadable,
    })
}

/// Reads the request that a body holds.
pub fn read_request<T: Request>(body: &Json) -> Result<T, Vec<Issue>> {
    match body {
        Json::Null => Err(vec![Issue::new(Fault::Missing, body, &Place::BODY)]),
        _ => T::read(body, &Place::BODY),
    }
}

/// `application/json` and its kin, whatever parameters follow.
fn is_json(content_type: &str) -> bool {
    let essence = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    match essence.split_once('/') {
        Some(("application", subtype)) => subtype == "json" || subtype.ends_with("+json") && !subtype.contains('/'),
        _ => false,
    }
}
