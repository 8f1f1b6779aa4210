//! What workers say: `POST /v1/worker/…`. All of it may be said twice.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::call::{Call, agent};
use super::{ClientError, Patience};

/// A server, and the key of its workers. It tries once: a worker has a loop of its own.
pub struct WorkerClient {
    base: String,
    key: String,
    agent: ureq::Agent,
}

impl WorkerClient {
    /// A client of the server at `url`.
    pub fn new(url: &str, key: &str) -> Self {
        let base = url.trim().trim_end_matches('/').to_owned();
        let base = if base.contains("://") { base } else { format!("http://{base}") };
        Self { agent: agent(&base), base, key: key.to_owned() }
    }

    /// Says `body` at `path`, such as `/v1/worker/lease`.
    ///
    /// # Errors
    /// Any [`ClientError`].
    pub fn say<T: DeserializeOwned>(&self, path: &str, body: &impl Serialize) -> Result<T, ClientError> {
        let body = crate::to_wire(body);
        let call = Call { path, query: &[], key: Some(("X-Internal-Key", &self.key)), body: Some(&body) };
        call.send(&self.agent, &self.base, &Patience::NONE)?.read()
    }
}
