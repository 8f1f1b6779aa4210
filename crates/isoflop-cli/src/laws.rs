//! The law that `--law` names.

use isoflop::law::{self, LAWS, Law};
use isoflop::near::nearest;
use isoflop::rows::Input;

use crate::exit::{Failure, USAGE};
use crate::terminal::wrapped;

/// A law that was asked for.
pub enum Asked {
    /// One of [`LAWS`].
    Known(&'static dyn Law),
    /// One written out.
    Written(Box<law::Given>),
}

impl Asked {
    /// The law itself.
    pub fn law(&self) -> &dyn Law {
        match self {
            Asked::Known(law) => *law,
            Asked::Written(law) => law.as_ref(),
        }
    }
}

/// The law that `text` asks for.
///
/// # Errors
/// No law has this name; the nearest is suggested, and all are listed.
pub fn asked(text: &str) -> Result<Asked, Failure> {
    if let Some(law) = law::law(text) {
        return Ok(Asked::Known(law));
    }
    if text.trim().is_empty() {
        return Err(Failure::told(USAGE, "--law is empty", &names()));
    }
    if is_expression(text) {
        return written(text);
    }
    let names_of_all: Vec<&str> = LAWS.iter().map(|law| law.name()).collect();
    let meant = nearest(text, names_of_all).map_or(String::new(), |name| format!("; did you mean {name}?"));
    Err(Failure::told(USAGE, format!("no law is called {text}{meant}"), &names()))
}

/// A law written out on the command line, or in a file (`@NAME`, or the name of a file that is there).
fn written(text: &str) -> Result<Asked, Failure> {
    let refused =
        |error: law::LawError| Failure::Told { code: USAGE, below: error.block(), sentence: error.to_string() };
    if text.contains([';', '=']) && !text.starts_with('@') && !std::path::Path::new(text).is_file() {
        return law::given(text).map(|law| Asked::Written(Box::new(law))).map_err(refused);
    }
    let path = text.strip_prefix('@').unwrap_or(text);
    let inside = std::fs::read_to_string(path)
        .map_err(|error| Failure::told(USAGE, format!("the law in {path} cannot be read: {error}"), &names()))?;
    law::given(&inside).map(|law| Asked::Written(Box::new(law))).map_err(|error| refused(error.within(path)))
}

/// Whether `text` is a law written out, or the file of one, and not a name.
fn is_expression(text: &str) -> bool {
    let path = std::path::Path::new(text);
    let of_file = path.is_file() || path.extension().is_some_and(|extension| extension == "law");
    text.contains([';', '=']) || text.starts_with('@') || of_file
}

fn names() -> String {
    format!("there are {}", listed(|_| true))
}

/// The names of the laws that `which` holds of.
pub fn listed(which: impl Fn(&dyn Law) -> bool) -> String {
    LAWS.iter().filter(|law| which(**law)).map(|law| law.name()).collect::<Vec<_>>().join(", ")
}

/// Whether a law runs along one axis, not over N and D.
pub fn is_along_axis(law: &dyn Law) -> bool {
    law.inputs().contains(&Input::Axis)
}

/// Every law with its equation, for the help.
pub fn help() -> String {
    let width = LAWS.iter().map(|law| law.name().len()).max().unwrap_or(0);
    let line = |law: &&dyn Law| wrapped(law.equation(), &format!("  {:<width$}  ", law.name()), &" ".repeat(width + 4));
    format!("Laws:\n{}", LAWS.iter().map(line).collect::<String>())
}
