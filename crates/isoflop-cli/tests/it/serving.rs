//! A server of a test's own: `isoflop serve` in a folder of its own, on a port of its own.

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};

use crate::program::{Place, command};

/// What tests know workers by.
pub const WORKER_KEY: &str = "the-key-of-the-workers-of-a-test";

/// A server that runs until it is dropped.
pub struct Server {
    /// Its address.
    pub url: String,
    /// The key of its first user.
    pub user_key: String,
    place: Place,
    words: String,
    child: Child,
}

impl Server {
    /// Starts one with these options.
    pub fn start(words: &str) -> Self {
        // Nobody takes it before the server does: the system gives other ports first.
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let words = format!("serve --log off --listen 127.0.0.1:{port} --internal-key {WORKER_KEY} {words}");
        let place = Place::new();
        let (child, told) = begin(&place, &words);
        let user_key = told.iter().find(|line| line.contains("user key")).and_then(|line| line.split(' ').next_back());
        let user_key = user_key.expect("a new database has a user").to_owned();
        Self { url: format!("http://127.0.0.1:{port}"), user_key, place, words, child }
    }

    /// Kills it as a power cut would, and starts it again on the same books.
    pub fn restart(&mut self) {
        self.kill();
        self.begin_again();
    }

    /// Ends it at once.
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Starts it again on the same books.
    pub fn begin_again(&mut self) {
        self.child = begin(&self.place, &self.words).0;
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The server, and what it said when it listened.
fn begin(place: &Place, words: &str) -> (Child, Vec<String>) {
    let mut command: Command = command(&place.path(""), words);
    let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
    let first = lines.next().expect("it tells its address");
    let known = place.path("told").exists();
    let told: Vec<String> =
        if known { vec![first] } else { std::iter::once(first).chain(lines.by_ref().take(3)).collect() };
    place.file("told", "");
    (child, told)
}
