//! Why a request brought nothing.

use serde_json::Value;
use thiserror::Error;

/// Characters of an answer that nobody understands which are repeated.
const QUOTED: usize = 200;

/// Why a request brought nothing.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum ClientError {
    /// Nobody answered, or only that they cannot now; it was tried more than once.
    #[error("{url} cannot be reached: {why}")]
    Unreachable {
        /// What was asked for, without any key.
        url: String,
        /// What happened at the last try.
        why: String,
    },
    /// The server said no.
    #[error("{words}")]
    Refused {
        /// HTTP's number for it: 401 an unknown key, 400 too small a budget, 422 a configuration that makes no sense.
        status: u16,
        /// The server's own words.
        words: String,
    },
    /// Something answered that is no training API, or of another version.
    #[error("{url} did not answer as a training API does: {why}")]
    NotUnderstood {
        /// What was asked for, without any key.
        url: String,
        /// What is wrong with the answer.
        why: String,
    },
}

/// The server's words in the body of a refusal, in whichever form it has.
pub(super) fn words(status: u16, body: &[u8]) -> String {
    let Ok(json) = serde_json::from_slice::<Value>(body) else {
        let text: String = String::from_utf8_lossy(body).chars().take(QUOTED).collect();
        return if text.trim().is_empty() { format!("status {status}") } else { format!("status {status}: {text}") };
    };
    let told = json.get("detail").or_else(|| json.get("message")).unwrap_or(&json);
    match told {
        Value::String(text) => text.clone(),
        Value::Array(issues) => issues.iter().map(issue).collect::<Vec<_>>().join("; "),
        Value::Object(members) => {
            let message = members.get("message").and_then(Value::as_str).unwrap_or("refused");
            match members.get("budget_summary").and_then(|summary| summary.get("remaining_seconds")) {
                Some(left) => format!("{message}: {left} s are left"),
                None => message.to_owned(),
            }
        }
        other => format!("status {status}: {other}"),
    }
}

/// `architecture_config.head_dim: Field required`.
fn issue(issue: &Value) -> String {
    let steps = issue.get("loc").and_then(Value::as_array).into_iter().flatten().skip(1);
    let path: Vec<String> = steps.map(|step| step.as_str().map_or_else(|| step.to_string(), str::to_owned)).collect();
    let message = issue.get("msg").and_then(Value::as_str).unwrap_or("refused");
    if path.is_empty() { message.to_owned() } else { format!("{}: {message}", path.join(".")) }
}

#[cfg(test)]
mod tests {
    use super::words;

    #[test]
    fn every_form_of_refusal_has_words() {
        for (body, told) in [
            (r#"{"detail":"invalid API key"}"#, "invalid API key"),
            (
                r#"{"message":"d_model must be in range","detail":"d_model must be in range"}"#,
                "d_model must be in range",
            ),
            (
                r#"{"detail":{"message":"insufficient budget","budget_summary":{"remaining_seconds":12.0}}}"#,
                "insufficient budget: 12.0 s are left",
            ),
            (
                r#"{"detail":[{"loc":["body","architecture_config","head_dim"],"msg":"Field required"}]}"#,
                "architecture_config.head_dim: Field required",
            ),
            ("<html>", "status 422: <html>"),
            ("", "status 422"),
        ] {
            assert_eq!(words(422, body.as_bytes()), told);
        }
    }
}
