//! Published numbers, each with its source, objective, exclusions and tolerance.

mod chinchilla;
mod course;
mod marin;
mod porian;
mod student;

use isoflop::analysis::{Analysis, ApproachResult, Optimum};
use isoflop::analyze::{Options, analyze};
use isoflop::power_law::{Point, PowerLaw};
use isoflop::progress::Quiet;
use isoflop::run::RunTable;
use isoflop::source::{ReadOptions, read};

/// A table of the repository, with a condition.
fn table(path: &str, condition: &str) -> RunTable {
    let path = format!("{}/../../{path}", env!("CARGO_MANIFEST_DIR"));
    let condition = (!condition.is_empty()).then(|| condition.to_string());
    let options = ReadOptions { condition, ..ReadOptions::default() };
    read(&path, &options, &Quiet).unwrap_or_else(|error| panic!("{error}\n{}", error.block()))
}

/// Its analysis. The published numbers are values; few resamples suffice where no interval is looked at.
fn analysis(path: &str, condition: &str) -> Analysis {
    let options = Options { resamples: Some(400), ..Options::default() };
    analyze(&table(path, condition), &options, &Quiet).expect("runs are left")
}

fn by<'a>(analysis: &'a Analysis, name: &str) -> &'a ApproachResult {
    analysis.approaches.iter().find(|result| result.name == name).expect("an approach of that name")
}

/// The exponents (a, b) of an approach.
fn exponents(analysis: &Analysis, name: &str) -> (f64, f64) {
    let result = by(analysis, name);
    let law = |law: Option<isoflop::analysis::LawEstimate>| law.expect("a law").exponent.value;
    (law(result.params_law), law(result.tokens_law))
}

/// N* of every budget by an approach, flagged ones included.
fn sizes(analysis: &Analysis, name: &str) -> Vec<f64> {
    by(analysis, name).optima.iter().map(|optimum| optimum.params.map_or(f64::NAN, |n| n.0)).collect()
}

/// The exponent of the log–log line through a quantity of every budget's optimum, flagged ones included: for
/// published recipes that censor nothing.
fn exponent_of_all(analysis: &Analysis, name: &str, of: fn(&Optimum) -> f64) -> f64 {
    let optima = by(analysis, name).optima.iter();
    let points = optima.map(|o| Point { ln_c: o.compute.0.ln(), ln_y: of(o).ln(), weight: 1.0 });
    PowerLaw::fit(points).expect("two budgets or more").exponent
}

fn size(optimum: &Optimum) -> f64 {
    optimum.params.expect("a vertex").0
}

fn data(optimum: &Optimum) -> f64 {
    optimum.tokens.expect("a vertex").0
}

#[track_caller]
fn close(found: f64, expected: f64, relative: f64) {
    assert!((found / expected - 1.0).abs() <= relative, "{found} is not {expected} within {relative:e}");
}

#[track_caller]
fn within(found: f64, expected: f64, absolute: f64) {
    assert!((found - expected).abs() <= absolute, "{found} is not {expected} ± {absolute:e}");
}
