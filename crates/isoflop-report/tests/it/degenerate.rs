//! Analyses with pieces missing: the report says less, and never fails.

use isoflop::analysis::{Analysis, Estimate, OptimumFlag, Refits, Status};
use isoflop::run::RunTable;

use crate::fixture::{self, REMAKE};

fn paths(runs: &RunTable, analysis: &Analysis) -> Vec<String> {
    let files = isoflop_report::files(runs, analysis, REMAKE).expect("files");
    for file in &files {
        // The embedded face is Base64, in which any three letters may follow each other.
        let text: String =
            String::from_utf8_lossy(&file.bytes).lines().filter(|line| !line.starts_with("@font-face")).collect();
        if !fixture::is(file, "png") {
            assert!(!text.contains("NaN") && !text.contains("inf "), "{} has a number that is none", file.path);
        }
    }
    files.into_iter().map(|file| file.path).collect()
}

#[test]
fn no_runs_at_all() {
    let (_, mut analysis) = fixture::example();
    let runs = fixture::table(Vec::new());
    analysis.data = fixture::summary(&runs);
    analysis.approaches.clear();
    analysis.answers.clear();
    analysis.warnings.clear();
    analysis.recommended = None;
    analysis.recommended_because.clear();
    assert_eq!(paths(&runs, &analysis), ["index.html", "report.md", "results.json"]);
}

#[test]
fn no_law() {
    let (runs, mut analysis) = fixture::example();
    analysis.recommended = None;
    for result in &mut analysis.approaches {
        result.status = Status::TooFewBudgets;
        (result.params_law, result.tokens_law) = (None, None);
        result.forecasts.clear();
        result.band.clear();
        result.refits = Refits::default();
    }
    let paths = paths(&runs, &analysis);
    assert!(paths.contains(&"figures/model-size.svg".to_string()), "optima are drawn without a law");
    assert!(!paths.contains(&"figures/approaches.svg".to_string()), "there is nothing to compare");
}

#[test]
fn no_optimum_no_valley_no_band() {
    let (runs, mut analysis) = fixture::example();
    for result in &mut analysis.approaches {
        result.valleys.clear();
        result.band.clear();
        for optimum in &mut result.optima {
            (optimum.params, optimum.tokens, optimum.loss) = (None, None, None);
            optimum.flag = Some(OptimumFlag::NoValley);
        }
    }
    assert!(paths(&runs, &analysis).contains(&"figures/profiles.png".to_string()));
    analysis.approaches.clear();
    assert!(paths(&runs, &analysis).contains(&"figures/profiles.png".to_string()));
}

#[test]
fn no_interval() {
    let (runs, mut analysis) = fixture::example();
    let alone = |estimate: &mut Estimate| (estimate.low, estimate.high) = (None, None);
    for result in &mut analysis.approaches {
        for forecast in &mut result.forecasts {
            alone(&mut forecast.params);
            alone(&mut forecast.tokens);
            forecast.loss = None;
        }
        for law in [&mut result.params_law, &mut result.tokens_law].into_iter().flatten() {
            alone(&mut law.exponent);
            alone(&mut law.coefficient);
        }
        result.band.clear();
    }
    assert_eq!(paths(&runs, &analysis).len(), 11);
}

#[test]
fn one_run_one_budget_all_flagged() {
    let (_, analysis) = fixture::example();
    for runs in [
        fixture::table(vec![fixture::run(2, 1e8, 6e18, 3.0)]),
        fixture::table((0..4).map(|i| fixture::run(i + 2, 1e8, 6e18, 3.0)).collect()),
        fixture::table(vec![fixture::run(2, 1e-3, 1e-9, 1e-12), fixture::run(3, 1e30, 1e40, 1e9)]),
    ] {
        let mut analysis = Analysis { data: fixture::summary(&runs), ..analysis.clone() };
        paths(&runs, &analysis);
        analysis.recommended = None;
        for result in &mut analysis.approaches {
            result.optima.truncate(1);
        }
        paths(&runs, &analysis);
    }
}

#[test]
fn numbers_beyond_reason() {
    let (runs, analysis) = fixture::example();
    for absurd in [1e-300_f64, 1e300] {
        let mut analysis = analysis.clone();
        for result in &mut analysis.approaches {
            for law in result.params_law.iter_mut().chain(&mut result.tokens_law) {
                law.exponent.value = absurd.log10() / 20.0;
            }
            for forecast in &mut result.forecasts {
                forecast.params.value = absurd;
                forecast.compute.0 = absurd;
            }
        }
        isoflop_report::files(&runs, &analysis, REMAKE).expect("files");
    }
}
