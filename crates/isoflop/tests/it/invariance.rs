//! What must not change the answer, and what must change it in a known way.

use isoflop::analysis::Analysis;
use isoflop::analyze::{Options, analyze};
use isoflop::progress::Quiet;
use isoflop::run::RunTable;
use isoflop::units::Flops;

use super::simulated::{CLEAN, table_of};

fn analysis(table: &RunTable) -> Analysis {
    let options = Options { at: vec![Flops(1e21)], resamples: Some(300), ..Options::default() };
    analyze(table, &options, &Quiet).expect("runs")
}

fn json(analysis: &Analysis) -> String {
    serde_json::to_string(analysis).expect("an analysis serialises")
}

#[test]
fn the_number_of_threads_changes_no_byte() {
    let table = CLEAN.table(5);
    let with = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
        pool.install(|| json(&analysis(&table)))
    };
    let one = with(1);
    assert_eq!(one, with(2));
    assert_eq!(one, with(7));
}

#[test]
fn the_choice_of_approaches_changes_no_interval() {
    let table = CLEAN.table(5);
    let all = analysis(&table);
    for whole in all.approaches.iter().filter(|result| result.name != "parametric") {
        let chosen = isoflop::approach::approach(whole.name).expect("registered");
        let options = Options {
            at: vec![Flops(1e21)],
            resamples: Some(300),
            approaches: vec![chosen],
            parametric: false,
            ..Options::default()
        };
        let alone = analyze(&table, &options, &Quiet).expect("runs");
        assert_eq!(alone.approaches[0].forecasts[0].params, whole.forecasts[0].params, "{}", whole.name);
    }
}

#[test]
fn the_seed_moves_intervals_and_no_value() {
    let table = CLEAN.table(5);
    let with_seed = |seed: u64| {
        let options = Options { at: vec![Flops(1e21)], resamples: Some(300), seed, ..Options::default() };
        analyze(&table, &options, &Quiet).expect("runs")
    };
    for (a, b) in with_seed(1).approaches.iter().zip(&with_seed(2).approaches) {
        let (a, b) = (a.forecasts[0].params, b.forecasts[0].params);
        assert_eq!(a.value, b.value);
        assert_ne!(a.low, b.low);
    }
}

#[test]
fn the_order_of_runs_changes_nothing_but_lines() {
    let mut runs = CLEAN.runs(5);
    let forward = analysis(&table_of(runs.clone()));
    runs.reverse();
    let backward = analysis(&table_of(runs));
    for (a, b) in forward.approaches.iter().zip(&backward.approaches) {
        assert_eq!(a.forecasts[0].params, b.forecasts[0].params, "{}", a.name);
    }
}

#[test]
fn counting_parameters_in_other_units_scales_sizes_and_nothing_else() {
    let factor = 8.0;
    let mut runs = CLEAN.runs(5);
    let plain = analysis(&table_of(runs.clone()));
    for run in &mut runs {
        run.params.0 *= factor;
        run.compute.0 *= factor;
    }
    let options = Options { at: vec![Flops(1e21 * factor)], resamples: Some(300), ..Options::default() };
    let scaled = analyze(&table_of(runs), &options, &Quiet).expect("runs");
    for (a, b) in plain.approaches.iter().zip(&scaled.approaches) {
        let ratio = b.forecasts[0].params.value / a.forecasts[0].params.value;
        assert!((ratio / factor - 1.0).abs() < 1e-9, "{}: {ratio}", a.name);
    }
}

#[test]
fn intervals_nest_with_the_level_and_hold_the_value() {
    let table = CLEAN.table(5);
    let at_level = |level: f64| {
        let options = Options { at: vec![Flops(1e21)], level, resamples: Some(2000), ..Options::default() };
        analyze(&table, &options, &Quiet).expect("runs")
    };
    let (narrow, wide) = (at_level(0.8), at_level(0.95));
    for (a, b) in narrow.approaches.iter().zip(&wide.approaches) {
        let (a, b) = (a.forecasts[0].params, b.forecasts[0].params);
        assert!(b.low < a.low && a.high < b.high, "{a:?} is not inside {b:?}");
        assert!(b.low.expect("an interval") < b.value && b.value < b.high.expect("an interval"));
    }
}

#[test]
fn without_resamples_there_is_no_interval_and_the_same_value() {
    let table = CLEAN.table(5);
    let options = Options { at: vec![Flops(1e21)], resamples: Some(0), ..Options::default() };
    let bare = analyze(&table, &options, &Quiet).expect("runs");
    let full = analysis(&table);
    for (a, b) in bare.approaches.iter().zip(&full.approaches) {
        assert_eq!(a.forecasts[0].params.low, None);
        assert_eq!(a.forecasts[0].params.value, b.forecasts[0].params.value);
    }
}
