//! The books with their writer.

use std::path::Path;
use std::process;
use std::thread;

use isoflop_server::ledger::{Command, Event, Purse, Refusal, Terms};
use isoflop_server::service::{Problem, Service};
use isoflop_server::store::Store;
use rusqlite::Connection;

use crate::books::{ANN, Books, at, key, lease, submit, training};
use crate::check::consistent;
use crate::store::write;

fn start(path: &Path) -> Service {
    Service::start(Store::open(path).unwrap(), Terms::default()).unwrap()
}

fn add(name: &str) -> Command {
    Command::AddUser { name: name.to_owned(), key: key(name) }
}

/// Everyone at once.
fn ask_all(service: &Service, commands: Vec<Command>) -> Vec<Result<(), Problem>> {
    thread::scope(|scope| {
        let threads: Vec<_> =
            commands.into_iter().map(|command| scope.spawn(|| service.ask_and_wait(command).map(drop))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    })
}

/// Asks again and again until it stops: then the file is nobody's.
fn stop(service: Service, path: &Path) {
    let mut changes = service.changes();
    drop(service);
    while !matches!(changes.try_recv(), Err(tokio::sync::broadcast::error::TryRecvError::Closed)) {
        thread::yield_now();
    }
    assert!(path.exists());
}

#[test]
fn forty_at_once_never_overspend() {
    let folder = tempfile::tempdir().unwrap();
    let service = start(&folder.path().join("books"));
    service.ask_and_wait(add("a")).unwrap();
    let answers = ask_all(&service, (0..40).map(|seed| submit(ANN, training(seed, 3_000.0))).collect());
    let over = |answer: &&Result<_, _>| matches!(answer, Err(Problem::Refused(Refusal::OverBudget { .. })));
    assert_eq!((answers.iter().filter(|answer| answer.is_ok()).count(), answers.iter().filter(over).count()), (14, 26));
    assert_eq!(service.ledger().balance(service.terms(), ANN, Purse::Seconds).used, 42_000.0);
    consistent(&service.ledger(), service.terms());
}

#[test]
fn of_equals_one_is_taken() {
    let folder = tempfile::tempdir().unwrap();
    let service = start(&folder.path().join("books"));
    service.ask_and_wait(add("a")).unwrap();
    let answers = ask_all(&service, (0..24).map(|_| submit(ANN, training(0, 100.0))).collect());
    let known = Err(Problem::Refused(Refusal::AlreadySubmitted(1)));
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1);
    assert_eq!(answers.iter().filter(|answer| **answer == known).count(), 23);
}

/// Frames of the write-ahead log that end a transaction.
fn commits(database: &Path) -> usize {
    let log = std::fs::read(database.with_file_name("books-wal")).unwrap();
    let word = |at: usize| u32::from_be_bytes(log[at..at + 4].try_into().unwrap());
    (32..log.len()).step_by(24 + word(8) as usize).filter(|&frame| word(frame + 4) != 0).count()
}

#[test]
fn who_waits_together_is_written_together() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("books");
    let service = start(&path);
    service.ask_and_wait(add("a")).unwrap();
    let before = commits(&path);
    let other = Connection::open(&path).unwrap();
    other.execute_batch("begin immediate").unwrap();
    thread::scope(|scope| {
        let asks: Vec<_> = (0..100)
            .map(|seed| submit(ANN, training(seed, 1.0)))
            .map(|command| scope.spawn(|| service.ask_and_wait(command).unwrap()))
            .collect();
        // They all wait for the first, and it for the other program.
        thread::sleep(std::time::Duration::from_millis(300));
        other.execute_batch("rollback").unwrap();
        for ask in asks {
            ask.join().unwrap();
        }
    });
    assert!(commits(&path) - before <= 3, "{} commits", commits(&path) - before);
    assert_eq!(service.ledger().load().0, 100);
}

#[test]
fn a_disk_that_fails_changes_nothing_and_is_forgiven() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("books");
    let terms = Terms { lease_seconds: 0.02, ..Terms::default() };
    let service = Service::start(Store::open(&path).unwrap(), terms.clone()).unwrap();
    service.ask_and_wait(add("a")).unwrap();
    service.ask_and_wait(submit(ANN, training(0, 100.0))).unwrap();
    service.ask_and_wait(lease("w", 1, &[])).unwrap();
    let disk = Connection::open(&path).unwrap();
    disk.execute_batch("create trigger full before insert on events begin select raise(fail, 'full'); end").unwrap();
    let before = service.ledger().clone();
    for _ in 0..2 {
        let answers = ask_all(&service, (0..8).map(|seed| submit(ANN, training(1 + seed % 4, 100.0))).collect());
        assert!(
            answers.iter().all(|answer| matches!(answer, Err(Problem::Storage(why)) if why == "full")),
            "{answers:?}"
        );
        assert_eq!(*service.ledger(), before);
    }
    assert!(matches!(service.ask_and_wait(submit(ANN, training(0, 100.0))), Err(Problem::Refused(_))));
    disk.execute_batch("drop trigger full").unwrap();
    thread::sleep(std::time::Duration::from_millis(30));
    let done = service.ask_and_wait(Command::Expire).unwrap();
    assert!(matches!(&done.events[..], [Event::Renewed { .. }]), "it could not be heard: {done:?}");
    assert_eq!(service.ask_and_wait(submit(ANN, training(1, 100.0))).unwrap().balance.unwrap().used, 200.0);
    thread::sleep(std::time::Duration::from_millis(30));
    let done = service.ask_and_wait(Command::Expire).unwrap();
    assert!(matches!(&done.events[..], [Event::Requeued { .. }]), "now it could: {done:?}");
    let live = service.ledger().clone();
    consistent(&live, &terms);
    stop(service, &path);
    assert_eq!(Store::open(&path).unwrap().replay().unwrap(), live);
}

/// A small disk, where this process may make one.
struct SmallDisk(tempfile::TempDir);

impl SmallDisk {
    fn mount() -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let mut mount = process::Command::new("mount");
        let mounted = mount.args(["-t", "tmpfs", "-o", "size=512k", "none"]).arg(folder.path());
        mounted.output().is_ok_and(|output| output.status.success()).then(|| Self(folder))
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = process::Command::new("umount").arg("-l").arg(self.0.path()).output();
    }
}

#[test]
fn a_full_disk_is_told_and_works_again_with_room() {
    let Some(disk) = SmallDisk::mount() else { return };
    let path = disk.0.path().join("books");
    let ballast = disk.0.path().join("ballast");
    std::fs::write(&ballast, vec![1; 200 * 1024]).unwrap();
    let service = start(&path);
    service.ask_and_wait(add("a")).unwrap();
    let mut seed = 0;
    let problem = loop {
        match service.ask_and_wait(submit(ANN, training(seed, 1.0))) {
            Ok(_) => seed += 1,
            Err(problem) => break problem,
        }
    };
    assert!(matches!(&problem, Problem::Storage(why) if why.contains("full")), "{problem:?}");
    assert_eq!(service.ledger().experiments().len() as u64, seed);
    std::fs::remove_file(&ballast).unwrap();
    service.ask_and_wait(submit(ANN, training(seed, 1.0))).unwrap();
    let live = service.ledger().clone();
    stop(service, &path);
    assert_eq!(Store::open(&path).unwrap().replay().unwrap(), live);
}

#[test]
fn a_file_that_cannot_be_written_is_told_at_once() {
    let Some(disk) = SmallDisk::mount() else { return };
    let path = disk.0.path().join("books");
    stop(start(&path), &path);
    let remounted = process::Command::new("mount").args(["-o", "remount,ro"]).arg(disk.0.path()).status().unwrap();
    assert!(remounted.success());
    let refused = Store::open(&path).unwrap_err().to_string();
    assert!(refused.contains("readonly") || refused.contains("unable to open"), "{refused}");
}

#[test]
fn time_goes_on_from_the_last_event() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("books");
    let mut books = Books::of(1);
    let ahead = at(1e9);
    books.ask(1e9, submit(ANN, training(0, 1.0))).unwrap();
    write(&mut Store::open(&path).unwrap(), &books).unwrap();
    let service = start(&path);
    let first = service.ask_and_wait(submit(ANN, training(1, 1.0))).unwrap().at;
    let second = service.ask_and_wait(submit(ANN, training(2, 1.0))).unwrap().at;
    assert!(ahead < first && first < second, "{ahead} {first} {second}");
    assert!(first.seconds_since(ahead) < 60.0);
}
