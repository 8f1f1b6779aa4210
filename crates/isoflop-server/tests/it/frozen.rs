//! A database of each format that was ever released must be read for ever.
//!
//! `frozen/format-1.sqlite` was made by `make_frozen`, at the first commit of this file; an event of it has a field that
//! nobody knows yet.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use isoflop_server::ledger::{Ledger, Purse, Terms};
use isoflop_server::store::Store;
use rusqlite::Connection;

use crate::check::consistent;
use crate::store::{full, write};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/frozen")
}

/// The books in words.
fn summary(ledger: &Ledger) -> String {
    let mut text = String::new();
    for (id, user) in ledger.users() {
        let [seconds, flops] = [Purse::Seconds, Purse::Flops].map(|purse| ledger.balance(&Terms::default(), id, purse));
        let (used, left, total) = (seconds.used, seconds.left(), seconds.total);
        let _ = writeln!(text, "{}: {used:?} s used, {left:?} left of {total:?}; {:?} FLOPs", user.name, flops.used);
        if let Some(word) = &user.last_word {
            let _ = writeln!(text, "  final: {:?} at {}, {:?}", word.predicted_loss, word.saved, word.experiment);
        }
    }
    for run in ledger.experiments() {
        let (id, digest, losses, state) = (run.id, &run.digest, &run.losses, &run.state);
        let _ = writeln!(text, "{id} {digest} {} {:?} {losses:?} {state:?}", run.queued, run.charge);
    }
    text
}

#[test]
fn the_first_format_is_read() {
    let copy = tempfile::tempdir().unwrap();
    let path = copy.path().join("books");
    std::fs::copy(folder().join("format-1.sqlite"), &path).unwrap();
    let ledger = Store::open(&path).unwrap().replay().unwrap();
    consistent(&ledger, &Terms::default());
    assert_eq!(summary(&ledger), std::fs::read_to_string(folder().join("format-1.txt")).unwrap());
}

#[test]
#[ignore = "makes the frozen files, once for each format"]
fn make_frozen() {
    let work = tempfile::tempdir().unwrap();
    let (path, books) = (folder().join("format-1.sqlite"), full());
    std::fs::create_dir_all(folder()).unwrap();
    let mut store = Store::open(&work.path().join("books")).unwrap();
    write(&mut store, &books).unwrap();
    store.back_up(&path).unwrap();
    let sql = "update events set event = json_set(event, '$.of_a_later_version', json('[1]')) where seq = 5; vacuum";
    Connection::open(&path).unwrap().execute_batch(sql).unwrap();
    std::fs::write(folder().join("format-1.txt"), summary(&books.ledger)).unwrap();
}
