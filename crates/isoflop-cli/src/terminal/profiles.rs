//! The budgets of a table.

use isoflop::analysis::DataSummary;

use super::{Align, Columns, STRONG};

/// Budgets listed; more are counted.
const LISTED: usize = 40;

/// One line per budget: C, runs, distinct sizes.
pub fn text(data: &DataSummary) -> String {
    let mut columns = Columns::new(&[Align::Right; 3]);
    columns.row(["C", "runs", "sizes"].map(String::from));
    for profile in data.profiles.iter().take(LISTED) {
        columns.row([profile.compute.to_string(), profile.runs.to_string(), profile.sizes.to_string()]);
    }
    let mut text = format!("{STRONG}Budgets{STRONG:#}\n{}\n", columns.lines().join("\n"));
    if data.profiles.len() > LISTED {
        text += &format!("  and {} more\n", data.profiles.len() - LISTED);
    }
    text
}
