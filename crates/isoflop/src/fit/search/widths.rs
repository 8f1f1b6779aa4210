//! Fits are the same bits whatever vectors the processor has; how much faster they are with wide ones.

use std::hint::black_box;
use std::time::Instant;

use super::Projection;
use crate::fit::Setup;
use crate::fit::newton::Theta;
use crate::fit::objective::{Residual, Room};
use crate::law::{LAWS, Law, law};
use crate::robust::{Bend, ROBUST_LOSSES, RobustLoss, robust_loss};
use crate::rows::{At, INPUTS, Row};
use crate::wide::forced::{widths, with};

/// Runs that no law fits well; one has no weight.
fn rows(count: usize) -> Vec<Row> {
    let unit = |i: usize, prime: f64| (i as f64 * prime.sqrt()).fract();
    let row = |i: usize| {
        let ln: [f64; INPUTS] =
            [18.0 + 4.0 * unit(i, 2.0), 21.0 + 4.0 * unit(i, 3.0), 20.0 + unit(i, 5.0), 44.0 + 7.0 * unit(i, 7.0)];
        let loss = 1.7 + 480.0 * (-0.35 * ln[0]).exp() + 2000.0 * (-0.37 * ln[1]).exp();
        Row {
            at: At { ln },
            ln_loss: loss.ln() + 0.01 * (unit(i, 11.0) - 0.5),
            weight: if i == 5 { 0.0 } else { 1.0 + unit(i, 13.0) },
        }
    };
    (0..count).map(row).collect()
}

/// Every number that an evaluation of the objective and a few steps of a search from there come to, as bits.
fn bits(setup: &Setup, rows: &crate::rows::Rows, theta: &Theta) -> Vec<u64> {
    let mut room = Room::default();
    let search = setup.search(rows);
    let short = crate::fit::newton::Search { steps: 12, ..search };
    let searched = &theta[..setup.count()];
    let mut numbers = vec![search.objective.of_data(searched, &mut room)];
    for bend in [Bend::Exact, Bend::Majorant] {
        numbers.push(search.objective.prepare(searched, bend, &mut room));
        let normal = search.objective.normal(searched, bend, &room);
        numbers.extend(normal.gradient);
        numbers.extend(normal.hessian.as_flattened());
        let bottom = short.descend(theta, bend, &mut room);
        numbers.push(bottom.objective);
        numbers.extend(bottom.theta);
    }
    numbers.into_iter().map(f64::to_bits).collect()
}

fn same_everywhere<T: PartialEq + std::fmt::Debug>(what: &str, of: impl Fn() -> T) {
    let mut all = widths().into_iter().map(|(name, width)| (name, with(width, &of)));
    let (_, plain) = all.next().expect("there is a plain one");
    all.for_each(|(name, wide)| assert!(plain == wide, "{what}: {name} gives {wide:?}, plain {plain:?}"));
}

fn start(setup: &Setup) -> Theta {
    setup.as_searched(&setup.starts().at(&vec![0.4; setup.count()])[..setup.count()])
}

#[test]
fn every_width_gives_the_same_bits() {
    let raw = rows(53);
    for &law in LAWS {
        for kind in ROBUST_LOSSES {
            let text = if kind.name == "quantile" { "quantile:0.3" } else { kind.name };
            let robust = robust_loss(text).expect("it is registered");
            for residual in Residual::ALL {
                let fixed = vec![None; law.coefficients().len()];
                let (setup, rows) = Setup::new(law, &raw, robust.as_ref(), residual, &[], &fixed);
                let theta = start(&setup);
                same_everywhere(&format!("{} {text} {}", law.name(), residual.name()), || bits(&setup, &rows, &theta));
            }
        }
    }
}

#[test]
fn every_width_gives_the_same_starts() {
    let raw = rows(53);
    for name in ["chinchilla", "tied", "frontier", "power"] {
        let law = law(name).expect("it is registered");
        let robust = robust_loss("huber").expect("it is registered");
        for fixed_last in [None, Some(0.4)] {
            let mut fixed = vec![None; law.coefficients().len()];
            fixed[law.coefficients().len() - 1] = fixed_last;
            let (setup, rows) = Setup::new(law, &raw, robust.as_ref(), Residual::Log, &[], &fixed);
            let starts = || Projection::new(&setup, &rows, 12).starts(&setup, rows.weights(), 9);
            same_everywhere(name, || starts().iter().flatten().map(|x| x.to_bits()).collect::<Vec<u64>>());
        }
    }
}

/// `cargo test --release --package isoflop --lib -- --ignored --nocapture widths` prints the times in `bench/README.md`.
#[test]
#[ignore = "a benchmark"]
fn how_much_wide_vectors_gain() {
    const CALLS: usize = 1_000;
    let raw = rows(240);
    let robust = robust_loss("huber:0.001").expect("it is registered");
    let law: &dyn Law = law("chinchilla").expect("it is registered");
    let robust: &dyn RobustLoss = robust.as_ref();
    let fixed = [None; 5];
    let (setup, rows) = Setup::new(law, &raw, robust, Residual::Log, &[], &fixed);
    let (search, theta) = (setup.search(&rows), start(&setup));
    let mut room = Room::default();
    let mut least = vec![[f64::INFINITY; 4]; widths().len()];
    // All widths in turn, again and again: a slow minute of the machine hits each.
    for _ in 0..60 {
        for ((_, width), least) in widths().into_iter().zip(&mut least) {
            let mut timed = |which: usize, calls: usize, of: &mut dyn FnMut()| {
                let begin = Instant::now();
                with(width, || (0..calls).for_each(|_| of()));
                least[which] = least[which].min(begin.elapsed().as_secs_f64() / calls as f64);
            };
            let searched = &theta[..setup.count()];
            timed(0, CALLS, &mut || {
                black_box(search.objective.of_data(black_box(searched), &mut room));
            });
            for (which, bend) in [(1, Bend::Majorant), (2, Bend::Exact)] {
                timed(which, CALLS, &mut || {
                    search.objective.prepare(black_box(searched), bend, &mut room);
                    black_box(search.objective.normal(searched, bend, &room));
                });
            }
            let starts = || Projection::new(&setup, &rows, 32).starts(&setup, rows.weights(), 6);
            timed(3, 10, &mut || drop(black_box(starts())));
        }
    }
    for (which, what) in
        ["objective", "with gradient", "with gradient and hessian", "projected starts"].iter().enumerate()
    {
        for ((name, _), times) in widths().iter().zip(&least) {
            println!("{what}, {name}: {:.2} µs, {:.2}× plain", 1e6 * times[which], least[0][which] / times[which]);
        }
    }
}
