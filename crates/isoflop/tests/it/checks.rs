//! Each check speaks up where it should, and a clean table raises none.

use isoflop::analysis::{Analysis, Severity};
use isoflop::analyze::{Options, analyze};
use isoflop::check::CHECKS;
use isoflop::progress::Quiet;
use isoflop::run::{ComputeRule, Run, RunTable};
use isoflop::units::Flops;

use super::simulated::{CLEAN, World, table_of};

fn analysis_at(table: &RunTable, at: f64) -> Analysis {
    let options = Options { at: vec![Flops(at)], resamples: Some(400), ..Options::default() };
    analyze(table, &options, &Quiet).expect("runs")
}

/// What was said with that number, at least as gravely.
fn said(analysis: &Analysis, id: &str, severity: Severity) -> bool {
    analysis.warnings.iter().any(|w| w.id == id && w.severity >= severity)
}

fn grave(analysis: &Analysis) -> Vec<&isoflop::analysis::Warning> {
    analysis.warnings.iter().filter(|w| w.severity > Severity::Inform).collect()
}

#[test]
fn clean_tables_raise_no_alarm() {
    let mut alarms = Vec::new();
    for seed in 0..40 {
        let analysis = analysis_at(&CLEAN.table(seed), 3e20);
        alarms.extend(grave(&analysis).into_iter().map(|w| (seed, w.id, w.message.clone())));
    }
    // Checks at 2 standard errors will now and then take noise for a fault: not in more than one table of forty.
    assert!(alarms.len() <= 1, "{alarms:#?}");
}

#[test]
fn every_check_has_a_title_a_threshold_and_a_number() {
    for check in CHECKS {
        assert!(check.id.strip_prefix('D').is_some_and(|n| n.parse::<u8>().is_ok()), "{}", check.id);
        assert!(!check.title.is_empty() && !check.threshold.is_empty(), "{}", check.id);
    }
}

#[test]
fn d1_names_the_side_that_is_open() {
    // At its smallest budget the grid is centred at 4.5 times N*: its smallest model is the best run.
    let world = World { off_centre: (1.5, 0.0), ..CLEAN };
    let analysis = analysis_at(&world.table(1), 3e20);
    let warning = analysis.warnings.iter().find(|w| w.id == "D1").expect("D1");
    assert!(warning.message.contains("1e18") && warning.advice.contains("below"), "{warning:?}");
    assert_eq!(warning.severity, Severity::Warn);
    let world = World { off_centre: (-1.6, -1.6), ..CLEAN };
    let analysis = analysis_at(&world.table(1), 3e20);
    let warning = analysis.warnings.iter().find(|w| w.id == "D1").expect("D1");
    assert!(warning.severity == Severity::Refuse && warning.advice.contains("above"), "{warning:?}");
}

#[test]
fn d2_sees_a_profile_without_a_valley() {
    let mut runs = CLEAN.runs(3);
    let first = runs[0].compute;
    // Scatter far above the depth of the valley at the smallest budget, with both walls standing.
    for (run, loss) in runs.iter_mut().filter(|r| r.compute == first).zip([4.0, 3.0, 4.1, 3.1, 4.0, 2.9, 4.2, 3.9]) {
        run.loss.0 = loss;
    }
    assert!(said(&analysis_at(&table_of(runs), 3e20), "D2", Severity::Warn));
}

#[test]
fn d3_counts_sizes_and_budgets() {
    let thin = World { sizes: 3, ..CLEAN };
    assert!(said(&analysis_at(&thin.table(0), 3e20), "D3", Severity::Refuse));
    let short = World { budgets: 2, ..CLEAN };
    assert!(said(&analysis_at(&short.table(0), 3e20), "D3", Severity::Refuse));
}

#[test]
fn d4_sees_grids_off_centre_and_grids_that_drift() {
    let off = World { off_centre: (0.8, 0.8), ..CLEAN };
    let analysis = analysis_at(&off.table(0), 3e20);
    assert!(analysis.warnings.iter().any(|w| w.id == "D4" && w.message.contains("not centred")));
    let drifting = World { off_centre: (-0.45, 0.45), ..CLEAN };
    let analysis = analysis_at(&drifting.table(0), 3e20);
    assert!(analysis.warnings.iter().any(|w| w.id == "D4" && w.message.contains("drifts")));
}

/// Source: the asymmetry bias of a parabola, (α − β)·h²/10 (Czech et al. 2026, arXiv:2603.22339): for α .465,
/// β .155 and sizes within ×16 it is 24 %.
#[test]
fn d5_predicts_the_bias_of_a_wide_grid() {
    let wide = World { alpha: 0.465, beta: 0.155, half_width: 16f64.ln(), noise: 0.0, sizes: 15, ..CLEAN };
    let analysis = analysis_at(&wide.table(0), 3e20);
    let warning = analysis.warnings.iter().find(|w| w.id == "D5").expect("D5");
    let percent: f64 = warning
        .message
        .split("by ")
        .nth(1)
        .and_then(|rest| rest.split(' ').next())
        .expect("a share")
        .parse()
        .expect("n");
    assert!((15.0..35.0).contains(&percent), "{warning:?}");
}

#[test]
fn d6_speaks_up_with_the_reach() {
    let table = CLEAN.table(0);
    for (at, severity) in [
        (1e15, Some(Severity::Inform)),
        (3e20, None),
        (1e21, Some(Severity::Inform)),
        (4e21, Some(Severity::Warn)),
        (4e22, Some(Severity::Refuse)),
    ] {
        let analysis = analysis_at(&table, at);
        assert_eq!(analysis.warnings.iter().find(|w| w.id == "D6").map(|w| w.severity), severity, "{at:e}");
    }
}

#[test]
fn d14_sees_repeats_near_budgets_and_another_count_of_compute() {
    let mut runs = CLEAN.runs(0);
    runs.push(Run { line: 99, ..runs[7].clone() });
    let analysis = analysis_at(&table_of(runs), 3e20);
    assert!(
        analysis.warnings.iter().any(|w| w.id == "D14" && w.message.contains("line 99 of line 9")),
        "{:?}",
        analysis.warnings
    );
    assert_eq!((analysis.data.runs, analysis.data.runs_used), (49, 48));

    let mut runs = CLEAN.runs(0);
    for (i, run) in runs.iter_mut().enumerate() {
        run.compute.0 *= 1.0 + 1e-4 * (i % 7) as f64;
    }
    let analysis = analysis_at(&table_of(runs), 3e20);
    assert_eq!(analysis.data.budgets, 6);
    assert!(analysis.warnings.iter().any(|w| w.id == "D14" && w.severity == Severity::Inform));

    let mut table = CLEAN.table(0);
    table.conventions.compute = ComputeRule::Measured;
    assert!(!said(&analysis_at(&table, 3e20), "D14", Severity::Inform), "6ND is C here, whatever the label");
    let mut runs = CLEAN.runs(0);
    for run in &mut runs {
        run.tokens.0 *= 1.2;
    }
    let mut table = table_of(runs);
    table.conventions.compute = ComputeRule::Measured;
    assert!(said(&analysis_at(&table, 3e20), "D14", Severity::Warn));
}

/// Other seeds of every run, without and with much noise: the noise is found, and nothing is called several sweeps.
#[test]
fn repeats_show_the_noise_and_are_no_fault() {
    for (noise, seeds) in [(0.002, 2), (0.005, 5), (0.02, 2)] {
        let world = World { noise, ..CLEAN };
        let runs: Vec<Run> = (0..seeds).flat_map(|seed| world.runs(seed)).collect();
        let analysis = analysis_at(&table_of(runs), 3e20);
        let found = analysis.data.noise_share.expect("repeats show it");
        assert!((found / noise - 1.0).abs() < 0.35, "{found} for {noise}");
        assert!(!said(&analysis, "D14", Severity::Inform), "{:?}", analysis.warnings);
    }
}

/// A grid finer than what counts as one size is still a grid.
#[test]
fn many_sizes_close_together_are_many_sizes() {
    let world = World { sizes: 3000, half_width: 1.5, noise: 0.01, budgets: 3, ..CLEAN };
    let analysis = analysis_at(&world.table(0), 3e20);
    assert!(analysis.data.profiles.iter().all(|p| p.sizes > 1000), "{:?}", analysis.data.profiles);
    assert!(analysis.recommended.is_some() && !said(&analysis, "D14", Severity::Inform));
}

#[test]
fn d7_sees_a_short_ladder_and_a_law_that_overflows() {
    let mut runs = CLEAN.runs(0);
    let budgets: Vec<f64> = CLEAN.computes().collect();
    for run in &mut runs {
        let at = budgets.iter().position(|c| *c == run.compute.0).expect("a budget");
        run.compute.0 = 1e19 * 1.5f64.powf(at as f64);
        run.tokens.0 = run.compute.0 / (6.0 * run.params.0);
    }
    assert!(said(&analysis_at(&table_of(runs.clone()), 3e20), "D7", Severity::Warn));
    for run in &mut runs {
        let step = (run.compute.0 / 1e19).ln() / 1.5f64.ln();
        run.compute.0 = 1e19 * 1.02f64.powf(step);
        run.params.0 *= 100f64.powf(step);
        run.tokens.0 = run.compute.0 / (6.0 * run.params.0);
    }
    let analysis = analysis_at(&table_of(runs), 1e24);
    assert!(said(&analysis, "D7", Severity::Refuse), "{:?}", analysis.warnings);
    assert!(analysis.recommended.is_none() && analysis.approaches.iter().all(|r| r.forecasts.is_empty()));
}

#[test]
fn d14_sees_several_sweeps_in_one_table() {
    let mut runs = CLEAN.runs(0);
    let mut others = World { alpha: 0.33, ..CLEAN }.runs(1);
    for (other, run) in others.iter_mut().zip(&runs) {
        (other.params, other.tokens, other.line) = (run.params, run.tokens, other.line + 100);
        other.loss.0 *= 1.1;
    }
    let repeats: Vec<Run> =
        CLEAN.runs(1).into_iter().zip(&runs).map(|(new, run)| Run { loss: new.loss, ..run.clone() }).collect();
    let seeds = table_of([runs.clone(), repeats].concat());
    assert!(!said(&analysis_at(&seeds, 3e20), "D14", Severity::Warn), "other seeds are no other sweep");
    runs.extend(others);
    assert!(said(&analysis_at(&table_of(runs), 3e20), "D14", Severity::Refuse));
}

#[test]
fn d21_says_when_resamples_are_too_few_for_the_level() {
    let options = Options { at: vec![Flops(3e20)], resamples: Some(50), ..Options::default() };
    let analysis = analyze(&CLEAN.table(0), &options, &Quiet).expect("runs");
    assert!(analysis.warnings.iter().any(|w| w.id == "D21" && w.advice.contains("--resamples 100")));
    let options = Options { resamples: None, level: 0.999, ..options };
    let analysis = analyze(&CLEAN.table(0), &options, &Quiet).expect("runs");
    assert!(analysis.approaches[1].forecasts[0].params.low.is_some());
}

#[test]
fn d19_tells_a_computed_table_from_a_trained_one() {
    let computed = World { noise: 0.0, alpha: 0.3, beta: 0.4, ..CLEAN };
    assert!(said(&analysis_at(&computed.table(0), 3e20), "D19", Severity::Inform));
    let rounded = World { noise: 3e-4, ..CLEAN };
    assert!(!said(&analysis_at(&rounded.table(0), 3e20), "D19", Severity::Inform));
}

#[test]
fn d22_sees_an_optimum_that_turns_back() {
    let mut runs = CLEAN.runs(0);
    let fourth = CLEAN.computes().nth(3).expect("six budgets");
    let (third_size, shift) = (CLEAN.ln_optimum(CLEAN.computes().nth(2).expect("six budgets")), 1.3);
    let fourth_size = CLEAN.ln_optimum(fourth);
    for run in runs.iter_mut().filter(|run| run.compute.0 == fourth) {
        run.params.0 *= (third_size - fourth_size - shift).exp();
        run.tokens.0 = run.compute.0 / (6.0 * run.params.0);
        run.loss.0 += 1.0;
    }
    let analysis = analysis_at(&table_of(runs), 3e20);
    let messages: Vec<&str> = analysis.warnings.iter().filter(|w| w.id == "D22").map(|w| w.message.as_str()).collect();
    assert!(messages.iter().any(|m| m.contains("falls from")), "{messages:?}");
    assert!(messages.iter().any(|m| m.contains("loss rises")), "{messages:?}");
}

#[test]
fn d23_doubts_r_squared_on_few_budgets() {
    for (budgets, severity) in [(3, Some(Severity::Warn)), (5, Some(Severity::Inform)), (6, None)] {
        let world = World { budgets, ..CLEAN };
        let analysis = analysis_at(&world.table(0), 3e20);
        assert_eq!(analysis.warnings.iter().find(|w| w.id == "D23").map(|w| w.severity), severity, "{budgets} budgets");
    }
}

#[test]
fn the_documented_checks_are_the_registered_ones() {
    let documented = include_str!("../../../../docs/checks.md");
    let rows: Vec<&str> = documented.lines().filter(|line| line.starts_with("| D")).collect();
    let registered: Vec<String> =
        CHECKS.iter().map(|check| format!("| {} | {} | {} |", check.id, check.title, check.threshold)).collect();
    assert_eq!(rows, registered);
}
