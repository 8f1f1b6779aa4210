//! A server on a port of its own, and the few words of HTTP that tests need.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::mpsc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use isoflop_server::backend::backend;
use isoflop_server::ledger::Terms;
use isoflop_server::serve::{Options, serve};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::sync::oneshot;

/// A server that ends with this.
pub struct Served {
    pub address: SocketAddr,
    /// The key of the first user.
    pub user: String,
    pub operator: String,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
    _folder: TempDir,
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    head: String,
    pub text: String,
}

impl Served {
    /// With `trains` as its backend; with none runs wait for ever.
    pub fn start(trains: Option<&str>) -> Self {
        let folder = TempDir::new().expect("a folder");
        let options = Options {
            database: folder.path().join("isoflop.db"),
            listen: ([127, 0, 0, 1], 0).into(),
            terms: Terms::default(),
            backend: trains.map(|name| (backend(name).expect("a backend").into(), 4)),
            worker_key: None,
            rate_limit: None,
            max_connections: 64,
            behind_proxy: false,
        };
        let (told, hears) = mpsc::channel();
        let (stop, stopped) = oneshot::channel::<()>();
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
            let started = |started: &isoflop_server::serve::Started| {
                let key = |key: &Option<String>| key.clone().expect("the books are new");
                told.send((started.address, key(&started.user_key), key(&started.operator_key))).expect("heard");
            };
            let stopped = async move { drop(stopped.await) };
            runtime.block_on(serve(options, started, stopped)).expect("it serves");
            runtime.shutdown_background();
        });
        let (address, user, operator) = hears.recv_timeout(Duration::from_mins(1)).expect("it starts");
        Self { address, user, operator, stop: Some(stop), thread: Some(thread), _folder: folder }
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// The key of somebody else.
    pub fn another(&self, name: &str) -> String {
        let told = self.operate("/users", &json!({ "name": name }));
        told["key"].as_str().expect("a key").to_owned()
    }

    /// What an operator does.
    pub fn operate(&self, path: &str, body: &Value) -> Value {
        let operator = format!("X-Operator-Key: {}", self.operator);
        let answer = self.ask("POST", &format!("/v1/operator{path}"), &[&operator], &body.to_string());
        assert!((200..300).contains(&answer.status), "{answer:?}");
        answer.json()
    }

    pub fn get(&self, path: &str, key: &str) -> Answer {
        self.ask("GET", path, &[&format!("X-API-Key: {key}")], "")
    }

    pub fn post(&self, path: &str, key: &str, body: &Value) -> Answer {
        self.ask("POST", path, &[&format!("X-API-Key: {key}")], &body.to_string())
    }

    pub fn ask(&self, method: &str, path: &str, headers: &[&str], body: &str) -> Answer {
        let mut stream = self.send(method, path, headers, body, "Connection: close\r\n");
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).expect("an answer");
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let (head, text) = text.split_once("\r\n\r\n").expect("an answer with a head");
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status");
        Answer { status, head: head.to_lowercase(), text: text.to_owned() }
    }

    /// The lines of a stream.
    pub fn listen(&self, path: &str, headers: &[&str]) -> BufReader<TcpStream> {
        BufReader::new(self.send("GET", path, headers, "", ""))
    }

    fn send(&self, method: &str, path: &str, headers: &[&str], body: &str, more: &str) -> TcpStream {
        let mut stream = TcpStream::connect(self.address).expect("it listens");
        stream.set_read_timeout(Some(Duration::from_mins(2))).expect("a limit");
        let headers: String = headers.iter().flat_map(|header| [header, "\r\n"]).collect();
        let length = body.len();
        let head = format!(
            "{method} {path} HTTP/1.1\r\nHost: {}\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n{more}{headers}\r\n",
            self.address
        );
        stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body.as_bytes())).expect("it hears");
        stream
    }

    /// Submits and gives the number.
    pub fn submit(&self, key: &str, config: &Value) -> u64 {
        let answer = self.post("/submit", key, config);
        answer.json()["experiment_id"].as_u64().unwrap_or_else(|| panic!("{answer:?}"))
    }

    /// Waits until no run of this user waits or goes on.
    pub fn settle(&self, key: &str) {
        let since = Instant::now();
        loop {
            let runs = &self.get("/v1/me", key).json()["runs"];
            if runs["queued"] == 0 && runs["running"] == 0 {
                return;
            }
            assert!(since.elapsed() < Duration::from_mins(2), "{runs}");
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| line.strip_prefix(&format!("{name}: ")))
    }

    /// The one sentence of a refusal.
    pub fn detail(&self) -> String {
        self.json()["detail"].as_str().unwrap_or_else(|| panic!("{self:?}")).to_owned()
    }
}

/// Events until `enough` says so, as (name, id, data).
pub fn events(
    stream: &mut BufReader<TcpStream>,
    mut enough: impl FnMut(&str, &Value) -> bool,
) -> Vec<(String, String, Value)> {
    let (mut found, mut name, mut id) = (Vec::new(), String::new(), String::new());
    let mut line = String::new();
    let since = Instant::now();
    while stream.read_line(&mut line).expect("the stream flows") > 0 {
        assert!(since.elapsed() < Duration::from_mins(1), "{found:?}");
        let text = line.trim_end();
        if let Some(said) = text.strip_prefix("event: ") {
            said.clone_into(&mut name);
        } else if let Some(said) = text.strip_prefix("id: ") {
            said.clone_into(&mut id);
        } else if let Some(said) = text.strip_prefix("data: ") {
            let data: Value = serde_json::from_str(said).expect("JSON");
            let done = enough(&name, &data);
            found.push((std::mem::take(&mut name), std::mem::take(&mut id), data));
            if done {
                return found;
            }
        }
        line.clear();
    }
    panic!("the stream ended after {found:?}");
}

/// A small configuration with `layers` and `tokens` (a multiple of 2^19), which is quick in the simulated worlds.
pub fn config(layers: u64, tokens: u64) -> Value {
    json!({
        "architecture_config": {
            "attention_bias": false, "head_dim": 64, "hidden_size": 64 * layers, "intermediate_size": 192 * layers,
            "num_attention_heads": layers, "num_hidden_layers": layers, "num_key_value_heads": layers,
            "rms_norm_eps": 1e-6, "rope_theta": 10000, "tie_word_embeddings": false, "dtype": "bfloat16",
            "vocab_size": 32000
        },
        "optimizer_config": { "lr_scheduler": { "peak_value": 0.001 }, "beta1": 0.9 },
        "train_batch_size": 64, "val_batch_size": 128, "n_evals": 16, "total_train_tokens": tokens,
        "max_runtime_seconds": 600
    })
}

/// Five sizes at each of four budgets of about 10¹⁵ to 3·10¹⁶ FLOPs, to the nearest whole evaluation.
pub fn sweep(served: &Served, key: &str) {
    for (budget, sizes) in [
        (1e15, [3_u64, 4, 5, 6, 8]),
        (3e15, [4, 5, 6, 8, 10]),
        (1e16, [5, 6, 8, 10, 12]),
        (3e16_f64, [6, 8, 10, 12, 15]),
    ] {
        for layers in sizes {
            let params = 13.0 * 4096.0 * (layers as f64).powi(3);
            let unit = f64::from(512 * 32 * 16);
            let tokens = (budget / (6.0 * params) / unit).round() * unit;
            let mut config = config(layers, tokens as u64);
            config["train_batch_size"] = json!(32);
            config["max_runtime_seconds"] = json!(2100.0);
            served.submit(key, &config);
        }
    }
}
