//! The database: one server has it, one file holds it; and a disk that is full, or cannot be written.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::{Server, config, words_of};
use crate::program::{Place, command, run};

/// A small file system of its own, for root; others go without these tests.
struct SmallDisk {
    place: Place,
}

impl SmallDisk {
    fn mount(size: &str) -> Option<Self> {
        let place = Place::new();
        if mount(&["-t", "tmpfs", "-o", &format!("size={size}"), "isoflop-test"], &place.path("")) {
            return Some(Self { place });
        }
        eprintln!("skipped: a small disk cannot be mounted here (are you root, outside of a container?)");
        None
    }

    fn path(&self) -> PathBuf {
        self.place.path("")
    }

    fn make_read_only(&self) {
        assert!(mount(&["-o", "remount,ro"], &self.path()));
    }
}

fn mount(options: &[&str], folder: &Path) -> bool {
    let quiet = || Stdio::null();
    let mounted = Command::new("mount").args(options).arg(folder).stdout(quiet()).stderr(quiet()).status();
    mounted.is_ok_and(|status| status.success())
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // Lazily: a server may be ending.
        let _ = Command::new("umount").arg("-l").arg(self.path()).status();
    }
}

#[test]
fn a_full_disk_refuses_what_is_new_and_keeps_what_was_answered() {
    let Some(disk) = SmallDisk::mount("1m") else { return };
    let options = "--no-workers --budget-seconds 1e9";
    let mut server = Server::start(&disk.path(), options);
    let key = server.keys.user.clone();
    let mut accepted = Vec::new();
    let refused = loop {
        let answer = server.submit(&key, &config(accepted.len() as u64, 10));
        if answer.status != 200 {
            break answer;
        }
        accepted.push(answer.json()["experiment_id"].as_u64().unwrap());
        assert!(accepted.len() < 10_000, "the disk does not fill");
    };
    assert_eq!((refused.status, refused.header("retry-after")), (503, Some("5")), "{}", refused.text());
    assert!(refused.text().contains("cannot write now"), "{}", refused.text());
    let count = |server: &Server| server.get("/experiments", &key).json().as_array().unwrap().len();
    assert_eq!((count(&server), server.budget(&key).0), (accepted.len(), accepted.len() as f64 * 10.0));
    server.kill();

    let mut server = Server::start(&disk.path(), options);
    assert_eq!(count(&server), accepted.len(), "after a start on the full disk");
    server.kill();
}

#[test]
fn a_disk_that_has_room_again_is_written_again() {
    let Some(disk) = SmallDisk::mount("4m") else { return };
    let server = Server::start(&disk.path(), "--no-workers --budget-seconds 1e9");
    let (key, filler) = (&server.keys.user, disk.path().join("filler"));
    assert_eq!(server.submit(key, &config(0, 10)).status, 200);
    // Whatever room there is, and none left for a journal to grow into.
    let dd = format!("dd if=/dev/zero of='{}' bs=4k 2>/dev/null", filler.display());
    assert!(!Command::new("sh").args(["-c", &dd]).status().unwrap().success(), "the disk was to be full");
    let refused = (1..2000).map(|seed| server.submit(key, &config(seed, 10)).status).find(|&status| status != 200);
    assert_eq!(refused, Some(503));
    let before = server.budget(key);
    std::fs::remove_file(&filler).unwrap();
    assert_eq!(server.submit(key, &config(9_000, 10)).status, 200);
    assert_eq!(server.budget(key).0, before.0 + 10.0);
}

#[test]
fn a_result_that_a_full_disk_could_not_take_is_taken_later() {
    let Some(disk) = SmallDisk::mount("4m") else { return };
    // A lease that would run out while the disk is full.
    let server = Server::start(&disk.path(), "--no-workers --lease-seconds 1");
    let (key, filler) = (&server.keys.user, disk.path().join("filler"));
    assert_eq!(server.submit(key, &config(0, 10)).status, 200);
    let (id, run_id) = server.lease("patient").unwrap();
    let dd = format!("dd if=/dev/zero of='{}' bs=4k 2>/dev/null", filler.display());
    assert!(!Command::new("sh").args(["-c", &dd]).status().unwrap().success(), "the disk was to be full");
    let finish = |text: &str| {
        let finish = format!(r#"{{"result_type":"completed","used_runtime_seconds":3,"val_losses":[{text}]}}"#);
        server.work_text(&format!("/v1/worker/{id}/finish"), &format!(r#"{{"run_id":"{run_id}","finish":{finish}}}"#))
    };
    // Too long for what is left of the journal.
    let losses = vec!["3.25"; 200_000].join(",");
    assert_eq!(finish(&losses).status, 503);
    let full = Instant::now();
    while full.elapsed() < Duration::from_secs(3) {
        assert_eq!(finish(&losses).status, 503);
        std::thread::sleep(Duration::from_millis(200));
    }
    std::fs::remove_file(&filler).unwrap();
    assert_eq!(finish("3.25").status, 204);
    assert_eq!(server.experiment(key, id)["status"]["status_type"], "completed");
}

#[test]
fn a_database_that_cannot_be_written_is_told_of_at_the_start() {
    let Some(disk) = SmallDisk::mount("4m") else { return };
    let mut server = Server::start(&disk.path(), "--no-workers");
    server.kill();
    disk.make_read_only();
    let ended = run(&mut command(&disk.path(), "serve --db runs.db --listen 127.0.0.1:0 --log off"));
    assert_eq!(ended.code, 3, "{ended:?}");
    assert!(ended.err.contains("runs.db") && ended.err.contains("hint: "), "{ended:?}");
}

#[test]
fn one_server_has_a_database_and_leaves_all_in_one_file() {
    let place = Place::new();
    let mut server = Server::start(&place.path(""), "--no-workers");
    let user = server.keys.user.clone();
    for seed in 0..30 {
        assert_eq!(server.submit(&user, &config(seed, 10)).status, 200);
    }
    let second = run(&mut command(&place.path(""), &words_of("--no-workers")));
    assert_eq!(second.code, 3, "{second:?}");
    assert!(second.err.contains("another server has this database open"), "{second:?}");

    assert!(Command::new("kill").args(["-TERM", &server.child.id().to_string()]).status().unwrap().success());
    assert_eq!(server.child.wait().unwrap().code(), Some(0));
    let other = Place::new();
    std::fs::copy(place.path("runs.db"), other.path("runs.db")).unwrap();
    let server = Server::start(&other.path(""), "--no-workers");
    assert_eq!(server.get("/experiments", &user).json().as_array().unwrap().len(), 30);
}

#[test]
fn a_program_that_is_not_there_trains_nothing() {
    let place = Place::new();
    for words in
        ["serve --db runs.db --listen 127.0.0.1:0 --backend command:no-such-trainer", "worker --key k --run ./no-such"]
    {
        let ended = run(&mut command(&place.path(""), words));
        assert!(ended.code == 2 && ended.err.contains("there is no such program"), "{words}: {ended:?}");
    }
}
