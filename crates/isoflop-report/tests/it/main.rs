//! What a report must be, whatever the analysis.

mod degenerate;
mod escaping;
mod figures;
mod fixture;
mod page;
