//! Rules on last words.

use isoflop_server::ledger::{Command, Event, Owner, Purpose, Refusal, UserId};

use crate::books::{ANN, BOB, Books, at, completed, config, finish, lease, submit, training};
use crate::check::consistent;

fn save(user: UserId, seed: u64, predicted_loss: f64) -> Command {
    Command::SaveFinal { user, config: config(seed, 100.0), predicted_loss }
}

fn launch() -> Command {
    Command::LaunchFinals { actor: "op".to_owned() }
}

fn finals(frozen: bool, deadline: Option<f64>) -> Command {
    Command::Finals { frozen, deadline: deadline.map(at), actor: "op".to_owned() }
}

#[test]
fn the_last_word_before_the_deadline_counts() {
    let mut books = Books::of(1);
    books.ask(0.0, finals(false, Some(100.0))).unwrap();
    assert_eq!(books.ask(0.0, finals(false, Some(100.0))), Ok(vec![]));
    books.ask(1.0, save(ANN, 1, 3.0)).unwrap();
    books.ask(100.0, save(ANN, 2, 2.5)).unwrap();
    assert_eq!(books.ask(100.5, save(ANN, 3, 2.0)), Err(Refusal::TooLate(at(100.0))));
    books.ask(101.0, finals(true, None)).unwrap();
    assert_eq!(books.ask(102.0, save(ANN, 3, 2.0)), Err(Refusal::FinalsFrozen));
    let last_word = books.ledger.user(ANN).last_word.clone().unwrap();
    assert_eq!((last_word.predicted_loss, last_word.saved, last_word.experiment), (2.5, at(100.0), None));
}

#[test]
fn a_predicted_loss_is_a_loss() {
    let mut books = Books::of(1);
    for loss in [0.0, -1.0, f64::INFINITY, f64::NAN] {
        assert!(matches!(books.ask(1.0, save(ANN, 1, loss)), Err(Refusal::NotAnAmount(_))), "{loss}");
    }
    let endless = Command::SaveFinal { user: ANN, config: config(1, f64::INFINITY), predicted_loss: 3.0 };
    assert_eq!(books.ask(1.0, endless), Err(Refusal::NotAnAmount(f64::INFINITY)));
}

#[test]
fn the_house_pays_for_finals_and_each_is_run_once() {
    let mut books = Books::of(3);
    books.ask(0.0, submit(ANN, training(1, 43_200.0))).unwrap();
    books.ask(1.0, save(ANN, 7, 3.0)).unwrap();
    books.ask(1.0, save(UserId(2), 8, 3.0)).unwrap();
    let events = books.ask(2.0, launch()).unwrap();
    assert!(matches!(events[0], Event::FinalsSet { frozen: true, deadline: None, .. }));
    let launched = |event: &Event| match event {
        Event::Submitted { experiment, user, reserved, purpose: Purpose::Final, .. } => (*experiment, *user, *reserved),
        other => panic!("{other:?}"),
    };
    assert_eq!(events[1..].iter().map(launched).collect::<Vec<_>>(), [(2, ANN, 0.0), (3, UserId(2), 0.0)]);
    assert_eq!(books.ask(3.0, launch()), Ok(vec![]));
    assert_eq!(books.ask(3.0, save(BOB, 1, 3.0)), Err(Refusal::FinalsFrozen));
    assert_eq!(books.ledger.experiments_of(ANN).count(), 1, "finals are the operators'");
    let own = Command::Cancel { experiment: 2, owner: Owner::User(ANN) };
    assert_eq!(books.ask(3.0, own), Err(Refusal::UnknownExperiment(2)));
    books.run_ids(4.0, lease("w", 9, &[]));
    books.ask(5.0, finish(2, None, completed(80.0, &[3.0]))).unwrap();
    books.ask(5.0, Command::Cancel { experiment: 3, owner: Owner::Operator }).unwrap();
    assert_eq!((books.used(ANN), books.used(UserId(2))), (43_200.0, 0.0));
    let again = books.ask(6.0, launch()).unwrap();
    assert_eq!(again.iter().map(launched).collect::<Vec<_>>(), [(4, UserId(2), 0.0)], "what was stopped, again");
    consistent(&books.ledger, &books.terms);
}
