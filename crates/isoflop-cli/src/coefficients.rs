//! Coefficients as they are typed: `E=1.69`, `alpha=0.34:0.02`.

use std::fmt;
use std::str::FromStr;

use isoflop::law::{Law, Scale};
use isoflop::near::nearest;

use crate::exit::{Failure, USAGE};

/// `NAME=VALUE`.
#[derive(Clone, Debug, PartialEq)]
pub struct Value {
    /// The coefficient.
    pub name: String,
    /// Its value: finite.
    pub value: f64,
}

/// `NAME=VALUE:SD`.
#[derive(Clone, Debug, PartialEq)]
pub struct Known {
    /// The coefficient.
    pub name: String,
    /// Its mean: finite.
    pub value: f64,
    /// Its standard deviation: positive and finite.
    pub sd: f64,
}

fn finite(text: &str) -> Option<f64> {
    text.trim().parse().ok().filter(|value: &f64| value.is_finite())
}

impl FromStr for Value {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let of = |(name, value): (&str, &str)| {
            let name = name.trim();
            Some(Self { name: (!name.is_empty()).then(|| name.to_string())?, value: finite(value)? })
        };
        text.split_once('=').and_then(of).ok_or_else(|| "NAME=VALUE is needed, such as E=1.69".to_string())
    }
}

impl FromStr for Known {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let of = |(left, sd): (&str, &str)| {
            let Value { name, value } = left.parse().ok()?;
            Some(Self { name, value, sd: finite(sd).filter(|sd| *sd > 0.0)? })
        };
        let known = text.split_once(':').and_then(of);
        known.ok_or_else(|| "NAME=VALUE:SD with a positive SD is needed, such as E=1.69:0.1".to_string())
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}={}", self.name, self.value)
    }
}

impl fmt::Display for Known {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}={}:{}", self.name, self.value, self.sd)
    }
}

/// The place of the coefficient called `name`; `value` must be one that it can have.
///
/// # Errors
/// The law has none of this name, or it is positive and `value` is not.
pub fn place(law: &dyn Law, name: &str, value: f64) -> Result<usize, Failure> {
    let names: Vec<&str> = law.coefficients().iter().map(|coefficient| coefficient.name.as_ref()).collect();
    let Some(place) = law.coefficient(spelled(name)) else {
        let meant =
            nearest(name, names.iter().copied()).map_or(String::new(), |near| format!("; did you mean {near}?"));
        let sentence = format!("{} has no coefficient {name}{meant}", law.name());
        return Err(Failure::told(USAGE, sentence, &format!("it has {}", names.join(", "))));
    };
    if law.coefficients()[place].scale == Scale::Log && value <= 0.0 {
        return Err(Failure::told(USAGE, format!("{} cannot be {value}: it is positive", names[place]), ""));
    }
    Ok(place)
}

/// Greek letters as laws spell them.
fn spelled(name: &str) -> &str {
    match name {
        "α" => "alpha",
        "β" => "beta",
        "γ" => "gamma",
        "δ" => "delta",
        name => name,
    }
}

/// Refuses a coefficient that is given twice.
pub fn once<'a>(names: impl Iterator<Item = &'a str>) -> Result<(), Failure> {
    let mut seen: Vec<&str> = Vec::new();
    for name in names.map(spelled) {
        if seen.contains(&name) {
            return Err(Failure::told(USAGE, format!("{name} is given twice"), ""));
        }
        seen.push(name);
    }
    Ok(())
}
