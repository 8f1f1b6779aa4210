//! Rows of cells, aligned.

use std::fmt::Write;

use unicode_width::UnicodeWidthStr;

use super::STRONG;

/// Where a cell stands in its column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Align {
    /// At the left.
    Left,
    /// At the right.
    Right,
}

/// A table whose columns are as wide as their widest cell.
#[derive(Clone, Debug)]
pub struct Columns {
    align: Vec<Align>,
    rows: Vec<(bool, Vec<String>)>,
}

impl Columns {
    /// A table with these columns.
    pub fn new(align: &[Align]) -> Self {
        Self { align: align.to_vec(), rows: Vec::new() }
    }

    /// Adds a row.
    pub fn row<const N: usize>(&mut self, cells: [String; N]) {
        self.rows.push((false, cells.into()));
    }

    /// Adds a row that stands out.
    pub fn strong<const N: usize>(&mut self, cells: [String; N]) {
        self.rows.push((true, cells.into()));
    }

    /// The lines, each indented by two and without blanks at its end.
    pub fn lines(&self) -> Vec<String> {
        let width = |column: usize| self.rows.iter().map(|(_, cells)| cells[column].width()).max().unwrap_or(0);
        let widths: Vec<usize> = (0..self.align.len()).map(width).collect();
        self.rows
            .iter()
            .map(|(strong, cells)| {
                let mut line = String::from(" ");
                for ((cell, &align), &width) in cells.iter().zip(&self.align).zip(&widths) {
                    let blank = " ".repeat(width - cell.width());
                    let (before, after) =
                        if align == Align::Right { (blank, String::new()) } else { (String::new(), blank) };
                    // Writing to a String cannot fail.
                    let _ = write!(line, " {before}{cell}{after} ");
                }
                let line = line.trim_end();
                if *strong { format!("{STRONG}{line}{STRONG:#}") } else { line.to_string() }
            })
            .collect()
    }
}
