//! Workers that vanish, say things twice, or say what is no number.

use std::time::{Duration, Instant};

use serde_json::json;

use super::{Server, config};
use crate::program::Place;

/// A server whose one run is with a worker.
fn running(place: &Place, words: &str) -> (Server, u64, String) {
    let server = Server::start(&place.path(""), &format!("--no-workers {words}"));
    assert_eq!(server.submit(&server.keys.user, &config(1, 100)).status, 200);
    let (id, run_id) = server.lease("first").unwrap();
    (server, id, run_id)
}

fn completed(used: f64, losses: &[f64]) -> serde_json::Value {
    json!({ "result_type": "completed", "used_runtime_seconds": used, "val_losses": losses })
}

#[test]
fn a_run_whose_worker_vanishes_is_started_again_under_another_name_and_costs_nothing_in_the_end() {
    let place = Place::new();
    let (server, id, first) = running(&place, "--lease-seconds 0.5");
    let key = &server.keys.user;
    let mut names = vec![first.clone()];
    for attempt in 2..=3 {
        let (again, run_id) = leased_again(&server);
        assert_eq!(again, id);
        assert!(!names.contains(&run_id), "attempt {attempt} has a name of its own");
        names.push(run_id);
    }
    let gone = json!({ "log_type": "run_heartbeat", "run_id": first, "elapsed_seconds": 1 });
    assert_eq!(server.work(&format!("/v1/worker/{id}/progress"), &gone).json(), json!({ "go_on": false }));
    let late = json!({ "run_id": first, "finish": completed(5.0, &[3.0]) });
    assert_eq!(server.work(&format!("/v1/worker/{id}/finish"), &late).status, 409);

    let begun = Instant::now();
    while server.experiment(key, id)["status"]["status_type"] != "failed" {
        assert!(begun.elapsed() < Duration::from_secs(20), "{}", server.experiment(key, id));
        std::thread::sleep(Duration::from_millis(100));
    }
    assert_eq!(server.budget(key), (0.0, 43_200.0, 43_200.0));
    assert_eq!(server.submit(key, &config(1, 100)).status, 200, "what was lost may be submitted again");
}

fn leased_again(server: &Server) -> (u64, String) {
    let begun = Instant::now();
    loop {
        if let Some(lease) = server.lease(&format!("worker at {:?}", begun.elapsed())) {
            return lease;
        }
        assert!(begun.elapsed() < Duration::from_secs(20), "the run does not come back");
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn what_is_said_twice_is_heard_once() {
    let place = Place::new();
    let (server, id, run_id) = running(&place, "");
    let (callback, own) = (format!("/internal/worker/{id}/finish"), format!("/v1/worker/{id}/finish"));
    let event = json!({ "log_type": "validation_loss", "run_id": run_id, "val_losses": [4.0, 3.5] });
    for _ in 0..3 {
        assert_eq!(server.work(&format!("/internal/worker/{id}/event"), &event).status, 204);
    }
    let finish = completed(5.0, &[4.0, 3.5, 3.0]);
    for _ in 0..3 {
        assert_eq!(server.work(&callback, &finish).status, 204);
        assert_eq!(server.work(&own, &json!({ "run_id": run_id, "finish": finish })).status, 204);
    }
    let told = server.experiment(&server.keys.user, id);
    assert_eq!(server.work(&callback, &completed(6.0, &[9.0])).status, 409);
    assert_eq!(server.work(&own, &json!({ "run_id": "another", "finish": finish })).status, 409);
    assert_eq!(server.experiment(&server.keys.user, id), told);
    assert_eq!(server.budget(&server.keys.user).0, 5.0);
}

#[test]
fn losses_that_are_no_numbers_leave_everything_readable() {
    let texts = [
        (204, r#"{"result_type":"completed","used_runtime_seconds":5,"val_losses":[4.5,NaN,3.0]}"#),
        (204, r#"{"result_type":"completed","used_runtime_seconds":1e300,"val_losses":[4.5,1e999]}"#),
        (422, r#"{"result_type":"completed","used_runtime_seconds":NaN,"val_losses":[4.5,-Infinity]}"#),
        (
            204,
            r#"{"result_type":"failed","used_runtime_seconds":-1e308,
                "reason":{"reason":"timeout","partial_val_losses":[4.5,NaN]}}"#,
        ),
    ];
    for (answered, text) in texts {
        let place = Place::new();
        let (server, id, run_id) = running(&place, "");
        let key = &server.keys.user;
        let event = format!(r#"{{"log_type":"validation_loss","run_id":"{run_id}","val_losses":[4.5,NaN]}}"#);
        let heard = server.work_text(&format!("/internal/worker/{id}/event"), &event).status;
        assert!([204, 422].contains(&heard), "{heard}");
        let taken = server.work_text(&format!("/internal/worker/{id}/finish"), text);
        assert_eq!(taken.status, answered, "{text}: {}", taken.text());
        let status = server.experiment(key, id)["status"]["status_type"].clone();
        assert_eq!(status, if answered == 204 { "failed" } else { "running" }, "{text}");
        let (used, left, _) = server.budget(key);
        assert!((1.0..=100.0).contains(&used) && left == 43_200.0 - used, "{text}: {used} used, {left} left");
        if answered == 422 {
            let again = server.work(&format!("/internal/worker/{id}/finish"), &completed(5.0, &[4.5]));
            assert_eq!(again.status, 204, "a refused report can be made again");
        }
    }
}

#[test]
fn thousands_of_evaluations_and_a_megabyte_of_failure_survive() {
    let place = Place::new();
    let (mut server, id, run_id) = running(&place, "");
    let key = server.keys.user.clone();
    let losses: Vec<f64> = (0..3_000).map(|evaluation| 10.0 / f64::from(1 + evaluation).powf(0.1)).collect();
    for seen in (100..=3_000).step_by(100) {
        let event = json!({ "log_type": "validation_loss", "run_id": run_id, "val_losses": losses[..seen] });
        assert_eq!(server.work(&format!("/internal/worker/{id}/event"), &event).status, 204);
    }
    assert_eq!(server.work(&format!("/internal/worker/{id}/finish"), &completed(50.0, &losses)).status, 204);

    assert_eq!(server.submit(&key, &config(2, 100)).status, 200);
    let (failing, _) = server.lease("first").unwrap();
    let failure = format!("out of memory at\0{}\0the end", "layer é\n".repeat(1 << 17));
    let reason = json!({ "reason": "unexpected", "failure": failure });
    let finish = json!({ "result_type": "failed", "used_runtime_seconds": 7, "reason": reason });
    for _ in 0..2 {
        assert_eq!(server.work(&format!("/internal/worker/{failing}/finish"), &finish).status, 204);
    }
    server.kill();

    let server = Server::start(&place.path(""), "--no-workers");
    assert_eq!(server.experiment(&key, id)["status"]["val_losses"], json!(losses));
    let told = server.experiment(&key, failing);
    let told = told["status"]["reason"]["failure"].as_str().unwrap();
    assert!(told.starts_with("out of memory at\0layer") && told.ends_with("\0the end") && told.len() < 100_000);
    assert_eq!(server.budget(&key).0, 57.0);
}
