//! What can be asked, as a record: whose key opens it, what it takes, and what it answers.

use utoipa::ToSchema;
use utoipa::openapi::path::HttpMethod;
use utoipa::openapi::schema::{ArrayBuilder, ObjectBuilder, OneOfBuilder, Type};
use utoipa::openapi::{Ref, RefOr, Schema};

use super::asked::{Asked, number, text};
use super::bodies as own;

/// Whose key opens it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Door {
    User,
    Worker,
    Query,
}

impl Door {
    /// Its name, where the key stands, and what it is.
    pub(super) fn key(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::User => ("user", "X-API-Key", "The key of a user."),
            Self::Worker => ("worker", "X-Internal-Key", "The key of workers."),
            Self::Query => ("query", "api_key", "The key of a user, in the address as the protocol of 2024 has it."),
        }
    }
}

/// What a body holds.
#[derive(Clone, Copy)]
pub(super) enum Body {
    Nothing,
    Text(&'static str),
    Number,
    /// A named schema.
    Of(fn() -> &'static str),
    /// A list of it.
    Many(fn() -> &'static str),
    /// It, or `null`.
    Perhaps(fn() -> &'static str),
    /// Any object.
    Object,
}

impl Body {
    pub(super) fn schema(self) -> RefOr<Schema> {
        let named = |name: fn() -> &'static str| Ref::from_schema_name(name());
        match self {
            Self::Nothing | Self::Text(_) => text(),
            Self::Number => number(),
            Self::Of(name) => named(name).into(),
            Self::Many(name) => ArrayBuilder::new().items(named(name)).into(),
            Self::Perhaps(name) => {
                OneOfBuilder::new().item(ObjectBuilder::new().schema_type(Type::Null)).item(named(name)).into()
            }
            Self::Object => ObjectBuilder::new().into(),
        }
    }
}

/// A status, when it is answered, and with what.
pub(super) type Told = (u16, &'static str, Body);

/// One thing that can be asked.
pub(super) struct Operation {
    pub method: HttpMethod,
    pub path: &'static str,
    pub id: &'static str,
    pub tag: &'static str,
    pub summary: &'static str,
    pub about: &'static str,
    pub door: Door,
    pub query: &'static [Asked],
    pub body: Option<Body>,
    pub answer: Told,
    /// Refusals beyond those that all have.
    pub refused: &'static [Told],
}

impl Operation {
    /// Every refusal, by status.
    pub(super) fn refusals(&self) -> Vec<Told> {
        let mut all: Vec<Told> = self.refused.to_vec();
        match self.door {
            Door::User => all.push((401, "There is no key, or it is nobody's.", REFUSAL)),
            Door::Worker => all.push((401, "The key is not that of workers.", REFUSAL)),
            Door::Query => {}
        }
        if self.body.is_some() {
            if all.iter().all(|told| told.0 != 400) {
                all.push((400, "The body is no text, or nested too deep.", REFUSAL));
            }
            all.push((408, "The body took longer than a minute.", REFUSAL));
            all.push((413, "The body is too large: 1 MiB for users, 32 MiB for workers.", REFUSAL));
            all.push((422, "The request is not as it should be.", INVALID));
        }
        if all.iter().all(|told| told.0 != 429) {
            all.push((429, "Too much is asked for at once; Retry-After says when to ask again.", REFUSAL));
        }
        if all.iter().all(|told| told.0 != 503) {
            all.push((503, "The server cannot write, or is stopping. Nothing was changed; ask again.", REFUSAL));
        }
        all.sort_by_key(|told| told.0);
        all
    }
}

/// The name of a schema, made once.
macro_rules! named {
    ($type:ty) => {
        || {
            static NAME: std::sync::LazyLock<String> = std::sync::LazyLock::new(|| <$type>::name().into_owned());
            &NAME
        }
    };
}
pub(super) use named;

pub(super) const REFUSAL: Body = Body::Of(named!(own::Refusal));
pub(super) const INVALID: Body = Body::Of(named!(own::ValidationErrors));
