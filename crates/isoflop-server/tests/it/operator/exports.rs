//! Exports and backups give back what is in the books.

use isoflop_server::http::operator::{RUN_COLUMNS, USER_COLUMNS};
use isoflop_server::ledger::Terms;
use isoflop_server::store::Store;
use serde_json::Value;

use crate::running::{Running, config};

fn rows(text: &str) -> (Vec<String>, Vec<Vec<String>>) {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let fields = |record: &csv::StringRecord| record.iter().map(ToOwned::to_owned).collect::<Vec<_>>();
    let heading = fields(reader.headers().expect("a heading"));
    (heading, reader.records().map(|record| fields(&record.expect("a row"))).collect())
}

fn lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).expect("a line of JSON")).collect()
}

#[test]
fn exports_hold_the_books_in_both_forms() {
    let server = Running::start(Some("simulated:quiet"));
    server.add("\"Turing\", Alan");
    for seed in 0..3 {
        let id = server.submit(&server.user, &config(seed));
        server.wait(id, "completed");
    }
    for (what, columns) in
        [("experiments", RUN_COLUMNS), ("users", USER_COLUMNS), ("events", &["seq", "at", "event"][..])]
    {
        let (heading, rows) = rows(&server.see(&format!("export/{what}")).text);
        let lines = lines(&server.see(&format!("export/{what}?format=jsonl")).text);
        assert_eq!(heading, columns, "{what}");
        assert_eq!(rows.len(), lines.len(), "{what}");
        for (row, line) in rows.iter().zip(&lines) {
            assert_eq!(line.as_object().map(serde_json::Map::len), Some(columns.len()), "{line}");
            for (column, cell) in columns.iter().zip(row) {
                let value = &line[*column];
                let told = match value {
                    Value::Null => String::new(),
                    Value::String(text) => text.clone(),
                    other => other.to_string(),
                };
                assert_eq!(*cell, told, "{what}.{column}");
            }
        }
    }
    let runs = lines(&server.see("export/experiments?format=jsonl").text);
    for (run, id) in runs.iter().zip(1..) {
        assert_eq!(*run, server.see(&format!("experiments/{id}")).ok());
        let told = server.get(&format!("/experiment/{id}"), ("X-API-Key", &server.user)).ok();
        assert_eq!((&run["config"], &run["losses"]), (&told["training_config"], &told["status"]["val_losses"]));
    }
    assert_eq!(runs.len(), 3);
    let events = server.see("export/events").text;
    assert!(events.contains("key_set") && !events.contains("argon2id") && !events.contains(&server.user));
    assert_eq!(server.see("export/keys").refused(404), "\"keys\" is no export; there are experiments, users, events");
    assert!(server.see("export/users?format=xml").refused(422).contains("unknown variant"));
}

#[test]
fn a_backup_is_a_database_of_the_same_books() {
    let server = Running::start(None);
    server.submit(&server.user, &config(0));
    let request = ureq::get(format!("{}/v1/operator/backup", server.url)).header("X-Operator-Key", &server.operator);
    let copy = request.call().expect("an answer").body_mut().read_to_vec().expect("a whole body");
    let path = server.path("copy.db");
    std::fs::write(&path, copy).expect("a file");
    let ledger = Store::open(&path).expect("a database").replay().expect("books");
    assert_eq!(ledger.experiments().len(), 1);
    let user = ledger.user_named("student").expect("the first user");
    let balance = ledger.balance(&Terms::default(), user, isoflop_server::ledger::Purse::Seconds);
    assert_eq!(balance.used, 600.0);
    let left: Vec<_> = std::fs::read_dir(server.folder()).expect("a folder").filter_map(Result::ok).collect();
    let left: Vec<_> = left.iter().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    assert!(!left.iter().any(|name| name.contains("backup-")), "{left:?}");
    assert_eq!(server.see("audit").ok()["entries"][0]["action"], "backup");
}
