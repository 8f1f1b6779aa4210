//! The server that a command asks: its address, the key, and what it means if it does not answer.

#![expect(clippy::doc_markdown, reason = "comments on options are the help, word for word")]

use std::path::PathBuf;

use clap::Args;
use isoflop_api::client::{Client, ClientError};

use crate::exit::{Failure, NO, SERVER, USAGE};

/// Where a server listens unless told.
const USUAL: &str = "http://127.0.0.1:8000";

/// Which server, and as whom.
#[derive(Debug, Args)]
pub struct Connection {
    /// Address of the server [default: ISOFLOP_URL, else http://127.0.0.1:8000]
    #[arg(long, value_name = "URL", help_heading = "Server")]
    pub url: Option<String>,
    /// Key of the user [default: ISOFLOP_API_KEY, else A3_API_KEY]
    #[arg(long, value_name = "KEY", help_heading = "Server")]
    pub key: Option<String>,
    /// File that keeps what will not change: known losses and ended runs cost no request
    #[arg(long, value_name = "FILE", default_value = ".isoflop/cache.jsonl", help_heading = "Server")]
    pub cache: PathBuf,
    /// Ask the server for everything
    #[arg(long, help_heading = "Server")]
    pub no_cache: bool,
}

impl Connection {
    /// A client of that server.
    pub fn client(&self) -> Result<Client, Failure> {
        let key = given(self.key.as_deref(), &["ISOFLOP_API_KEY", "A3_API_KEY"]).ok_or_else(|| {
            Failure::told(USAGE, "no key is given", "give it with --key, or export ISOFLOP_API_KEY=…")
        })?;
        let client = Client::new(&url(self.url.as_deref()), &key);
        if self.no_cache {
            return Ok(client);
        }
        client.cached(&self.cache).map_err(|error| {
            let sentence = format!("{} cannot be read: {error}", self.cache.display());
            Failure::told(USAGE, sentence, "name another file with --cache, or leave it out with --no-cache")
        })
    }
}

/// The address that is given, or the environment's, or the usual one.
pub fn url(given_here: Option<&str>) -> String {
    given(given_here, &["ISOFLOP_URL"]).unwrap_or_else(|| USUAL.to_owned())
}

/// What is given, or the first of these variables that says something.
pub fn given(here: Option<&str>, variables: &[&str]) -> Option<String> {
    let said = |name: &&str| std::env::var(name).ok().filter(|value| !value.is_empty());
    here.map(str::to_owned).or_else(|| variables.iter().find_map(said))
}

impl From<ClientError> for Failure {
    fn from(error: ClientError) -> Self {
        let (code, hint) = match &error {
            ClientError::Unreachable { .. } => (SERVER, "is it running? give its address with --url or ISOFLOP_URL"),
            ClientError::NotUnderstood { .. } => (SERVER, "look at the address: --url or ISOFLOP_URL"),
            ClientError::Refused { status: 401, .. } => (NO, "give your key with --key or ISOFLOP_API_KEY"),
            ClientError::Refused { words, .. } if words.starts_with("Invalid API key") => {
                // The words repeat the key, which is nobody else's business.
                return Failure::told(NO, "invalid API key", "give your key with --key or ISOFLOP_API_KEY");
            }
            ClientError::Refused { .. } => (NO, ""),
        };
        Failure::told(code, error.to_string(), hint)
    }
}
