//! The command line that makes an answer again.

use isoflop::analyze::Options;

use crate::cli::{Count, Unit};
use crate::command::analyze::Analyze;

/// `isoflop analyze …` with every choice that moves a number, defaults spelled out where they might change.
pub fn remake(command: &Analyze, options: &Options) -> String {
    let table = &command.table;
    let mut words: Vec<String> = vec!["isoflop".into(), "analyze".into(), table.runs.clone()];
    let mut option = |name: &str, value: Option<String>| {
        if let Some(value) = value {
            words.extend([name.to_string(), value]);
        }
    };
    option("--where", table.condition.clone());
    option("--params-column", table.params_column.clone());
    option("--tokens-column", table.tokens_column.clone());
    option("--compute-column", table.compute_column.clone());
    option("--loss-column", table.loss_column.clone());
    option("--unique-tokens-column", table.unique_tokens_column.clone());
    option("--weights-column", table.weights_column.clone());
    option("--name-column", table.name_column.clone());
    option("--format", table.format.clone());
    option(
        "--params-count",
        table.params_count.map(|count| said(matches!(count, Count::Total), "total", "non-embedding")),
    );
    option("--loss-unit", table.loss_unit.map(|unit| said(matches!(unit, Unit::Nats), "nats", "bits-per-byte")));
    let usual = Options::default();
    let changed = |is: f64, usual: f64| (is != usual).then(|| is.to_string());
    option("--budget-tolerance", changed(options.budget_tolerance, usual.budget_tolerance));
    for at in &options.at {
        option("--at", Some(at.to_string_exact()));
    }
    for name in &command.approach {
        option("--approach", Some(name.clone()));
    }
    option("--level", changed(options.level, usual.level));
    option("--resamples", options.resamples.map(|count| count.to_string()));
    option("--seed", Some(options.seed.to_string()));
    option("-o", command.output.as_ref().map(|folder| folder.display().to_string()));
    words.iter().map(|word| quoted(word)).collect::<Vec<_>>().join(" ")
}

fn said(first: bool, yes: &str, no: &str) -> String {
    if first { yes } else { no }.to_string()
}

/// The word as a shell takes it. A NUL byte cannot be typed at all, and then the word stands as it is.
fn quoted(word: &str) -> String {
    shlex::try_quote(word).map_or_else(|_| word.to_string(), std::borrow::Cow::into_owned)
}
