//! What serde is told of the wire's types, and their derived schemas do not say.

use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{AdditionalProperties, AnyOf, Schema};

/// Enums whose forms hold the fields that they name and no others.
const CLOSED: [&str; 4] = ["WorkerEvent", "Finish", "FailReason", "Status"];

/// The schema as the wire has it.
pub(super) fn closed((name, schema): (String, RefOr<Schema>)) -> (String, RefOr<Schema>) {
    let schema = match schema {
        RefOr::T(Schema::OneOf(mut forms)) if CLOSED.contains(&name.as_str()) => {
            for form in &mut forms.items {
                if let RefOr::T(Schema::Object(object)) = form {
                    object.additional_properties = Some(Box::new(AdditionalProperties::FreeForm(false)));
                }
            }
            RefOr::T(Schema::OneOf(forms))
        }
        // A schedule alone is both an AdamW and plain descent; which of the two it becomes is told in words.
        RefOr::T(Schema::OneOf(forms)) if name == "Optimizer" => {
            let mut any = AnyOf::with_capacity(forms.items.len());
            any.items = forms.items;
            any.description = forms.description;
            RefOr::T(Schema::AnyOf(any))
        }
        // Beside its answer a question has one field more.
        RefOr::T(Schema::Object(mut question)) if name == "LossQuery" => {
            question.additional_properties = None;
            RefOr::T(Schema::Object(question))
        }
        other => other,
    };
    (name, schema)
}
