//! Training configurations: what the course's server answered (see `oracle/README.md`), and what we answer.

use isoflop_api::{BodyError, TrainingConfig, detail, read_body, read_request, to_wire};
use serde::Deserialize;

use crate::same::same;

/// One body and the reference's answer; without one it fell over.
#[derive(Deserialize)]
struct Case {
    name: String,
    body: String,
    status: Option<u16>,
    answer: Option<String>,
    /// The answer as it reads later, where that differs: there without, here already without the sign of zero.
    read_back: Option<String>,
    /// The reference takes integers in it that no machine word holds.
    #[serde(default)]
    absurd: bool,
}

/// Accepted there and refused here: numbers that fit in 64 bits, and in no worker.
const REFUSED_HERE: [&str; 8] = [
    "int 1e15",
    "int 9007199254740993.0",
    "int 9223372036854775807",
    "float 1.7976931348623157e308",
    "float 100000000000... (309 characters)",
    "a float written 1e100",
    "a float written 1.7976931348623157e308",
    "rule: initial rate 1e308",
];

#[test]
fn answers_to_training_configurations_are_the_references() {
    let cases: Vec<Case> =
        serde_json::from_str(include_str!("golden/training_config.json")).expect("the file is well-formed");
    assert!(cases.len() > 700);
    assert!(REFUSED_HERE.iter().all(|name| cases.iter().any(|case| case.name == *name && case.status == Some(200))));
    let mut wrong = Vec::new();
    for case in &cases {
        let (status, answer) = answer(&case.body);
        let right = match (case.status, case.read_back.as_ref().or(case.answer.as_ref())) {
            (Some(_), Some(_)) if case.absurd || REFUSED_HERE.contains(&case.name.as_str()) => status == 422,
            (Some(expected), Some(text)) => status == expected && same(&answer, text),
            _ => (400..500).contains(&status),
        };
        if !right {
            wrong.push(format!(
                "{}\n  theirs {:?} {:?}\n  ours   {status} {answer}",
                case.name, case.status, case.answer
            ));
        }
    }
    assert!(wrong.is_empty(), "{} of {} answers differ:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}

fn answer(body: &str) -> (u16, String) {
    let text = |bytes| String::from_utf8(bytes).expect("answers are UTF-8");
    match read_body(Some("application/json"), body.as_bytes()) {
        Err(BodyError::Unreadable) => (400, r#"{"detail":"There was an error parsing the body"}"#.to_owned()),
        Err(BodyError::Malformed(issue)) => (422, text(detail(&[*issue]))),
        Ok(json) => match read_request::<TrainingConfig>(&json) {
            Ok(config) => (200, text(to_wire(&config))),
            Err(issues) => (422, text(detail(&issues))),
        },
    }
}
