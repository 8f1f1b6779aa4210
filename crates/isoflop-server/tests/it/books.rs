//! Books for tests: every event is kept, so that they can be replayed.

use std::sync::Arc;

use isoflop_api::{Architecture, Dtype, Finish, LossQuery, LrSchedule, Optimizer, Sgd, Timestamp, TrainingConfig};
use isoflop_server::backend::Work;
use isoflop_server::ledger::{Command, Event, ExperimentId, KeyDigest, Ledger, Purse, Refusal, Report, Terms, UserId};

pub const ANN: UserId = UserId(0);
pub const BOB: UserId = UserId(1);

/// Rules, books and all that happened.
pub struct Books {
    pub terms: Terms,
    pub ledger: Ledger,
    pub events: Vec<(Timestamp, Event)>,
}

/// This many seconds after the tests' day began.
pub fn at(seconds: f64) -> Timestamp {
    Timestamp::parse("2026-05-01T00:00:00Z").unwrap().plus_seconds(seconds)
}

pub fn key(text: &str) -> KeyDigest {
    KeyDigest(text.to_owned())
}

pub fn config(seed: u64, seconds: f64) -> Arc<TrainingConfig> {
    let lr_scheduler = LrSchedule { peak_value: 3e-4, final_lr_frac: 0.1, warmup_frac: 0.05, init_value: 0.0 };
    Arc::new(TrainingConfig {
        architecture_config: Architecture {
            attention_bias: false,
            head_dim: 64,
            hidden_size: 128,
            intermediate_size: 512,
            num_attention_heads: 2,
            num_hidden_layers: 2,
            num_key_value_heads: 2,
            rms_norm_eps: 1e-6,
            rope_theta: 10_000,
            tie_word_embeddings: false,
            dtype: Dtype::Bfloat16,
            vocab_size: 32_000,
        },
        optimizer_config: Optimizer::Sgd(Sgd { lr_scheduler, grad_clip_norm: Some(1.0) }),
        train_batch_size: 32,
        val_batch_size: 32,
        n_evals: 16,
        total_train_tokens: 1 << 24,
        max_runtime_seconds: seconds,
        model_seed: seed,
    })
}

pub fn training(seed: u64, seconds: f64) -> Work {
    Work::Training(config(seed, seconds))
}

pub fn query(train_flops: f64) -> Work {
    Work::Query(Arc::new(LossQuery {
        d_model: 64,
        num_layers: 2,
        num_heads: 2,
        batch_size: 128,
        learning_rate: 1e-3,
        train_flops,
    }))
}

pub fn submit(user: UserId, work: Work) -> Command {
    Command::Submit { user, digest: work.digest(), work }
}

pub fn lease(worker: &str, places: usize, holding: &[&str]) -> Command {
    let holding = holding.iter().map(|&run_id| run_id.to_owned()).collect();
    Command::Lease { worker: worker.to_owned(), places, holding }
}

pub fn dispatch(experiment: ExperimentId, run_id: &str) -> Command {
    Command::Dispatch { experiment, run_id: run_id.to_owned() }
}

pub fn report(experiment: ExperimentId, run_id: &str, losses: Option<&[f64]>) -> Command {
    let report = Report { losses: losses.map(<[f64]>::to_vec), waits: false };
    Command::Report { experiment, run_id: run_id.to_owned(), report }
}

pub fn completed(used_runtime_seconds: f64, val_losses: &[f64]) -> Finish {
    Finish::Completed { used_runtime_seconds, val_losses: val_losses.to_vec() }
}

pub fn finish(experiment: ExperimentId, run_id: Option<&str>, finish: Finish) -> Command {
    Command::Finish { experiment, run_id: run_id.map(str::to_owned), finish }
}

impl Books {
    /// With this many users, called a, b, c, … and their keys.
    pub fn of(users: u8) -> Self {
        let mut books = Self { terms: Terms::default(), ledger: Ledger::default(), events: Vec::new() };
        for letter in (b'a'..).take(users.into()) {
            let name = char::from(letter).to_string();
            books.ask(0.0, Command::AddUser { key: key(&format!("key of {name}")), name }).unwrap();
        }
        books
    }

    /// Decides and applies.
    #[expect(clippy::needless_pass_by_value, reason = "tests make their commands where they ask them")]
    pub fn ask(&mut self, seconds: f64, command: Command) -> Result<Vec<Event>, Refusal> {
        let events = self.ledger.decide(&self.terms, &command, at(seconds))?;
        for event in &events {
            self.ledger.apply(event, at(seconds));
            self.events.push((at(seconds), event.clone()));
        }
        Ok(events)
    }

    /// The lease of one run, said in its events.
    pub fn run_ids(&mut self, seconds: f64, command: Command) -> Vec<String> {
        let leased = |event| match event {
            Event::Leased { lease, .. } => Some(lease.run_id),
            _ => None,
        };
        self.ask(seconds, command).unwrap().into_iter().filter_map(leased).collect()
    }

    pub fn used(&self, user: UserId) -> f64 {
        self.ledger.balance(&self.terms, user, Purse::Seconds).used
    }

    /// The books that come back from the disk.
    pub fn replayed(&self) -> Ledger {
        let mut ledger = Ledger::default();
        for (at, event) in &self.events {
            let text = serde_json::to_string(event).unwrap();
            ledger.apply(&serde_json::from_str(&text).unwrap(), *at);
        }
        ledger
    }
}
