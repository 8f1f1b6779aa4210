//! The line that is wrong, with carets under the place.

use std::fmt;

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
    pub fn new(label: &str, line: &str, start: usize, width: usize, more: (bool, bool)) -> Self {
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
