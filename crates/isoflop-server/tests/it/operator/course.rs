//! The end of a course: final submissions, their scores, and looking ahead.

use serde_json::{Value, json};

use crate::running::{Running, config};

fn say(server: &Running, key: &str, seed: u64, predicted: f64) -> crate::running::Answer {
    let word = json!({ "training_config": config(seed), "predicted_final_loss": predicted });
    server.post("/final_submission", ("X-API-Key", key), &word)
}

#[test]
fn finals_cannot_be_changed_after_the_freeze_or_the_deadline() {
    let server = Running::start(None);
    say(&server, &server.user, 0, 3.0).ok();
    assert_eq!(server.act("finals/freeze", &json!({})).ok()["frozen"], true);
    assert_eq!(say(&server, &server.user, 1, 3.0).refused(403), "final submissions are closed");
    server.act("finals/open", &json!({})).ok();
    say(&server, &server.user, 2, 3.0).ok();
    server.act("finals/deadline", &json!({ "at": "2020-01-01T00:00:00Z" })).ok();
    assert_eq!(say(&server, &server.user, 3, 3.0).refused(403), "final submissions closed at 2020-01-01T00:00:00Z");
    let word = server.get("/final_submission", ("X-API-Key", &server.user)).ok();
    assert_eq!(word["training_config"]["model_seed"], 2);
    assert!(server.act("finals/deadline", &json!({ "at": "tomorrow" })).refused(422).contains("RFC 3339"));
    server.act("finals/deadline", &json!({ "at": null })).ok();
    say(&server, &server.user, 3, 3.0).ok();
}

#[test]
fn finals_are_trained_at_no_cost_scored_and_ranked() {
    let server = Running::start(Some("simulated:quiet"));
    let names = ["Ada", "Kurt", "Alan"];
    let keys = names.map(|name| server.add(name));
    for (key, (seed, factor)) in keys.iter().zip([(1, 1), (2, 8), (3, 3)]) {
        let mut longer = config(seed);
        longer["total_train_tokens"] = json!(512 * 64 * 400 * factor);
        let word = json!({ "training_config": longer, "predicted_final_loss": 4.0 });
        server.post("/final_submission", ("X-API-Key", key), &word).ok();
    }
    let launched = server.act("finals/launch", &json!({})).ok();
    assert_eq!(launched["experiments"], json!([1, 2, 3]));
    for id in 1..=3 {
        assert_eq!(server.wait(id, "completed")["purpose"], "final");
    }
    assert_eq!(server.act("finals/launch", &json!({})).ok()["experiments"], json!([]), "each is trained once");
    let board = server.see("leaderboard?seconds=600").ok();
    let scores = board["scores"].as_array().expect("scores");
    let order: Vec<_> = scores.iter().map(|score| score["user"].as_str().expect("a name")).collect();
    assert_eq!(order, ["Kurt", "Alan", "Ada"], "more tokens, less loss: {board}");
    let numbers = |name: &str| -> Vec<f64> { scores.iter().filter_map(|score| score[name].as_f64()).collect() };
    let (losses, errors, waste) = (numbers("actual_loss"), numbers("prediction_error"), numbers("waste"));
    assert!(losses.len() == 3 && losses.is_sorted(), "{board}");
    assert!((errors[0] - (4.0 - losses[0]).abs() / losses[0]).abs() < 1e-12, "{board}");
    assert!(waste.len() == 3 && waste.is_sorted() && waste.iter().all(|share| (0.0..=1.0).contains(share)), "{board}");
    assert_eq!(scores[2]["rank"], 3);
    let by_name = server.see("finals/scores").ok();
    assert_eq!(by_name["scores"][0]["user"], "Ada");
    for key in &keys {
        let budget = server.get("/budget", ("X-API-Key", key)).ok();
        assert_eq!(budget["used_seconds"], 0.0, "the house pays");
        assert_eq!(server.get("/experiments", ("X-API-Key", key)).ok(), json!([]));
    }
    let truth = server.see("truth?seconds=600").ok();
    assert!(truth["loss"].as_f64() < losses.first().copied(), "{truth}");
    assert!(server.see("truth?seconds=-1").refused(422).contains("pays for a batch"));
}

#[test]
fn without_a_world_nobody_knows_the_truth() {
    let server = Running::start(None);
    assert!(server.see("truth").refused(404).contains("nobody knows"));
    say(&server, &server.user, 0, 3.0).ok();
    let board = server.see("leaderboard").ok();
    assert_eq!((&board["simulated"], &board["scores"][0]["status"]), (&json!(false), &json!("not launched")));
    assert!(board["scores"][0]["waste"].is_null() && board["scores"][0]["rank"].is_null(), "{board}");
}

#[test]
fn a_drained_server_hands_nothing_out() {
    let server = Running::start(Some("simulated:quiet"));
    server.act("drain", &json!({ "on": true })).ok();
    let id = server.submit(&server.user, &config(0));
    std::thread::sleep(std::time::Duration::from_millis(700));
    assert_eq!(server.see(&format!("experiments/{id}")).ok()["status"], "queued");
    assert_eq!(server.see("drain").ok()["on"], true);
    server.act("drain", &json!({ "on": false })).ok();
    server.wait(id, "completed");
}

#[test]
fn the_preflight_tells_what_is_missing() {
    let server = Running::start(Some("simulated:quiet"));
    let seen = server.act("preflight", &json!({})).ok();
    let grade = |seen: &Value, check: &str| -> String {
        let checks = seen["checks"].as_array().expect("checks");
        let found = checks.iter().find(|found| found["check"] == check);
        found.unwrap_or_else(|| panic!("no {check} in {seen}"))["grade"].as_str().expect("a grade").to_owned()
    };
    assert_eq!(seen["ready"], true, "{seen}");
    for check in
        ["database", "database file", "address", "keys of users", "operator key", "worker key", "clock", "backend"]
    {
        assert_eq!(grade(&seen, check), "ok", "{check}: {seen}");
    }
    assert_eq!(grade(&seen, "users"), "warning", "only the first user is there");
    server.act("users", &json!({ "name": "Ada", "key": "06123456" })).ok();
    server.act("drain", &json!({ "on": true })).ok();
    let seen = server.act("preflight", &json!({})).ok();
    assert_eq!(["keys of users", "queue", "users"].map(|check| grade(&seen, check)), ["warning", "warning", "ok"]);
}

#[test]
fn a_rehearsal_leaves_no_trace() {
    let server = Running::start(None);
    let before = server.see("export/events").text;
    let plan = json!({ "users": 5, "submissions": 20, "hours": 24.0, "places": 2, "seed": 3 });
    let told = server.act("rehearsal", &plan).ok();
    let count = |name: &str| told[name].as_u64().expect("a count");
    let refused = count("over_budget") + count("duplicates") + count("queue_full");
    assert_eq!(count("accepted") + refused, 100, "{told}");
    assert_eq!(count("completed") + count("timed_out") + count("failed"), count("accepted"), "{told}");
    assert_eq!(server.see("export/events").text, before);
    assert!(server.act("rehearsal", &json!({ "users": 0 })).refused(422).contains("at least 1"));
}
