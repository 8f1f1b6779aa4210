//! The part of an address behind the question mark.

use axum::http::StatusCode;
use axum::response::Response;

use super::super::answer;

/// The parameters of a request. Each has a known name; what is asked wrongly is told, not ignored.
pub(super) struct Parameters(Vec<(String, String)>);

impl Parameters {
    /// Those of `query`, each of which must be one of `known`.
    pub(super) fn read(query: Option<&str>, known: &[&str]) -> Result<Self, Response> {
        let pairs: Vec<(String, String)> =
            form_urlencoded::parse(query.unwrap_or_default().as_bytes()).into_owned().collect();
        match pairs.iter().find(|(name, _)| !known.contains(&name.as_str())) {
            Some((name, _)) => Err(wrong(&format!("there is no parameter \"{name}\"; there are {}", known.join(", ")))),
            None => Ok(Self(pairs)),
        }
    }

    /// Every value of `name`, read by `read`; `expected` says what it should have been.
    pub(super) fn each<T>(
        &self,
        name: &str,
        expected: &str,
        read: impl Fn(&str) -> Option<T>,
    ) -> Result<Vec<T>, Response> {
        let values = self.0.iter().filter(|(known, _)| known == name);
        let read = |(_, value): &(String, String)| {
            read(value).ok_or_else(|| wrong(&format!("{name} is \"{value}\", expected {expected}")))
        };
        values.map(read).collect()
    }

    /// The last value of `name`.
    pub(super) fn one<T>(
        &self,
        name: &str,
        expected: &str,
        read: impl Fn(&str) -> Option<T>,
    ) -> Result<Option<T>, Response> {
        Ok(self.each(name, expected, read)?.pop())
    }
}

fn wrong(why: &str) -> Response {
    answer::detail(StatusCode::UNPROCESSABLE_ENTITY, why)
}
