//! Questions to a server, as an operator, and what its answers mean for the exit code.

use std::io;
use std::path::Path;
use std::time::Duration;

use clap::Args;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use ureq::http::{HeaderValue, Response};
use ureq::{Agent, Body, Proxy};

use crate::exit::{DONE, Failure, NO, SERVER, USAGE};
use crate::terminal;

/// Which server, and who asks.
#[derive(Debug, Args)]
pub struct Server {
    /// Address of the server
    #[arg(long, value_name = "URL", global = true, help_heading = "Server", help = URL)]
    pub url: Option<String>,
    /// Operator key
    #[arg(long, value_name = "KEY", global = true, help_heading = "Server", help = KEY)]
    pub operator_key: Option<String>,
    /// The same, before the command only: behind some commands --key is another key
    #[arg(long, value_name = "KEY", hide = true, conflicts_with = "operator_key")]
    pub key: Option<String>,
    /// Your name in the audit log
    #[arg(long = "as", value_name = "NAME", global = true, help_heading = "Server", help = NAME)]
    pub actor: Option<String>,
    /// Print the server's JSON instead of words
    #[arg(long, global = true, help_heading = "Output")]
    pub json: bool,
}

// Names of variables, without the marks that comments need.
const URL: &str = "Address of the server [default: ISOFLOP_URL, or http://127.0.0.1:8000]";
const KEY: &str = "Operator key; others on this machine can see it here [default: ISOFLOP_OPERATOR_KEY]";
const NAME: &str = "Your name in the audit log [default: ISOFLOP_OPERATOR_NAME, or your login]";

/// A server to ask.
pub struct Call {
    agent: Agent,
    url: String,
    key: String,
    actor: Option<String>,
    json: bool,
}

/// A rehearsal, or a roster whose keys people chose, takes a while.
const PATIENCE: Duration = Duration::from_mins(10);
const CONNECT: Duration = Duration::from_secs(10);
/// Answers that are held in memory, bytes.
const LARGEST: u64 = 1 << 30;

/// What is set and not empty.
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

impl Call {
    /// As the options and the environment say.
    pub fn new(server: &Server) -> Result<Self, Failure> {
        let url = server.url.clone().or_else(|| variable("ISOFLOP_URL"));
        let url = url.unwrap_or_else(|| "http://127.0.0.1:8000".to_owned()).trim_end_matches('/').to_owned();
        let given = server.operator_key.clone().or_else(|| server.key.clone());
        let Some(key) = given.or_else(|| variable("ISOFLOP_OPERATOR_KEY")) else {
            let hint = "set ISOFLOP_OPERATOR_KEY to the key that isoflop serve printed at its first start, or give --operator-key";
            return Err(Failure::told(USAGE, "no operator key was given", hint));
        };
        let own = ["//127.", "//localhost", "//[::1]"].iter().any(|own| url.contains(own));
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(PATIENCE))
            .timeout_connect(Some(CONNECT))
            // A proxy knows another machine by these names.
            .proxy(if own { None } else { Proxy::try_from_env() });
        let actor = server.actor.clone().or_else(|| variable("ISOFLOP_OPERATOR_NAME")).or_else(|| variable("USER"));
        Ok(Self { agent: config.build().into(), url, key, actor, json: server.json })
    }

    /// What the server says to a question.
    pub fn get(&self, path: &str, query: &[(&str, String)]) -> Result<Value, Failure> {
        self.read(self.ask(path, query)?)
    }

    /// What comes of a command.
    pub fn post(&self, path: &str, body: &impl Serialize) -> Result<Value, Failure> {
        let body = serde_json::to_vec(body).map_err(io::Error::other)?;
        self.read(self.send(path, "application/json", &body)?)
    }

    /// Sends bytes; the answer, whatever it is.
    pub fn send(&self, path: &str, content_type: &str, body: &[u8]) -> Result<Response<Body>, Failure> {
        let request = self.agent.post(format!("{}/v1/operator/{path}", self.url)).header("X-Operator-Key", &self.key);
        let request = match &self.actor {
            Some(actor) => request.header("X-Operator-Name", header(actor)),
            None => request,
        };
        request.content_type(content_type).send(body).map_err(|error| self.unanswered(&error))
    }

    /// Writes an answer of any size to a file that must not be there, or to standard output.
    pub fn save(&self, path: &str, query: &[(&str, String)], file: Option<&Path>) -> Result<u64, Failure> {
        let response = self.ask(path, query)?;
        if response.status().as_u16() != 200 {
            return Err(self.read(response).map_or_else(|failure| failure, |_| self.strange()));
        }
        let mut body = response.into_body().into_with_config().limit(u64::MAX).reader();
        let Some(file) = file else { return Ok(io::copy(&mut body, &mut io::stdout().lock())?) };
        let told = |error: io::Error| Failure::told(USAGE, format!("{}: {error}", file.display()), "");
        let mut out = std::fs::File::create_new(file).map_err(told)?;
        io::copy(&mut body, &mut out).and_then(|bytes| out.sync_all().map(|()| bytes)).map_err(|error| {
            // A part is not to be taken for the whole.
            let _ = std::fs::remove_file(file);
            Failure::told(SERVER, format!("{} broke off: {error}", file.display()), "")
        })
    }

    /// The value that an answer holds, or why there is none.
    pub fn read(&self, response: Response<Body>) -> Result<Value, Failure> {
        let (status, text) = self.text(response)?;
        self.judge(status, &text)
    }

    /// The same for an answer that was read.
    pub fn judge(&self, status: u16, text: &str) -> Result<Value, Failure> {
        let value = if text.is_empty() { Some(Value::Null) } else { serde_json::from_str::<Value>(text).ok() };
        match (status, value) {
            (200..=299, Some(value)) => Ok(value),
            (400..=499, Some(value)) if value["detail"] != Value::Null => Err(refused(status, &value["detail"])),
            (500..=599, Some(value)) if value["detail"] != Value::Null => {
                Err(Failure::told(SERVER, sentence(&value["detail"]), ""))
            }
            _ => Err(self.strange()),
        }
    }

    /// Status and body.
    pub fn text(&self, mut response: Response<Body>) -> Result<(u16, String), Failure> {
        let text = response.body_mut().with_config().limit(LARGEST).read_to_string();
        Ok((response.status().as_u16(), text.map_err(|error| self.unanswered(&error))?))
    }

    /// Prints an answer: as it is with `--json`, else in words.
    pub fn tell<T: DeserializeOwned>(&self, value: Value, words: impl FnOnce(T) -> String) -> Result<u8, Failure> {
        let text = if self.json {
            serde_json::to_string_pretty(&value).map_err(io::Error::other)? + "\n"
        } else {
            // An older or newer server says other things.
            words(serde_json::from_value(value).map_err(|_| self.strange())?)
        };
        terminal::print(&text)?;
        Ok(DONE)
    }

    fn ask(&self, path: &str, query: &[(&str, String)]) -> Result<Response<Body>, Failure> {
        let request = self.agent.get(format!("{}/v1/operator/{path}", self.url)).header("X-Operator-Key", &self.key);
        let request = match &self.actor {
            Some(actor) => request.header("X-Operator-Name", header(actor)),
            None => request,
        };
        let request = request.query_pairs(query.iter().map(|(name, value)| (*name, value.as_str())));
        request.call().map_err(|error| self.unanswered(&error))
    }

    fn unanswered(&self, error: &ureq::Error) -> Failure {
        let hint = "is it running (isoflop serve)? --url or ISOFLOP_URL says where it is";
        Failure::told(SERVER, format!("{} does not answer: {error}", self.url), hint)
    }

    fn strange(&self) -> Failure {
        let hint = "is it isoflop serve, and of this version? --url or ISOFLOP_URL says where it is";
        Failure::told(SERVER, format!("{} answers as no isoflop server of this version does", self.url), hint)
    }
}

/// What may stand in a header.
fn header(text: &str) -> HeaderValue {
    let text: String = text.chars().filter(|c| !c.is_control()).collect();
    HeaderValue::from_bytes(text.as_bytes()).expect("a header may hold any text without control characters")
}

fn refused(status: u16, detail: &Value) -> Failure {
    let hint = if status == 401 { "give the operator key with --operator-key or ISOFLOP_OPERATOR_KEY" } else { "" };
    Failure::told(NO, sentence(detail), hint)
}

/// The words of a refusal.
fn sentence(detail: &Value) -> String {
    let words = detail.as_str().or_else(|| detail["message"].as_str());
    words.map_or_else(|| detail.to_string(), ToOwned::to_owned)
}
