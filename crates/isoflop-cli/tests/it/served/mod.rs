//! `isoflop serve` as a process: started, asked over sockets, killed, and started again.

mod broken;
mod budgets;
mod crash;
mod disk;
mod strangers;
mod watched;
mod wire;
mod workers;

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;

use serde_json::{Value, json};

use crate::program::command;
use wire::{Answer, Wire};

/// The keys of a server.
#[derive(Clone, Debug, Default)]
pub struct Keys {
    /// Of the first user.
    pub user: String,
    /// Of operators.
    pub operator: String,
}

/// The key of workers.
pub const WORKER_KEY: &str = "isoflop-worker-of-a-test";

/// A server that ends with its value.
pub struct Server {
    child: Child,
    /// Where it listens.
    pub address: SocketAddr,
    /// The keys that it told, if its database was new.
    pub keys: Keys,
    /// A connection to it.
    wire: Mutex<Option<Wire>>,
}

impl Server {
    /// Starts one with its database in `folder`, and these words.
    pub fn start(folder: &Path, words: &str) -> Self {
        Self::start_as(command(folder, &words_of(words)), folder)
    }

    /// Starts this command.
    pub fn start_as(mut command: Command, folder: &Path) -> Self {
        let is_new = !folder.join("runs.db").exists();
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
        let first = lines.next().unwrap_or_else(|| panic!("the server ended: {:?}", child.wait()));
        let address = first.rsplit_once("http://").expect("an address").1.trim_end_matches('/').parse().unwrap();
        let mut keys = Keys::default();
        while is_new && keys.operator.is_empty() {
            let line = lines.next().expect("keys of a new server are told");
            let key = || line.rsplit_once(' ').unwrap().1.to_owned();
            if line.contains("X-API-Key") {
                keys.user = key();
            } else if line.contains("X-Operator-Key") {
                keys.operator = key();
            }
        }
        Self { child, address, keys, wire: Mutex::default() }
    }

    /// Ends it at once, as a power cut or the kernel would.
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Asks on a connection that is kept.
    pub fn ask(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        let mut kept = self.wire.lock().unwrap();
        let mut wire = kept.take().unwrap_or_else(|| Wire::open(self.address).unwrap());
        let answer = wire.ask(method, path, headers, body).unwrap_or_else(|error| panic!("{method} {path}: {error}"));
        *kept = Some(wire);
        answer
    }

    /// Reads as a user.
    pub fn get(&self, path: &str, key: &str) -> Answer {
        self.ask("GET", path, &[("X-API-Key", key)], b"")
    }

    /// Submits as a user.
    pub fn submit(&self, key: &str, config: &Value) -> Answer {
        self.ask("POST", "/submit", &[JSON, ("X-API-Key", key)], config.to_string().as_bytes())
    }

    /// Speaks as a worker.
    pub fn work(&self, path: &str, body: &Value) -> Answer {
        self.work_text(path, &body.to_string())
    }

    /// Speaks as a worker, with a body that need not be JSON.
    pub fn work_text(&self, path: &str, body: &str) -> Answer {
        self.ask("POST", path, &[JSON, ("X-Internal-Key", WORKER_KEY)], body.as_bytes())
    }

    /// Adds a user, and gives their key.
    pub fn add_user(&self, name: &str, operator: &str) -> String {
        let body = json!({ "name": name, "key": null }).to_string();
        let answer = self.ask("POST", "/v1/operator/users", &[JSON, ("X-Operator-Key", operator)], body.as_bytes());
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.json()["key"].as_str().unwrap().to_owned()
    }

    /// A user's budget: used, left, total.
    pub fn budget(&self, key: &str) -> (f64, f64, f64) {
        let budget = self.get("/budget", key).json();
        let number = |name: &str| budget[name].as_f64().unwrap();
        (number("used_seconds"), number("remaining_seconds"), number("total_budget_seconds"))
    }

    /// A user's experiment.
    pub fn experiment(&self, key: &str, id: u64) -> Value {
        self.get(&format!("/experiment/{id}"), key).json()
    }

    /// Takes one run as this worker: its number and the name of the attempt.
    pub fn lease(&self, worker: &str) -> Option<(u64, String)> {
        let body = json!({ "worker": worker, "places": 1, "holding": [] });
        let leases = self.work("/v1/worker/lease", &body).json();
        let lease = leases["leases"].as_array().unwrap().first()?;
        Some((lease["experiment_id"].as_u64().unwrap(), lease["run_id"].as_str().unwrap().to_owned()))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// `Content-Type` of JSON.
pub const JSON: (&str, &str) = ("Content-Type", "application/json");

fn words_of(words: &str) -> String {
    format!("serve --db runs.db --listen 127.0.0.1:0 --log off --internal-key {WORKER_KEY} {words}")
}

/// A configuration that every world trains, told from others by its seed; it reserves `seconds`.
pub fn config(seed: u64, seconds: u64) -> Value {
    json!({
        "architecture_config": {
            "attention_bias": false, "head_dim": 64, "hidden_size": 128, "intermediate_size": 384,
            "num_attention_heads": 2, "num_hidden_layers": 2, "num_key_value_heads": 2, "rms_norm_eps": 1e-5,
            "rope_theta": 10000, "tie_word_embeddings": true, "dtype": "bfloat16", "vocab_size": 32000,
        },
        "optimizer_config": { "beta1": 0.9 },
        "train_batch_size": 16, "val_batch_size": 16, "n_evals": 4, "total_train_tokens": 16 * 512 * 64,
        "max_runtime_seconds": seconds, "model_seed": seed,
    })
}

/// Whether the long versions of tests are wanted.
pub fn is_slow() -> bool {
    std::env::var_os("ISOFLOP_SLOW").is_some()
}
