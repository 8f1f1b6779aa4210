//! Thousands of requests with one thing wrong in each.

use serde_json::{Value, json};

use super::wire::{Answer, Wire};
use super::{JSON, Server, WORKER_KEY, config};
use crate::program::Place;

/// A request that would be answered, and the names of what may be wrong with it.
struct Request {
    method: &'static str,
    path: String,
    key: (&'static str, String),
    body: Value,
}

fn requests(server: &Server) -> Vec<Request> {
    let user = ("X-API-Key", server.keys.user.clone());
    let worker = ("X-Internal-Key", WORKER_KEY.to_owned());
    let operator = ("X-Operator-Key", server.keys.operator.clone());
    let post = |path: &str, key: &(&'static str, String), body: Value| Request {
        method: "POST",
        path: path.to_owned(),
        key: key.clone(),
        body,
    };
    let sgd = json!({ "lr_scheduler": { "peak_value": 0.01 }, "grad_clip_norm": null });
    let mut descent = config(2, 60);
    descent["optimizer_config"] = sgd;
    let finish = json!({ "result_type": "completed", "used_runtime_seconds": 1.5, "val_losses": [3.5, 3.25] });
    let reason = json!({ "reason": "timeout", "partial_val_losses": [3.5] });
    let failed = json!({ "result_type": "failed", "used_runtime_seconds": 1.5, "reason": reason });
    let event = json!({ "log_type": "validation_loss", "run_id": "run-1-1", "val_losses": [3.5, 3.25] });
    let beat = json!({ "log_type": "run_heartbeat", "run_id": "run-1-1", "elapsed_seconds": 3.5 });
    let begun = json!({ "log_type": "run_started", "run_id": "run-1-1", "wandb_path": null });
    let last = json!({ "training_config": config(4, 60), "predicted_final_loss": 3.25 });
    vec![
        post("/submit", &user, config(1, 60)),
        post("/submit", &user, descent),
        post("/final_submission", &user, last),
        post("/internal/worker/1/event", &worker, event.clone()),
        post("/internal/worker/1/event", &worker, beat),
        post("/internal/worker/1/event", &worker, begun),
        post("/internal/worker/1/finish", &worker, failed),
        post("/v1/worker/1/progress", &worker, event),
        post("/v1/worker/1/finish", &worker, json!({ "run_id": "run-1-1", "finish": finish })),
        post("/v1/worker/1/lost", &worker, json!({ "run_id": "run-1-1", "why": "gone" })),
        post("/v1/worker/lease", &worker, json!({ "worker": "w", "places": 1, "holding": ["run-1-1"] })),
        post("/v1/operator/users", &operator, json!({ "name": "someone", "key": null })),
        post("/v1/operator/experiments/1/dispatch", &operator, json!({ "run_id": "by hand" })),
    ]
}

/// What stands where something else should.
fn instead() -> Vec<String> {
    let digits = "9".repeat(5_000);
    let long = format!("\"{}\"", "é".repeat(3_000));
    let deep = format!("{}{}", "[".repeat(500), "]".repeat(500));
    let words = [
        "null",
        "true",
        "-1",
        "0",
        "1.5",
        "-0.0",
        "1e308",
        "1e999",
        "NaN",
        "-Infinity",
        "9223372036854775808",
        "\"\"",
        "\"x\"",
        "\"1\"",
        "\"\\u0000\"",
        "\"\\ud800\"",
        "[]",
        "[[]]",
        "{}",
        "{\"a\":1}",
        "[null,NaN]",
        "01",
        "'x'",
        "",
    ];
    words.into_iter().map(str::to_owned).chain([digits, long, deep]).collect()
}

/// Texts of `value` with each node in it replaced, left out, doubled or joined by a stranger.
fn mutants(value: &Value) -> Vec<String> {
    let mut found = instead();
    let Value::Object(fields) = value else { return found };
    let with = |name: &str, text: Option<&str>| {
        let rest =
            fields.iter().filter(|(known, _)| *known != name).map(|(name, value)| field(name, &value.to_string()));
        let all: Vec<_> = rest.chain(text.map(|text| field(name, text))).collect();
        format!("{{{}}}", all.join(","))
    };
    for (name, value) in fields {
        found.push(with(name, None));
        found.extend(mutants(value).iter().map(|mutant| with(name, Some(mutant))));
        found.push(value_twice(name, value, &with(name, None)));
    }
    found.push(with("unknown", Some("1")));
    found
}

/// A field that is there twice.
fn value_twice(name: &str, value: &Value, rest: &str) -> String {
    let rest = rest.trim_start_matches('{');
    let comma = if rest == "}" { "" } else { "," };
    format!("{{{},{}{comma}{rest}", field(name, "0"), field(name, &value.to_string()))
}

fn field(name: &str, text: &str) -> String {
    format!("{}:{text}", Value::from(name))
}

fn expect_no_failure(answer: &Answer, what: &str) {
    assert!((200..500).contains(&answer.status), "{} to {what}: {}", answer.status, answer.text());
    assert!(answer.header("x-request-id").is_some(), "{what}");
}

#[test]
fn broken_bodies_are_refused_and_nothing_breaks() {
    let place = Place::new();
    let server = Server::start(&place.path(""), "--no-workers --budget-seconds 1e6");
    let (mut refused, mut taken) = (0, 0);
    for request in requests(&server) {
        let text = request.body.to_string();
        let mut bodies: Vec<Vec<u8>> = mutants(&request.body).into_iter().map(String::into_bytes).collect();
        bodies.extend((0..text.len()).step_by(7).map(|end| text.as_bytes()[..end].to_vec()));
        bodies.extend((0..text.len()).step_by(11).map(|at| {
            let mut bytes = text.clone().into_bytes();
            bytes[at] ^= 0x80;
            bytes
        }));
        for body in bodies {
            let answer = server.ask(request.method, &request.path, &[JSON, (request.key.0, &request.key.1)], &body);
            let what = || format!("{} of {}", request.path, String::from_utf8_lossy(&body[..body.len().min(400)]));
            expect_no_failure(&answer, &what());
            if answer.status < 300 { taken += 1 } else { refused += 1 }
        }
    }
    eprintln!("{refused} broken bodies refused, {taken} that still made sense taken");
    assert!(refused > 2_000 && refused > 4 * taken, "{refused} refused, {taken} taken");
    let (used, left, total) = server.budget(&server.keys.user);
    assert!(used >= 0.0 && left >= 0.0 && used + left == total);
}

#[test]
fn broken_paths_queries_methods_and_headers_are_refused_and_nothing_breaks() {
    let place = Place::new();
    let server = Server::start(&place.path(""), "--no-workers");
    let key = &server.keys.user;
    let ids =
        ["-1", "0", "1.5", "1e3", "abc", "%00", "%ff", "%zz", "..", "a%2Fb", "99999999999999999999", "", "1/1", "é"];
    let long = "9".repeat(6_000);
    for id in ids.into_iter().chain([long.as_str()]) {
        let id = if id.is_ascii() { id.to_owned() } else { "%C3%A9".to_owned() };
        for path in
            [format!("/experiment/{id}"), format!("/v1/worker/{id}/finish"), format!("/internal/worker/{id}/event")]
        {
            for method in ["GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD", "BREW"] {
                let headers = [JSON, ("X-API-Key", key.as_str()), ("X-Internal-Key", WORKER_KEY)];
                let answer = server.ask(method, &path, &headers, b"{}");
                expect_no_failure(&answer, &format!("{method} {path}"));
            }
        }
    }
    let fields =
        ["d_model=768", "num_layers=12", "num_heads=12", "batch_size=128", "learning_rate=3e-4", "train_flops=1e15"];
    let values = [
        "",
        "=",
        "=-1",
        "=1e999",
        "=NaN",
        "=9%",
        "=%ff",
        "=x",
        "=1e+15",
        "==",
        "=1&1",
        "=%00",
        "=9999999999999999999999",
    ];
    for (place, field) in fields.iter().enumerate() {
        for value in values {
            let mut asked: Vec<String> = fields.iter().map(ToString::to_string).collect();
            asked[place] = format!("{}{value}", field.split('=').next().unwrap());
            let path = format!("/loss?{}&api_key={key}", asked.join("&"));
            expect_no_failure(&server.ask("GET", &path, &[], b""), &path);
        }
    }
    let long = "k".repeat(60_000);
    for bad in ["", "é", "\t", " ", "0", "isoflop-", long.as_str()] {
        for name in ["X-API-Key", "X-Request-ID", "Content-Type", "Origin", "Accept-Encoding", "If-None-Match"] {
            let answer = server.ask("GET", "/budget", &[(name, bad)], b"");
            expect_no_failure(&answer, &format!("{name}: {}", &bad[..bad.len().min(20)]));
        }
    }
    assert_eq!(server.budget(key).1, 43_200.0);
}

#[test]
fn bytes_that_are_no_http_end_their_connection_alone() {
    let place = Place::new();
    let server = Server::start(&place.path(""), "--no-workers");
    let garbage: [&[u8]; 7] = [
        b"\0\0\0\0\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"POST /submit HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n",
        b"POST /submit HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n",
        b"POST /submit HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"\x16\x03\x01\x02\0\x01\0",
    ];
    for bytes in garbage {
        let mut wire = Wire::open(server.address).unwrap();
        wire.send(bytes).unwrap();
        // An answer, if there is one, is a refusal; some of these wait for more, and are left waiting.
        if bytes[0] != 0x16
            && let Ok(answer) = wire.hear(false)
        {
            assert!((400..500).contains(&answer.status), "{answer:?}");
        }
        assert_eq!(server.get("/budget", &server.keys.user).status, 200);
    }
}
