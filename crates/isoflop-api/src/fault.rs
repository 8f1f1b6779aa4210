//! What can be wrong with one value: pydantic's types of error, with its words.

use std::fmt;

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

/// A bound that a value broke.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Bound {
    /// Of an integer.
    Int(i64),
    /// Of a float; printed without `.0` in a message and with it in a context.
    Float(f64),
}

/// What is wrong with one value.
#[derive(Clone, Debug, PartialEq)]
pub enum Fault {
    /// A field is absent.
    Missing,
    /// A field nobody knows.
    ExtraForbidden,
    /// Not an object.
    NotAnObject,
    /// Nothing like an integer.
    IntType,
    /// A text that is no integer.
    IntParsing,
    /// An integer too long to read.
    IntParsingSize,
    /// A number with a fraction where an integer belongs.
    IntFromFloat,
    /// Nothing like a number.
    FloatType,
    /// A text that is no number.
    FloatParsing,
    /// Infinite, or not a number.
    FiniteNumber,
    /// Nothing like a truth value.
    BoolType,
    /// Almost a truth value.
    BoolParsing,
    /// Not a text.
    StringType,
    /// A text that no UTF-8 can hold.
    StringUnicode,
    /// Not a list.
    ListType,
    /// None of these words.
    Literal(&'static str),
    /// Not above.
    GreaterThan(Bound),
    /// Below.
    GreaterThanEqual(Bound),
    /// Above.
    LessThanEqual(Bound),
    /// The field that says which form this is, named here, is absent.
    TagNotFound(&'static str),
    /// That field names no known form.
    TagInvalid {
        /// The field.
        discriminator: &'static str,
        /// What it says.
        tag: String,
        /// What it may say.
        expected: &'static str,
    },
    /// The values do not fit each other, in these words.
    Inconsistent(&'static str),
    /// The body is no JSON, in `CPython`'s words.
    NotJson(&'static str),
}

impl Fault {
    /// The word for this kind of fault, which programs compare.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::ExtraForbidden => "extra_forbidden",
            Self::NotAnObject => "model_attributes_type",
            Self::IntType => "int_type",
            Self::IntParsing => "int_parsing",
            Self::IntParsingSize => "int_parsing_size",
            Self::IntFromFloat => "int_from_float",
            Self::FloatType => "float_type",
            Self::FloatParsing => "float_parsing",
            Self::FiniteNumber => "finite_number",
            Self::BoolType => "bool_type",
            Self::BoolParsing => "bool_parsing",
            Self::StringType => "string_type",
            Self::StringUnicode => "string_unicode",
            Self::ListType => "list_type",
            Self::Literal(_) => "literal_error",
            Self::GreaterThan(_) => "greater_than",
            Self::GreaterThanEqual(_) => "greater_than_equal",
            Self::LessThanEqual(_) => "less_than_equal",
            Self::TagNotFound(_) => "union_tag_not_found",
            Self::TagInvalid { .. } => "union_tag_invalid",
            Self::Inconsistent(_) => "value_error",
            Self::NotJson(_) => "json_invalid",
        }
    }

    /// Whether an issue of this kind has a `ctx`.
    pub(crate) fn has_context(&self) -> bool {
        matches!(
            self,
            Self::Literal(_)
                | Self::GreaterThan(_)
                | Self::GreaterThanEqual(_)
                | Self::LessThanEqual(_)
                | Self::TagNotFound(_)
                | Self::TagInvalid { .. }
                | Self::Inconsistent(_)
                | Self::NotJson(_)
        )
    }

    /// The `ctx`: what the message was made of.
    pub(crate) fn context(&self) -> Context<'_> {
        Context(self)
    }
}

/// The message, for people.
impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Missing => "Field required",
            Self::ExtraForbidden => "Extra inputs are not permitted",
            Self::NotAnObject => "Input should be a valid dictionary or object to extract fields from",
            Self::IntType => "Input should be a valid integer",
            Self::IntParsing => "Input should be a valid integer, unable to parse string as an integer",
            Self::IntParsingSize => "Unable to parse input string as an integer, exceeded maximum size",
            Self::IntFromFloat => "Input should be a valid integer, got a number with a fractional part",
            Self::FloatType => "Input should be a valid number",
            Self::FloatParsing => "Input should be a valid number, unable to parse string as a number",
            Self::FiniteNumber => "Input should be a finite number",
            Self::BoolType => "Input should be a valid boolean",
            Self::BoolParsing => "Input should be a valid boolean, unable to interpret input",
            Self::StringType => "Input should be a valid string",
            Self::StringUnicode => "Input should be a valid string, unable to parse raw data as a unicode string",
            Self::ListType => "Input should be a valid list",
            Self::NotJson(_) => "JSON decode error",
            Self::Literal(expected) => return write!(f, "Input should be {expected}"),
            Self::GreaterThan(bound) => return write!(f, "Input should be greater than {bound}"),
            Self::GreaterThanEqual(bound) => return write!(f, "Input should be greater than or equal to {bound}"),
            Self::LessThanEqual(bound) => return write!(f, "Input should be less than or equal to {bound}"),
            Self::TagNotFound(field) => return write!(f, "Unable to extract tag using discriminator '{field}'"),
            Self::TagInvalid { discriminator, tag, expected } => {
                return write!(
                    f,
                    "Input tag '{tag}' found using '{discriminator}' does not match any of the expected tags: {expected}"
                );
            }
            Self::Inconsistent(rule) => return write!(f, "Value error, {rule}"),
        })
    }
}

impl fmt::Display for Bound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Int(bound) => write!(f, "{bound}"),
            Self::Float(bound) => write!(f, "{bound}"),
        }
    }
}

impl Serialize for Bound {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Int(bound) => serializer.serialize_i64(*bound),
            Self::Float(bound) => serializer.serialize_f64(*bound),
        }
    }
}

/// The `ctx` of an issue.
pub(crate) struct Context<'a>(&'a Fault);

impl Serialize for Context<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_map(None)?;
        match self.0 {
            Fault::Literal(expected) => object.serialize_entry("expected", expected)?,
            Fault::GreaterThan(bound) => object.serialize_entry("gt", bound)?,
            Fault::GreaterThanEqual(bound) => object.serialize_entry("ge", bound)?,
            Fault::LessThanEqual(bound) => object.serialize_entry("le", bound)?,
            Fault::TagNotFound(field) => object.serialize_entry("discriminator", &format!("'{field}'"))?,
            Fault::TagInvalid { discriminator, tag, expected } => {
                object.serialize_entry("discriminator", &format!("'{discriminator}'"))?;
                object.serialize_entry("tag", tag)?;
                object.serialize_entry("expected_tags", expected)?;
            }
            // FastAPI's encoder finds nothing to show in Python's exception.
            Fault::Inconsistent(_) => object.serialize_entry("error", &Nothing {})?,
            Fault::NotJson(message) => object.serialize_entry("error", message)?,
            _ => {}
        }
        object.end()
    }
}

/// An empty object.
#[derive(Serialize)]
struct Nothing {}
