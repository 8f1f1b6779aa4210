//! Tables of text, held to a length that a person reads.

/// A table.
#[derive(Clone, Debug, Default)]
pub(crate) struct Table {
    /// What it lists: shown above it, and read out by screen readers.
    pub(crate) caption: String,
    pub(crate) columns: Vec<Column>,
    pub(crate) rows: Vec<Row>,
    /// Rows that were left out of the middle.
    pub(crate) left_out: usize,
}

/// The head of a column.
#[derive(Clone, Debug)]
pub(crate) struct Column {
    pub(crate) name: String,
    pub(crate) align: Align,
}

/// Numbers stand right, words left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Align {
    Left,
    Right,
}

/// A row; its first cell is its head.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    pub(crate) cells: Vec<String>,
    /// Whether it is the one to quote.
    pub(crate) strong: bool,
}

/// A cell without a value.
pub(crate) const NOTHING: &str = "–";
/// Most rows of one table; the rest is in `results.json`.
const MOST_ROWS: usize = 60;

impl Table {
    /// A table without rows; a column whose name begins with `>` holds numbers.
    pub(crate) fn new(caption: impl Into<String>, columns: &[&str]) -> Self {
        let column = |name: &&str| match name.strip_prefix('>') {
            Some(name) => Column { name: name.to_string(), align: Align::Right },
            None => Column { name: (*name).to_string(), align: Align::Left },
        };
        Table { caption: caption.into(), columns: columns.iter().map(column).collect(), ..Table::default() }
    }

    pub(crate) fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        self.rows.push(Row { cells: cells.into_iter().collect(), strong: false });
    }

    /// Adds the row to quote.
    pub(crate) fn strong_row(&mut self, cells: impl IntoIterator<Item = String>) {
        self.rows.push(Row { cells: cells.into_iter().collect(), strong: true });
    }

    /// Leaves out columns in which no row has anything to say.
    pub(crate) fn told(mut self) -> Self {
        for i in (1..self.columns.len()).rev() {
            if self.rows.iter().all(|row| row.cells[i] == NOTHING) {
                self.columns.remove(i);
                self.rows.iter_mut().for_each(|row| drop(row.cells.remove(i)));
            }
        }
        self
    }

    /// Leaves out the middle of a table that is too long to read.
    pub(crate) fn held(mut self) -> Self {
        if self.rows.len() > MOST_ROWS {
            self.left_out = self.rows.len() - MOST_ROWS;
            self.rows.drain(MOST_ROWS / 2..MOST_ROWS / 2 + self.left_out);
        }
        self
    }

    /// The sentence about rows left out.
    pub(crate) fn note(&self) -> Option<String> {
        (self.left_out > 0).then(|| {
            let total = self.rows.len() + self.left_out;
            format!("The first and last {} of {total} rows; all of them are in results.json.", MOST_ROWS / 2)
        })
    }
}
