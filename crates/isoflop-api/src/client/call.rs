//! One request, tried again where that helps.

use std::net::IpAddr;
use std::thread::sleep;
use std::time::Duration;

use serde::de::DeserializeOwned;
use ureq::Agent;
use ureq::http::header::RETRY_AFTER;

use super::error::words;
use super::{ClientError, Patience};

/// `GET /loss` answers when the run is over, and a server may hold it for ten minutes.
const ANSWER: Duration = Duration::from_mins(11);
/// Nobody there, or nobody who can be reached.
const CONNECT: Duration = Duration::from_secs(10);
/// The header of `/healthz` that says whose books these are.
const SERVER_ID: &str = "x-isoflop-server";
/// A list of ten thousand experiments is 12 MB.
const ANSWER_BYTES: u64 = 1 << 30;

/// What is asked.
pub(super) struct Call<'a> {
    /// With its slash.
    pub path: &'a str,
    /// What stands behind the question mark.
    pub query: &'a [(&'a str, String)],
    /// The header that says who asks, if one does.
    pub key: Option<(&'a str, &'a str)>,
    /// What is sent as JSON; nothing for a `GET`.
    pub body: Option<&'a [u8]>,
}

/// What was answered.
pub(super) struct Answer {
    url: String,
    /// HTTP's number.
    pub status: u16,
    body: Vec<u8>,
    /// Whether an earlier try may have been heard although no answer came.
    pub was_cut_off: bool,
}

impl Answer {
    /// The value that the answer holds.
    pub fn read<T: DeserializeOwned>(self) -> Result<T, ClientError> {
        if !(200..300).contains(&self.status) {
            return Err(ClientError::Refused { status: self.status, words: words(self.status, &self.body) });
        }
        let body = if self.body.is_empty() { b"null" } else { &self.body[..] };
        serde_json::from_slice(body)
            .map_err(|error| ClientError::NotUnderstood { url: self.url, why: error.to_string() })
    }
}

/// The connections to a server.
pub(super) fn agent(base: &str) -> Agent {
    let config = Agent::config_builder()
        .http_status_as_error(false)
        .timeout_connect(Some(CONNECT))
        .timeout_recv_response(Some(ANSWER))
        .user_agent(concat!("isoflop/", env!("CARGO_PKG_VERSION")));
    // A proxy for the world outside knows nothing of this machine.
    let config = if is_this_machine(base) { config.proxy(None) } else { config };
    config.build().into()
}

/// What tells the server's books from others, if it says so.
///
/// # Errors
/// It cannot be reached now.
pub(super) fn server_id(agent: &Agent, base: &str) -> Result<Option<String>, ureq::Error> {
    let request = agent.get(format!("{base}/healthz")).config().timeout_global(Some(CONNECT)).build();
    let answer = request.call()?;
    Ok(answer.headers().get(SERVER_ID).and_then(|id| id.to_str().ok()).map(str::to_owned))
}

fn is_this_machine(base: &str) -> bool {
    let host = base.split_once("://").map_or(base, |(_, rest)| rest);
    let host = host.split('/').next().unwrap_or_default();
    let host = host.rsplit_once(':').map_or(host, |(host, _)| host).trim_matches(['[', ']']);
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

impl Call<'_> {
    /// Asks, and asks again while the server cannot be reached, is too busy, or is about to be there again.
    pub fn send(&self, agent: &Agent, base: &str, patience: &Patience) -> Result<Answer, ClientError> {
        let (mut tried, mut was_cut_off) = (0, false);
        loop {
            tried += 1;
            let (why, asked, refused) = match self.once(agent, base) {
                Ok((status @ (429 | 502 | 503 | 504), asked, body)) => {
                    // A gateway does not know what the server behind it did.
                    was_cut_off |= status == 502 || status == 504;
                    (words(status, &body), asked, Some(status))
                }
                Ok((status, _, body)) => {
                    return Ok(Answer { url: format!("{base}{}", self.path), status, body, was_cut_off });
                }
                Err(error) => {
                    if is_hopeless(&error) {
                        return Err(self.unreachable(base, error.to_string()));
                    }
                    was_cut_off = true;
                    (told(&error), None, None)
                }
            };
            if tried >= patience.tries {
                return Err(match refused {
                    // It is there, and says no for as long as we ask.
                    Some(429) => ClientError::Refused { status: 429, words: why },
                    _ => self.unreachable(base, why),
                });
            }
            sleep(patience.wait(tried, asked));
        }
    }

    fn once(&self, agent: &Agent, base: &str) -> Result<(u16, Option<Duration>, Vec<u8>), ureq::Error> {
        let url = format!("{base}{}", self.path);
        let query = self.query.iter().map(|(name, value)| (*name, value.as_str()));
        let mut answer = if let Some(body) = self.body {
            let request = agent.post(&url).query_pairs(query).content_type("application/json");
            let request = match self.key {
                Some((name, key)) => request.header(name, key),
                None => request,
            };
            request.send(body)?
        } else {
            let request = agent.get(&url).query_pairs(query);
            match self.key {
                Some((name, key)) => request.header(name, key).call()?,
                None => request.call()?,
            }
        };
        let asked = answer.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.parse().ok());
        let status = answer.status().as_u16();
        let body = answer.body_mut().with_config().limit(ANSWER_BYTES).read_to_vec()?;
        Ok((status, asked.map(Duration::from_secs), body))
    }

    fn unreachable(&self, base: &str, why: String) -> ClientError {
        ClientError::Unreachable { url: format!("{base}{}", self.path), why }
    }
}

/// What no second try will mend.
fn is_hopeless(error: &ureq::Error) -> bool {
    use ureq::Error::{BadUri, BodyExceedsLimit, Http, InvalidProxyUrl, TlsRequired};
    matches!(error, BadUri(_) | BodyExceedsLimit(_) | Http(_) | InvalidProxyUrl | TlsRequired)
}

/// Without the word that says no more than the sentence it goes into.
fn told(error: &ureq::Error) -> String {
    let text = error.to_string();
    text.strip_prefix("io: ").unwrap_or(&text).to_owned()
}

#[cfg(test)]
mod tests {
    use super::is_this_machine;

    #[test]
    fn no_proxy_stands_before_this_machine() {
        for here in ["http://127.0.0.1:8000", "http://localhost", "http://[::1]:80", "http://127.3.2.1:9/x"] {
            assert!(is_this_machine(here), "{here}");
        }
        for there in ["http://10.0.0.1:8000", "http://localhost.example", "http://api.example/127.0.0.1"] {
            assert!(!is_this_machine(there), "{there}");
        }
    }
}
