//! Other requests: what the course's server answered (see `oracle/README.md`), and what we answer.

use isoflop_api::{
    BodyError, FinalSubmission, FinalSubmissionRequest, Finish, Issue, PathNumber, Request, Timestamp, TrainingConfig,
    WorkerEvent, detail, read_body, read_experiment_id, read_request, to_wire,
};
use serde::Deserialize;

use crate::same::same;

/// One request and the reference's answer; without one it fell over.
#[derive(Deserialize)]
struct Case {
    path: String,
    content_type: Option<String>,
    #[serde(default)]
    body: String,
    /// In place of `body` where that is no UTF-8, in hexadecimal digits.
    bytes: Option<String>,
    status: Option<u16>,
    answer: Option<String>,
}

#[test]
fn answers_to_other_requests_are_the_references() {
    let cases: Vec<Case> = serde_json::from_str(include_str!("golden/requests.json")).expect("the file is well-formed");
    assert!(cases.len() > 900);
    let mut wrong = Vec::new();
    for case in &cases {
        let (status, answer) = answer(case);
        let right = match (case.status, &case.answer) {
            // Taken there, and later a 500 for everybody who asks.
            (Some(200 | 404), _) if answer.contains("finite_number") => status == 422,
            (Some(expected), Some(text)) => status == expected && same(&answer, text),
            // Losses that are no numbers must be readable, the rest refused.
            _ => (400..500).contains(&status),
        };
        if !right {
            let (path, body) = (&case.path, &case.body);
            wrong.push(format!(
                "{path} {body}\n  theirs {:?} {:?}\n  ours   {status} {answer}",
                case.status, case.answer
            ));
        }
    }
    assert!(wrong.is_empty(), "{} of {} answers differ:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}

/// What a server does that has no experiments.
fn answer(case: &Case) -> (u16, String) {
    if let Some(segment) = case.path.strip_prefix("/experiment/") {
        return refusal(read_experiment_id(&decoded(segment), PathNumber::Any).err(), "not found");
    }
    let bytes = case.bytes.as_deref().map_or(case.body.clone().into_bytes(), unhex);
    let json = match read_body(case.content_type.as_deref(), &bytes) {
        Err(error @ BodyError::Unreadable) => return (400, said(&error.to_string())),
        Err(BodyError::Malformed(issue)) => return (422, text(detail(&[*issue]))),
        Ok(json) => json,
    };
    if let Some(rest) = case.path.strip_prefix("/internal/worker/") {
        let (segment, kind) = rest.split_once('/').expect("two segments");
        let mut issues = read_experiment_id(&decoded(segment), PathNumber::Positive).err().unwrap_or_default();
        issues.extend(match kind {
            "event" => unread::<WorkerEvent>(&json),
            _ => unread::<Finish>(&json),
        });
        return refusal(Some(issues).filter(|issues| !issues.is_empty()), "experiment not found");
    }
    match case.path.as_str() {
        "/submit" => refusal(Some(unread::<TrainingConfig>(&json)), ""),
        _ => match read_request::<FinalSubmissionRequest>(&json) {
            Err(issues) => (422, text(detail(&issues))),
            Ok(FinalSubmissionRequest { training_config, predicted_final_loss }) => {
                let kept = FinalSubmission { training_config, predicted_final_loss, submitted_at: Timestamp(0) };
                (200, text(to_wire(&kept)).replace(r#","submitted_at":"1970-01-01T00:00:00Z""#, ""))
            }
        },
    }
}

fn unread<T: Request>(json: &isoflop_api::Json) -> Vec<Issue> {
    read_request::<T>(json).err().unwrap_or_default()
}

fn refusal(issues: Option<Vec<Issue>>, otherwise: &str) -> (u16, String) {
    issues.map_or((404, said(otherwise)), |issues| (422, text(detail(&issues))))
}

fn said(words: &str) -> String {
    format!(r#"{{"detail":"{words}"}}"#)
}

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).expect("answers are UTF-8")
}

fn unhex(digits: &str) -> Vec<u8> {
    let byte = |at| u8::from_str_radix(&digits[at..at + 2], 16).expect("two digits");
    (0..digits.len()).step_by(2).map(byte).collect()
}

fn decoded(segment: &str) -> String {
    let mut bytes = Vec::new();
    let mut parts = segment.split('%');
    bytes.extend(parts.next().into_iter().flat_map(str::bytes));
    for part in parts {
        bytes.extend(unhex(&part[..2]));
        bytes.extend(part[2..].bytes());
    }
    text(bytes)
}
