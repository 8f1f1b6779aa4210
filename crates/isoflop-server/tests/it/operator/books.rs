//! Users, keys, purses and runs.

use serde_json::{Value, json};

use crate::running::{Running, config};

/// Every path of operators, with its method.
const PATHS: [(&str, &str); 26] = [
    ("GET", "users"),
    ("POST", "users"),
    ("POST", "users/import"),
    ("POST", "users/key"),
    ("POST", "users/budget"),
    ("POST", "keys/worker"),
    ("POST", "keys/operator"),
    ("GET", "experiments"),
    ("GET", "experiments/1"),
    ("POST", "experiments/1/refund"),
    ("POST", "experiments/1/cancel"),
    ("POST", "experiments/1/dispatch"),
    ("POST", "experiments/1/requeue"),
    ("GET", "finals"),
    ("POST", "finals/freeze"),
    ("POST", "finals/open"),
    ("POST", "finals/deadline"),
    ("POST", "finals/launch"),
    ("GET", "finals/scores"),
    ("GET", "leaderboard"),
    ("GET", "truth"),
    ("POST", "drain"),
    ("GET", "audit"),
    ("GET", "export/users"),
    ("GET", "backup"),
    ("POST", "preflight"),
];

#[test]
fn a_wrong_operator_key_is_401_everywhere() {
    let server = Running::start(None);
    let before = server.see("export/events").text;
    for (method, path) in PATHS.into_iter().chain([("POST", "rehearsal"), ("GET", "drain")]) {
        let path = format!("/v1/operator/{path}");
        for key in ["", "isoflop-wrong", &server.user, &server.worker] {
            let header = ("X-Operator-Key", key);
            let answer =
                if method == "GET" { server.get(&path, header) } else { server.post(&path, header, &json!({})) };
            assert_eq!(answer.refused(401), "invalid operator key", "{method} {path}");
        }
    }
    assert_eq!(server.see("export/events").text, before);
}

#[test]
fn unknown_fields_and_words_are_refused() {
    let server = Running::start(None);
    let said = server.act("users", &json!({ "name": "Ada", "role": "admin" })).refused(422);
    assert!(said.contains("unknown field `role`"), "{said}");
    let said = server.act("finals/freeze", &json!({ "now": true })).refused(422);
    assert!(said.contains("unknown field `now`"), "{said}");
    let said = server.see("experiments?colour=red").refused(422);
    assert!(said.contains("unknown field `colour`"), "{said}");
    let said = server.see("experiments?status=done").refused(422);
    assert_eq!(said, "status is \"done\", expected one of queued, running, completed, failed, lost, cancelled");
    assert_eq!(server.see("experiments?user=studnet").refused(404), "no user \"studnet\"; did you mean \"student\"?");
    assert!(server.act("finals/deadline", &json!({})).refused(422).contains("missing field `at`"));
    assert!(server.act("experiments/1/dispatch", &json!({ "run_id": "" })).refused(422).contains("at most 200 bytes"));
    assert_eq!(server.act("experiments/7/cancel", &json!({})).refused(404), "no experiment 7");
    let said = server.act("users/budget", &json!({ "name": "student", "seconds": 5, "reason": " " })).refused(422);
    assert_eq!(said, "\"reason\" must say why");
    // A list is not taken for the fields in their order.
    assert!(server.act("users", &json!(["Ada", null])).refused(422).contains("a list was found"));
    let much = json!({ "name": "student", "seconds": 1e30, "reason": "a slip" });
    assert!(server.act("users/budget", &much).refused(422).contains("is not an amount"));
}

#[test]
fn a_rotated_key_replaces_the_old_one() {
    let server = Running::start(None);
    let old = server.add("Ada");
    let new = server.act("users/key", &json!({ "name": "Ada" })).ok()["key"].as_str().expect("a key").to_owned();
    let budget = |key: &str| server.get("/budget", ("X-API-Key", key)).status;
    assert_eq!((budget(&old), budget(&new)), (401, 200));
    let told = server.act("users/key", &json!({ "name": "Ada", "key": "06123456" })).ok();
    assert!(told["key"].is_null() && told["warning"].as_str().is_some_and(|it| it.contains("by trying")), "{told}");
    assert_eq!((budget(&new), budget("06123456")), (401, 200));
    assert_eq!(
        server.act("users", &json!({ "name": "Alan", "key": "06123456" })).refused(409),
        "this key is somebody's already"
    );

    let lease = |key: &str| {
        server
            .post("/v1/worker/lease", ("X-Internal-Key", key), &json!({ "worker": "w", "places": 1, "holding": [] }))
            .status
    };
    let new = server.act("keys/worker", &json!({})).ok()["key"].as_str().expect("a key").to_owned();
    assert_eq!((lease(&server.worker), lease(&new)), (401, 200));

    let new = server.act("keys/operator", &json!({})).ok()["key"].as_str().expect("a key").to_owned();
    assert_eq!(server.see("users").status, 401);
    assert_eq!(server.get("/v1/operator/users", ("X-Operator-Key", &new)).status, 200);
}

#[test]
fn runs_are_handed_out_requeued_cancelled_and_refunded_by_hand() {
    let server = Running::start(None);
    let used = || server.get("/budget", ("X-API-Key", &server.user)).ok()["used_seconds"].as_f64();
    let id = server.submit(&server.user, &config(0));
    let act = |what: &str, body: Value| server.act(&format!("experiments/{id}/{what}"), &body);
    assert_eq!(act("refund", json!({ "reason": "x" })).refused(409), "experiment 1 has not ended; cancel it first");
    act("dispatch", json!({ "run_id": "by-hand" })).ok();
    act("dispatch", json!({ "run_id": "by-hand" })).ok();
    let run = server.see("experiments/1").ok();
    assert_eq!((&run["status"], &run["run_id"], &run["attempts"]), (&json!("running"), &json!("by-hand"), &json!(1)));
    assert_eq!(act("requeue", json!({})).ok()["status"], "queued");
    assert_eq!(used(), Some(600.0));
    act("dispatch", json!({ "run_id": "again" })).ok();
    std::thread::sleep(std::time::Duration::from_millis(20));
    let cancelled = act("cancel", json!({ "reason": "asked for" })).ok();
    assert_eq!((&cancelled["status"], &cancelled["charge"]), (&json!("cancelled"), &json!(1.0)));
    assert_eq!(used(), Some(1.0));
    assert_eq!(act("refund", json!({ "reason": "node failure" })).ok()["charge"], 0.0);
    assert_eq!(used(), Some(0.0));
    assert_eq!(act("requeue", json!({})).refused(409), "experiment 1 has ended already");
    // The user sees what the protocol has words for.
    let told = server.get("/experiment/1", ("X-API-Key", &server.user)).ok();
    assert_eq!(told["status"]["reason"]["failure"], "cancelled by an operator");
}

#[test]
fn budgets_are_adjusted_and_lists_are_paged() {
    let server = Running::start(None);
    let body = |seconds: f64| json!({ "name": "student", "seconds": seconds, "reason": "a late start" });
    assert_eq!(server.act("users/budget", &body(-42_000.0)).ok()["remaining_seconds"], 1200.0);
    for seed in 0..2 {
        server.submit(&server.user, &config(seed));
    }
    assert_eq!(server.post("/submit", ("X-API-Key", &server.user), &config(2)).status, 400);
    server.act("users/budget", &body(1800.0)).ok();
    for seed in 2..5 {
        server.submit(&server.user, &config(seed));
    }
    let flops = json!({ "name": "student", "flops": 1e17, "reason": "a gift" });
    assert_eq!(server.act("users/budget", &flops).ok()["budget_flops"], 2.1e18);
    let ids = |page: &Value| -> Vec<u64> {
        page["experiments"].as_array().expect("a list").iter().filter_map(|run| run["experiment_id"].as_u64()).collect()
    };
    let first = server.see("experiments?limit=2&user=student&status=queued").ok();
    assert_eq!((ids(&first), &first["next"], &first["matching"]), (vec![5, 4], &json!(4), &json!(5)));
    let last = server.see("experiments?limit=3&before=4&protocol=2026&purpose=own").ok();
    assert_eq!((ids(&last), &last["next"]), (vec![3, 2, 1], &Value::Null));
    let users = server.see("users").ok();
    assert_eq!((&users[0]["queued"], &users[0]["used_seconds"]), (&json!(5), &json!(3000.0)));
}

#[test]
fn every_command_is_in_the_audit_log() {
    let server = Running::start(None);
    let id = server.submit(&server.user, &config(0));
    server.act("users", &json!({ "name": "Ada" })).ok();
    let roster =
        server.send("/v1/operator/users/import", ("X-Operator-Key", &server.operator), "text/csv", b"Alan\nKurt\n");
    roster.ok();
    server.act("users/key", &json!({ "name": "Ada" })).ok();
    server.act("users/budget", &json!({ "name": "Ada", "seconds": 60, "reason": "a late start" })).ok();
    server.act(&format!("experiments/{id}/dispatch"), &json!({ "run_id": "r" })).ok();
    server.act(&format!("experiments/{id}/requeue"), &json!({ "reason": "stuck" })).ok();
    server.act(&format!("experiments/{id}/dispatch"), &json!({ "run_id": "s" })).ok();
    server.act(&format!("experiments/{id}/cancel"), &json!({ "reason": "asked for" })).ok();
    server.act(&format!("experiments/{id}/refund"), &json!({ "reason": "node failure" })).ok();
    for (path, body) in [
        ("keys/worker", json!({})),
        ("finals/deadline", json!({ "at": "2999-06-01T00:00:00Z" })),
        ("finals/freeze", json!({})),
        ("finals/open", json!({})),
        ("finals/launch", json!({})),
        ("drain", json!({ "on": true })),
        ("drain", json!({ "on": false })),
        ("preflight", json!({})),
    ] {
        server.act(path, &body).ok();
    }
    assert_eq!(server.see("backup").status, 200);
    // Nothing came of these.
    server.act("drain", &json!({ "on": false })).ok();
    server.act("experiments/99/cancel", &json!({})).refused(404);
    let told = server.see("audit").ok();
    let mut entries: Vec<String> = told["entries"]
        .as_array()
        .expect("entries")
        .iter()
        .inspect(|entry| assert!(entry["at"].is_string(), "{entry}"))
        .map(|entry| ["action", "what", "reason"].map(|name| entry[name].as_str().expect("text")).join("|"))
        .collect();
    entries.reverse();
    let expected = [
        "add user|Ada|",
        "import users|2 users|",
        "rotate user key|Ada|",
        "adjust budget|Ada: +60 seconds|a late start",
        "dispatch|experiment 1 as r|",
        "requeue|experiment 1|stuck",
        "dispatch|experiment 1 as s|",
        "cancel|experiment 1|asked for",
        "refund|experiment 1|node failure",
        "rotate worker key||",
        "deadline of finals|2999-06-01T00:00:00Z|",
        "freeze finals||",
        "open finals||",
        "launch finals||",
        "drain|on|",
        "drain|off|",
        "preflight||",
        "backup||",
    ];
    assert_eq!(entries, expected);
    assert_eq!(told["entries"][1]["actor"], "Grace");
    assert_eq!(told["entries"][0]["actor"], "operator", "who gives no name has this one");
    let page = server.see("audit?limit=2").ok();
    let next = page["next"].as_i64().expect("more");
    assert_eq!(server.see(&format!("audit?limit=1&before={next}")).ok()["entries"][0]["action"], "drain");
}
