//! The formats that a report is written in, one file each, and the registry that lists them.
//!
//! To add one: implement [`Format`] in a file of its own and add it to [`FORMATS`].

mod html;
mod json;
mod markdown;

pub use json::json;

use crate::report::{Report, ReportError};

/// A way to write a report.
pub trait Format: Sync {
    /// The file it becomes, relative to the folder of the report.
    fn path(&self) -> &'static str;
    /// Its text.
    ///
    /// # Errors
    /// [`ReportError`] if the report cannot be written this way.
    fn write(&self, report: &Report<'_>) -> Result<String, ReportError>;
}

/// Every format.
pub const FORMATS: &[&dyn Format] = &[&html::Html, &markdown::Markdown, &json::Json];
