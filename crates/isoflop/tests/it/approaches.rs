//! What must hold of every approach in the registry.

use isoflop::analysis::Status;
use isoflop::analyze::{Options, analyze};
use isoflop::approach::{APPROACHES, approach};
use isoflop::progress::Quiet;
use isoflop::units::Flops;

use super::simulated::{CLEAN, World};

fn only(name: &str, table: &isoflop::run::RunTable) -> isoflop::analysis::ApproachResult {
    let chosen = approach(name).expect("a registered approach");
    let options = Options {
        approaches: vec![chosen],
        parametric: false,
        at: vec![Flops(1e21)],
        resamples: Some(200),
        ..Options::default()
    };
    analyze(table, &options, &Quiet).expect("runs").approaches.remove(0)
}

#[test]
fn names_are_kebab_case_and_unique_and_sources_are_cited() {
    let mut names: Vec<&str> = APPROACHES.iter().map(|a| a.name()).collect();
    assert!(names.iter().all(|n| n.chars().all(|c| c.is_ascii_lowercase() || c == '-') && !n.is_empty()));
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), APPROACHES.len());
    for approach in APPROACHES {
        assert!(!approach.label().is_empty() && approach.source().len() > 10, "{}", approach.name());
        assert!(approach.sizes_needed() >= 3, "{}: two sizes have no inner one", approach.name());
    }
}

/// A symmetric valley on a centred, fine grid without noise: each approach finds the truth, the best run to one step.
#[test]
fn each_finds_the_optimum_of_an_exact_table() {
    let world = World { noise: 0.0, sizes: 9, half_width: 1.0, ..CLEAN };
    let table = world.table(0);
    for approach in APPROACHES {
        let result = only(approach.name(), &table);
        assert_eq!(result.status, Status::Ok, "{}", approach.name());
        for optimum in &result.optima {
            let error = optimum.params.expect("an optimum").0.ln() - world.ln_optimum(optimum.compute.0);
            assert!(error.abs() < 2e-3, "{} is off by {error} at {}", approach.name(), optimum.compute);
        }
        assert!((result.params_law.expect("a law").exponent.value - 0.5).abs() < 1e-3, "{}", approach.name());
    }
}

#[test]
fn each_gives_tokens_that_spend_the_budget_where_c_is_6nd() {
    for approach in APPROACHES {
        let result = only(approach.name(), &CLEAN.table(1));
        for forecast in &result.forecasts {
            let spent = 6.0 * forecast.params.value * forecast.tokens.value / forecast.compute.0;
            assert!((spent - 1.0).abs() < 1e-9, "{} spends {spent} of it", approach.name());
        }
        let (params, tokens) = (result.params_law.expect("a law"), result.tokens_law.expect("a law"));
        assert!((params.exponent.value + tokens.exponent.value - 1.0).abs() < 1e-9, "{}", approach.name());
    }
}

/// A grid that ends before its valley: each approach censors it rather than use a bound as an optimum.
#[test]
fn each_censors_an_optimum_at_the_edge() {
    let world = World { off_centre: (2.0, 2.0), noise: 0.0, ..CLEAN };
    for approach in APPROACHES {
        let result = only(approach.name(), &world.table(0));
        assert_eq!(result.status, Status::TooFewBudgets, "{}", approach.name());
        assert!(result.optima.iter().all(|o| o.flag.is_some()), "{}", approach.name());
        assert!(result.params_law.is_none() && result.forecasts.is_empty(), "{}", approach.name());
    }
}

/// Degenerate tables give flags, never a panic.
#[test]
fn each_survives_degenerate_profiles() {
    let mut one_size = CLEAN.runs(0);
    for run in &mut one_size {
        run.params.0 = 1e9;
        run.tokens.0 = run.compute.0 / 6e9;
    }
    let mut flat = CLEAN.runs(0);
    for run in &mut flat {
        run.loss.0 = 3.0;
    }
    let mut upside_down = World { noise: 0.0, ..CLEAN }.runs(0);
    for run in &mut upside_down {
        run.loss.0 = 10.0 - run.loss.0;
    }
    let single: Vec<_> = CLEAN.runs(0).into_iter().step_by(CLEAN.sizes).collect();
    let huge: Vec<_> = CLEAN
        .runs(0)
        .into_iter()
        .map(|mut run| {
            run.params.0 *= 1e200;
            run.compute.0 *= 1e200;
            run.loss.0 *= 1e-300;
            run
        })
        .collect();
    for runs in [one_size, flat, upside_down, single, huge] {
        let table = super::simulated::table_of(runs);
        for approach in APPROACHES {
            let result = only(approach.name(), &table);
            assert_eq!(result.status == Status::Ok, result.params_law.is_some(), "{}", approach.name());
        }
    }
}
