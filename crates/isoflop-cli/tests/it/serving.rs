//! A server of a test's own: `isoflop serve` in a folder of its own, on a port of its own.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
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
    /// The key of operators.
    pub operator_key: String,
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
        let key = |name| told.iter().find(|line| line.contains(name)).and_then(|line| line.split(' ').next_back());
        let key = |name| key(name).expect("a new database has new keys").to_owned();
        let (user_key, operator_key) = (key("user key"), key("operator key"));
        Self { url: format!("http://127.0.0.1:{port}"), user_key, operator_key, place, words, child }
    }

    /// Adds a user with a key of their choice, as operators do.
    pub fn add_user(&self, name: &str, key: &str) {
        let body = serde_json::json!({"name": name, "key": key}).to_string();
        let mut stream = TcpStream::connect(self.url.trim_start_matches("http://")).unwrap();
        let (operator, length) = (&self.operator_key, body.len());
        let head = format!(
            "POST /v1/operator/users HTTP/1.1\r\nHost: here\r\nX-Operator-Key: {operator}\r\n\
             Content-Type: application/json\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n"
        );
        stream.write_all((head + &body).as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
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
