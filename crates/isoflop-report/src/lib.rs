//! The report of an analysis: its figures, and the documents that tell it to a person or a program.
//!
//! ```text
//! &RunTable ──┐                 ┌─▶ figure ──▶ SVG on a page, SVG alone, PNG
//! &Analysis ──┼──▶ Report ──────┤
//! remake    ──┘                 └─▶ document ──▶ format: HTML, Markdown; JSON
//! ```
//!
//! [`files`] makes everything in memory; writing it to disk is the caller's.
//! The same inputs give the same bytes. Only this crate makes prose, colours or
//! rounding decisions: other programs that speak to people use [`words`].

mod document;
mod draw;
mod figure;
mod format;
pub mod look;
mod report;
pub mod words;

pub use draw::image::ImageError;
pub use draw::rect::Rect;
pub use figure::{Figure, Images, PLOTS, Plot};
pub use format::{FORMATS, Format, json};
pub use report::{File, Report, ReportError, files};
