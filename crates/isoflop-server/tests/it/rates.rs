//! How fast the books are. Run with `cargo test --release -p isoflop-server --test it rates -- --ignored --nocapture`.

use std::thread;
use std::time::Instant;

use isoflop_server::ledger::{Event, Ledger, Terms};
use isoflop_server::service::Service;
use isoflop_server::store::Store;

use crate::books::{ANN, Books, completed, finish, lease, submit, training};

fn rate(what: &str, count: usize, start: Instant) {
    let seconds = start.elapsed().as_secs_f64();
    println!("{what}: {count} in {seconds:.3} s, {:.0}/s", count as f64 / seconds);
}

/// Books with this many runs of one user, all ended if `ended`.
fn with_runs(runs: u64, ended: bool) -> Books {
    let mut books = Books::of(1);
    books.terms = Terms { max_queued: usize::MAX, budget_seconds: 1e12, ..Terms::default() };
    for seed in 0..runs {
        books.ask(seed as f64, submit(ANN, training(seed, 1.25))).unwrap();
        if ended {
            let run_ids = books.run_ids(seed as f64, lease("w", 1, &[]));
            books
                .ask(seed as f64, finish(seed + 1, Some(&run_ids[0]), completed(1.1, &[3.0 + 1e-6 * seed as f64])))
                .unwrap();
        }
    }
    books
}

#[test]
#[ignore = "a measurement"]
fn replay_of_a_hundred_thousand_events() {
    let books = with_runs(25_000, true);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("books");
    let start = Instant::now();
    crate::store::write(&mut Store::open(&path).unwrap(), &books).unwrap();
    rate("events written in one transaction", books.events.len(), start);
    let start = Instant::now();
    let ledger = Store::open(&path).unwrap().replay().unwrap();
    rate("events replayed from disk", books.events.len(), start);
    assert!(ledger == books.ledger);
    let texts: Vec<String> = books.events.iter().map(|(_, event)| serde_json::to_string(event).unwrap()).collect();
    let start = Instant::now();
    let events: Vec<Event> = texts.iter().map(|text| serde_json::from_str(text).unwrap()).collect();
    rate("of that, events parsed", events.len(), start);
    let start = Instant::now();
    let ledger = Ledger::replay(books.events.iter().map(|(at, event)| (*at, event)));
    rate("of that, events applied", books.events.len(), start);
    assert!(ledger == books.ledger);
}

#[test]
#[ignore = "a measurement"]
fn submissions_of_a_user_with_many_runs() {
    for runs in [0, 10_000, 20_000] {
        let mut books = with_runs(runs, true);
        let works: Vec<_> = (0..10_000).map(|seed| training(runs + seed, 1.0)).collect();
        let start = Instant::now();
        for work in works {
            books.ask(1e6, submit(ANN, work)).unwrap();
        }
        rate(&format!("submissions decided and applied behind {runs}, digests taken"), 10_000, start);
    }
}

#[test]
#[ignore = "a measurement"]
fn durable_submissions_of_many_threads() {
    // A real disk, where there is one: /tmp is memory on many machines.
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let books = with_runs(20_000, true);
    let path = folder.path().join("books");
    crate::store::write(&mut Store::open(&path).unwrap(), &books).unwrap();
    let service = Service::start(Store::open(&path).unwrap(), books.terms.clone()).unwrap();
    for threads in [1, 8, 32, 128] {
        let each = 4_000 / threads;
        let start = Instant::now();
        thread::scope(|scope| {
            for which in 0..threads {
                let service = &service;
                scope.spawn(move || {
                    for seed in 0..each {
                        let seed = 1_000_000 * threads + 10_000 * which + seed;
                        service.ask_and_wait(submit(ANN, training(seed, 1.0))).unwrap();
                    }
                });
            }
        });
        rate(&format!("durable submissions of {threads} threads"), (each * threads) as usize, start);
    }
}
