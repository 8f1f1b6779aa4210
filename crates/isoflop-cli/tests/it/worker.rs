//! `isoflop worker` as a process of its own, and what it and its server outlive.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::client::config;
use crate::program::{Ended, Place, command, run};
use crate::serving::{Server, WORKER_KEY};

/// Nothing here takes as long.
const PATIENCE: Duration = Duration::from_secs(90);
/// Prints a loss, waits for a file `go`, and prints another; says in `begun` that it has begun.
const TRAINER: &str = "import json, os, sys, time
config = json.loads(sys.stdin.readline())
open('begun', 'a').write(str(config['model_seed']) + '\\n')
print(json.dumps({'elapsed_seconds': 1.0, 'val_loss': 4.5}), flush=True)
while not os.path.exists('go'):
    time.sleep(0.02)
print(json.dumps({'elapsed_seconds': 2.0, 'val_loss': 4.25}), flush=True)
";

/// A worker that is ended when it is dropped.
struct Worker(Child);

impl Worker {
    fn start(folder: &Path, server: &Server, words: &str) -> Self {
        let mut command = command(folder, &format!("worker --name of-a-test --log off {words}"));
        command.env("ISOFLOP_URL", &server.url).env("ISOFLOP_WORKER_KEY", WORKER_KEY);
        Self(command.stdout(Stdio::null()).spawn().unwrap())
    }

    /// Ctrl-C, and its exit code.
    fn interrupt(mut self) -> Option<i32> {
        assert!(Command::new("kill").args(["-INT", &self.0.id().to_string()]).status().unwrap().success());
        self.0.wait().unwrap().code()
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn ask(place: &Place, server: &Server, words: &str) -> Ended {
    let mut command = command(&place.path(""), words);
    run(command.env("ISOFLOP_URL", &server.url).env("ISOFLOP_API_KEY", &server.user_key))
}

fn experiment(place: &Place, server: &Server) -> Value {
    ask(place, server, "status 1 --no-cache --json").json()[0]["status"].clone()
}

/// Waits until a look says yes.
fn until(what: &str, mut look: impl FnMut() -> bool) {
    let began = Instant::now();
    while !look() {
        assert!(began.elapsed() < PATIENCE, "{what} has not come");
        sleep(Duration::from_millis(50));
    }
}

fn begun(place: &Place) -> usize {
    std::fs::read_to_string(place.path("begun")).unwrap_or_default().lines().count()
}

/// Someone who has submitted one run, to a server that trains nothing itself; nothing where there is no Python.
fn submitted() -> Option<(Place, Server)> {
    if Command::new("python3").arg("--version").output().is_err() {
        eprintln!("skipped: there is no python3");
        return None;
    }
    let (place, server) = (Place::new(), Server::start("--no-workers --lease-seconds 4"));
    place.file("train.py", TRAINER);
    place.file("config.json", config(3).to_string());
    assert_eq!(ask(&place, &server, "submit config.json").code, 0);
    Some((place, server))
}

#[test]
fn a_program_trains_while_the_server_is_started_again() {
    let Some((place, mut server)) = submitted() else { return };
    let worker = Worker::start(&place.path(""), &server, "--run 'python3 train.py'");
    until("the first loss", || experiment(&place, &server)["val_losses"] == json!([4.5]));
    server.kill();
    place.file("go", "");
    // It ends while nobody is there to hear it.
    sleep(Duration::from_millis(500));
    server.begin_again();
    until("the end", || experiment(&place, &server)["status_type"] == "completed");
    let status = experiment(&place, &server);
    assert_eq!((&status["val_losses"], &status["used_runtime_seconds"]), (&json!([4.5, 4.25]), &json!(2.0)));
    assert_eq!((&status["run_id"], begun(&place)), (&json!("run-1-1"), 1), "it was trained once");
    assert_eq!(worker.interrupt(), Some(0));
}

#[test]
fn at_ctrl_c_runs_are_given_back() {
    let Some((place, server)) = submitted() else { return };
    let worker = Worker::start(&place.path(""), &server, "--run 'python3 train.py'");
    until("the run", || begun(&place) == 1);
    assert_eq!(worker.interrupt(), Some(0));
    assert_eq!(experiment(&place, &server)["status_type"], "queued");
    place.file("go", "");
    let _other = Worker::start(&place.path(""), &server, "--run 'python3 train.py'");
    until("the end", || experiment(&place, &server)["status_type"] == "completed");
    assert_eq!(experiment(&place, &server)["run_id"], "run-1-2");
}

#[test]
fn after_a_crash_the_worker_of_that_name_has_its_run_again() {
    let Some((place, mut server)) = submitted() else { return };
    let worker = Worker::start(&place.path(""), &server, "--run 'python3 train.py'");
    until("the run", || begun(&place) == 1);
    drop(worker);
    server.restart();
    place.file("go", "");
    let _again = Worker::start(&place.path(""), &server, "--run 'python3 train.py'");
    until("the end", || experiment(&place, &server)["status_type"] == "completed");
    assert_eq!(experiment(&place, &server)["run_id"], "run-1-1", "the same attempt");
}

#[test]
fn many_runs_go_on_at_once() {
    let (place, server) = (Place::new(), Server::start("--no-workers"));
    let sweep: Vec<Value> = (0..12).map(config).collect();
    place.file("sweep.json", json!(sweep).to_string());
    let _worker = Worker::start(&place.path(""), &server, "--slots 4 --backend simulated:quiet");
    let ended = ask(&place, &server, "submit sweep.json --wait");
    assert_eq!((ended.code, ended.out.matches("completed").count()), (0, 12), "{ended:?}");
}

#[test]
fn a_worker_that_is_refused_says_why() {
    let (place, server) = (Place::new(), Server::start("--no-workers"));
    let ended = ask(&place, &server, "worker --key wrong --backend simulated:quiet --log off");
    assert_eq!((ended.code, ended.err.lines().next()), (1, Some("error: invalid internal key")), "{ended:?}");
    let ended = ask(&place, &server, "worker --key x --backend simulatd");
    assert_eq!(ended.code, 2);
    assert!(ended.err.contains("did you mean simulated"), "{ended:?}");
    let ended = ask(&place, &server, "worker --backend simulated:quiet");
    assert_eq!((ended.code, ended.err.lines().next()), (2, Some("error: no worker key is given")));
}

#[test]
fn ctrl_c_while_waiting_leaves_the_runs_alone() {
    let (place, server) = (Place::with("config.json", config(0).to_string()), Server::start("--no-workers"));
    let mut waiting = command(&place.path(""), "submit config.json --wait");
    waiting.env("ISOFLOP_URL", &server.url).env("ISOFLOP_API_KEY", &server.user_key);
    let child = waiting.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // Not asked for as an experiment, which may not be there yet.
    until("the run", || ask(&place, &server, "status --no-cache --json").json() != json!([]));
    sleep(Duration::from_millis(500));
    assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130), "{output:?}");
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(told.contains("the runs go on: isoflop wait 1"), "{told}");
    assert_eq!(experiment(&place, &server)["status_type"], "queued");
}
