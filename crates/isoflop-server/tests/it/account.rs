//! Rules on users, keys and what is granted.

use isoflop_server::ledger::{Command, Event, Owner, Purse, Refusal};

use crate::books::{ANN, BOB, Books, completed, finish, key, lease, submit, training};

fn adjust(amount: f64) -> Command {
    let (reason, actor) = ("late".to_owned(), "op".to_owned());
    Command::Adjust { user: ANN, purse: Purse::Seconds, amount, reason, actor, once: None }
}

fn adjust_once(name: &str, amount: f64) -> Command {
    let (reason, actor, once) = ("late".to_owned(), "op".to_owned(), Some(name.to_owned()));
    Command::Adjust { user: ANN, purse: Purse::Seconds, amount, reason, actor, once }
}

fn refund(experiment: u64) -> Command {
    Command::Refund { experiment, reason: "our fault".to_owned(), actor: "op".to_owned() }
}

#[test]
fn names_and_keys_are_unique() {
    let mut books = Books::of(2);
    let add = |name: &str, text: &str| Command::AddUser { name: name.to_owned(), key: key(text) };
    let table = [
        (add(" ", "new"), Refusal::NoName),
        (add(" a ", "new"), Refusal::NameTaken("a".to_owned())),
        (add("new", "key of a"), Refusal::KeyTaken),
        (Command::SetKey { owner: Owner::Operator, key: key("key of b") }, Refusal::KeyTaken),
    ];
    for (command, refusal) in table {
        assert_eq!(books.ask(1.0, command), Err(refusal));
    }
}

#[test]
fn a_new_key_ends_the_old() {
    let mut books = Books::of(1);
    let rotate = Command::SetKey { owner: Owner::User(ANN), key: key("new") };
    assert_eq!(books.ask(1.0, rotate.clone()).unwrap().len(), 1);
    assert_eq!(books.ask(1.0, rotate), Ok(vec![]), "twice is once");
    assert_eq!(books.ledger.owner(&key("key of a")), None);
    assert_eq!(books.ledger.owner(&key("new")), Some(Owner::User(ANN)));
    assert!(!books.ledger.has_key(Owner::Worker));
}

#[test]
fn budgets_are_adjusted_by_amounts() {
    let mut books = Books::of(1);
    for amount in [f64::NAN, f64::INFINITY] {
        assert!(matches!(books.ask(1.0, adjust(amount)), Err(Refusal::NotAnAmount(_))));
    }
    let most = Purse::Seconds.most();
    books.ask(1.0, adjust(most)).unwrap();
    assert_eq!(books.ask(1.0, adjust(1.0)), Err(Refusal::NotAnAmount(1.0)), "more than sums are exact for");
    assert_eq!(Books::of(1).ask(1.0, adjust(2.0 * most)), Err(Refusal::NotAnAmount(2.0 * most)));
    let mut books = Books::of(1);
    books.ask(1.0, submit(ANN, training(0, 43_000.0))).unwrap();
    assert_eq!(books.ask(1.0, adjust(-201.0)), Err(Refusal::NotLeft { amount: 201.0, left: 200.0 }));
    books.ask(1.0, adjust(-200.0)).unwrap();
    let balance = books.ledger.balance(&books.terms, ANN, Purse::Seconds);
    assert_eq!((balance.total, balance.used, balance.left()), (43_000.0, 43_000.0, 0.0));
    assert!(matches!(books.ask(1.0, submit(ANN, training(1, 1.0))), Err(Refusal::OverBudget { .. })));
}

#[test]
fn what_is_adjusted_under_a_name_is_adjusted_once() {
    let mut books = Books::of(1);
    assert_eq!(books.ask(1.0, adjust_once("week 3", 60.0)).unwrap().len(), 1);
    assert_eq!(books.ask(2.0, adjust_once("week 3", 60.0)), Ok(vec![]));
    assert_eq!(books.ask(2.0, adjust_once("week 3", 61.0)), Err(Refusal::AlreadyGranted("week 3".to_owned())));
    books.ask(3.0, adjust_once("week 4", 60.0)).unwrap();
    assert_eq!(books.ledger.balance(&books.terms, ANN, Purse::Seconds).total, 43_320.0);
    assert_eq!(books.replayed(), books.ledger, "also after a start");
}

#[test]
fn refunds_are_of_what_has_ended() {
    let mut books = Books::of(2);
    books.ask(0.0, submit(BOB, training(0, 100.0))).unwrap();
    assert_eq!(books.ask(1.0, refund(2)), Err(Refusal::UnknownExperiment(2)));
    assert_eq!(books.ask(1.0, refund(1)), Err(Refusal::NotEnded(1)));
    books.run_ids(1.0, lease("w", 1, &[]));
    assert_eq!(books.ask(1.0, refund(1)), Err(Refusal::NotEnded(1)));
    books.ask(2.0, finish(1, Some("run-1-1"), completed(70.0, &[4.0]))).unwrap();
    assert!(matches!(&books.ask(3.0, refund(1)).unwrap()[..], [Event::Refunded { experiment: 1, .. }]));
    assert_eq!((books.used(BOB), books.ask(3.0, refund(1))), (0.0, Ok(vec![])));
    assert_eq!(books.ask(4.0, submit(BOB, training(0, 100.0))), Err(Refusal::AlreadySubmitted(1)));
}
