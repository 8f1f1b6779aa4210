//! `testdata/marin-isoflops`: the Marin community's sweeps, where C is not 6ND.

use isoflop::analysis::{OptimumFlag, Status};

use super::{analysis, by, close, data, exponent_of_all, exponents, size, within};

/// Source: parabolas in log N and, separately, log D per budget over the unflagged rows, then log–log lines with
/// equal weights, by an independent program: comma a .4264 b .5517, dclm a .4317 b .5436. As C ≠ 6ND the exponents
/// do not add up to 1. Tolerance: the digits given.
#[test]
fn parabola_fits_sizes_and_tokens_separately() {
    for (set, a, b) in [("comma", 0.4264, 0.5517), ("dclm", 0.4317, 0.5436)] {
        let condition = format!("dataset == '{set}' && outlier == false");
        let analysis = analysis("testdata/marin-isoflops/isoflops_qc.csv", &condition);
        let found = exponents(&analysis, "parabola");
        within(found.0, a, 5e-5);
        within(found.1, b, 5e-5);
        assert!(analysis.warnings.iter().any(|w| w.id == "D14"), "6ND and C differ by up to 35 %");
    }
}

/// Source: the same recipe with the flagged rows kept, through every vertex: comma .4049/.5724, dclm .4236/.5521.
#[test]
fn parabola_over_all_rows() {
    for (set, a, b) in [("comma", 0.4049, 0.5724), ("dclm", 0.4236, 0.5521)] {
        let analysis = analysis("testdata/marin-isoflops/isoflops_qc.csv", &format!("dataset == '{set}'"));
        within(exponent_of_all(&analysis, "parabola", size), a, 5e-5);
        within(exponent_of_all(&analysis, "parabola", data), b, 5e-5);
    }
}

/// Source: marin-community/marin issue 8003: minima of a quadratic of the loss in log tokens: 1e18 at 2.84e9 tokens
/// and 3.361 (3 runs: an exact parabola), 3e18 at 5.08e9 and 3.198 (4 runs). N is derived by C = 6ND.
/// Tolerance: the digits printed there; 1e-5 against the recomputed 2.83735e9 and 5.08168e9.
#[test]
fn issue_8003_s_minima() {
    let analysis = analysis("testdata/marin-isoflops/marin_issue_8003.csv", "");
    let result = by(&analysis, "parabola");
    let [first, second] = result.optima[..] else { panic!("two budgets") };
    close(first.tokens.expect("a vertex").0, 2.83735e9, 1e-5);
    within(first.loss.expect("a vertex").0, 3.36108, 5e-6);
    close(second.tokens.expect("a vertex").0, 5.08168e9, 1e-5);
    within(second.loss.expect("a vertex").0, 3.19825, 5e-6);
    // Three sizes leave nothing to check a parabola by, and two budgets give no law.
    assert_eq!((first.flag, second.flag), (Some(OptimumFlag::TooFewSizes), None));
    assert_eq!(result.status, Status::TooFewBudgets);
    assert_eq!(analysis.recommended, None);
}
