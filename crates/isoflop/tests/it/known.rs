//! What is known or given before any run: priors, coefficients, limits.

use isoflop::fit::Known;
use isoflop::law::{Law, given, law};
use isoflop::parametric::{FitReport, Options, Table, fit_table};
use isoflop::progress::Quiet;
use isoflop::robust::{Huber, RobustLoss, Squared};
use isoflop::run::Run;
use isoflop::uncertainty::INTERVALS;

use super::simulated::{CLEAN, World, table_of};

fn fitted<'a>(
    runs: Vec<Run>,
    law: &'a dyn Law,
    robust: &'a dyn RobustLoss,
    change: impl FnOnce(&mut Options<'a>),
) -> FitReport {
    let mut options = Options::new(law, robust);
    options.resamples = 400;
    change(&mut options);
    fit_table(Table::Runs(&table_of(runs)), &options, &Quiet).expect("runs enough")
}

fn chinchilla() -> &'static dyn Law {
    law("chinchilla").expect("it is registered")
}

fn place(law: &dyn Law, name: &str) -> usize {
    law.coefficient(name).expect("it is one of the law's")
}

fn std_error(report: &FitReport, name: &str) -> f64 {
    report.coefficients.iter().find(|c| c.name == name).and_then(|c| c.std_error).expect("it is fitted")
}

/// Where the runs hardly tell E, what is known of it beforehand is what is known afterwards, by every method.
#[test]
fn a_coefficient_that_only_the_prior_knows_is_as_uncertain_as_the_prior() {
    const SD: f64 = 0.05;
    let world = World { budgets: 3, half_width: 0.7, noise: 0.01, ..CLEAN };
    let (huber, squared) = (Huber::default(), Squared);
    for robust in [&huber as &dyn RobustLoss, &squared] {
        let alone = fitted(world.runs(7), chinchilla(), robust, |_| {});
        assert!(std_error(&alone, "E") > 5.0 * SD, "the table tells too much");
        for method in INTERVALS {
            let report = fitted(world.runs(7), chinchilla(), robust, |options| {
                options.interval = *method;
                options.priors = vec![Known { place: place(chinchilla(), "E"), value: 1.8, sd: SD }];
            });
            let found = std_error(&report, "E");
            assert!((0.8 * SD..1.25 * SD).contains(&found), "{} {}: {found}", method.name(), robust.spelled());
            // At 90 %: 1.645 standard deviations to either side.
            let (low, high) =
                (report.coefficients[0].low.expect("an end"), report.coefficients[0].high.expect("an end"));
            let found = (high - low) / (2.0 * 1.645);
            assert!((0.8 * SD..1.3 * SD).contains(&found), "{} {}: {low} to {high}", method.name(), robust.spelled());
        }
    }
}

/// Runs of one size tell E + A/N^α as one number, and no more is unknown where A and α are given.
#[test]
fn what_is_given_is_not_called_unknowable() {
    let runs = || {
        let mut runs = CLEAN.runs(4);
        for run in &mut runs {
            run.params.0 = 1e9;
            run.tokens.0 = run.compute.0 / 6e9 * (1.0 + 1e-4 * run.line as f64);
            run.compute.0 = 6.0 * run.params.0 * run.tokens.0;
            let noise = 1.0 + 1e-3 * (run.line as f64).sin();
            run.loss.0 = (1.8 + 480.0 * 1e9_f64.powf(-0.35) + 2085.0 * run.tokens.0.powf(-0.366)) * noise;
        }
        runs
    };
    let huber = Huber::default();
    let report = fitted(runs(), chinchilla(), &huber, |_| {});
    assert_eq!((report.status, report.status_coefficients), ("underdetermined", vec!["A".to_string(), "alpha".into()]));
    let fixed = vec![(place(chinchilla(), "A"), 480.0), (place(chinchilla(), "alpha"), 0.35)];
    let report = fitted(runs(), chinchilla(), &huber, |options| options.fixed = fixed);
    assert_eq!(report.status, "converged");
    for (name, truth) in [("E", 1.8), ("beta", 0.366)] {
        let found = report.coefficients.iter().find(|c| c.name == name).expect("there");
        let (low, high) = (found.low.expect("an end"), found.high.expect("an end"));
        assert!(low < truth && truth < high && high - low < 0.5 * truth, "{found:?}");
    }
}

/// `within` of a law's own text is a limit also for a coefficient that is recognised as an amplitude.
#[test]
fn limits_that_are_given_are_never_crossed() {
    let huber = Huber::default();
    let text = |e: &str, a: &str| {
        format!("E + A/N^alpha + B/D^beta; E = {e}, A = {a}, B = 1e2..1e4, alpha = 0.1..0.8, beta = 0.1..0.8")
    };
    let floor = given(&text("2..3 within 2..3", "10..1e4")).expect("a law");
    let report = fitted(CLEAN.runs(5), &floor, &huber, |_| {});
    assert_eq!((report.status, report.coefficients[0].value), ("at-bound", 2.0));
    let said = |report: &FitReport, words: &str| report.warnings.iter().any(|w| w.message.contains(words));
    assert!(said(&report, "the limit that it was given") && !said(&report, "went to zero"), "{:?}", report.warnings);
    let amplitude = given(&text("1..3", "600..1e4 within 600..1e4")).expect("a law");
    let report = fitted(CLEAN.runs(5), &amplitude, &huber, |_| {});
    assert!((report.coefficients[1].value / 600.0 - 1.0).abs() < 1e-9 || report.coefficients[1].value > 600.0);
    // The same limits beyond what the table asks for change nothing.
    let wide = given(&text("1..3 within 0.1..20", "10..1e4 within 1..1e6")).expect("a law");
    let (wide, free) =
        (fitted(CLEAN.runs(5), &wide, &huber, |_| {}), fitted(CLEAN.runs(5), chinchilla(), &huber, |_| {}));
    assert!((wide.objective / free.objective - 1.0).abs() < 1e-9, "{} {}", wide.objective, free.objective);
    assert_eq!(wide.status, "converged");
}
