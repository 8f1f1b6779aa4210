//! Rules on asking for a run, and on taking that back.

use isoflop_server::ledger::{Cause, Command, End, Event, Owner, Purpose, Purse, Refusal, State, UserId};

use crate::books::{ANN, BOB, Books, completed, finish, lease, query, submit, training};
use crate::check::consistent;

fn cancel(experiment: u64, owner: Owner) -> Command {
    Command::Cancel { experiment, owner }
}

#[test]
fn a_run_is_reserved_in_full() {
    let mut books = Books::of(2);
    let work = training(0, 100.5);
    let events = books.ask(1.0, submit(ANN, work.clone())).unwrap();
    let (experiment, purpose) = (1, Purpose::Own);
    let digest = work.digest();
    assert_eq!(events, [Event::Submitted { experiment, user: ANN, work, digest, reserved: 100.5, purpose }]);
    assert_eq!((books.used(ANN), books.used(BOB)), (100.5, 0.0));
}

#[test]
fn all_that_is_left_can_be_spent_and_no_more() {
    let mut books = Books::of(1);
    for seed in 0..7 {
        books.ask(1.0, submit(ANN, training(seed, 0.1 + 1.0 / 3.0))).unwrap();
    }
    let left = books.ledger.balance(&books.terms, ANN, Purse::Seconds).left();
    let more = books.ask(2.0, submit(ANN, training(8, left.next_up())));
    assert!(matches!(more, Err(Refusal::OverBudget { purse: Purse::Seconds, asked, balance })
        if asked == left.next_up() && balance.left() == left));
    books.ask(2.0, submit(ANN, training(8, left))).unwrap();
    let rest = books.ledger.balance(&books.terms, ANN, Purse::Seconds).left();
    assert!((0.0..1e-11).contains(&rest), "what is left was rounded down: {rest}");
    assert!(books.ask(2.0, submit(ANN, training(9, 1e-9))).is_err() && books.used(ANN) <= 43_200.0);
    consistent(&books.ledger, &books.terms);
}

#[test]
fn each_protocol_has_its_order_of_refusals() {
    let mut books = Books::of(1);
    books.ask(1.0, submit(ANN, training(0, 43_200.0))).unwrap();
    assert!(matches!(books.ask(1.0, submit(ANN, training(0, 43_200.0))), Err(Refusal::OverBudget { .. })));
    books.ask(1.0, submit(ANN, query(1e18))).unwrap();
    books.terms.budget_flops = 1e18;
    assert_eq!(books.ask(1.0, submit(ANN, query(1e18))), Err(Refusal::AlreadySubmitted(2)));
    assert!(matches!(books.ask(1.0, submit(ANN, query(1e13))), Err(Refusal::OverBudget { purse: Purse::Flops, .. })));
}

#[test]
fn what_cannot_be_written_down_is_refused() {
    let mut books = Books::of(1);
    for seconds in [f64::NAN, f64::INFINITY, -1.0, f64::NEG_INFINITY] {
        let refused = books.ask(1.0, submit(ANN, training(0, seconds)));
        assert!(matches!(refused, Err(Refusal::NotAnAmount(_))), "{seconds}: {refused:?}");
    }
    assert!(matches!(books.ask(1.0, submit(ANN, query(f64::NAN))), Err(Refusal::NotAnAmount(_))));
    assert_eq!(books.ask(1.0, submit(UserId(9), training(0, 1.0))), Err(Refusal::UnknownUser(9)));
}

#[test]
fn only_so_many_wait() {
    let mut books = Books::of(2);
    books.terms.max_queued = 2;
    for (user, seed, expected) in
        [(ANN, 0, Ok(())), (ANN, 1, Ok(())), (ANN, 2, Err(Refusal::QueueFull(2))), (BOB, 2, Ok(()))]
    {
        assert_eq!(books.ask(1.0, submit(user, training(seed, 1.0))).map(drop), expected, "{user:?} {seed}");
    }
}

#[test]
fn cancelled_runs_cost_what_they_used() {
    let mut books = Books::of(2);
    let own = Owner::User(ANN);
    for seed in 0..4 {
        books.ask(0.0, submit(ANN, training(seed, 100.0))).unwrap();
    }
    books.run_ids(10.0, lease("w", 3, &[]));
    // experiment, who, when, what it costs
    let table = [(4, own, 20.0, 0.0), (1, own, 10.25, 1.0), (2, own, 42.5, 32.5), (3, Owner::Operator, 500.0, 100.0)];
    for (id, owner, when, cost) in table {
        let events = books.ask(when, cancel(id, owner)).unwrap();
        assert!(
            matches!(&events[..], [Event::Ended { charge, end: End::Failed { cause: Cause::Cancelled, .. }, .. }]
            if *charge == cost),
            "{id}: {events:?}"
        );
        assert_eq!(books.ask(when, cancel(id, owner)), Ok(vec![]), "twice is once");
        assert_eq!(books.ask(when, finish(id, Some("whatever"), completed(9.0, &[]))), Ok(vec![]));
    }
    assert_eq!(books.used(ANN), 133.5);
    assert!(books.ask(501.0, submit(ANN, training(1, 100.0))).is_ok(), "its configuration is free again");
    consistent(&books.ledger, &books.terms);
}

#[test]
fn nobody_cancels_what_they_may_not() {
    let mut books = Books::of(2);
    books.ask(0.0, submit(ANN, training(0, 100.0))).unwrap();
    for (id, owner) in [(1, Owner::User(BOB)), (1, Owner::Worker), (0, Owner::Operator), (2, Owner::Operator)] {
        assert_eq!(books.ask(1.0, cancel(id, owner)), Err(Refusal::UnknownExperiment(id)), "{id} {owner:?}");
    }
    books.run_ids(1.0, lease("w", 1, &[]));
    books.ask(2.0, finish(1, None, completed(3.0, &[4.0]))).unwrap();
    assert_eq!(books.ask(3.0, cancel(1, Owner::Operator)), Err(Refusal::AlreadyEnded(1)));
    assert!(matches!(books.ledger.experiment(1).unwrap().state, State::Ended { end: End::Completed, .. }));
}
