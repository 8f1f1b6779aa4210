//! The parameters of addresses, with what they may be.

use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{ArrayBuilder, KnownFormat, ObjectBuilder, SchemaFormat, Type};
use utoipa::openapi::{RefOr, Required, Schema};

/// A parameter of the address.
pub(super) struct Asked {
    name: &'static str,
    required: bool,
    schema: fn() -> RefOr<Schema>,
    about: &'static str,
}

impl Asked {
    pub(super) fn parameter(&self) -> Parameter {
        ParameterBuilder::new()
            .name(self.name)
            .parameter_in(ParameterIn::Query)
            .required(if self.required { Required::True } else { Required::False })
            .description(Some(self.about))
            .schema(Some((self.schema)()))
            .build()
    }
}

pub(super) const QUESTION: &[Asked] = &[
    Asked { name: "d_model", required: true, schema: || within(64, 1024), about: "Width, 64 to 1024." },
    Asked { name: "num_layers", required: true, schema: || within(2, 24), about: "Layers, 2 to 24." },
    Asked { name: "num_heads", required: true, schema: || within(2, 16), about: "Heads, 2 to 16." },
    Asked {
        name: "batch_size",
        required: true,
        schema: || one_of(Type::Integer, &isoflop_api::BATCH_SIZES),
        about: "Sequences in a batch, 128 or 256.",
    },
    Asked {
        name: "learning_rate",
        required: true,
        schema: || ObjectBuilder::new().schema_type(Type::Number).minimum(Some(1e-4)).maximum(Some(1e-3)).into(),
        about: "The highest learning rate, 1e-4 to 1e-3.",
    },
    Asked {
        name: "train_flops",
        required: true,
        schema: || one_of(Type::Number, &isoflop_api::TRAIN_FLOPS),
        about: "C: 1, 3 or 6 times 1e13 to 1e17, or 1e18.",
    },
];

pub(super) const OF_PAGES: &[Asked] = &[
    Asked {
        name: "limit",
        required: false,
        schema: || within(1, 1000),
        about: "Runs on a page, 1 to 1000; 100 unless told.",
    },
    Asked { name: "after", required: false, schema: natural, about: "The number of the last run of the page before." },
    Asked {
        name: "since",
        required: false,
        schema: moment,
        about: "Only runs submitted, begun or ended at this moment or later, such as 2026-06-01T12:00:00Z.",
    },
    Asked {
        name: "status",
        required: false,
        schema: || many(one_of(Type::String, &["queued", "running", "completed", "failed"])),
        about: "Only runs that are queued, running, completed or failed; may be repeated.",
    },
];

pub(super) const OF_ANALYSIS: &[Asked] = &[
    Asked {
        name: "at",
        required: false,
        schema: || many(ObjectBuilder::new().schema_type(Type::Number).exclusive_minimum(Some(0)).into()),
        about: "A budget to forecast, FLOPs; may be repeated. Ten and a hundred times your largest unless told.",
    },
    Asked {
        name: "budget_tolerance",
        required: false,
        schema: || ObjectBuilder::new().schema_type(Type::Number).minimum(Some(0)).exclusive_maximum(Some(1)).into(),
        about: "Runs whose C differ by at most this share are one budget; 0.01 unless told.",
    },
    Asked {
        name: "protocol",
        required: false,
        schema: || one_of(Type::String, &["2025", "2026"]),
        about: "2026 or 2025: the losses of two protocols do not compare. 2026 unless told, if any run of it has finished.",
    },
];

pub(super) fn integer() -> RefOr<Schema> {
    let format = SchemaFormat::KnownFormat(KnownFormat::Int64);
    ObjectBuilder::new().schema_type(Type::Integer).format(Some(format)).into()
}

pub(super) fn number() -> RefOr<Schema> {
    ObjectBuilder::new().schema_type(Type::Number).into()
}

pub(super) fn text() -> RefOr<Schema> {
    ObjectBuilder::new().schema_type(Type::String).into()
}

fn within(least: isize, most: isize) -> RefOr<Schema> {
    ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(least)).maximum(Some(most)).into()
}

/// What a number of an experiment may be: any 64 bits.
fn moment() -> RefOr<Schema> {
    let format = SchemaFormat::KnownFormat(KnownFormat::DateTime);
    ObjectBuilder::new().schema_type(Type::String).format(Some(format)).into()
}

fn natural() -> RefOr<Schema> {
    ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(0)).maximum(Some(usize::MAX)).into()
}

fn one_of<T: Clone + Into<serde_json::Value>>(kind: Type, values: &[T]) -> RefOr<Schema> {
    ObjectBuilder::new().schema_type(kind).enum_values(Some(values.iter().cloned())).into()
}

fn many(item: RefOr<Schema>) -> RefOr<Schema> {
    ArrayBuilder::new().items(item).into()
}
