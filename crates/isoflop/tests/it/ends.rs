//! Intervals and choices where they are awkward: lopsided losses, too few refits, laws without a valley far below.

use isoflop::law::law;
use isoflop::parametric::{Allocation, FitReport, Options, Table, fit_table};
use isoflop::progress::Quiet;
use isoflop::robust::{Huber, RobustLoss, robust_loss};
use isoflop::uncertainty::interval;
use isoflop::units::{Params, Tokens};

use super::simulated::{CLEAN, World};

fn fitted(world: World, name: &str, robust: &dyn RobustLoss, change: impl FnOnce(&mut Options)) -> FitReport {
    let mut options = Options::new(law(name).expect("it is registered"), robust);
    change(&mut options);
    fit_table(Table::Runs(&world.table(8)), &options, &Quiet).expect("runs enough")
}

/// The slopes of a quantile loss differ on the two sides of 0; the delta method has to see both.
#[test]
fn the_delta_method_agrees_with_refits_for_lower_envelopes() {
    let world = World { budgets: 8, sizes: 24, noise: 0.01, ..CLEAN };
    for tau in ["0.1", "0.5", "0.9"] {
        let robust = robust_loss(&format!("quantile:{tau}")).expect("it is registered");
        let of = |method: &str| {
            let report = fitted(world, "chinchilla", robust.as_ref(), |options| {
                options.interval = interval(method).expect("it is registered");
                options.resamples = 400;
            });
            report.coefficients[0].std_error.expect("E is fitted")
        };
        let ratio = of("delta") / of("case");
        assert!((0.6..1.6).contains(&ratio), "{tau}: {ratio}");
    }
}

#[test]
fn too_few_refits_are_no_fault_of_the_table() {
    let huber = Huber::default();
    let report = fitted(CLEAN, "chinchilla", &huber, |options| options.resamples = 50);
    let said = |id: &str| report.warnings.iter().any(|w| w.id == id && w.message.contains("too few"));
    assert!(said("D21") && report.warnings.iter().all(|w| w.id != "D9"), "{:?}", report.warnings);
}

/// Laws that have no valley far below their table still say what a choice near it wastes.
#[test]
fn a_choice_is_priced_where_budgets_far_below_have_no_best_size() {
    let huber = Huber::default();
    for name in ["chinchilla", "joint-exponent", "kaplan", "farseer"] {
        let report = fitted(World { half_width: 2.0, ..CLEAN }, name, &huber, |options| {
            options.interval = interval("delta").expect("it is registered");
            let (params, tokens) = (Params(3e8), Tokens(3e11));
            options.choices = vec![Allocation { params, tokens, unique_tokens: None }];
        });
        let waste = report.choices[0].waste.value;
        assert!((0.01..0.99).contains(&waste), "{name}: {waste}");
    }
}

/// A lopsided loss has valleys that least squares do not see: the usual search finds the one that many starts find.
#[test]
fn lower_envelopes_are_searched_from_many_starts() {
    for (name, tau) in [("chinchilla", "0.01"), ("tied", "0.01"), ("chinchilla", "0.98")] {
        let robust = robust_loss(&format!("quantile:{tau}")).expect("it is registered");
        let of = |search: Option<&str>| {
            let report = fitted(World { noise: 0.01, ..CLEAN }, name, robust.as_ref(), |options| {
                options.interval = interval("delta").expect("it is registered");
                options.search = search.map(|name| isoflop::fit::search::search(name).expect("it is registered"));
            });
            (report.objective, report.search)
        };
        let (usual, many) = (of(None), of(Some("multi-start")));
        assert_eq!(usual.1, "multi-start");
        assert!(usual.0 <= many.0 * (1.0 + 1e-9) && usual.0 <= of(Some("projected")).0 * (1.0 + 1e-9), "{name} {tau}");
    }
}

/// A table without a floor is fitted as well by a law with one as by a law without.
#[test]
fn a_floor_that_is_none_costs_nothing() {
    let runs = || {
        let mut runs = CLEAN.runs(5);
        for run in &mut runs {
            run.loss.0 = (run.loss.0 - 1.8172) * (1.0 + 0.002 * (3.0 * run.line as f64).sin());
        }
        super::simulated::table_of(runs)
    };
    let huber = Huber::default();
    let free = law("chinchilla").expect("it is registered");
    let without =
        isoflop::law::given("A/N^alpha + B/D^beta; A = 10..1e5, B = 10..1e5, alpha = 0.1..0.8, beta = 0.1..0.8");
    let without = without.expect("a law");
    let objective = |law: &dyn isoflop::law::Law| {
        let mut options = Options::new(law, &huber);
        options.interval = interval("delta").expect("it is registered");
        fit_table(Table::Runs(&runs()), &options, &Quiet).expect("runs enough").objective
    };
    assert!(objective(free) <= objective(&without) * (1.0 + 1e-9), "{} {}", objective(free), objective(&without));
}
