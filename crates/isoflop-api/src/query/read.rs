//! Reads the question from the parameters of `GET /loss`, or says which of them is wrong.

use thiserror::Error;

use super::LossQuery;
use crate::json::{Json, float_text};
use crate::lax::{finite, text_as_int};

/// The values of C that may be asked for, FLOPs.
pub const TRAIN_FLOPS: [f64; 16] =
    [1e13, 3e13, 6e13, 1e14, 3e14, 6e14, 1e15, 3e15, 6e15, 1e16, 3e16, 6e16, 1e17, 3e17, 6e17, 1e18];
/// The batch sizes that may be asked for, sequences.
pub const BATCH_SIZES: [u64; 2] = [128, 256];

/// Characters of a parameter that a refusal repeats.
const QUOTED: usize = 64;

/// Why a question is refused.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum QueryRefusal {
    /// A parameter is absent.
    #[error("{name} is required")]
    Missing {
        /// Which.
        name: &'static str,
    },
    /// A parameter is no number of its kind.
    #[error("{name} must be {wanted}, got {got:?}")]
    NotANumber {
        /// Which.
        name: &'static str,
        /// `an integer` or `a number`.
        wanted: &'static str,
        /// What was sent, cut if long.
        got: String,
    },
    /// A parameter is outside of its bounds.
    #[error("{name} must be in range [{least}, {most}], got {got}")]
    OutOfRange {
        /// Which.
        name: &'static str,
        /// The least allowed.
        least: String,
        /// The most allowed.
        most: String,
        /// What was sent.
        got: String,
    },
    /// A parameter is none of the few allowed.
    #[error("{name} must be one of [{allowed}], got {got}")]
    NotOneOf {
        /// Which.
        name: &'static str,
        /// Those allowed.
        allowed: String,
        /// What was sent.
        got: String,
    },
}

/// The key in the parameters of a request of the 2024 and 2025 protocol.
pub fn read_api_key<K: AsRef<str>, V: AsRef<str>>(pairs: &[(K, V)]) -> Result<&str, QueryRefusal> {
    find(pairs, "api_key")
}

impl LossQuery {
    /// Reads the six numbers from decoded parameters; of a repeated one the last counts, others are ignored.
    ///
    /// Any spelling of a number will do (`1e+16` as well as `10000000000000000`), if it is one of those allowed.
    pub fn read<K: AsRef<str>, V: AsRef<str>>(pairs: &[(K, V)]) -> Result<Self, QueryRefusal> {
        let query = Self {
            d_model: integer(pairs, "d_model", 64, 1024)?,
            num_layers: integer(pairs, "num_layers", 2, 24)?,
            num_heads: integer(pairs, "num_heads", 2, 16)?,
            batch_size: integer(pairs, "batch_size", 0, u64::MAX)?,
            learning_rate: number(pairs, "learning_rate")?,
            train_flops: number(pairs, "train_flops")?,
        };
        if !BATCH_SIZES.contains(&query.batch_size) {
            let allowed = BATCH_SIZES.map(|size| size.to_string()).join(", ");
            return Err(QueryRefusal::NotOneOf { name: "batch_size", allowed, got: query.batch_size.to_string() });
        }
        if !(1e-4..=1e-3).contains(&query.learning_rate) {
            let [least, most, got] = [1e-4, 1e-3, query.learning_rate].map(float_text);
            return Err(QueryRefusal::OutOfRange { name: "learning_rate", least, most, got });
        }
        if !TRAIN_FLOPS.contains(&query.train_flops) {
            let allowed = TRAIN_FLOPS.map(|flops| format!("{flops:e}")).join(", ");
            return Err(QueryRefusal::NotOneOf {
                name: "train_flops",
                allowed,
                got: format!("{:e}", query.train_flops),
            });
        }
        Ok(query)
    }
}

fn find<'a, K: AsRef<str>, V: AsRef<str>>(pairs: &'a [(K, V)], name: &'static str) -> Result<&'a str, QueryRefusal> {
    let last = pairs.iter().rev().find(|(key, _)| key.as_ref() == name);
    last.map(|(_, value)| value.as_ref()).ok_or(QueryRefusal::Missing { name })
}

fn integer<K: AsRef<str>, V: AsRef<str>>(
    pairs: &[(K, V)],
    name: &'static str,
    least: u64,
    most: u64,
) -> Result<u64, QueryRefusal> {
    let text = find(pairs, name)?;
    let number = text_as_int(text).map_err(|_| not_a_number(name, "an integer", text))?;
    match u64::try_from(number) {
        Ok(number) if (least..=most).contains(&number) => Ok(number),
        _ => {
            Err(QueryRefusal::OutOfRange { name, least: least.to_string(), most: most.to_string(), got: quoted(text) })
        }
    }
}

fn number<K: AsRef<str>, V: AsRef<str>>(pairs: &[(K, V)], name: &'static str) -> Result<f64, QueryRefusal> {
    let text = find(pairs, name)?;
    finite(&Json::Text(text.to_owned())).map_err(|_| not_a_number(name, "a number", text))
}

fn not_a_number(name: &'static str, wanted: &'static str, text: &str) -> QueryRefusal {
    QueryRefusal::NotANumber { name, wanted, got: quoted(text) }
}

fn quoted(text: &str) -> String {
    text[..text.floor_char_boundary(QUOTED)].to_owned()
}
