//! What is wrong with a law that a person wrote, and where.

use std::fmt;
use std::ops::Range;

use crate::excerpt::Excerpt;

/// Why a text is no law. `Display` prints one sentence with its place;
/// [`LawError::block`] adds the line at fault and the hint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LawError {
    /// The file that holds the law as it was named, or the option it was written after (`--law`).
    pub path: String,
    /// The law as it was written.
    pub text: String,
    /// The part of the text at fault, in bytes; may be empty at its end.
    pub span: Range<usize>,
    /// The words at fault and what was expected: a fragment without a full stop.
    pub message: String,
    /// One thing to do about it, with text that can be pasted.
    pub hint: Option<String>,
}

impl LawError {
    /// The same error in a law that was read from `path`.
    #[must_use]
    pub fn within(mut self, path: impl Into<String>) -> Self {
        self.path = path.into();
        self
    }

    /// Line of the fault, from 1, and the characters before it on its line.
    fn place(&self) -> (usize, usize) {
        let before = &self.text[..self.span.start];
        let line = before.rfind('\n').map_or(0, |end| end + 1);
        (before.matches('\n').count() + 1, before[line..].chars().count())
    }

    /// The line at fault with its gutter and carets, then the hint: the lines below the sentence.
    /// Lines of the excerpt fit 80 columns.
    pub fn block(&self) -> String {
        let (line, start) = self.place();
        let text = self.text.split('\n').nth(line - 1).unwrap_or_default();
        let width = self.text[self.span.clone()].split('\n').next().unwrap_or_default().chars().count();
        let label = if self.text.contains('\n') { line.to_string() } else { "law".to_string() };
        let excerpt = Excerpt::new(&label, text, start, width, (false, false)).to_string();
        let hint = self.hint.iter().map(|hint| format!("hint: {hint}\n"));
        std::iter::once(excerpt).chain(hint).collect()
    }
}

impl fmt::Display for LawError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (line, start) = self.place();
        f.write_str(&self.path)?;
        if self.text.contains('\n') {
            write!(f, ":{line}")?;
        }
        write!(f, ":{}: {}", start + 1, self.message)
    }
}

impl std::error::Error for LawError {}

/// Something wrong at a place in the law.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Misfit {
    pub span: Range<usize>,
    pub message: String,
    pub hint: Option<String>,
}

impl Misfit {
    pub fn new(span: Range<usize>, message: impl Into<String>) -> Self {
        Self { span, message: message.into(), hint: None }
    }

    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// The same of a whole `text`.
    pub fn of(self, text: &str) -> LawError {
        let Misfit { span, message, hint } = self;
        LawError { path: "--law".to_string(), text: text.to_string(), span, message, hint }
    }
}
