//! What somebody without a key can make the server do, and what clients make of a server that is another than before.

use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::json;

use super::{JSON, Server, WORKER_KEY, config};
use crate::program::{Place, command, run};

#[test]
fn large_bodies_are_read_of_those_who_have_a_key() {
    let place = Place::new();
    let server = Server::start(&place.path(""), "--no-workers");
    let ones = |megabytes: usize| format!("[{}1]", "1,".repeat(megabytes << 19));
    let post = |path: &str, key: (&str, &str), body: &str| server.ask("POST", path, &[JSON, key], body.as_bytes());
    let (event, submit) = ("/internal/worker/1/event", "/submit");
    // Small ones are read first, as the reference does.
    assert_eq!(post(event, ("X-Internal-Key", "nobody's"), "{").status, 422);
    assert_eq!(post(submit, ("X-API-Key", "nobody's"), "{").status, 422);
    let began = Instant::now();
    for _ in 0..3 {
        assert_eq!(post(event, ("X-Internal-Key", "nobody's"), &ones(16)).status, 401);
    }
    assert_eq!(post(submit, ("X-API-Key", "nobody's"), &ones(1)).status, 401);
    assert!(began.elapsed() < Duration::from_secs(20), "{:?}", began.elapsed());
    // Not a word that a worker says, but it is read.
    assert_eq!(post(event, ("X-Internal-Key", WORKER_KEY), &ones(2)).status, 422);
    assert_eq!(post(event, ("X-Internal-Key", WORKER_KEY), &ones(40)).status, 413);
    assert_eq!(post(submit, ("X-API-Key", &server.keys.user), &ones(2)).status, 413);
    let operator = ("X-Operator-Key", server.keys.operator.as_str());
    let roster: Vec<String> = (0..4000).map(|number| format!("student-{number}@school.example")).collect();
    let roster = roster.join("\n");
    assert_eq!(server.ask("POST", "/v1/operator/users/import", &[operator], roster.as_bytes()).status, 200);
}

#[test]
fn a_key_that_counts_for_nothing_does_not_count() {
    let place = Place::new();
    let server = Server::start(&place.path(""), "--no-workers --rate-limit 5");
    let key = &server.keys.user;
    let ask = |path: String, number: usize| {
        server.ask("GET", &path, &[("X-API-Key", &format!("made-up-{number}"))], b"").status
    };
    let plain = (0..30).map(|number| ask(format!("/total_flops_used?api_key={key}"), number));
    assert!(plain.collect::<Vec<_>>().contains(&429));
    // The same key spelled otherwise, and the same path.
    let spelled = key.replacen('i', "%69", 1);
    assert_eq!(ask(format!("/total_flops_used?api_key=x&api_key={spelled}"), 31), 429);
    assert_eq!(ask(format!("/total%5Fflops_used?api_key={key}"), 32), 429);
}

/// A rehearsal and then the course: the same address, the same key, other books.
#[test]
fn answers_of_one_database_are_not_those_of_another() {
    let (place, key) = (Place::new(), "06123456");
    let folders = [place.path("rehearsal"), place.path("course")];
    for folder in &folders {
        std::fs::create_dir(folder).unwrap();
    }
    place.file("config.json", config(1, 60).to_string());
    let mut address = "127.0.0.1:0".to_owned();
    for folder in &folders {
        let mut server =
            Server::start_as(command(folder, &format!("serve --db runs.db --listen {address} --world quiet")), folder);
        address = server.address.to_string();
        let body = json!({ "name": "somebody", "key": key }).to_string();
        let operator = ("X-Operator-Key", server.keys.operator.as_str());
        assert_eq!(server.ask("POST", "/v1/operator/users", &[JSON, operator], body.as_bytes()).status, 200);
        let asking = |words: &str| -> Command {
            let mut command = command(&place.path(""), words);
            command.env("ISOFLOP_URL", format!("http://{address}")).env("ISOFLOP_API_KEY", key);
            command
        };
        let ended = run(&mut asking("submit config.json --wait --json"));
        assert_eq!(ended.code, 0, "{ended:?}");
        assert_eq!(ended.json()[0]["status"]["status_type"], "completed");
        assert_eq!(server.get("/experiments", key).json().as_array().unwrap().len(), 1, "it was really submitted");
        server.kill();
        // Without a server what was answered last is what is known.
        let away = run(&mut asking("status 1 --json"));
        assert_eq!(away.json()[0]["status"]["status_type"], "completed", "{away:?}");
    }
}
