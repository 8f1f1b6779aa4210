//! The blocks that a document is made of.

use isoflop::analysis::Severity;

use crate::document::table::Table;

/// A section: a heading and what stands under it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Section {
    /// Its anchor: `data`.
    pub(crate) id: &'static str,
    /// Its heading; the first section stands under the title and has none.
    pub(crate) heading: Option<String>,
    pub(crate) blocks: Vec<Block>,
}

/// One piece of a section.
#[derive(Clone, Debug)]
pub(crate) enum Block {
    Paragraph(Vec<Span>),
    /// One budget's answer each, in large digits.
    Cards(Vec<Card>),
    /// The figure of that name.
    Figure(&'static str),
    Table(Table),
    Warning {
        id: &'static str,
        severity: Severity,
        message: String,
        advice: String,
    },
    List(Vec<Vec<Span>>),
    /// Names and what they stand for.
    Facts(Vec<(&'static str, Vec<Span>)>),
    /// A command line.
    Command(String),
}

/// The answer at one budget.
#[derive(Clone, Debug)]
pub(crate) struct Card {
    /// "At 1e24 FLOPs".
    pub(crate) head: String,
    /// Number, what it counts, and its interval.
    pub(crate) numbers: Vec<(String, &'static str, Option<String>)>,
    /// How far out it is.
    pub(crate) foot: String,
}

/// A stretch of text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Span {
    Text(String),
    Strong(String),
    Code(String),
}

impl Section {
    pub(crate) fn new(id: &'static str, heading: impl Into<String>) -> Self {
        Section { id, heading: Some(heading.into()), blocks: Vec::new() }
    }

    pub(crate) fn push(&mut self, block: Block) {
        self.blocks.push(block);
    }

    /// Adds a paragraph of plain text.
    pub(crate) fn say(&mut self, text: impl Into<String>) {
        self.blocks.push(Block::Paragraph(vec![Span::Text(text.into())]));
    }
}

/// Plain text.
pub(crate) fn text(text: impl Into<String>) -> Span {
    Span::Text(text.into())
}

/// Something to be typed or found in a file.
pub(crate) fn code(text: impl Into<String>) -> Span {
    Span::Code(text.into())
}
