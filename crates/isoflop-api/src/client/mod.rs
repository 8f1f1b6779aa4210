//! A blocking client of both protocols: it tries again, knows what it has asked, and says why not.
//!
//! ```no_run
//! use isoflop_api::client::Client;
//!
//! let client = Client::new("http://127.0.0.1:8000", "06123456").cached(".isoflop/cache.jsonl".as_ref())?;
//! let budget = client.budget()?;
//! println!("{} of {} s are left", budget.remaining_seconds, budget.total_budget_seconds);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod cache;
mod call;
mod classic;
mod error;
mod patience;
mod worker;

use std::io;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, Once, PoisonError};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use self::call::{Answer, Call, agent};
use crate::{BudgetSummary, Experiment, FinalSubmission, Status, SubmitResponse, TrainingConfig};

pub use cache::Cache;
pub use classic::{Loss, PreviousRun};
pub use error::ClientError;
pub use patience::Patience;
pub use worker::WorkerClient;

/// A server, and who asks it.
pub struct Client {
    base: String,
    key: String,
    agent: ureq::Agent,
    /// How often it is tried again.
    pub patience: Patience,
    cache: Option<Mutex<Cache>>,
    /// Set once the cache knows whose books these are.
    asked_who: Once,
}

/// What became of a submission.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Submitted {
    /// The experiment's number.
    pub experiment_id: u64,
    /// Whether it stood there before; then nothing was reserved.
    pub already_there: bool,
    /// The budget after it; not told for one that was there.
    pub budget_summary: Option<BudgetSummary>,
}

impl Client {
    /// A client of the server at `url`, for whoever has this key.
    pub fn new(url: &str, key: &str) -> Self {
        let base = url.trim().trim_end_matches('/').to_owned();
        let base = if base.contains("://") { base } else { format!("http://{base}") };
        Self {
            agent: agent(&base),
            base,
            key: key.to_owned(),
            patience: Patience::default(),
            cache: None,
            asked_who: Once::new(),
        }
    }

    /// The server's address.
    pub fn url(&self) -> &str {
        &self.base
    }

    /// Keeps what will not change in a file, and asks no more for it. Before anything is taken from there the server is
    /// asked once who it is, at no cost: a new database at the same address has other answers. One that cannot be reached
    /// is taken for the last one.
    ///
    /// # Errors
    /// If the file is there and cannot be read.
    pub fn cached(mut self, path: &Path) -> io::Result<Self> {
        // Only 16 bits of the key: they tell users of one server apart, and an eight-digit id cannot be found from a
        // file that somebody publishes.
        let digest = Sha256::digest(format!("{}\0{}", self.base, self.key));
        let account = format!("{} {:02x}{:02x}", self.base, digest[0], digest[1]);
        self.cache = Some(Mutex::new(Cache::open(path, &account)?));
        Ok(self)
    }

    /// Asks for a run. If it stands there already, that is found and told: submitting again is no harm.
    ///
    /// # Errors
    /// [`ClientError::Refused`] with status 400 if the budget is too small, 422 if the configuration makes no sense.
    pub fn submit(&self, config: &TrainingConfig) -> Result<Submitted, ClientError> {
        let there = |experiment_id| Submitted { experiment_id, already_there: true, budget_summary: None };
        if let Some(id) = self.known(&config.digest()) {
            return Ok(there(id));
        }
        let body = crate::to_wire(config);
        let answer = self.call("/submit", Some(&body))?;
        // The budget is looked at before repeats are: our own first try may have spent what is missing now.
        if answer.status == 409 || answer.status == 400 && answer.was_cut_off {
            let digest = config.digest();
            let known = self.experiments()?.into_iter().rev().find(|known| known.training_config.digest() == digest);
            if let Some(known) = known {
                return Ok(there(known.experiment_id));
            }
        }
        let SubmitResponse { experiment_id, budget_summary } = answer.read()?;
        Ok(Submitted { experiment_id, already_there: false, budget_summary: Some(budget_summary) })
    }

    /// Every experiment of this user, oldest first.
    ///
    /// # Errors
    /// Any [`ClientError`].
    pub fn experiments(&self) -> Result<Vec<Experiment>, ClientError> {
        let experiments: Vec<Experiment> = self.call("/experiments", None)?.read()?;
        for experiment in &experiments {
            self.keep_experiment(experiment);
        }
        Ok(experiments)
    }

    /// One experiment; one that is known to have ended costs no request.
    ///
    /// # Errors
    /// [`ClientError::Refused`] with status 404 if it is not there, or another's.
    pub fn experiment(&self, id: u64) -> Result<Experiment, ClientError> {
        if let Some(known) = self.known(&format!("experiment-{id}")) {
            return Ok(known);
        }
        let experiment = self.call(&format!("/experiment/{id}"), None)?.read().map_err(|error| match error {
            // The server's words do not say which.
            ClientError::Refused { status, words } => {
                ClientError::Refused { status, words: format!("experiment {id}: {words}") }
            }
            other => other,
        })?;
        self.keep_experiment(&experiment);
        Ok(experiment)
    }

    /// What may still be spent.
    ///
    /// # Errors
    /// Any [`ClientError`].
    pub fn budget(&self) -> Result<BudgetSummary, ClientError> {
        self.call("/budget", None)?.read()
    }

    /// The final submission as it stands, if any.
    ///
    /// # Errors
    /// Any [`ClientError`].
    pub fn final_submission(&self) -> Result<Option<FinalSubmission>, ClientError> {
        self.call("/final_submission", None)?.read()
    }

    /// Stakes a configuration and the loss it will end at, in place of what was said before.
    ///
    /// # Errors
    /// [`ClientError::Refused`] with status 403 if it is too late.
    pub fn save_final_submission(
        &self,
        config: &TrainingConfig,
        predicted_final_loss: f64,
    ) -> Result<FinalSubmission, ClientError> {
        #[derive(Serialize)]
        struct Stake<'a> {
            training_config: &'a TrainingConfig,
            predicted_final_loss: f64,
        }
        let body = crate::to_wire(&Stake { training_config: config, predicted_final_loss });
        self.call("/final_submission", Some(&body))?.read()
    }

    fn call(&self, path: &str, body: Option<&[u8]>) -> Result<Answer, ClientError> {
        let call = Call { path, query: &[], key: Some(("X-API-Key", &self.key)), body };
        call.send(&self.agent, &self.base, &self.patience)
    }

    fn keep_experiment(&self, experiment: &Experiment) {
        if matches!(experiment.status, Status::Completed { .. } | Status::Failed { .. }) {
            self.keep(&format!("experiment-{}", experiment.experiment_id), experiment);
        }
        // A failed one may be free to be asked for again.
        if matches!(experiment.status, Status::Completed { .. }) {
            self.keep(&experiment.training_config.digest(), &experiment.experiment_id);
        }
    }

    fn known<T: DeserializeOwned>(&self, key: &str) -> Option<T> {
        let is_empty = self.cache.as_ref()?.lock().unwrap_or_else(PoisonError::into_inner).is_empty();
        if is_empty { None } else { self.of_these_books()?.get(key) }
    }

    fn keep(&self, key: &str, answer: &impl Serialize) {
        if let Some(mut cache) = self.of_these_books() {
            // What cannot be kept is asked for again; the answer is worth more than its copy.
            let _ = cache.put(key, answer);
        }
    }

    /// The cache, once it knows whose answers it keeps.
    fn of_these_books(&self) -> Option<MutexGuard<'_, Cache>> {
        let cache = self.cache.as_ref()?;
        let locked = || cache.lock().unwrap_or_else(PoisonError::into_inner);
        self.asked_who.call_once(|| {
            if let Ok(id) = call::server_id(&self.agent, &self.base) {
                locked().of_server(id.as_deref());
            }
        });
        Some(locked())
    }
}
