//! A whole server in this process, on a port of its own, and questions to it.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use isoflop_server::backend;
use isoflop_server::ledger::Terms;
use isoflop_server::serve::{Options, Started, serve};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::sync::oneshot;

/// A server that stops when this goes.
pub struct Running {
    pub url: String,
    pub user: String,
    pub operator: String,
    pub worker: String,
    folder: TempDir,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<std::thread::JoinHandle<()>>,
}

/// What was answered.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub text: String,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error} in {self:?}"))
    }

    /// The JSON of a success.
    pub fn ok(&self) -> Value {
        assert!((200..300).contains(&self.status), "{self:?}");
        if self.text.is_empty() { Value::Null } else { self.json() }
    }

    /// The sentence of a refusal with this status.
    pub fn refused(&self, status: u16) -> String {
        assert_eq!(self.status, status, "{self:?}");
        let detail = &self.json()["detail"];
        detail.as_str().or(detail["message"].as_str()).unwrap_or_else(|| panic!("{self:?}")).to_owned()
    }
}

impl Running {
    /// With a backend by its name, or with none.
    pub fn start(named: Option<&str>) -> Self {
        let folder = TempDir::new().expect("a folder");
        let options = Options {
            database: folder.path().join("books.db"),
            listen: "127.0.0.1:0".parse().expect("an address"),
            terms: Terms::default(),
            backend: named.map(|name| (backend::backend(name).expect("a backend").into(), 4)),
            worker_key: None,
            rate_limit: None,
            max_connections: 64,
            behind_proxy: false,
        };
        let (stop, stopped) = oneshot::channel::<()>();
        let (tell, told) = std::sync::mpsc::channel();
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
            let runtime = runtime.expect("a runtime");
            let started = |started: &Started| {
                let keys = [&started.user_key, &started.operator_key, &started.worker_key].map(Clone::clone);
                tell.send((started.address, keys)).expect("the test listens");
            };
            let stopped = async { drop(stopped.await) };
            runtime.block_on(serve(options, started, stopped)).expect("it serves");
            runtime.shutdown_background();
        });
        let (address, keys) = told.recv().expect("it starts");
        let [user, operator, worker] = keys.map(|key| key.expect("a new database has new keys"));
        let url = format!("http://{address}");
        Self { url, user, operator, worker, folder, stop: Some(stop), thread: Some(thread) }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub fn get(&self, path: &str, header: (&str, &str)) -> Answer {
        let request = agent().get(format!("{}{path}", self.url)).header(header.0, header.1);
        answer(request.call())
    }

    pub fn post(&self, path: &str, header: (&str, &str), body: &Value) -> Answer {
        self.send(path, header, "application/json", body.to_string().as_bytes())
    }

    pub fn send(&self, path: &str, header: (&str, &str), content_type: &str, body: &[u8]) -> Answer {
        let request = agent().post(format!("{}{path}", self.url)).header(header.0, header.1);
        answer(request.header("X-Operator-Name", "Grace").content_type(content_type).send(body))
    }

    /// What an operator sees.
    pub fn see(&self, path: &str) -> Answer {
        self.get(&format!("/v1/operator/{path}"), ("X-Operator-Key", &self.operator))
    }

    /// What an operator does.
    pub fn act(&self, path: &str, body: &Value) -> Answer {
        self.post(&format!("/v1/operator/{path}"), ("X-Operator-Key", &self.operator), body)
    }

    /// A new user's key.
    pub fn add(&self, name: &str) -> String {
        self.act("users", &json!({ "name": name })).ok()["key"].as_str().expect("a key").to_owned()
    }

    /// A new run's number.
    pub fn submit(&self, key: &str, config: &Value) -> u64 {
        let told = self.post("/submit", ("X-API-Key", key), config).ok();
        told["experiment_id"].as_u64().expect("a number")
    }

    /// Waits until a run is as asked.
    pub fn wait(&self, id: u64, status: &str) -> Value {
        let start = Instant::now();
        loop {
            let run = self.see(&format!("experiments/{id}")).ok();
            if run["status"] == status {
                return run;
            }
            assert!(start.elapsed() < Duration::from_mins(1), "not {status}: {run}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let ended = thread.join();
            assert!(ended.is_ok() || std::thread::panicking(), "the server panicked");
        }
    }
}

fn agent() -> ureq::Agent {
    ureq::Agent::config_builder().http_status_as_error(false).proxy(None).build().into()
}

fn answer(asked: Result<ureq::http::Response<ureq::Body>, ureq::Error>) -> Answer {
    let mut response = asked.expect("an answer");
    let text = response.body_mut().read_to_vec().expect("a whole body");
    Answer { status: response.status().as_u16(), text: String::from_utf8_lossy(&text).into_owned() }
}

/// A valid configuration; the seed tells it from others.
pub fn config(seed: u64) -> Value {
    json!({
        "architecture_config": {
            "attention_bias": false, "head_dim": 64, "hidden_size": 256, "intermediate_size": 704,
            "num_attention_heads": 4, "num_hidden_layers": 4, "num_key_value_heads": 4, "rms_norm_eps": 1e-6,
            "rope_theta": 10000, "tie_word_embeddings": false, "dtype": "bfloat16", "vocab_size": 32000
        },
        "optimizer_config": { "weight_decay": 0.1, "lr_scheduler": { "peak_value": 0.002 } },
        "train_batch_size": 64, "val_batch_size": 64, "n_evals": 4, "total_train_tokens": 512 * 64 * 400,
        "max_runtime_seconds": 600, "model_seed": seed
    })
}
