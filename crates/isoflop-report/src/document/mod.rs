//! The report as blocks of text, tables and figures, in the order a sceptic asks; formats only render them.

mod answer;
mod approaches;
mod data;
mod intervals;
mod law;
mod optima;
mod remake;
mod section;
mod table;
mod warnings;

pub(crate) use section::{Block, Card, Section, Span};
pub(crate) use table::{Align, Column, Table};

use crate::report::Report;

/// The title: the answer in one line.
pub(crate) fn title(report: &Report<'_>) -> String {
    answer::title(report.analysis)
}

/// The line under the title: which table this is about.
pub(crate) fn subject(report: &Report<'_>) -> Vec<Span> {
    data::subject(report.analysis)
}

/// Every section.
pub(crate) fn sections(report: &Report<'_>) -> Vec<Section> {
    vec![
        answer::section(report),
        warnings::section(report),
        data::section(report),
        optima::profiles(report),
        approaches::section(report),
        approaches::dataset_size(report),
        law::section(report),
        optima::all(report),
        intervals::section(report),
        remake::section(report),
    ]
    .into_iter()
    .filter(|section| !section.blocks.is_empty())
    .collect()
}
