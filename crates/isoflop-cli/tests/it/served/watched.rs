//! What operators see of a server, and what it does about those who ask too much.

use std::fs::File;

use serde_json::Value;

use super::{JSON, Server, WORKER_KEY, config, words_of};
use crate::program::{Place, command};

#[test]
fn logs_and_metrics_say_what_happened_and_never_a_key() {
    let place = Place::new();
    let words = words_of("--no-workers --log-requests").replace("--log off", "--log json");
    let mut command = command(&place.path(""), &words);
    command.stderr(File::create(place.path("log")).unwrap());
    let mut server = Server::start_as(command, &place.path(""));
    let (user, operator) = (server.keys.user.clone(), server.keys.operator.clone());
    let stranger = "isoflop-that-nobody-has";
    let headers = [JSON, ("X-API-Key", user.as_str()), ("X-Request-ID", "mine")];
    assert_eq!(server.ask("POST", "/submit", &headers, config(1, 10).to_string().as_bytes()).status, 200);
    let mut answers = vec![
        server.submit(&user, &config(1, 10)),
        server.get(&format!("/budget/{user}"), &user),
        server.get(&format!("/experiment/{user}"), stranger),
        server.get(&format!("/total_flops_used?api_key={user}"), ""),
        server.get("/experiments", stranger),
        server.ask("POST", "/submit", &headers, b"{"),
        server.work("/v1/worker/lease", &Value::from(WORKER_KEY.len())),
    ];
    let health = [("/healthz", "alive"), ("/readyz", "true"), ("/metrics", "isoflop_runs_queued 1")];
    for (path, said) in health {
        let answer = server.get(path, "");
        assert!(answer.status == 200 && answer.text().contains(said), "{path}: {}", answer.text());
        answers.push(answer);
    }
    let metrics = answers.last().unwrap().text();
    for line in [
        r#"isoflop_http_requests_total{path="/submit",method="POST",status="200"} 1"#,
        r#"isoflop_refusals_total{rule="AlreadySubmitted"} 1"#,
        "isoflop_budget_reserved_seconds 10.0",
    ] {
        assert!(metrics.contains(line), "{line} is not in\n{metrics}");
    }
    server.kill();

    let log = std::fs::read_to_string(place.path("log")).unwrap();
    let lines: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let submitted = lines.iter().find(|line| line["request_id"] == "mine").expect("the submission is logged");
    assert_eq!((&submitted["user"], &submitted["path"]), (&Value::from("student"), &Value::from("/submit")));
    assert!(submitted["status"] == 200 && submitted["milliseconds"].as_f64().unwrap() > 0.0, "{submitted}");
    let told: Vec<_> = answers.iter().map(|answer| format!("{:?}\n{}", answer.headers, answer.text())).collect();
    let told = told.join("\n");
    for key in [&user, &operator, WORKER_KEY, stranger] {
        assert!(!log.contains(key), "a key is in the log:\n{log}");
        // A refused path has what the client sent as its input; nothing else may say a key.
        assert!(!told.replace(&format!("\"input\":\"{user}\""), "").contains(key), "a key is in an answer:\n{told}");
    }
}

#[test]
fn who_asks_too_often_is_told_when_to_come_back() {
    let place = Place::new();
    let server = Server::start(&place.path(""), "--no-workers --rate-limit 5");
    let other = server.add_user("other", &server.keys.operator);
    let statuses: Vec<_> = (0..50).map(|_| server.get("/budget", &server.keys.user)).collect();
    let refused = statuses.iter().find(|answer| answer.status == 429).expect("fifty at once are too many");
    assert!(refused.header("retry-after").is_some() && refused.text().contains("too many requests"));
    assert!(statuses[..5].iter().all(|answer| answer.status == 200));
    assert_eq!(server.get("/budget", &other).status, 200, "another key has its own measure");
}

#[test]
fn an_address_that_tries_keys_is_slowed_and_known_keys_are_not() {
    let place = Place::new();
    let server = Server::start(&place.path(""), "--no-workers");
    let tried: Vec<_> = (0..400).map(|number| server.get("/budget", &format!("isoflop-{number}")).status).collect();
    assert!(tried.contains(&401) && tried.contains(&429), "{tried:?}");
    assert_eq!(server.get("/budget", &server.keys.user).status, 200);
}

#[test]
fn a_proxy_is_believed_where_there_is_one() {
    for (words, scheme) in [("--no-workers", "http://"), ("--no-workers --behind-proxy", "https://")] {
        let place = Place::new();
        let server = Server::start(&place.path(""), words);
        let moved = server.ask("GET", "/budget/", &[("X-Forwarded-Proto", "https")], b"");
        assert!(moved.status == 307 && moved.header("location").is_some_and(|to| to.starts_with(scheme)), "{moved:?}");
        let of = |number: usize| {
            let (key, address) =
                (format!("isoflop-{number}"), format!("203.0.113.7, 10.0.{}.{}", number / 200, number % 200));
            server.ask("GET", "/budget", &[("X-API-Key", &key), ("X-Forwarded-For", &address)], b"").status
        };
        let slowed = (0..400).map(of).any(|status| status == 429);
        assert_eq!(slowed, scheme == "http://", "{words}: behind a proxy each address has its own measure");
    }
}

#[test]
fn large_lists_are_sent_small_and_unchanged_ones_not_at_all() {
    let place = Place::new();
    let server = Server::start(&place.path(""), "--no-workers");
    let key = server.keys.user.as_str();
    let small = server.ask("GET", "/experiments", &[("X-API-Key", key), ("Accept-Encoding", "gzip")], b"");
    assert_eq!((small.text(), small.header("vary")), ("[]".to_owned(), None));
    for seed in 0..40 {
        assert_eq!(server.submit(key, &config(seed, 10)).status, 200);
    }
    let plain = server.get("/experiments", key);
    let packed = server.ask("GET", "/experiments", &[("X-API-Key", key), ("Accept-Encoding", "gzip")], b"");
    assert_eq!((packed.header("content-encoding"), packed.header("vary")), (Some("gzip"), Some("accept-encoding")));
    assert!(packed.body.len() * 5 < plain.body.len());
    let tag = plain.header("etag").unwrap();
    assert_eq!(packed.header("etag"), Some(tag));
    let again = |server: &Server| server.ask("GET", "/experiments", &[("X-API-Key", key), ("If-None-Match", tag)], b"");
    assert_eq!((again(&server).status, again(&server).body.len()), (304, 0));
    assert_eq!(server.submit(key, &config(99, 10)).status, 200);
    assert_eq!(again(&server).json().as_array().unwrap().len(), 41);
}
