//! The refusal of a request: one entry of `detail` for each thing that is wrong with it.

use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

use crate::fault::Fault;
use crate::json::Json;
use crate::place::{Place, Step};
use crate::wire::to_python_wire;

/// A list of issues longer than this is cut. The reference lists a hundred thousand unknown fields if sent as many.
pub const MAX_ISSUES: usize = 100;

/// One thing that is wrong with a request.
#[derive(Clone, Debug, PartialEq)]
pub struct Issue {
    /// What.
    pub fault: Fault,
    /// Where, from the outside in.
    pub loc: Vec<Step>,
    /// What stood there, as JSON.
    pub input: String,
}

impl Issue {
    /// An issue with `input`, at `place`.
    pub fn new(fault: Fault, input: &Json, place: &Place) -> Self {
        Self { fault, loc: place.steps(), input: input.echo() }
    }
}

/// The body that tells a client of `issues`: `{"detail": […]}`.
pub fn detail(issues: &[Issue]) -> Vec<u8> {
    #[derive(Serialize)]
    struct Detail<'a> {
        detail: &'a [Issue],
    }
    let detail = &issues[..issues.len().min(MAX_ISSUES)];
    to_python_wire(&Detail { detail })
}

impl Serialize for Issue {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let input = RawValue::from_string(self.input.clone()).map_err(serde::ser::Error::custom)?;
        let has_context = self.fault.has_context();
        let mut object = serializer.serialize_struct("Issue", 4 + usize::from(has_context))?;
        object.serialize_field("type", self.fault.kind())?;
        object.serialize_field("loc", &self.loc)?;
        object.serialize_field("msg", &self.fault.to_string())?;
        object.serialize_field("input", &input)?;
        if has_context {
            object.serialize_field("ctx", &self.fault.context())?;
        }
        object.end()
    }
}
