//! The books on disk.

use std::path::Path;

use isoflop_server::ledger::{Command, Event, Ledger, Purse};
use isoflop_server::store::{Store, StoreError};
use rusqlite::Connection;
use tempfile::TempDir;

use crate::books::{ANN, BOB, Books, at, completed, config, finish, lease, report, submit, training};

/// Books with a run in every state.
pub fn full() -> Books {
    let mut books = Books::of(2);
    for seed in 0..5 {
        books.ask(1.0, submit(ANN, training(seed, 0.1 + seed as f64 / 3.0))).unwrap();
    }
    books.ask(2.0, submit(BOB, crate::books::query(3e15))).unwrap();
    books.run_ids(3.0, lease("w", 5, &[]));
    books.ask(4.0, report(1, "run-1-1", Some(&[4.1, f64::MIN_POSITIVE, 1.0 / 3.0]))).unwrap();
    books.ask(5.0, finish(2, None, completed(0.3, &[-0.0, 2.2]))).unwrap();
    books.ask(5.0, finish(6, None, completed(1.0, &[f64::NAN]))).unwrap();
    let cancel = Command::Cancel { experiment: 3, owner: isoflop_server::ledger::Owner::User(ANN) };
    books.ask(6.0, cancel).unwrap();
    books.ask(7.0, Command::SaveFinal { user: BOB, config: config(9, 7.7), predicted_loss: 2.71 }).unwrap();
    let (reason, actor) = ("\"late\"\n".to_owned(), "é".to_owned());
    books.ask(8.0, Command::Adjust { user: ANN, purse: Purse::Flops, amount: 0.1, reason, actor, once: None }).unwrap();
    books
}

pub fn write(store: &mut Store, books: &Books) -> Result<(), StoreError> {
    let mut writing = store.write()?;
    for (at, event) in &books.events {
        writing.append(event, *at)?;
    }
    let experiments = books.events.iter().filter_map(|(_, event)| event.experiment());
    let users = books.events.iter().filter_map(|(_, event)| event.user());
    writing.show(&books.ledger, experiments, users)?;
    writing.commit()
}

/// A new database with these books.
fn written(books: &Books) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    write(&mut Store::open(&file(&folder)).unwrap(), books).unwrap();
    folder
}

fn file(folder: &TempDir) -> std::path::PathBuf {
    folder.path().join("books.sqlite")
}

fn replay(path: &Path) -> Ledger {
    Store::open(path).unwrap().replay().unwrap()
}

#[test]
fn what_was_written_comes_back_bit_for_bit() {
    let books = full();
    let folder = written(&books);
    let again = replay(&file(&folder));
    assert_eq!(again, books.ledger);
    let bits = |ledger: &Ledger| {
        let runs = ledger.experiments().iter();
        runs.flat_map(|run| run.losses.iter().copied().chain([run.charge]).map(f64::to_bits)).collect::<Vec<_>>()
    };
    assert_eq!(bits(&again), bits(&books.ledger), "to the sign of a zero");
}

#[test]
fn nothing_is_kept_of_what_is_not_committed() {
    let folder = written(&full());
    let mut store = Store::open(&file(&folder)).unwrap();
    let before = store.replay().unwrap();
    let mut writing = store.write().unwrap();
    writing.append(&Event::Drained { on: true, actor: String::new() }, at(9.0)).unwrap();
    drop(writing);
    assert_eq!(store.replay().unwrap(), before);
}

#[test]
fn other_databases_are_refused_and_left_alone() {
    let table = [
        ("create table pets (name text)", 0),
        ("pragma user_version = 2", 2),
        ("create table pets (name text); pragma user_version = -1", -1),
    ];
    for (sql, expected) in table {
        let folder = tempfile::tempdir().unwrap();
        Connection::open(file(&folder)).unwrap().execute_batch(sql).unwrap();
        let bytes = std::fs::read(file(&folder)).unwrap();
        let refused = Store::open(&file(&folder));
        assert!(matches!(refused, Err(StoreError::Format { found }) if found == expected), "{sql}: {refused:?}");
        assert_eq!(std::fs::read(file(&folder)).unwrap(), bytes, "{sql}");
    }
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(file(&folder), "no database at all, but a text that is long enough to be one").unwrap();
    assert!(matches!(Store::open(&file(&folder)), Err(StoreError::Sqlite(_))));
}

#[test]
fn an_event_that_cannot_be_read_is_named() {
    let folder = written(&full());
    let sql = "update events set event = '{\"event\":\"flown_away\"}' where seq = 3";
    Connection::open(file(&folder)).unwrap().execute_batch(sql).unwrap();
    assert!(matches!(Store::open(&file(&folder)).unwrap().replay(), Err(StoreError::Event { seq: 3, .. })));
}

#[test]
fn a_second_writer_is_noticed() {
    let folder = written(&full());
    let mut stores = [Store::open(&file(&folder)).unwrap(), Store::open(&file(&folder)).unwrap()];
    let next = stores
        .each_ref()
        .map(|store| store.replay().unwrap())
        .map(|_| Event::Drained { on: true, actor: "op".to_owned() });
    let mut write = |which: usize| {
        let mut writing = stores[which].write()?;
        writing.append(&next[which], at(9.0))?;
        writing.commit()
    };
    write(0).unwrap();
    assert!(matches!(write(1), Err(StoreError::Overtaken(_))), "it knows of an older state only");
    write(0).unwrap();
}

#[test]
fn tables_for_people_agree_with_the_books() {
    let books = full();
    let folder = written(&books);
    let connection = Connection::open(file(&folder)).unwrap();
    let sql = "select id || ' ' || user || ' ' || protocol || ' ' || status || ' ' || attempts || ' ' || losses || ' ' \
               || ifnull(run_id, '-') || ' ' || (json_valid(config) and started_at is not null), charge \
               from experiments order by id";
    let mut rows = connection.prepare(sql).unwrap();
    let rows: Vec<(String, f64)> = rows.query_map([], |row| row.try_into()).unwrap().map(Result::unwrap).collect();
    let expected = [
        "1 a 2026 running 1 [4.1,2.2250738585072014e-308,0.3333333333333333] run-1-1 1",
        "2 a 2026 completed 1 [-0.0,2.2] run-2-1 1",
        "3 a 2026 failed 1 [] run-3-1 1",
        "4 a 2026 running 1 [] run-4-1 1",
        "5 a 2026 queued 0 [] - 0",
        "6 b 2025 failed 1 [] run-6-1 1",
    ];
    let charges = books.ledger.experiments().iter().map(|run| run.charge);
    assert_eq!(rows, expected.map(str::to_owned).into_iter().zip(charges).collect::<Vec<_>>());
    let sql = "select name, extra_seconds, extra_flops, predicted_final_loss from users order by id";
    let mut users = connection.prepare(sql).unwrap();
    let users: Vec<(String, f64, f64, Option<f64>)> =
        users.query_map([], |row| row.try_into()).unwrap().map(Result::unwrap).collect();
    assert_eq!(users, [("a".to_owned(), 0.0, 0.1, None), ("b".to_owned(), 0.0, 0.0, Some(2.71))]);
}

#[test]
fn a_backup_is_the_same_books() {
    let books = full();
    let folder = written(&books);
    let copy = folder.path().join("copy.sqlite");
    let store = Store::open(&file(&folder)).unwrap();
    store.back_up(&copy).unwrap();
    assert_eq!(replay(&copy), books.ledger);
    assert!(store.back_up(&copy).is_err(), "nothing is overwritten");
}

#[test]
fn a_word_is_made_once() {
    let folder = written(&Books::of(0));
    let word = |new: &str| Store::open(&file(&folder)).unwrap().word("salt", || new.to_owned()).unwrap();
    assert_eq!([word("first"), word("second")], ["first", "first"]);
}
