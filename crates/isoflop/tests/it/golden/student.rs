//! `testdata/cs336-solution-sweep-shibuki`: 33 real runs of a student, with censored optima.

use isoflop::analysis::{OptimumFlag, Severity, Status};

use super::{analysis, by, close, sizes, within};

const FILE: &str = "testdata/cs336-solution-sweep-shibuki/isoflops.csv";

/// Source: the student's published vertices of a quadratic of the loss in log10 N per budget, the first of them
/// outside its data, and the losses there. Tolerance: 1e-6.
#[test]
fn vertices_and_their_losses() {
    let analysis = analysis(FILE, "");
    let expected = [
        (274310.66472083627, 5.004064407138221),
        (1719579.0561667923, 4.959479370182478),
        (5956336.173424773, 4.23424751916394),
        (8855458.28393346, 4.030404575196773),
        (15536495.390232148, 3.9990980034434607),
    ];
    let parabola = by(&analysis, "parabola");
    for (optimum, (params, loss)) in parabola.optima.iter().zip(expected) {
        close(optimum.params.expect("a vertex").0, params, 1e-6);
        within(optimum.loss.expect("a vertex").0, loss, 1e-6);
    }
}

/// Two budgets have their best run at the smallest model (D1), and the bend of the third is within two standard
/// errors of none (D2): three are censored, and two are no law.
#[test]
fn three_budgets_are_censored() {
    let analysis = analysis(FILE, "");
    let parabola = by(&analysis, "parabola");
    let flags: Vec<_> = parabola.optima.iter().map(|o| o.flag).collect();
    let (edge, flat) = (Some(OptimumFlag::Edge), Some(OptimumFlag::NoValley));
    assert_eq!(flags, [edge, edge, None, None, flat]);
    assert_eq!(parabola.status, Status::TooFewBudgets);
    assert!(analysis.warnings.iter().any(|w| w.id == "D1" && w.message.contains("3e15 and 6e15")));
    assert!(analysis.warnings.iter().any(|w| w.id == "D2" && w.message.contains("1e17")));
}

/// Source: the student's law over the three interior minima: N = 5.97e-15·C^1.2713 with R² = 0.99979, which gives
/// 8.5e9 parameters at 1e19 FLOPs. The numbers are right; quoting them is not, and the tool says so.
#[test]
fn a_perfect_looking_law_through_three_points_is_warned_about() {
    let analysis = analysis(FILE, "");
    let best = by(&analysis, "best-run");
    let law = best.params_law.expect("three interior minima");
    close(law.coefficient.value, 5.971429062339448e-15, 1e-6);
    within(law.exponent.value, 1.2712501453116414, 1e-8);
    within(law.r2, 0.99979, 5e-6);
    assert_eq!(law.points, 3);
    let warned = |id: &str, words: &str| {
        analysis.warnings.iter().any(|w| w.id == id && w.severity >= Severity::Warn && w.message.contains(words))
    };
    assert!(warned("D23", "R² = 0.9998 on 3 budgets"), "{:#?}", analysis.warnings);
    assert!(warned("D8", "best-run 1.27"), "{:#?}", analysis.warnings);
    assert_ne!(analysis.recommended, Some("best-run"));
    assert_eq!(sizes(&analysis, "best-run")[2..], [5308416.0, 12582912.0, 24576000.0]);
}
