//! An interval is a claim: on simulated tables it must hold the truth as often as it says.

use isoflop::analyze::{Options, analyze};
use isoflop::approach::APPROACHES;
use isoflop::progress::Quiet;
use isoflop::units::Flops;

use super::simulated::{CLEAN, World};

/// Tables per cell. `ISOFLOP_SLOW=1` makes the table that `docs/approaches.md` prints.
fn tables() -> u64 {
    if std::env::var_os("ISOFLOP_SLOW").is_some() { 1000 } else { 100 }
}

/// The cells, each with its name in that table.
fn cells() -> Vec<(&'static str, World)> {
    let besiroglu = World { alpha: 0.3478, beta: 0.3658, ..CLEAN };
    vec![
        ("6 budgets × 8 sizes, ×/÷ 3.3, 0.3 %", World { noise: 0.003, half_width: 1.2, ..besiroglu }),
        ("6 × 8, ×/÷ 3.3, 1 %", World { noise: 0.01, half_width: 1.2, ..besiroglu }),
        ("6 × 12, ×/÷ 3.3, 0.5 %", World { noise: 0.005, half_width: 1.2, sizes: 12, ..besiroglu }),
        ("6 × 7, ×/÷ 7.4, 0.5 %", World { noise: 0.005, half_width: 2.0, sizes: 7, ..besiroglu }),
        (
            "9 × 8, ×/÷ 5, centre drifting by ×1.8, 0.5 %",
            World { noise: 0.005, half_width: 1.6, budgets: 9, off_centre: (0.3, -0.3), ..besiroglu },
        ),
        ("4 × 5, ×/÷ 3.3, 0.3 %", World { noise: 0.003, half_width: 1.2, budgets: 4, sizes: 5, ..besiroglu }),
        ("3 × 7, ×/÷ 3.3, 0.3 %", World { noise: 0.003, half_width: 1.2, budgets: 3, sizes: 7, ..besiroglu }),
        ("6 × 8, two seeds each, ×/÷ 3.3, 1 %", World { noise: 0.01, half_width: 1.2, seeds: 2, ..besiroglu }),
    ]
}

/// How often the 90 % interval of N* at ten times the largest budget holds the truth, per approach.
#[test]
fn intervals_of_the_optimal_size_hold_the_truth() {
    let count = tables();
    for (cell, world) in cells() {
        let truth = world.ln_optimum(1e21);
        let mut held = vec![(0u32, 0u32); APPROACHES.len()];
        for seed in 0..count {
            let options =
                Options { at: vec![Flops(1e21)], resamples: Some(400), seed, parametric: false, ..Options::default() };
            let analysis = analyze(&world.table(seed), &options, &Quiet).expect("runs");
            for (result, held) in analysis.approaches.iter().zip(&mut held) {
                let Some(params) = result.forecasts.first().map(|f| f.params) else { continue };
                let (Some(low), Some(high)) = (params.low, params.high) else { continue };
                held.0 += u32::from(low.ln() <= truth && truth <= high.ln());
                held.1 += 1;
            }
        }
        // A share of few intervals is no share: an approach that seldom forms one is shown as a dash.
        let share = |(inside, of): (u32, u32)| (4 * u64::from(of) > count).then(|| f64::from(inside) / f64::from(of));
        let said = |held| share(held).map_or("–".to_string(), |share| format!("{:.1}", 100.0 * share));
        println!("| {cell} | {} |", held.iter().map(|&held| said(held)).collect::<Vec<_>>().join(" | "));
        assert!(share(held[1]).is_some(), "the parabola formed an interval in few of the tables of {cell}");
        for (approach, held) in APPROACHES.iter().zip(held) {
            // Three binomial standard errors below nominal is a broken claim. Above is caution, which
            // resampling of few runs has, and which `docs/approaches.md` says.
            let error = (0.9 * 0.1 / f64::from(held.1)).sqrt();
            let broken = share(held).is_some_and(|share| share < 0.9 - 3.0 * error);
            assert!(!broken, "{}: {held:?} of the tables of {cell}", approach.name());
        }
    }
}
