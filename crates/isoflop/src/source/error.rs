//! What is wrong with a file, said once: the place, the value, and what was expected.

use std::fmt;

/// Why a table could not be read. `Display` prints one sentence with its place;
/// [`ReadError::block`] adds the source line and the hint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadError {
    /// What sort of trouble it is.
    pub kind: ReadErrorKind,
    /// The file as it was named, `-` for standard input, or the option at fault (`--where`).
    pub path: String,
    /// Line of the trouble, from 1; none where the format has no lines or the whole file is meant.
    pub line: Option<usize>,
    /// Column of the trouble on its line, from 1, in characters.
    pub column: Option<usize>,
    /// The value at fault and what was expected: a fragment without a full stop.
    pub message: String,
    /// The source line, marked.
    pub excerpt: Option<Box<Excerpt>>,
    /// One thing to do about it, with text that can be pasted.
    pub hint: Option<String>,
}

/// The sort of trouble, for a program that reacts to it (exit codes, say).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReadErrorKind {
    /// The file cannot be opened or its bytes cannot be had.
    Unreadable,
    /// The bytes are not a table in the format they were read as.
    Malformed,
    /// No column, or more than one, for a quantity.
    Columns,
    /// A value that no run can have.
    Value,
    /// The condition of `--where` makes no sense for this table.
    Condition,
    /// The format that was asked for does not exist.
    Format,
    /// The person asked to stop.
    Interrupted,
}

impl ReadError {
    /// An error about `path` as a whole.
    pub(super) fn new(kind: ReadErrorKind, path: &str, message: impl Into<String>) -> Self {
        let (path, message) = (path.to_string(), message.into());
        Self { kind, path, line: None, column: None, message, excerpt: None, hint: None }
    }

    /// The same error with something to do about it.
    pub(super) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// The excerpt with its gutter and carets, then the hint: the lines below the sentence.
    /// Empty when there is neither. Lines of the excerpt fit 80 columns.
    pub fn block(&self) -> String {
        let excerpt = self.excerpt.iter().map(ToString::to_string);
        let hint = self.hint.iter().map(|hint| format!("hint: {hint}\n"));
        excerpt.chain(hint).collect()
    }
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.path)?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        if let Some(column) = self.column {
            write!(f, ":{column}")?;
        }
        write!(f, ": {}", self.message)
    }
}

impl std::error::Error for ReadError {}

/// One source line with the part at fault, already cut to fit 80 columns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Excerpt {
    /// What stands in the gutter: the line number.
    pub label: String,
    /// The line, or the part of it round the fault, with `…` where it was cut.
    pub text: String,
    /// Characters of `text` before the fault.
    pub start: usize,
    /// Characters of `text` at fault; at least 1.
    pub width: usize,
}

/// Columns of a terminal that an excerpt may fill.
const TERMINAL_COLUMNS: usize = 80;
/// The gutter is at least this wide, so that short line numbers align.
const LABEL_COLUMNS: usize = 5;

impl Excerpt {
    /// Marks `width` characters from `start` in `line`, and cuts the line to fit.
    ///
    /// `line` may itself be a part of a longer line: `more_before` and
    /// `more_after` then ask for a mark of the cut.
    pub(super) fn new(label: &str, line: &str, start: usize, width: usize, more: (bool, bool)) -> Self {
        let room = TERMINAL_COLUMNS - 3 - label.chars().count().clamp(LABEL_COLUMNS, TERMINAL_COLUMNS / 2);
        // Tabs and control characters would shift the carets below them.
        let line: Vec<char> = line.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        let start = start.min(line.len());
        let width = width.clamp(1, room / 2);
        let (mut from, mut to) = (0, line.len());
        let (more_before, more_after) = more;
        if line.len() + usize::from(more_before) + usize::from(more_after) > room {
            // The fault's middle in the middle of the room, as far as the ends of the line allow.
            from = (start + width / 2).saturating_sub(room / 2).min((line.len() + 1).saturating_sub(room));
            to = (from + room).min(line.len());
        }
        let (cut_before, cut_after) = (from > 0 || more_before, to < line.len() || more_after);
        let mut shown: Vec<char> = line.get(from..to).unwrap_or_default().to_vec();
        if cut_before && !shown.is_empty() {
            shown[0] = '…';
        }
        if cut_after && let Some(last) = shown.last_mut() {
            *last = '…';
        }
        let width = width.min((from + shown.len()).saturating_sub(start)).max(1);
        let text: String = shown.into_iter().collect();
        Self { label: label.to_string(), text: text.trim_end().to_string(), start: start - from, width }
    }
}

impl fmt::Display for Excerpt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let gutter = self.label.chars().count().max(LABEL_COLUMNS);
        writeln!(f, "{:>gutter$} │ {}", self.label, self.text)?;
        writeln!(f, "{:gutter$} │ {}{}", "", " ".repeat(self.start), "^".repeat(self.width))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_line_stands_whole() {
        let excerpt = Excerpt::new("17", "1.3e9,2.6e10,1e20,NaN", 18, 3, (false, false));
        assert_eq!(excerpt.to_string(), "   17 │ 1.3e9,2.6e10,1e20,NaN\n      │                   ^^^\n");
    }

    #[test]
    fn every_excerpt_fits_the_terminal_and_keeps_its_carets_on_the_fault() {
        for length in [0, 1, 71, 72, 73, 74, 150, 1000] {
            for start in (0..=length).step_by(7) {
                for width in [0, 1, 3, 500] {
                    for more in [(false, false), (true, true)] {
                        let mut line: Vec<char> = vec!['a'; length];
                        if start < length {
                            line[start] = 'X';
                        }
                        let line: String = line.into_iter().collect();
                        let excerpt = Excerpt::new("123456789", &line, start, width, more);
                        let drawn = excerpt.to_string();
                        assert!(drawn.lines().all(|line| line.chars().count() <= 80), "{drawn}");
                        let mark = excerpt.text.chars().nth(excerpt.start);
                        assert!(!line.contains('X') || matches!(mark, Some('X' | '…')), "{drawn}");
                    }
                }
            }
        }
    }
}
