//! Weights of rows: relative, heeded by every approach and interval; none at all leaves a run out.

use isoflop::analyze::{Options as AnalyzeOptions, analyze};
use isoflop::law::law;
use isoflop::parametric::{FitReport, Options, Table, fit_table};
use isoflop::progress::Quiet;
use isoflop::robust::Huber;
use isoflop::run::{Run, RunFlag, RunTable};
use isoflop::uncertainty::INTERVALS;
use isoflop::units::Flops;

use super::simulated::{CLEAN, table_of};

fn fitted(table: &RunTable, interval: usize) -> FitReport {
    let huber = Huber::default();
    let mut options = Options::new(law("chinchilla").expect("it is registered"), &huber);
    options.interval = INTERVALS[interval];
    options.resamples = 200;
    options.at = vec![3e20];
    fit_table(Table::Runs(table), &options, &Quiet).expect("runs enough")
}

/// [`CLEAN`], and of each budget one more run that went wrong, of this weight.
fn with_spoiled(weight: f64) -> Vec<Run> {
    let mut runs = CLEAN.runs(5);
    let spoiled: Vec<Run> = runs
        .iter()
        .step_by(CLEAN.sizes)
        .map(|run| {
            let mut run = Run { weight, line: 1000 + run.line, ..run.clone() };
            run.params.0 *= 2.0;
            run.tokens.0 /= 2.0;
            run.loss.0 *= 0.9;
            run
        })
        .collect();
    runs.extend(spoiled);
    runs
}

#[test]
fn intervals_do_not_mind_the_unit_of_the_weights() {
    let scaled = |by: f64| {
        let mut runs = CLEAN.runs(6);
        for run in &mut runs {
            run.weight = by * (1.0 + 0.5 * (run.line % 3) as f64);
        }
        table_of(runs)
    };
    for (k, method) in INTERVALS.iter().enumerate() {
        let (one, many) = (fitted(&scaled(1.0), k), fitted(&scaled(64.0), k));
        assert!((many.objective / one.objective / 64.0 - 1.0).abs() < 1e-9, "a plain sum");
        for (a, b) in one.coefficients.iter().zip(&many.coefficients) {
            let (a, b) = (a.std_error.expect("fitted"), b.std_error.expect("fitted"));
            assert!((a / b - 1.0).abs() < 1e-4, "{}: {a} and {b}", method.name());
        }
    }
}

#[test]
fn runs_without_weight_are_left_out_and_told() {
    let table = table_of(with_spoiled(0.0));
    assert_eq!(table.runs().iter().filter(|run| run.flag == Some(RunFlag::NoWeight)).count(), CLEAN.budgets);
    let without = CLEAN.table(5);
    for (k, method) in INTERVALS.iter().enumerate() {
        let (mut told, clean) = (fitted(&table, k), fitted(&without, k));
        assert_eq!(told.data.flagged.len(), CLEAN.budgets);
        assert!(told.data.flagged.iter().all(|run| run.reason == "has a weight of 0"));
        told.data = clean.data.clone();
        assert_eq!(serde_json::to_value(&told).unwrap(), serde_json::to_value(&clean).unwrap(), "{}", method.name());
    }
    let options = AnalyzeOptions { at: vec![Flops(3e20)], resamples: Some(100), ..AnalyzeOptions::default() };
    let analysis = |table: &RunTable| serde_json::to_value(analyze(table, &options, &Quiet).unwrap()).unwrap();
    assert_eq!(analysis(&table)["approaches"], analysis(&without)["approaches"]);
}

#[test]
fn approaches_heed_weights() {
    let options = AnalyzeOptions { at: vec![Flops(3e20)], resamples: Some(0), ..AnalyzeOptions::default() };
    let optima = |runs: Vec<Run>| {
        let analysis = analyze(&table_of(runs), &options, &Quiet).expect("runs");
        let of = |name: &str| {
            let approach = analysis.approaches.iter().find(|a| a.name == name).expect("it is registered");
            approach.forecasts[0].params.value.ln()
        };
        ["parabola", "cubic"].map(of)
    };
    let (clean, spoiled, light) = (optima(CLEAN.runs(5)), optima(with_spoiled(1.0)), optima(with_spoiled(1e-6)));
    for k in 0..2 {
        assert!((spoiled[k] - clean[k]).abs() > 0.05, "{spoiled:?} {clean:?}");
        assert!((light[k] - clean[k]).abs() < 1e-4, "{light:?} {clean:?}");
    }
}
