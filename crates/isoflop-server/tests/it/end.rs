//! Rules on ends as workers tell them.

use isoflop_api::{FailReason, Finish};
use isoflop_server::ledger::{Cause, End, Event, Refusal};

use crate::books::{ANN, Books, completed, dispatch, finish, lease, query, submit, training};
use crate::check::consistent;

fn failed(used_runtime_seconds: f64, reason: FailReason) -> Finish {
    Finish::Failed { used_runtime_seconds, reason }
}

fn unexpected(text: &str) -> FailReason {
    FailReason::Unexpected { failure: text.to_owned() }
}

fn running() -> Books {
    let mut books = Books::of(1);
    books.ask(0.0, submit(ANN, training(0, 100.0))).unwrap();
    books.run_ids(0.0, lease("w", 1, &[]));
    books
}

#[test]
fn charges_are_at_least_a_second_and_at_most_the_reservation() {
    let timeout = || FailReason::Timeout { partial_val_losses: vec![4.0, f64::NAN] };
    let table = [
        (completed(42.5, &[4.0]), 42.5),
        (completed(0.0, &[4.0]), 1.0),
        (completed(-7.0, &[4.0]), 1.0),
        (completed(f64::NAN, &[4.0]), 1.0),
        (completed(f64::INFINITY, &[4.0]), 100.0),
        (completed(101.0, &[4.0]), 100.0),
        (completed(50.0, &[f64::NAN]), 50.0),
        (failed(99.0, timeout()), 99.0),
        (failed(105.0, timeout()), 100.0),
        (failed(3.0, unexpected("out of memory\0")), 3.0),
    ];
    for (said, cost) in table {
        let mut books = running();
        let events = books.ask(10.0, finish(1, Some("run-1-1"), said.clone())).unwrap();
        assert!(matches!(events.last(), Some(Event::Ended { charge, .. }) if *charge == cost), "{said:?}: {events:?}");
        assert_eq!(books.used(ANN), cost, "{said:?}");
        for run_id in [Some("run-1-1"), None] {
            assert_eq!(books.ask(11.0, finish(1, run_id, said.clone())), Ok(vec![]), "{said:?} twice is once");
        }
        assert_eq!(books.ask(12.0, submit(ANN, training(0, 100.0))), Err(Refusal::AlreadySubmitted(1)));
        consistent(&books.ledger, &books.terms);
        assert_eq!(books.replayed(), books.ledger);
    }
}

#[test]
fn a_query_costs_its_flops_however_it_ends() {
    let mut books = Books::of(1);
    books.ask(0.0, submit(ANN, query(3e15))).unwrap();
    books.run_ids(0.0, lease("w", 1, &[]));
    let events = books.ask(1.0, finish(1, None, failed(5.0, unexpected("no")))).unwrap();
    let end = End::Failed { reason: unexpected("no"), cause: Cause::Run };
    assert_eq!(events, [Event::Ended { experiment: 1, used_seconds: 5.0, charge: 3e15, end }]);
}

#[test]
fn an_end_is_told_of_what_runs() {
    let mut books = running();
    books.ask(0.0, submit(ANN, training(1, 100.0))).unwrap();
    let another = |run_id: &str| Refusal::AnotherRun { experiment: 1, run_id: run_id.to_owned() };
    let end = || completed(5.0, &[4.0, 3.0]);
    let table = [
        (finish(9, None, end()), Refusal::UnknownExperiment(9)),
        (finish(0, None, end()), Refusal::UnknownExperiment(0)),
        (finish(2, None, end()), Refusal::NotRunning(2)),
        (finish(1, Some("run-1-0"), end()), another("run-1-0")),
    ];
    for (command, refusal) in table {
        assert_eq!(books.ask(1.0, command), Err(refusal));
    }
    let events = books.ask(2.0, finish(1, None, end())).unwrap();
    assert_eq!(events.len(), 2, "its losses, and its end");
    let table = [
        (finish(1, None, completed(5.0, &[4.0])), Refusal::AlreadyEnded(1)),
        (finish(1, Some("run-1-1"), completed(6.0, &[4.0, 3.0])), Refusal::AlreadyEnded(1)),
        (finish(1, Some("run-1-2"), end()), another("run-1-2")),
    ];
    for (command, refusal) in table {
        assert_eq!(books.ask(3.0, command), Err(refusal));
    }
    assert_eq!(books.ask(4.0, dispatch(1, "run-1-1")), Err(Refusal::NotQueued(1)));
}
