//! Who is served next, against an implementation that is slow and obviously right.

use isoflop_server::ledger::{ExperimentId, Ledger};
use proptest::prelude::*;

use crate::books::{Books, completed, finish, lease, submit, training};
use isoflop_server::ledger::UserId;

/// By the user's runs going on plus the place in their own queue, then by time, then by number.
fn slow(ledger: &Ledger, places: usize) -> Vec<ExperimentId> {
    let mut waiting = Vec::new();
    for (_, user) in ledger.users() {
        for (place, &id) in user.queued.iter().enumerate() {
            waiting.push((user.running + place, ledger.experiment(id).unwrap().queued, id));
        }
    }
    waiting.sort_unstable();
    waiting.into_iter().take(places).map(|(_, _, id)| id).collect()
}

#[derive(Clone, Debug)]
enum Step {
    Submit(u32),
    Lease(usize),
    Finish(usize),
    Lose(usize),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        4 => (0..5_u32).prop_map(Step::Submit),
        2 => (0..4_usize).prop_map(Step::Lease),
        1 => (0..9_usize).prop_map(Step::Finish),
        1 => (0..9_usize).prop_map(Step::Lose),
    ];
    prop::collection::vec(step, 0..120)
}

proptest! {
    #[test]
    fn order_is_fair(steps in steps()) {
        let mut books = Books::of(5);
        books.terms.max_lost = 100;
        for (time, step) in steps.into_iter().enumerate() {
            let (time, running) = (time as f64, books.ledger.running().map(|run| run.id).collect::<Vec<_>>());
            let chosen = |place: usize| running.get(place).copied();
            match step {
                Step::Submit(user) => drop(books.ask(time, submit(UserId(user), training(time as u64, 1.0))).unwrap()),
                Step::Lease(places) => {
                    let expected = slow(&books.ledger, places);
                    let got = books.run_ids(time, lease(&format!("w{time}"), places, &[]));
                    let ids: Vec<u64> = got.iter().map(|id| id.split('-').nth(1).unwrap().parse().unwrap()).collect();
                    prop_assert_eq!(ids, expected);
                }
                Step::Finish(place) => if let Some(id) = chosen(place) {
                    let run_id = books.ledger.experiment(id).unwrap().lease().unwrap().run_id.clone();
                    books.ask(time, finish(id, Some(&run_id), completed(1.0, &[3.0]))).unwrap();
                },
                Step::Lose(place) => if let Some(id) = chosen(place) {
                    let run_id = books.ledger.experiment(id).unwrap().lease().unwrap().run_id.clone();
                    let lost = isoflop_server::ledger::Command::Lost { experiment: id, run_id, why: String::new() };
                    books.ask(time, lost).unwrap();
                },
            }
            for places in [0, 1, 2, 5, 1000] {
                prop_assert_eq!(books.ledger.next(places), slow(&books.ledger, places));
            }
        }
    }
}
