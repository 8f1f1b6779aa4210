//! The command line that makes an answer again.

use isoflop::analyze;
use isoflop::parametric;
use isoflop::profile::BUDGET_TOLERANCE;
use isoflop::units::Flops;

use crate::cli::{Count, Table, Unit};
use crate::command::analyze::Analyze;
use crate::command::fit::Fit;

/// `isoflop analyze …` with every choice that moves a number, defaults spelled out where they might change.
pub fn of_analyze(command: &Analyze, options: &analyze::Options) -> String {
    let mut line = Line::new("analyze", &command.table);
    let usual = analyze::Options::default();
    for at in &options.at {
        line.option("--at", &at.to_string_exact());
    }
    for name in &command.approach {
        line.option("--approach", name);
    }
    line.changed("--level", options.level, usual.level);
    line.maybe("--resamples", options.resamples);
    line.option("--seed", &options.seed);
    line.maybe("-o", command.output.as_ref().map(|folder| folder.display()));
    line.quoted()
}

/// `isoflop fit …`, likewise.
pub fn of_fit(command: &Fit, options: &parametric::Options) -> String {
    let mut line = Line::new("fit", &command.table);
    line.option("--law", &command.law);
    line.maybe("--axis", command.axis.as_ref());
    line.maybe("--cluster-by", command.cluster_by.as_ref());
    line.option("--robust-loss", &options.robust.spelled());
    line.option("--residual", options.residual.name());
    line.maybe("--search", options.search.map(isoflop::fit::search::Starts::name));
    line.option("--interval", options.interval.name());
    for at in &options.at {
        line.option("--at", &Flops(*at).to_string_exact());
    }
    for choice in &options.choices {
        let unique = choice.unique_tokens.map_or(String::new(), |unique| format!(",{:e}", unique.0));
        line.option("--choice", &format!("{:e},{:e}{unique}", choice.params.0, choice.tokens.0));
    }
    for fixed in &command.fix {
        line.option("--fix", fixed);
    }
    for prior in &command.prior {
        line.option("--prior", prior);
    }
    line.changed("--level", options.level, 0.9);
    line.changed("--resamples", options.resamples as f64, parametric::usual_refits(options.law) as f64);
    line.option("--seed", &options.seed);
    line.quoted()
}

/// The words of a command line.
pub struct Line(Vec<String>);

impl Line {
    /// A command that reads a table, with all that moves how it is read.
    fn new(command: &str, table: &Table) -> Self {
        let mut line = Line(vec!["isoflop".into(), command.into(), table.runs.clone()]);
        line.maybe("--where", table.condition.as_ref());
        line.maybe("--params-column", table.params_column.as_ref());
        line.maybe("--tokens-column", table.tokens_column.as_ref());
        line.maybe("--compute-column", table.compute_column.as_ref());
        line.maybe("--loss-column", table.loss_column.as_ref());
        line.maybe("--unique-tokens-column", table.unique_tokens_column.as_ref());
        line.maybe("--weights-column", table.weights_column.as_ref());
        line.maybe("--name-column", table.name_column.as_ref());
        line.maybe("--format", table.format.as_ref());
        line.maybe(
            "--params-count",
            table.params_count.map(|count| if matches!(count, Count::Total) { "total" } else { "non-embedding" }),
        );
        line.maybe(
            "--loss-unit",
            table.loss_unit.map(|unit| if matches!(unit, Unit::Nats) { "nats" } else { "bits-per-byte" }),
        );
        line.changed("--budget-tolerance", table.budget_tolerance, BUDGET_TOLERANCE);
        line
    }

    fn option(&mut self, name: &str, value: &(impl ToString + ?Sized)) {
        self.0.extend([name.to_string(), value.to_string()]);
    }

    fn maybe(&mut self, name: &str, value: Option<impl ToString>) {
        if let Some(value) = value {
            self.option(name, &value);
        }
    }

    fn changed(&mut self, name: &str, is: f64, usual: f64) {
        self.maybe(name, (is != usual).then_some(is));
    }

    /// The words as a shell takes them. A NUL byte cannot be typed at all, and then its word stands as it is.
    fn quoted(&self) -> String {
        let quoted = |word: &String| shlex::try_quote(word).map_or_else(|_| word.clone(), std::borrow::Cow::into_owned);
        self.0.iter().map(quoted).collect::<Vec<_>>().join(" ")
    }
}
