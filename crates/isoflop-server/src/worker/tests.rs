//! A worker whose server plays a script.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::sync::mpsc::{Receiver, channel};

use super::*;
use crate::backend::{Work, sample};

/// A server that answers with what `answer` says of a path and a body; and what it was told.
fn server(answer: impl Fn(&str) -> String + Send + 'static) -> (WorkerClient, Receiver<(String, String)>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let client = WorkerClient::new(&format!("http://{}", listener.local_addr().expect("an address")), "a key");
    let (tell, told) = channel();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.expect("a client");
            let (mut lines, mut length) = (BufReader::new(&mut stream), 0);
            let mut first = String::new();
            lines.read_line(&mut first).expect("a request");
            let path = first.split(' ').nth(1).unwrap_or_default().to_owned();
            loop {
                let mut line = String::new();
                lines.read_line(&mut line).expect("a header");
                if let Some(count) = line.to_ascii_lowercase().strip_prefix("content-length: ") {
                    length = count.trim().parse().expect("a number");
                }
                if line.trim().is_empty() {
                    break;
                }
            }
            let mut body = vec![0; length];
            lines.read_exact(&mut body).expect("a body");
            let text = answer(&path);
            let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", text.len());
            stream.write_all((head + &text).as_bytes()).expect("heard");
            if tell.send((path, String::from_utf8_lossy(&body).into_owned())).is_err() {
                return;
            }
        }
    });
    (client, told)
}

/// Reports until it is told to stop.
struct Endless;

impl Trainer for Endless {
    fn train(&self, _: &Leased, report: &mut dyn FnMut(Progress) -> ControlFlow<()>) -> Result<Outcome, BackendError> {
        let mut val_losses = Vec::new();
        loop {
            val_losses.push(4.5);
            if report(Progress { elapsed_seconds: 1.0, val_losses: val_losses.clone() }).is_break() {
                return Ok(Outcome::Stopped { used_seconds: 1.0 });
            }
        }
    }
}

#[test]
fn a_run_that_was_cancelled_is_stopped_and_no_more_is_said_of_it() {
    let leased = AtomicBool::new(false);
    let (client, told) = server(move |path| match path {
        "/v1/worker/lease" if !leased.swap(true, Ordering::SeqCst) => {
            let work = Work::Training(sample::config().into());
            let lease = Leased { experiment_id: 3, run_id: "run-3-1".to_owned(), work, lease_seconds: 60.0 };
            serde_json::to_string(&Leases { leases: vec![lease] }).expect("JSON")
        }
        "/v1/worker/lease" => r#"{"leases": []}"#.to_owned(),
        _ => r#"{"go_on": false}"#.to_owned(),
    });
    let stop = Arc::new(AtomicBool::new(false));
    let worker = Arc::new(Worker::new(client, "of a test".to_owned(), 1, Arc::new(Endless), Arc::clone(&stop)));
    let working = thread::spawn(move || worker.run());
    let paths: Vec<(String, String)> = told.iter().take(3).collect();
    stop.store(true, Ordering::SeqCst);
    working.join().expect("no panic").expect("no refusal");
    assert_eq!(paths[1].0, "/v1/worker/3/progress");
    assert_eq!(paths[1].1, r#"{"log_type":"validation_loss","run_id":"run-3-1","val_losses":[4.5]}"#);
    assert_eq!(paths[2].0, "/v1/worker/lease", "it has a free place again");
    assert_eq!(paths[2].1, r#"{"worker":"of a test","places":1,"holding":[]}"#);
    assert!(told.try_iter().all(|(path, _)| path == "/v1/worker/lease"), "neither an end nor a loss");
}
