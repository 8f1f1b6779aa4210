//! How the intervals were formed.

use crate::document::section::{Block, Section};
use crate::document::table::Table;
use crate::report::Report;
use crate::words;

pub(crate) fn section(report: &Report<'_>) -> Section {
    let analysis = report.analysis;
    let mut section = Section::new("intervals", "Intervals");
    if analysis.approaches.is_empty() {
        return section;
    }
    section.say(format!(
        "Nominal level {}; seed {}. Each approach was fitted again to resampled tables. \
         An interval covers the scatter of the runs, not a law that bends beyond the data.",
        words::level(analysis.level),
        analysis.seed
    ));
    let columns = ["Approach", ">Refits", ">Gave no law", ">Profiles without optimum"];
    let mut table = Table::new("Refits behind the intervals", &columns);
    for result in &analysis.approaches {
        let refits = result.refits;
        let counts = [refits.total, refits.failed, refits.profiles_failed].map(|count| count.to_string());
        table.row([result.name.to_string()].into_iter().chain(counts));
    }
    section.push(Block::Table(table));
    section
}
