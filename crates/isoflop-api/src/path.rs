//! The number of an experiment in a request's path.

use crate::fault::{Bound, Fault};
use crate::issue::Issue;
use crate::json::Json;
use crate::lax::text_as_int;
use crate::place::Place;

/// Which numbers a path may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PathNumber {
    /// Any integer, as for students: of one that no experiment has they are told that it is not found.
    Any,
    /// Only positive ones, as for workers.
    Positive,
}

/// Reads the experiment's number from the decoded segment of a path. Integers beyond any experiment's are held at
/// bounds that no experiment reaches.
pub fn read_experiment_id(segment: &str, allowed: PathNumber) -> Result<i64, Vec<Issue>> {
    let number = text_as_int(segment).and_then(|number| match allowed {
        PathNumber::Positive if number <= 0 => Err(Fault::GreaterThan(Bound::Int(0))),
        _ => Ok(number as i64),
    });
    number
        .map_err(|fault| vec![Issue::new(fault, &Json::Text(segment.to_owned()), &Place::PATH.field("experiment_id"))])
}
