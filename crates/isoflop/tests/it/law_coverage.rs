//! How often the intervals of fitted laws hold the truth, by simulation.
//!
//! Tables are drawn from a Chinchilla law over five designs, fitted with the usual choices, and nominal intervals of α, β,
//! ln N* and ln L* at 1e23 FLOPs, 100× beyond the largest budget, are asked whether they hold the truth. Every test
//! run looks at two cells; `ISOFLOP_SLOW=1 cargo test --release -p isoflop law_coverage -- --nocapture` measures all
//! and prints the table of `docs/coverage.md`.

use isoflop::fit::{FitOptions, Held, fit};
use isoflop::law::{Law, law};
use isoflop::progress::Quiet;
use isoflop::robust::Huber;
use isoflop::rows::At;
use isoflop::simulate::{Scatter, Tails, rows};
use isoflop::uncertainty::{Ask, Groups, INTERVALS, Method, Quantity};
use rayon::prelude::*;

const TRUTH: [f64; 5] = [0.598_836_5, 6.177_944_1, 7.642_524_1, 0.348, 0.366];
const TARGET: f64 = 1e23;
const LEVELS: [f64; 3] = [0.8, 0.9, 0.95];

/// How the sizes of a sweep lie round the optimum of each budget.
#[derive(Clone, Copy)]
struct Design {
    name: &'static str,
    /// Budgets; none: as many as the number of runs suggests.
    budgets: Option<usize>,
    /// Largest size over the centre.
    half_width: f64,
    /// Centre over optimum.
    off_centre: f64,
}

const DESIGNS: [Design; 5] = [
    Design { name: "centred, 4×", budgets: None, half_width: 4.0, off_centre: 1.0 },
    Design { name: "off-centre 3×", budgets: None, half_width: 4.0, off_centre: 3.0 },
    Design { name: "narrow, 2×", budgets: None, half_width: 2.0, off_centre: 1.0 },
    Design { name: "wide, 16×", budgets: None, half_width: 16.0, off_centre: 1.0 },
    Design { name: "3 budgets, 6×", budgets: Some(3), half_width: 6.0, off_centre: 1.0 },
];

fn chinchilla() -> &'static dyn Law {
    law("chinchilla").expect("it is registered")
}

/// The places of a sweep of `runs` runs over budgets from 1e18 to 1e21, and its groups.
fn sweep(design: Design, runs: usize) -> (Vec<At>, Groups) {
    let budgets = design.budgets.unwrap_or(match runs {
        ..24 => 3,
        24..48 => 4,
        48..120 => 6,
        120..240 => 8,
        _ => 10,
    });
    let sizes = runs / budgets;
    let (mut places, mut groups) = (Vec::new(), Vec::new());
    for b in 0..budgets {
        let ln_product = (1e18 * 1e3_f64.powf(b as f64 / (budgets - 1) as f64) / 6.0).ln();
        let [best, _] = chinchilla().optimum(&TRUTH, ln_product).expect("it has a valley");
        let mut group = Vec::new();
        for s in 0..sizes {
            let u = 2.0 * s as f64 / (sizes - 1) as f64 - 1.0;
            let x = best + design.off_centre.ln() + design.half_width.ln() * u;
            group.push(places.len());
            places.push(At::allocation(x, ln_product - x));
        }
        groups.push(group);
    }
    (places, Groups::by_budget(groups))
}

/// Shares of the tables whose intervals hold the truth: by level, then α, β, ln N*, ln L*.
fn coverage(
    design: Design,
    runs: usize,
    scatter: Scatter,
    method: &dyn Method,
    tables: u64,
    resamples: usize,
    first_seed: u64,
) -> [[f64; 4]; 3] {
    let (places, groups) = sweep(design, runs);
    let best = |theta: &[f64]| chinchilla().optimum(&theta[..5], (TARGET / 6.0).ln());
    let quantities: [Quantity; 4] =
        [&|theta| theta[3], &|theta| theta[4], &|theta| best(theta).map_or(f64::NAN, |[n, _]| n), &|theta| {
            best(theta).map_or(f64::NAN, |[n, d]| chinchilla().ln_loss(&theta[..5], At::allocation(n, d)))
        }];
    let mut padded = [0.0; isoflop::law::COEFFICIENTS_MAX];
    padded[..5].copy_from_slice(&TRUTH);
    let truth = quantities.map(|quantity| quantity(&padded));
    let huber = Huber::default();
    let of_table = |seed: u64| {
        let table = rows(chinchilla(), &TRUTH, &places, scatter, first_seed + seed);
        let mut held = Held::default();
        let fit = fit(chinchilla(), &table, &FitOptions::new(&huber), &mut held).expect("there are runs enough");
        LEVELS.map(|level| {
            let ask = Ask { fit: &fit, groups: &groups, level, resamples, seed: 7 };
            let spreads = method.spreads(&ask, &quantities, &Quiet).expect("nobody interrupts");
            std::array::from_fn::<_, 4, _>(|q| {
                let spread = &spreads.of[q];
                // What is open at both ends says nothing, and holds nothing.
                let holds = (spread.low.is_some() || spread.high.is_some())
                    && spread.low.is_none_or(|low| low <= truth[q])
                    && spread.high.is_none_or(|high| high >= truth[q]);
                f64::from(u8::from(holds))
            })
        })
    };
    let hits: Vec<[[f64; 4]; 3]> = (0..tables).into_par_iter().map(of_table).collect();
    let share = |level: usize, q: usize| hits.iter().map(|hit| hit[level][q]).sum::<f64>() / tables as f64;
    std::array::from_fn(|level| std::array::from_fn(|q| share(level, q)))
}

#[test]
fn the_default_intervals_hold_the_truth_as_often_as_they_say() {
    for (runs, tails) in [(24, Tails::Normal), (48, Tails::Heavy)] {
        let scatter = Scatter { sd: 0.005, tails };
        let shares = coverage(DESIGNS[0], runs, scatter, INTERVALS[0], 300, 200, 1000);
        for q in 0..4 {
            // 300 tables tell a share of .95 to ± .025 at two standard errors; 200 refits put the ends off a little.
            let share = shares[2][q];
            assert!(
                (0.915..=0.99).contains(&share),
                "{runs} runs, {tails:?}: {share} of 95 % intervals of quantity {q}"
            );
        }
    }
}

/// Prints the table of `docs/coverage.md`.
#[test]
fn the_whole_table_slow() {
    let Ok(slow) = std::env::var("ISOFLOP_SLOW") else { return };
    let tables: u64 = std::env::var("ISOFLOP_TABLES").ok().and_then(|text| text.parse().ok()).unwrap_or(600);
    println!(
        "| runs | design | noise | method | 80 %: α β N* L* | 90 %: α β N* L* | 95 %: α β N* L* |\n|--:|---|---|---|---|---|---|"
    );
    let mut first_seed = 1_000_000;
    for runs in [12, 24, 48, 120, 240] {
        for design in DESIGNS {
            for sd in [0.002, 0.005, 0.01] {
                for tails in [Tails::Normal, Tails::Heavy] {
                    // Other tables for each cell: with the same seeds in all, their errors would lean the same way.
                    first_seed += 100_000;
                    for (place, method) in INTERVALS.iter().enumerate() {
                        // Methods that are not the default are shown at the middle noise only.
                        if (place > 0 && sd != 0.005) || (slow != "1" && slow != method.name()) {
                            continue;
                        }
                        let shares = coverage(design, runs, Scatter { sd, tails }, *method, tables, 300, first_seed);
                        let said = |level: usize| shares[level].map(|share| format!("{:.1}", 100.0 * share)).join(" ");
                        println!(
                            "| {runs} | {} | {sd} {} | {} | {} | {} | {} |",
                            design.name,
                            if tails == Tails::Normal { "normal" } else { "heavy" },
                            method.name(),
                            said(0),
                            said(1),
                            said(2)
                        );
                        if place == 0 && runs >= 24 {
                            let four = tables as f64;
                            let off = 4.0 * (0.95 * 0.05 / four).sqrt();
                            for share in shares[2] {
                                assert!((0.93 - off..=f64::min(0.97 + off, 0.995)).contains(&share), "{share}");
                            }
                        }
                    }
                }
            }
        }
    }
}
