//! Killed at any moment under load, the server forgets nothing that it answered, overspends nothing, and starts no run
//! twice under one name.
//!
//! A kill loses what the process held, and not what the kernel did: power cuts are the disk's and `SQLite`'s matter.
//! `ISOFLOP_SLOW=1` kills 200 times; `ISOFLOP_SEED` repeats the moments and choices of a failure, as far as the machine
//! goes along.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use isoflop_server::ledger::{Event, ExperimentId, Ledger, Purse, State, Terms};
use isoflop_server::store::Store;
use rusqlite::Connection;
use serde_json::{Value, json};

use super::wire::Wire;
use super::{JSON, Server, WORKER_KEY, config, is_slow};
use crate::program::Place;

const BUDGET: f64 = 20_000.0;
/// Rounds that share a database, so that it is not only young ones that are killed.
const ROUNDS_OF_ONE: usize = 10;

/// Moments and choices; the same for the same seed.
struct Luck(u64);

impl Luck {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit
    }
}

/// What the server has answered, and so must know for ever.
#[derive(Default)]
struct Answered {
    /// Experiment, seed and seconds, by user.
    accepted: Vec<Vec<(u64, u64, u64)>>,
    /// Ends that were taken.
    finished: BTreeMap<u64, (f64, Vec<f64>)>,
    /// Who was given an attempt.
    leased: BTreeMap<String, (u64, String)>,
    /// The last predicted loss that was saved, by user, and the last that was sent.
    finals: Vec<(u64, u64)>,
}

#[test]
fn nothing_answered_is_lost_when_the_server_is_killed() {
    let now = || SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_nanos() as u64;
    let seed = std::env::var("ISOFLOP_SEED").map_or_else(|_| now(), |seed| seed.parse().unwrap());
    eprintln!("ISOFLOP_SEED={seed}");
    let mut luck = Luck(seed | 1);
    let (mut submissions, mut finishes, mut attempts, mut events) = (0, 0, 0, 0);
    let rounds = if is_slow() { 200 } else { 20 };
    for _ in 0..rounds / ROUNDS_OF_ONE {
        let place = Place::new();
        let folder = place.path("");
        let mut server = Server::start(&folder, &format!("--no-workers --budget-seconds {BUDGET}"));
        let operator = server.keys.operator.clone();
        let keys: Vec<String> = (0..3).map(|user| server.add_user(&format!("user {user}"), &operator)).collect();
        server.kill();
        let mut answered = Answered { accepted: vec![Vec::new(); keys.len()], ..Answered::default() };
        answered.finals = vec![(0, 0); keys.len()];
        for _ in 0..ROUNDS_OF_ONE {
            under_load(&folder, &keys, &mut answered, &mut luck);
            let said = after_a_start(&folder, &keys, &answered);
            events = events.max(the_books_hold(&folder, &answered));
            assert_eq!(snapshot(&mut again(&folder), &keys), said, "a second start changed what is told");
        }
        submissions += answered.accepted.iter().map(Vec::len).sum::<usize>();
        finishes += answered.finished.len();
        attempts += answered.leased.len();
    }
    eprintln!(
        "{rounds} kills: {submissions} accepted submissions, {attempts} attempts handed out, {finishes} results taken, \
         up to {events} events in a database"
    );
    assert!(submissions > rounds && finishes > 0, "there was no load");
}

fn again(folder: &Path) -> Server {
    Server::start(folder, &format!("--no-workers --budget-seconds {BUDGET}"))
}

/// Starts a server, loads it from all sides, and kills it.
fn under_load(folder: &Path, keys: &[String], answered: &mut Answered, luck: &mut Luck) {
    let training = ["--no-workers", "--world course-2026 --slots 3", "--world flaky --slots 3"][luck.below(3) as usize];
    // Leases that run out while a worker is at it.
    let lease = [60.0, 0.3][luck.below(2) as usize];
    let mut server = Server::start(folder, &format!("{training} --budget-seconds {BUDGET} --lease-seconds {lease}"));
    let (address, moment) = (server.address, Duration::from_millis(5 + luck.below(400)));
    std::thread::scope(|scope| {
        let submitters: Vec<_> = keys
            .iter()
            .zip(&answered.finals)
            .map(|(key, &(_, sent))| scope.spawn(move || submit_until_dead(address, key, sent)))
            .collect();
        let workers: Vec<_> = (0..2).map(|worker| scope.spawn(move || work_until_dead(address, worker))).collect();
        let watcher = scope.spawn(move || watch_until_dead(address, keys));
        std::thread::sleep(moment);
        server.kill();
        watcher.join().unwrap();
        for (user, submitter) in submitters.into_iter().enumerate() {
            let (accepted, last_word) = submitter.join().unwrap();
            answered.accepted[user].extend(accepted);
            let (saved, sent) = last_word;
            answered.finals[user] = (saved.max(answered.finals[user].0), sent);
        }
        for (worker, done) in workers.into_iter().enumerate() {
            let (leased, finished) = done.join().unwrap();
            for (id, run_id) in leased {
                let holder = (id, format!("worker {worker}"));
                let before = answered.leased.insert(run_id.clone(), holder.clone());
                assert!(before.is_none_or(|before| before == holder), "{run_id} is with two workers");
            }
            answered.finished.extend(finished);
        }
    });
}

/// Every seed is another configuration.
static SEED: AtomicU64 = AtomicU64::new(1);

/// Accepted submissions, and the last words that were saved and sent.
type Submitted = (Vec<(u64, u64, u64)>, (u64, u64));

/// Submits, and now and then commits to a last word, whose loss counts upwards.
fn submit_until_dead(address: SocketAddr, key: &str, sent: u64) -> Submitted {
    let (mut accepted, mut saved, mut sent) = (Vec::new(), 0, sent);
    let Ok(mut wire) = Wire::open(address) else { return (accepted, (saved, sent)) };
    let headers = [JSON, ("X-API-Key", key)];
    loop {
        let seed = SEED.fetch_add(1, Ordering::Relaxed);
        let seconds = 1 + seed * 7919 % 300;
        let asked = config(seed, seconds).to_string();
        let Ok(answer) = wire.ask("POST", "/submit", &headers, asked.as_bytes()) else { break };
        match answer.status {
            200 => accepted.push((answer.json()["experiment_id"].as_u64().unwrap(), seed, seconds)),
            400 => std::thread::sleep(Duration::from_millis(3)),
            _ => panic!("{}: {}", answer.status, answer.text()),
        }
        if seed.is_multiple_of(8) {
            sent += 1;
            let last = json!({ "training_config": config(seed, seconds), "predicted_final_loss": sent }).to_string();
            let Ok(answer) = wire.ask("POST", "/final_submission", &headers, last.as_bytes()) else { break };
            assert_eq!(answer.status, 200, "{}", answer.text());
            saved = sent;
        }
    }
    (accepted, (saved, sent))
}

type Worked = (Vec<(u64, String)>, BTreeMap<u64, (f64, Vec<f64>)>);

/// Takes runs and ends them; remembers what it was given, and which ends were taken.
fn work_until_dead(address: SocketAddr, worker: usize) -> Worked {
    let (mut leased, mut finished) = (Vec::new(), BTreeMap::new());
    let Ok(mut wire) = Wire::open(address) else { return (leased, finished) };
    let headers = [JSON, ("X-Internal-Key", WORKER_KEY)];
    let mut ask = |path: &str, body: &Value| wire.ask("POST", path, &headers, body.to_string().as_bytes()).ok();
    let lease = json!({ "worker": format!("worker {worker}"), "places": 2, "holding": [] });
    'asking: while let Some(answer) = ask("/v1/worker/lease", &lease) {
        for lease in answer.json()["leases"].as_array().unwrap() {
            let (id, run_id) = (lease["experiment_id"].as_u64().unwrap(), lease["run_id"].as_str().unwrap());
            leased.push((id, run_id.to_owned()));
            let losses: Vec<f64> =
                (0..4).map(|evaluation| 4.0 - 0.1 * f64::from(evaluation) - id as f64 / 7e5).collect();
            let event = json!({ "log_type": "validation_loss", "run_id": run_id, "val_losses": losses[..2] });
            if ask(&format!("/v1/worker/{id}/progress"), &event).is_none() {
                break 'asking;
            }
            let used = (id % 17) as f64 + 0.5;
            let finish = json!({ "result_type": "completed", "used_runtime_seconds": used, "val_losses": losses });
            let Some(answer) = ask(&format!("/v1/worker/{id}/finish"), &json!({ "run_id": run_id, "finish": finish }))
            else {
                break 'asking;
            };
            match answer.status {
                204 => drop(finished.insert(id, (used, losses))),
                // The lease ran out, and another has it, or nobody.
                409 => {}
                _ => panic!("{}: {}", answer.status, answer.text()),
            }
        }
    }
    (leased, finished)
}

/// Whenever anyone looks, no purse is overdrawn.
fn watch_until_dead(address: SocketAddr, keys: &[String]) {
    let Ok(mut wire) = Wire::open(address) else { return };
    for key in keys.iter().cycle() {
        let Ok(answer) = wire.ask("GET", "/budget", &[("X-API-Key", key)], b"") else { return };
        let budget = answer.json();
        let (used, left) = (budget["used_seconds"].as_f64().unwrap(), budget["remaining_seconds"].as_f64().unwrap());
        assert!(used >= 0.0 && left >= 0.0 && used <= BUDGET, "{budget}");
    }
}

/// What is told after a start is all that was answered before; gives it.
fn after_a_start(folder: &Path, keys: &[String], answered: &Answered) -> Vec<String> {
    let mut server = again(folder);
    for (user, key) in keys.iter().enumerate() {
        let list = server.get("/experiments", key).json();
        let known: BTreeMap<u64, &Value> =
            list.as_array().unwrap().iter().map(|run| (run["experiment_id"].as_u64().unwrap(), run)).collect();
        for (id, seed, seconds) in &answered.accepted[user] {
            let run = known.get(id).unwrap_or_else(|| panic!("experiment {id} of user {user} is lost"));
            let config = &run["training_config"];
            assert_eq!(config["model_seed"].as_u64(), Some(*seed), "experiment {id}");
            assert_eq!(config["max_runtime_seconds"].as_f64(), Some(*seconds as f64), "experiment {id}");
        }
        for (id, (used, losses)) in &answered.finished {
            let Some(run) = known.get(id) else { continue };
            let status = &run["status"];
            assert_eq!(status["status_type"], "completed", "the end of {id} is lost: {run}");
            assert_eq!((&status["used_runtime_seconds"], &status["val_losses"]), (&json!(used), &json!(losses)));
        }
        let spent: f64 = known.values().map(|run| charge(run)).sum();
        let (used, left, total) = server.budget(key);
        assert!(left >= 0.0 && used <= total && (used - spent).abs() < 1e-6, "{spent} spent, told {used}, left {left}");
        let last = server.get("/final_submission", key).json();
        let (saved, sent) = answered.finals[user];
        let told = last["predicted_final_loss"].as_f64().unwrap_or_default() as u64;
        assert!((saved..=sent).contains(&told), "the last word is {told}, not {saved} to {sent}");
    }
    let said = snapshot(&mut server, keys);
    server.kill();
    said
}

/// What a run costs, from what is told of it.
fn charge(run: &Value) -> f64 {
    let (status, limit) = (&run["status"], run["training_config"]["max_runtime_seconds"].as_f64().unwrap());
    let failure = status["reason"]["failure"].as_str().unwrap_or_default();
    match status["used_runtime_seconds"].as_f64() {
        Some(_) if failure.contains("not charged") => 0.0,
        Some(used) => used.max(1.0).min(limit),
        None => limit,
    }
}

fn snapshot(server: &mut Server, keys: &[String]) -> Vec<String> {
    let paths = ["/experiments", "/budget", "/final_submission"];
    keys.iter().flat_map(|key| paths.map(|path| server.get(path, key).text())).collect()
}

/// Events follow each other as they may, no purse is overdrawn after any, and the tables for people show what the events
/// say. Gives the number of events.
fn the_books_hold(folder: &Path, answered: &Answered) -> i64 {
    let path = folder.join("runs.db");
    let ledger = Store::open(&path).unwrap().replay().unwrap();
    let connection = Connection::open(&path).unwrap();
    assert_eq!(connection.query_row("pragma integrity_check", [], |row| row.get::<_, String>(0)).unwrap(), "ok");
    let mut statement = connection.prepare("select seq, at, event from events order by seq").unwrap();
    let rows =
        statement.query_map([], |row| Ok((row.get::<_, i64>(0)?, row.get(1)?, row.get::<_, String>(2)?))).unwrap();
    let (mut books, mut course, mut seen) = (Ledger::default(), Course::default(), 0);
    let terms = Terms { budget_seconds: BUDGET, ..Terms::default() };
    for row in rows {
        let (seq, at, event) = row.unwrap();
        seen += 1;
        assert_eq!(seq, seen, "an event is missing");
        let event: Event = serde_json::from_str(&event).unwrap();
        course.follow(&event);
        books.apply(&event, isoflop_api::Timestamp(at));
        if let Event::Submitted { user, .. } | Event::BudgetAdjusted { user, .. } = &event {
            assert!(books.balance(&terms, *user, Purse::Seconds).left() >= 0.0, "event {seq} overdraws");
        }
    }
    assert_eq!(books, ledger);
    for (run_id, (id, _)) in &answered.leased {
        let known = course.attempts.get(id).is_some_and(|attempts| attempts.contains(run_id));
        assert!(known, "{run_id} was handed out and not written down");
    }
    tables_show(&connection, &ledger);
    seen
}

/// The order of a run's events.
#[derive(Default)]
struct Course {
    running: BTreeSet<ExperimentId>,
    waiting: BTreeSet<ExperimentId>,
    attempts: BTreeMap<ExperimentId, BTreeSet<String>>,
}

impl Course {
    fn follow(&mut self, event: &Event) {
        let is_right = match event {
            Event::Submitted { experiment, .. } => self.waiting.insert(*experiment),
            Event::Leased { experiment, lease } => {
                let is_new = self.attempts.entry(*experiment).or_default().insert(lease.run_id.clone());
                is_new && self.waiting.remove(experiment) && self.running.insert(*experiment)
            }
            Event::Renewed { experiment, .. } | Event::Progressed { experiment, .. } => {
                self.running.contains(experiment)
            }
            Event::Requeued { experiment, .. } => self.running.remove(experiment) && self.waiting.insert(*experiment),
            Event::Ended { experiment, .. } => self.running.remove(experiment) || self.waiting.remove(experiment),
            _ => true,
        };
        assert!(is_right, "{event:?} came out of turn");
    }
}

fn tables_show(connection: &Connection, ledger: &Ledger) {
    let sql = "select id, user, status, attempts, charge, losses, used_seconds from experiments order by id";
    let mut statement = connection.prepare(sql).unwrap();
    let mut rows = statement.query([]).unwrap();
    for run in ledger.experiments() {
        let row = rows.next().unwrap().expect("every experiment has its row");
        let (status, used) = match &run.state {
            State::Queued => ("queued", None),
            State::Running { .. } => ("running", None),
            State::Ended { used_seconds, end, .. } => {
                let completed = *end == isoflop_server::ledger::End::Completed;
                (if completed { "completed" } else { "failed" }, Some(*used_seconds))
            }
        };
        assert_eq!(row.get::<_, i64>(0).unwrap(), run.id.cast_signed());
        assert_eq!(row.get::<_, String>(1).unwrap(), ledger.user(run.user).name, "experiment {}", run.id);
        assert_eq!(row.get::<_, String>(2).unwrap(), status, "experiment {}", run.id);
        assert_eq!(row.get::<_, i64>(3).unwrap(), i64::try_from(run.attempts()).unwrap(), "experiment {}", run.id);
        assert_eq!(row.get::<_, f64>(4).unwrap(), run.charge, "experiment {}", run.id);
        let losses: Vec<f64> = serde_json::from_str(&row.get::<_, String>(5).unwrap()).unwrap();
        assert_eq!(
            (losses, row.get::<_, Option<f64>>(6).unwrap()),
            (run.losses.clone(), used),
            "experiment {}",
            run.id
        );
    }
    assert!(rows.next().unwrap().is_none());
}
