//! What operators are told.

use super::*;

#[test]
fn the_truth_of_a_bare_law_is_the_laws_own_optimum() {
    let it = named("quiet").expect("its name");
    let truth = it.truth(Budget::Flops(1e21)).expect("a valley");
    // Besiroglu et al. 2024 (arXiv:2404.10102), table 1's coefficients at 1e21.
    assert!((truth.params / 2.77846e9 - 1.0).abs() < 1e-3, "{truth:?}");
    assert!((truth.tokens / 5.99853e10 - 1.0).abs() < 1e-3 && (truth.loss - 2.305529).abs() < 1e-5, "{truth:?}");
    for world in WORLDS {
        let it = named(world.name).expect("its name");
        for (small, large) in
            [(Budget::Flops(1e17), Budget::Flops(1e19)), (Budget::Seconds(600.0), Budget::Seconds(1e5))]
        {
            let [small, large] = [small, large].map(|budget| it.truth(budget).expect("a valley"));
            assert!(small.params < large.params && small.tokens < large.tokens && small.loss > large.loss);
        }
    }
}

#[test]
fn waste_is_what_a_wrong_size_costs() {
    let it = named("quiet").expect("its name");
    // A size twice the best wastes 15.7% on this law: ½(α+β)·ln²2.
    let truth = it.truth(Budget::Flops(1e19)).expect("a valley");
    let layers = 10.0;
    for (factor, expected) in [(1.0, 0.0), (2.0, 0.157), (0.5, 0.157)] {
        let width = (truth.params * factor / (12.0 * layers)).sqrt();
        let asked = LossQuery { d_model: width as u64, num_layers: 10, ..query(1e19) };
        let waste = it.waste(&Work::Query(Arc::new(asked)), Budget::Flops(1e19)).expect("it fits");
        assert!((waste - expected).abs() < 0.02, "×{factor} wastes {waste}");
    }
    let work = training(config(8, 512, 500_000_000));
    assert_eq!(it.waste(&work, Budget::Seconds(1.0)), None);
    let course = named("course-2026").expect("its name");
    let used = course.rehearse(&work).outcome.used_seconds() * 1.1;
    let wasted = course.waste(&work, Budget::Seconds(used)).expect("it fits");
    assert!((0.0..1.0).contains(&wasted), "{wasted}");
}
