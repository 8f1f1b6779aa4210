//! Each check of a fitted law speaks up where it should, and a clean table raises none.

use std::collections::BTreeSet;

use isoflop::analysis::{Severity, Warning};
use isoflop::check::CHECKS;
use isoflop::law::law;
use isoflop::parametric::{Options, Table, fit_table};
use isoflop::progress::Quiet;
use isoflop::robust::Huber;
use isoflop::run::Run;
use isoflop::units::Tokens;

use super::simulated::{CLEAN, World, table_of};

/// The largest budget of [`CLEAN`].
const LARGEST: f64 = 1e20;

/// A table that has one thing wrong, what is asked of it, and what is to be said.
struct Case {
    /// The check's title.
    title: &'static str,
    runs: Vec<Run>,
    law: &'static str,
    /// Budget to forecast, over the largest of the table.
    reach: f64,
    severity: Severity,
    /// Words of the message.
    says: &'static str,
}

impl Case {
    fn new(title: &'static str, runs: Vec<Run>, severity: Severity, says: &'static str) -> Self {
        Self { title, runs, law: "chinchilla", reach: 3.0, severity, says }
    }
}

fn warnings(runs: Vec<Run>, name: &str, reach: f64) -> Vec<Warning> {
    let huber = Huber::default();
    let mut options = Options::new(law(name).expect("it is registered"), &huber);
    options.at = vec![reach * LARGEST];
    options.resamples = 200;
    fit_table(Table::Runs(&table_of(runs)), &options, &Quiet).expect("runs enough").warnings
}

/// [`CLEAN`] with every run changed.
fn changed(change: impl Fn(&mut Run)) -> Vec<Run> {
    let mut runs = CLEAN.runs(5);
    runs.iter_mut().for_each(change);
    runs
}

/// Checkpoints: the runs of a size get its name, as runs of one width do that were stopped at several tokens.
fn checkpoints() -> Vec<Run> {
    let (widths, mut line) = ([2e8, 4e8, 8e8, 1.6e9, 3.2e9, 6.4e9], 1_usize);
    let template = CLEAN.runs(5).swap_remove(0);
    let mut runs = Vec::new();
    for (place, n) in widths.into_iter().enumerate() {
        for step in 0..8 {
            let d = 2e9 * 1.7_f64.powi(step);
            let wobble = 1.0 + 0.004 * ((line * 7 % 5) as f64 / 5.0 - 0.4);
            let loss = (1.8172 + 482.01 * f64::powf(n, -0.348) + 2085.43 * d.powf(-0.366)) * wobble;
            line += 1;
            let mut run = Run { line, name: Some(format!("width-{place}").into()), ..template.clone() };
            (run.params.0, run.tokens.0, run.compute.0, run.loss.0) = (n, d, 6.0 * n * d, loss);
            runs.push(run);
        }
    }
    runs
}

fn cases() -> Vec<Case> {
    use Severity::{Inform, Refuse, Warn};
    let clean = || CLEAN.runs(5);
    let narrow = {
        let middle = World { budgets: 4, half_width: 0.5, ..CLEAN }.runs(5);
        middle.into_iter().map(|mut run| {
            // Tokens alone move: one decade of sizes becomes three halves.
            run.params.0 = run.params.0.powf(0.2) * 1e7;
            run.compute.0 = 6.0 * run.params.0 * run.tokens.0;
            run.loss.0 = 1.8172 + 482.01 * run.params.0.powf(-0.348) + 2085.43 * run.tokens.0.powf(-0.366);
            run
        })
    };
    let one_ratio = changed(|run| {
        run.tokens.0 = 20.0 * run.params.0;
        run.compute.0 = 6.0 * run.params.0 * run.tokens.0;
        run.loss.0 = 1.8 + 480.0 * run.params.0.powf(-0.34) * (1.0 + 1e-3 * (run.line as f64).sin());
    });
    // A law with one exponent cannot follow two as different as these.
    let two_exponents = changed(|run| {
        let (n, d) = (run.params.0 / 5e8, run.tokens.0 / 5e9);
        run.loss.0 = (1.5 + 0.6 * n.powf(-0.15) + 0.6 * d.powf(-0.7)) * (1.0 + 1e-3 * (7.0 * run.line as f64).sin());
    });
    let repeated = |epochs: f64| changed(move |run| run.unique_tokens = Some(Tokens(run.tokens.0 / epochs)));
    let mut found = vec![
        Case::new("too few runs for a law", clean().into_iter().step_by(6).collect(), Refuse, "8 rows for 5"),
        Case::new("narrow range for a law", narrow.collect(), Warn, "model sizes differ by"),
        Case::new(
            "implausible exponents of a law",
            World { alpha: 0.9, off_centre: (-2.0, -2.0), ..CLEAN }.runs(5),
            Warn,
            "alpha = 0.9",
        ),
        Case::new("floor not identified", World { budgets: 3, noise: 0.03, ..CLEAN }.runs(2), Warn, "floor E"),
        Case::new("floor not identified", changed(|run| run.loss.0 -= 1.8172), Warn, "floor E"),
        Case::new("amplitudes on a ridge", clean(), Inform, "A with alpha and B with beta"),
        Case { law: "tied", ..Case::new("lack of fit", two_exponents, Warn, "residuals bend along") },
        Case::new(
            "outliers",
            changed(|run| run.loss.0 *= if run.line == 9 { 1.2 } else { 1.0 }),
            Inform,
            "1 run lies far from the law: line 9",
        ),
        Case::new("checkpoints taken for runs", checkpoints(), Warn, "48 rows have the names and sizes of 6 runs"),
        Case::new("noise about a law", World { noise: 0.0, ..CLEAN }.runs(5), Inform, "no noise"),
        Case::new("repeated data", repeated(5.0), Warn, "up to 5 times"),
        Case::new("repeated data", repeated(20.0), Refuse, "up to 20 times"),
        Case::new("search of a law", one_ratio, Refuse, "cannot tell"),
        Case { law: "power", reach: 4.0, ..Case::new("no floor", clean(), Warn, "law without a floor is too low") },
    ];
    for (reach, severity) in [(6.0, Inform), (31.0, Warn), (301.0, Refuse)] {
        found.push(Case { reach, ..Case::new("far extrapolation of a law", clean(), severity, "the largest") });
    }
    found
}

#[test]
fn each_check_of_a_law_speaks_up_where_it_should() {
    for case in cases() {
        let check = CHECKS.iter().find(|check| check.title == case.title && check.is_of_a_law());
        let id = check.unwrap_or_else(|| panic!("no check is called {}", case.title)).id;
        let said = warnings(case.runs, case.law, case.reach);
        assert!(
            said.iter().any(|w| w.id == id && w.severity == case.severity && w.message.contains(case.says)),
            "{} ({id}): {said:#?}",
            case.title
        );
    }
}

#[test]
fn no_check_of_a_law_is_without_a_table_that_raises_it() {
    let raised: BTreeSet<&str> = cases().iter().map(|case| case.title).collect();
    for check in CHECKS.iter().filter(|check| check.is_of_a_law()) {
        assert!(raised.contains(check.title), "{} {}", check.id, check.title);
    }
}

#[test]
fn clean_tables_raise_no_alarm_about_their_law() {
    let mut alarms = Vec::new();
    for seed in 0..40 {
        let grave = warnings(CLEAN.runs(seed), "chinchilla", 3.0);
        alarms.extend(grave.into_iter().filter(|w| w.severity > Severity::Inform).map(|w| (seed, w.id, w.message)));
    }
    assert!(alarms.len() <= 1, "{alarms:#?}");
}

#[test]
fn d14_is_silent_where_checkpoints_are_clusters_or_names_are_of_separate_runs() {
    let says = |runs: Vec<Run>| warnings(runs, "chinchilla", 3.0).iter().any(|w| w.id == "D14");
    assert!(says(checkpoints()));
    let clustered = |mut run: Run| {
        run.cluster = run.name.clone();
        run
    };
    assert!(!says(checkpoints().into_iter().map(clustered).collect()));
    let renamed = |mut run: Run| {
        run.name = Some(format!("run-{}", run.line).into());
        run
    };
    assert!(!says(checkpoints().into_iter().map(renamed).collect()));
}
