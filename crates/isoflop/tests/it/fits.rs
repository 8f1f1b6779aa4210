//! Fits against the minima that `oracle/laws.py` found, and against every published objective.
//!
//! Each case of `golden/laws.json` names its data, exclusions, law, residual and robust loss. The objective reached is
//! compared first: no fit may end above the oracle's minimum, or above a published point, by more than 1e-9 of it.

use std::path::PathBuf;

use isoflop::fit::Setup;
use isoflop::fit::objective::Residual;
use isoflop::law::{Law, law};
use isoflop::parametric::{FitReport, Options, Table, fit_table};
use isoflop::progress::Quiet;
use isoflop::robust::{RobustLoss, robust_loss};
use isoflop::rows::{At, Row};
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

/// Fits a case with its robust loss and the usual search.
pub fn fitted(case: &Value, change: impl FnOnce(&mut Options)) -> FitReport {
    let (robust, _) = robust_of(case);
    fitted_with(case, robust.as_ref(), change)
}

/// Fits a case with this robust loss instead of its own.
fn fitted_with(case: &Value, robust: &dyn RobustLoss, change: impl FnOnce(&mut Options)) -> FitReport {
    let root = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."));
    let path = root.join(case["data"].as_str().expect("text"));
    let path = path.to_str().expect("UTF-8");
    let condition = case["condition"].as_str().filter(|text| !text.is_empty()).map(str::to_string);
    let mut reading = ReadOptions { condition, ..ReadOptions::default() };
    if path.contains("gemstones") {
        reading.columns.params = Some("params_active_precise".into());
    }
    let mut options = Options::new(law_of(case), robust);
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

/// Whether every coefficient of a report is within a share of the oracle's.
fn same_coefficients(report: &FitReport, case: &Value, share: f64) {
    for (name, expected) in case["coefficients"].as_object().expect("an object") {
        let (found, expected) = (value(report, ours(name)), expected.as_f64().expect("a number"));
        assert!((found / expected - 1.0).abs() < share, "{}: {name} {found}, not {expected}", case["name"]);
    }
}

#[test]
fn no_fit_ends_above_the_oracles_minimum_or_a_published_one() {
    for case in golden()["fits"].as_array().expect("a list") {
        let name = case["name"].as_str().expect("text");
        // The course's file is without noise, and its objective rounding; the others have tests of their own.
        let apart = ["course", "datablations", "chinchilla-240-pinball"];
        if apart.iter().any(|start| name.starts_with(start)) {
            continue;
        }
        let report = fitted(case, |_| ());
        let objective = robust_of(case).1 * report.objective;
        let least = case["objective"].as_f64().expect("a number");
        assert_eq!(report.rows as u64, case["rows"].as_u64().expect("a count"), "{name}");
        assert_eq!(report.status, "converged", "{name}");
        assert!((objective / least - 1.0).abs() < OBJECTIVE, "{name}: {objective:e}, not {least:e}");
        same_coefficients(&report, case, 2e-5);
        for published in case["published"].as_array().expect("a list") {
            let published = published["objective"].as_f64().expect("a number");
            assert!(objective <= published * (1.0 + OBJECTIVE), "{name}: {objective:e} is above {published:e}");
        }
    }
}

/// Besiroglu et al. 2024 (arXiv:2404.10102), notebook: the five highest losses left out, Huber 1e-3 of ln L, sum.
#[test]
fn chinchillas_figure_4_is_fitted_to_the_bottom() {
    let report = fitted(&case("chinchilla-240-huber"), |_| ());
    assert!(report.objective <= 0.00101827401781 * (1.0 + 1e-9), "{:e}", report.objective);
    for (name, expected, tolerance) in [
        ("E", 1.81722, 5e-6),
        ("A", 477.83, 5e-3),
        ("B", 2143.4, 5e-2),
        ("alpha", 0.347310, 5e-7),
        ("beta", 0.367172, 5e-7),
    ] {
        assert!((value(&report, name) - expected).abs() <= tolerance, "{name}: {}", value(&report, name));
    }
    let all = fitted(&case("chinchilla-245-huber"), |_| ());
    assert!((all.objective - 0.001826010523).abs() < 5e-13, "{:e}", all.objective);
}

/// Koenker and Bassett's cost has a corner, and at the oracle's minimum five runs lie on it. Ours is rounded over δ, which
/// takes at most |τ − 1(r < 0)|·δ/2 off each run and adds nothing: with δ far below the oracle's next residual
/// (6.7e-6) the minimum must be the same one, from any search.
#[test]
fn a_lower_envelope_is_found_though_its_cost_has_a_corner() {
    const DELTA: f64 = 1e-9;
    let case = case("chinchilla-240-pinball");
    let (tau, least) = (case["tau"].as_f64().expect("a number"), case["objective"].as_f64().expect("a number"));
    for search in isoflop::fit::search::SEARCHES {
        let robust = robust_loss(&format!("quantile:{tau},{DELTA}")).expect("it is registered");
        let report = fitted_with(&case, robust.as_ref(), |options| options.search = Some(*search));
        assert_eq!(report.status, "converged", "{}", search.name());
        let off = least - report.objective / DELTA;
        let most = 0.5 * DELTA * report.rows as f64 * (1.0 - tau);
        assert!((0.0..=most).contains(&off), "{}: {:e} below {least}", search.name(), off);
        same_coefficients(&report, &case, 1e-6);
    }
}

/// Every search that suits the law finds the same bottom: the published grid of 4,500 starts too.
#[test]
fn every_search_ends_at_the_same_bottom() {
    for search in isoflop::fit::search::SEARCHES {
        let report = fitted(&case("chinchilla-240-huber"), |options| options.search = Some(*search));
        let least = 0.0010182740178006032;
        assert!((report.objective / least - 1.0).abs() < 1e-11, "{}: {:e}", search.name(), report.objective);
        assert_eq!(report.starts.agreed, report.starts.polished, "{}", search.name());
        assert_eq!(report.starts.tried == 4500, search.name() == "hoffmann-grid");
    }
}

/// Most starts of `farseer` find its bottom, as it is searched in other coefficients than it is published in: in those
/// none did. One of them that is given stays what it is.
#[test]
fn farseer_is_searched_off_its_ridge_unless_a_given_coefficient_lies_on_it() {
    let case = case("chinchilla-240-farseer-squares-log");
    let report = fitted(&case, |_| ());
    assert!(2 * report.starts.agreed > report.starts.polished, "{:?}", report.starts);

    let law = law_of(&case);
    let theta: Vec<f64> = report.coefficients.iter().map(|c| c.value).collect();
    let runs = [(18.0, 22.0), (20.0, 24.0), (23.0, 25.0)];
    let rows = runs.map(|(n, d)| Row { at: At::allocation(n, d), ln_loss: 1.0, weight: 1.0 });
    let (robust, _) = robust_of(&case);
    for (name, searched_in) in [("q", "farseer-bends"), ("S", "farseer")] {
        let place = law.coefficient(name).expect("it is one of farseer's");
        let mut fixed = vec![None; theta.len()];
        fixed[place] = Some(theta[place]);
        let (setup, _) = Setup::new(law, &rows, robust.as_ref(), Residual::Log, &[], &fixed);
        assert_eq!(setup.searched_law().name(), searched_in, "{name} is given");
        let searched = setup.as_searched(&theta);
        assert_eq!(searched[place], theta[place], "{name}");
        for (back, theta) in setup.as_published(&searched).iter().zip(&theta) {
            assert!((back - theta).abs() <= 1e-9 * theta.abs(), "{name} is given: {back}, not {theta}");
        }
    }
}

/// Published: standard errors from 4,000 resamples of the 240 rows (A 124.52, B 1293.28, E .02566, α .01540, β .02060).
#[test]
fn the_bootstraps_standard_errors_are_the_published_ones() {
    for method in ["case", "weighted"] {
        let report = fitted(&case("chinchilla-240-huber"), |options| {
            options.interval = interval(method).expect("it is registered");
            options.budget_tolerance = 1e9; // one group: rows are drawn from the whole table
        });
        assert_eq!((report.refits.total, report.data.groups), (4000, 1));
        assert!(report.refits.unconverged < 40, "{:?}", report.refits);
        for (name, published) in
            [("A", 124.52232), ("B", 1293.2841), ("E", 0.02566), ("alpha", 0.0154), ("beta", 0.0206)]
        {
            let found = report.coefficients.iter().find(|c| c.name == name).and_then(|c| c.std_error).expect("refits");
            // The sd of B, whose draws are skew, is itself uncertain by a tenth.
            let tolerance = if (name, method) == ("B", "weighted") { 0.25 } else { 0.15 };
            assert!((found / published - 1.0).abs() < tolerance, "{method}: {name} {found}, published {published}");
        }
    }
}

/// The course's file is an exact law (science of the file: L = 2.69 + 1606.4/N^.34 + 3210.7/D^.36 to 2e-8 nats).
#[test]
fn the_courses_generating_law_is_found_to_six_digits() {
    for name in ["course-huber", "course-squares-log", "course-squares-linear"] {
        let report = fitted(&case(name), |options| options.at = vec![1e23, 1e24]);
        same_coefficients(
            &report,
            &serde_json::json!({"name": name, "coefficients":
            {"E": 2.69, "A": 1606.4, "B": 3210.7, "alpha": 0.34, "beta": 0.36}}),
            1e-6,
        );
        for (at, params, tokens) in [(0, 9.189e10, 1.8137e11), (1, 3.0031e11, 5.5499e11)] {
            let forecast = &report.forecasts[at];
            let of = |estimate: &Option<isoflop::analysis::Estimate>| estimate.expect("it has a valley").value;
            assert!((of(&forecast.params) / params - 1.0).abs() < 1e-4, "{name}: {:?}", forecast.params);
            assert!((of(&forecast.tokens) / tokens - 1.0).abs() < 1e-4, "{name}: {:?}", forecast.tokens);
        }
    }
}

/// Allocations recomputed from printed coefficients, all given and none fitted.
#[test]
fn published_allocations_follow_from_their_coefficients() {
    for allocation in golden()["allocations"].as_array().expect("a list") {
        let Some(compute) = allocation["compute"].as_f64() else { continue };
        let number = |name: &str| allocation["coefficients"][name].as_f64();
        let chinchilla = law("chinchilla").expect("it is registered");
        let Some(theta) =
            chinchilla.coefficients().iter().map(|c| Some(c.searched(number(&c.name)?))).collect::<Option<Vec<f64>>>()
        else {
            continue;
        };
        let [n, d] = chinchilla.optimum(&theta, (compute / 6.0).ln()).expect("it has a valley");
        let loss = chinchilla.ln_loss(&theta, isoflop::rows::At::allocation(n, d)).exp();
        for (found, expected) in [(n.exp(), "params"), (d.exp(), "tokens"), (loss, "loss")] {
            let expected = allocation[expected].as_f64().expect("a number");
            assert!((found / expected - 1.0).abs() < 1e-12, "{}: {found}, not {expected}", allocation["source"]);
        }
    }
}

/// Muennighoff et al. 2023 (arXiv:2305.16264): the base fixed at their C4 fit; (15.39, 5.31) is a local minimum and others
/// are lower, so the interval of `R_D` is wide and covers them.
#[test]
fn repeated_data_are_said_to_be_barely_known() {
    let fixed = [
        ("E", 0.6254804f64.exp()),
        ("A", 6.255414f64.exp()),
        ("B", 7.3049974f64.exp()),
        ("alpha", 0.3526596),
        ("beta", 0.3526596),
    ];
    let report = fitted(&case("datablations-182-huber"), |options| {
        let place = |name: &str| options.law.coefficient(name).expect("it is one of the law's");
        options.fixed = fixed.iter().map(|(name, value)| (place(name), *value)).collect();
        options.interval = interval("case").expect("it is registered");
        options.resamples = 300;
    });
    assert!(report.objective <= 0.0158260, "{:e}", report.objective);
    let near = |r_d: f64, r_n: f64| {
        report.modes.iter().any(|mode| {
            (mode.coefficients[5] / r_d - 1.0).abs() < 5e-3 && (mode.coefficients[6] / r_n - 1.0).abs() < 5e-3
        })
    };
    assert!(near(15.3718, 5.3151) && near(46.990, 2.3296), "{:?}", report.modes);
    let r_d = report.coefficients.iter().find(|c| c.name == "R_D").expect("it is fitted");
    // Where refits go as far as the search does the end is open.
    let (low, high) = (r_d.low.expect("refits"), r_d.high.unwrap_or(f64::INFINITY));
    assert!(low < 15.4 && high > 47.0, "{low} to {high}");
    assert!(report.warnings.iter().any(|w| w.id == "D21" && w.message.contains("minim")), "{:?}", report.warnings);
}

/// Alabdulmohsin et al. 2022 (arXiv:2209.06640): the run of 512M examples is held out. With a floor the mean error is at
/// most 6 %, and the interval of one new run holds at least 4 of 5; without one the forecasts are 16 to 23 % low.
#[test]
fn learning_curves_need_a_floor() {
    let (mut held, mut sum) = (0, 0.0);
    for model in ["6enc-6dec", "28enc-6dec", "6enc-28dec", "dec-only", "tenc-lstm"] {
        let with = case(&format!("nmt-{model}-power-and-floor"));
        let report = fitted(&with, |options| {
            options.at = vec![512e6];
            options.level = 0.95;
            options.interval = interval("profile").expect("it is registered");
        });
        let truth = with["held_out"][0]["observed"].as_f64().expect("a number");
        let forecast = &report.forecasts[0];
        let new_run = forecast.loss_new_run;
        held += u32::from(new_run.low.is_none_or(|low| low <= truth) && new_run.high.is_none_or(|high| high >= truth));
        sum += (forecast.loss.value / truth - 1.0).abs();
        let without = fitted(&case(&format!("nmt-{model}-power")), |options| options.at = vec![512e6]);
        let error = without.forecasts[0].loss.value / truth - 1.0;
        assert!((-0.24..-0.15).contains(&error), "{model}: {error}");
    }
    assert!(sum / 5.0 <= 0.06, "mean error {}", sum / 5.0);
    assert!(held >= 4, "{held} of 5 are within their interval");
}

/// Caballero et al. 2023 (arXiv:2210.14891), figure 4: fitted to the first 14 rows, ln(1 + y).
#[test]
fn a_broken_law_bends_where_a_power_law_cannot() {
    let broken = case("addition-broken");
    let report = fitted(&broken, |options| options.at = held_out(&broken).iter().map(|(x, _)| *x).collect());
    for (forecast, (x, predicted)) in report.forecasts.iter().zip(held_out(&broken)) {
        assert!(
            (forecast.loss.value / predicted - 1.0).abs() < 1e-4,
            "at {x}: {}, not {predicted}",
            forecast.loss.value
        );
    }
    let power = fitted(&case("addition-power"), |_| ());
    assert!(power.objective > 1e4 * report.objective, "a line bends: {:e}", power.objective);
}

/// (x, the oracle's prediction) of the rows held out.
fn held_out(case: &Value) -> Vec<(f64, f64)> {
    let rows = case["held_out"].as_array().expect("a list");
    rows.iter()
        .map(|row| (row["x"].as_f64().expect("a number"), row["predicted"].as_f64().expect("a number")))
        .collect()
}
