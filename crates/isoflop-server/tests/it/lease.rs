//! Rules on runs in workers' hands.

use isoflop_api::FailReason;
use isoflop_server::ledger::{Cause, Command, End, Event, LONGEST_FAILURE, OWN_WORKER, Refusal, Report, State};

use crate::books::{ANN, BOB, Books, at, completed, dispatch, finish, lease, query, report, submit, training};
use crate::check::consistent;

/// Books of one user with runs of 100 s that wait.
fn waiting(runs: u64) -> Books {
    let mut books = Books::of(2);
    for seed in 0..runs {
        books.ask(0.0, submit(ANN, training(seed, 100.0))).unwrap();
    }
    books
}

fn expires(books: &Books, experiment: u64) -> f64 {
    books.ledger.experiment(experiment).unwrap().lease().unwrap().expires.seconds_since(at(0.0))
}

fn lost(experiment: u64, run_id: &str, why: &str) -> Command {
    Command::Lost { experiment, run_id: run_id.to_owned(), why: why.to_owned() }
}

#[test]
fn an_answer_that_got_lost_is_given_again() {
    let mut books = waiting(4);
    assert_eq!(books.run_ids(1.0, lease("w", 2, &[])), ["run-1-1", "run-2-1"]);
    assert_eq!(books.ask(2.0, lease("w", 2, &[])), Ok(vec![]));
    let forgotten: Vec<_> = books.ledger.forgotten("w", &["run-1-1".to_owned()]).map(|run| run.id).collect();
    assert_eq!(forgotten, [2]);
    assert_eq!(books.run_ids(3.0, lease("w", 2, &["run-1-1"])), ["run-3-1"], "one place goes to what it forgot");
    assert_eq!(books.run_ids(3.0, lease("v", 9, &[])), ["run-4-1"], "another's are not its own");
    consistent(&books.ledger, &books.terms);
}

#[test]
fn only_so_many_run_and_none_while_draining() {
    let mut books = waiting(5);
    books.terms.max_running = 3;
    assert_eq!(books.run_ids(1.0, lease("w", 2, &[])).len(), 2);
    let drain = |on| Command::Drain { on, actor: "op".to_owned() };
    assert_eq!(books.ask(2.0, drain(true)).unwrap().len(), 1);
    assert_eq!(books.ask(2.0, drain(true)), Ok(vec![]));
    assert_eq!(books.ask(2.0, lease("v", 5, &[])), Ok(vec![]));
    assert!(books.ask(2.0, finish(1, Some("run-1-1"), completed(1.0, &[4.0]))).is_ok(), "what runs may end");
    books.ask(3.0, drain(false)).unwrap();
    assert_eq!(books.run_ids(4.0, lease("v", 5, &[])).len(), 2);
}

#[test]
fn a_run_is_handed_out_by_hand_once() {
    let mut books = waiting(1);
    assert_eq!(books.run_ids(1.0, dispatch(1, "slurm 7")), ["slurm 7"]);
    assert_eq!(expires(&books, 1), 1801.0);
    let table = [
        (dispatch(1, "slurm 7"), Ok(vec![])),
        (dispatch(1, "slurm 8"), Err(Refusal::NotQueued(1))),
        (dispatch(2, "slurm 7"), Err(Refusal::UnknownExperiment(2))),
    ];
    for (command, expected) in table {
        assert_eq!(books.ask(2.0, command), expected);
    }
}

#[test]
fn nothing_is_handed_out_by_hand_that_would_not_be_otherwise() {
    let mut books = waiting(4);
    books.ask(1.0, Command::Drain { on: true, actor: "op".to_owned() }).unwrap();
    assert_eq!(books.ask(1.0, dispatch(1, "slurm 1")), Err(Refusal::Draining));
    books.ask(1.0, Command::Drain { on: false, actor: "op".to_owned() }).unwrap();
    books.terms.max_running = 2;
    assert_eq!(books.run_ids(2.0, dispatch(1, "run-1-2")), ["run-1-2"]);
    assert_eq!(books.run_ids(2.0, lease("w", 1, &[])), ["run-2-1"]);
    assert_eq!(books.ask(2.0, dispatch(3, "slurm 3")), Err(Refusal::AllPlacesTaken(2)));
    // Late words of an attempt are told from those of the next by its name.
    books.ask(3.0, lost(1, "run-1-2", "gone")).unwrap();
    let taken = Refusal::RunIdTaken { experiment: 1, run_id: "run-1-2".to_owned() };
    assert_eq!(books.ask(4.0, dispatch(1, "run-1-2")), Err(taken));
    assert_eq!(books.run_ids(4.0, lease("w", 1, &["run-2-1"])), ["run-1-3"], "no name stands for two");
    consistent(&books.ledger, &books.terms);
}

#[test]
fn who_names_no_attempt_is_known_by_its_losses() {
    let mut books = waiting(1);
    books.run_ids(1.0, dispatch(1, "first"));
    books.ask(2.0, report(1, "first", Some(&[4.5, 4.25]))).unwrap();
    books.ask(3.0, lost(1, "first", "gone")).unwrap();
    books.run_ids(4.0, dispatch(1, "second"));
    let late = || finish(1, None, completed(9.0, &[4.5, 4.25, 4.0]));
    assert_eq!(books.ask(5.0, late()), Err(Refusal::Unnamed(1)), "nothing was said of the second");
    books.ask(6.0, report(1, "second", Some(&[4.75]))).unwrap();
    assert_eq!(books.ask(7.0, late()), Err(Refusal::Unnamed(1)), "these are the first's");
    assert!(books.ask(8.0, finish(1, None, completed(9.0, &[4.75, 4.5]))).is_ok());
}

#[test]
fn what_is_given_back_waits_again_and_was_not_lost() {
    let mut books = waiting(1);
    for attempt in 1..=4 {
        let run_id = format!("run-1-{attempt}");
        assert_eq!(books.run_ids(1.0, lease("w", 1, &[])), [run_id.as_str()]);
        let give_back = Command::GiveBack { experiment: 1, run_id };
        assert!(matches!(&books.ask(2.0, give_back.clone()).unwrap()[..], [Event::Requeued { counts: false, .. }]));
        assert_eq!(books.ask(2.0, give_back), Err(Refusal::NotRunning(1)));
    }
    assert_eq!((books.ledger.experiment(1).unwrap().lost, books.used(ANN)), (0, 100.0));
    consistent(&books.ledger, &books.terms);
}

#[test]
fn a_run_that_waits_for_a_machine_does_not_run_out_of_time() {
    let waits =
        |waits| Command::Report { experiment: 1, run_id: "run-1-1".to_owned(), report: Report { losses: None, waits } };
    let mut books = waiting(1);
    books.run_ids(0.0, lease("w", 1, &[]));
    // Longer than the run itself may take.
    for when in (0..=7_200).step_by(20) {
        books.ask(f64::from(when), waits(true)).unwrap();
        assert_eq!(books.ask(f64::from(when), Command::Expire), Ok(vec![]));
    }
    let State::Running { started, .. } = books.ledger.experiment(1).unwrap().state else { panic!("it waits") };
    let since = at(7_200.0).seconds_since(started);
    assert!((0.0..=60.0).contains(&since), "{since}");
    for when in (7_220..=7_880).step_by(20) {
        books.ask(f64::from(when), waits(false)).unwrap();
    }
    assert_eq!(books.ledger.experiment(1).unwrap().lease().unwrap().run_id, "run-1-1", "it has its whole time");
    assert_eq!(books.replayed(), books.ledger);
    consistent(&books.ledger, &books.terms);
}

#[test]
fn words_of_a_worker_renew_its_lease_once_half_is_over() {
    let mut books = waiting(1);
    books.run_ids(0.0, lease("w", 1, &[]));
    for (when, renewed) in [(1.0, None), (30.0, None), (30.5, Some(90.5)), (31.0, None), (80.0, Some(140.0))] {
        let events = books.ask(when, report(1, "run-1-1", None)).unwrap();
        let expected = renewed.map(|expires| Event::Renewed { experiment: 1, expires: at(expires) });
        assert_eq!(events, Vec::from_iter(expected), "{when}");
    }
    assert_eq!(books.ask(140.0, Command::Expire), Ok(vec![]));
    assert!(matches!(&books.ask(140.5, Command::Expire).unwrap()[..], [Event::Requeued { counts: true, .. }]));
}

#[test]
fn only_what_is_new_of_losses_is_written() {
    let mut books = waiting(1);
    books.run_ids(0.0, lease("w", 1, &[]));
    let progressed = |kept, losses: &[f64]| vec![Event::Progressed { experiment: 1, kept, losses: losses.to_vec() }];
    let table: [(&[f64], _); 6] = [
        (&[4.0, 3.5], progressed(0, &[4.0, 3.5])),
        (&[4.0, 3.5], vec![]),
        (&[4.0, 3.5, 3.25], progressed(2, &[3.25])),
        (&[4.0, 3.0], progressed(1, &[3.0])),
        (&[4.0, f64::NAN, 2.0], progressed(1, &[])),
        (&[], progressed(0, &[])),
    ];
    for (losses, expected) in table {
        assert_eq!(books.ask(1.0, report(1, "run-1-1", Some(losses))), Ok(expected), "{losses:?}");
    }
}

#[test]
fn the_third_loss_of_a_run_is_its_last_and_costs_nothing() {
    let mut books = waiting(1);
    for attempt in 1..=2 {
        let run_id = format!("run-1-{attempt}");
        assert_eq!(books.run_ids(1.0, lease("w", 1, &[])), [run_id.as_str()]);
        books.ask(2.0, report(1, &run_id, Some(&[4.0]))).unwrap();
        let events = books.ask(3.0, lost(1, &run_id, "preempted")).unwrap();
        assert_eq!(events, [Event::Requeued { experiment: 1, counts: true, why: "preempted".to_owned() }]);
        assert_eq!(books.ask(4.0, lost(1, &run_id, "preempted")), Err(Refusal::NotRunning(1)));
        assert_eq!(books.used(ANN), 100.0);
    }
    books.run_ids(5.0, lease("w", 1, &[]));
    let stale = Err(Refusal::AnotherRun { experiment: 1, run_id: "run-1-2".to_owned() });
    for command in
        [report(1, "run-1-2", None), lost(1, "run-1-2", ""), finish(1, Some("run-1-2"), completed(1.0, &[3.0]))]
    {
        assert_eq!(books.ask(6.0, command), stale);
    }
    let events = books.ask(7.0, lost(1, "run-1-3", &"x".repeat(1 << 20))).unwrap();
    let [Event::Ended { charge: 0.0, end: End::Failed { reason, cause: Cause::Lost }, .. }] = &events[..] else {
        panic!("{events:?}")
    };
    let FailReason::Unexpected { failure } = reason else { panic!("{reason:?}") };
    assert!(failure.starts_with("lost 3 times, and not charged: xxx") && failure.len() < LONGEST_FAILURE + 100);
    assert_eq!(books.ask(8.0, finish(1, Some("run-1-2"), completed(1.0, &[3.0]))), stale);
    assert_eq!(books.used(ANN), 0.0);
    assert!(books.ask(9.0, submit(ANN, training(0, 100.0))).is_ok(), "its configuration is free again");
    consistent(&books.ledger, &books.terms);
}

#[test]
fn a_worker_that_never_ends_is_ended() {
    let mut books = waiting(2);
    books.ask(0.0, submit(BOB, query(1e15))).unwrap();
    assert_eq!(books.run_ids(0.0, lease("w", 3, &[])).len(), 3);
    let limit = 100.0 * 1.05 + 600.0;
    for when in (0..=705).step_by(15) {
        for (id, run_id) in [(1, "run-1-1"), (2, "run-2-1"), (3, "run-3-1")] {
            books.ask(f64::from(when), report(id, run_id, Some(&[4.0]))).unwrap();
        }
        assert_eq!(books.ask(f64::from(when), Command::Expire), Ok(vec![]));
    }
    assert_eq!(books.ask(limit, report(1, "run-1-1", None)), Ok(vec![]), "the last moment is in time");
    let events = books.ask(limit + 0.5, report(1, "run-1-1", Some(&[4.0, 3.5]))).unwrap();
    let reason = FailReason::Timeout { partial_val_losses: vec![4.0, 3.5] };
    let end = End::Failed { reason, cause: Cause::Run };
    assert_eq!(events[1], Event::Ended { experiment: 1, used_seconds: limit + 0.5, charge: 100.0, end });
    assert_eq!(books.ask(707.0, report(1, "run-1-1", None)), Err(Refusal::NotRunning(1)), "and is told to stop");
    assert_eq!(books.ask(708.0, finish(1, Some("run-1-1"), completed(99.0, &[3.0]))), Err(Refusal::AlreadyEnded(1)));
    assert!(books.ask(709.0, finish(2, Some("run-2-1"), completed(99.0, &[3.0]))).is_ok(), "a late result is one");
    let events = books.ask(710.0, report(3, "run-3-1", None)).unwrap();
    assert!(matches!(&events[..], [Event::Renewed { .. }]), "queries have no limit: {events:?}");
    consistent(&books.ledger, &books.terms);
}

#[test]
fn a_server_that_starts_again_blames_nobody() {
    let mut books = waiting(3);
    books.run_ids(0.0, lease(OWN_WORKER, 1, &[]));
    books.run_ids(0.0, lease("w", 1, &[]));
    books.run_ids(0.0, dispatch(3, "slurm"));
    let why = "the server was started again".to_owned();
    let expected = [
        Event::Requeued { experiment: 1, counts: false, why },
        Event::Renewed { experiment: 2, expires: at(5_060.0) },
        Event::Renewed { experiment: 3, expires: at(6_800.0) },
    ];
    assert_eq!(books.ask(5_000.0, Command::Restart).unwrap(), expected);
    assert_eq!(books.ask(5_000.0, Command::Restart), Ok(vec![]));
    assert_eq!(books.ask(5_030.0, Command::Expire), Ok(vec![]));
    assert!(books.ask(5_031.0, finish(2, Some("run-2-1"), completed(60.0, &[3.0]))).is_ok());
    assert_eq!(books.ledger.experiment(1).unwrap().state, State::Queued);
    assert_eq!(books.run_ids(5_032.0, lease(OWN_WORKER, 1, &[])), ["run-1-2"], "a second start has a second name");
}

#[test]
fn a_lease_for_ever_is_the_same_on_disk() {
    let mut books = waiting(1);
    books.terms.lease_seconds = f64::INFINITY;
    books.run_ids(0.0, lease("w", 1, &[]));
    assert_eq!(books.replayed(), books.ledger);
}
