//! One piece of work, done as often as is said, for `bench/instructions.py` to count the instructions of.
//!
//! `instructions evaluation 100` evaluates the objective with its gradient and exact second derivatives a hundred times
//! and prints with which vectors; `instructions fit 100` makes as many fits from a good start.

mod table;

use std::hint::black_box;

use isoflop::fit::objective::Room;
use isoflop::robust::Bend;
use table::{Fits, with_fits};

fn main() {
    // Cargo hands over `--bench`.
    let mut arguments = std::env::args().skip(1).filter(|argument| !argument.starts_with('-'));
    let (work, times) = (arguments.next(), arguments.next().and_then(|times| times.parse().ok()).unwrap_or(1));
    with_fits(|fits| match work.as_deref() {
        Some("evaluation") | None => evaluation(fits, times),
        Some("fit") => fit(fits, times),
        Some(other) => panic!("there is no work called {other}: evaluation, fit"),
    });
    println!("{:?}", pulp::Arch::new());
}

fn evaluation(Fits { setup, rows, start }: &Fits, times: usize) {
    let objective = setup.search(rows).objective;
    let theta = &start[..setup.count()];
    let mut room = Room::default();
    for _ in 0..times {
        black_box(objective.prepare(black_box(theta), Bend::Exact, &mut room));
        black_box(objective.normal(theta, Bend::Exact, &room));
    }
}

fn fit(Fits { setup, rows, start }: &Fits, times: usize) {
    let mut room = Room::default();
    for _ in 0..times {
        black_box(setup.search(rows).descend(black_box(start), Bend::Exact, &mut room));
    }
}
