//! What is wrong with a world's file: the place, what was found and what was expected.

use std::fmt;
use std::ops::Range;

use isoflop::excerpt::Excerpt;
use isoflop::near;

/// Why a world cannot be read. `Display` prints one sentence with its place; `excerpt` shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorldError {
    /// The file, as it was named.
    pub path: String,
    /// Line and column of the trouble, from 1, in characters; none where the whole file is meant.
    pub place: Option<(usize, usize)>,
    /// What was found and what was expected: a fragment without a full stop.
    pub message: String,
    /// The line, marked.
    pub excerpt: Option<Box<Excerpt>>,
}

/// What the reader of the format says, and what a person would.
const WORDS: &[(&str, &str)] = &[
    ("unknown field", "unknown key"),
    ("missing field", "missing key"),
    ("invalid type: ", "found "),
    ("invalid value: ", "found "),
    ("expected f64", "expected a number"),
    ("expected u64", "expected a whole number of at least 0"),
    ("expected i64", "expected a whole number"),
    (", expected struct ", ", expected a table for "),
];

impl WorldError {
    /// About the file as a whole.
    pub(super) fn whole(path: &str, message: impl Into<String>) -> Self {
        Self { path: path.to_string(), place: None, message: message.into(), excerpt: None }
    }

    /// About some bytes of it.
    pub(super) fn at(path: &str, text: &str, span: Range<usize>, message: impl Into<String>) -> Self {
        let start = text.floor_char_boundary(span.start.min(text.len()));
        let end = text.floor_char_boundary(span.end.clamp(start, text.len()));
        let line_start = text[..start].rfind('\n').map_or(0, |at| at + 1);
        let line = text[line_start..].lines().next().unwrap_or_default();
        let before = text[line_start..start].chars().count();
        let marked = text[start..end].lines().next().unwrap_or_default().chars().count();
        let number = 1 + text[..line_start].matches('\n').count();
        let excerpt = Excerpt::new(&number.to_string(), line, before, marked, (false, false));
        let place = Some((number, before + 1));
        Self { path: path.to_string(), place, message: message.into(), excerpt: Some(Box::new(excerpt)) }
    }

    /// From the reader of the format, with the nearest name for one that is unknown.
    pub(super) fn from_toml(path: &str, text: &str, error: &toml::de::Error) -> Self {
        let mut message = error.message().trim_end().replace('\n', ", ");
        for (rust, plain) in WORDS {
            message = message.replace(rust, plain);
        }
        if message.starts_with("unknown") {
            let mut quoted = message.split('`').skip(1).step_by(2);
            let found = quoted.next().unwrap_or_default();
            let meant = near::nearest(found, quoted).map(|near| format!("; did you mean {near}?"));
            message += &meant.unwrap_or_default();
        }
        match error.span() {
            Some(span) => Self::at(path, text, span, message),
            None => Self::whole(path, message),
        }
    }
}

impl fmt::Display for WorldError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.path)?;
        if let Some((line, column)) = self.place {
            write!(f, ":{line}:{column}")?;
        }
        write!(f, ": {}", self.message)
    }
}

impl std::error::Error for WorldError {}
