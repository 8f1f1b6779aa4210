//! Single numbers, texts and documents: what pydantic and Python made of them (see `oracle/README.md`), and what we do.

use isoflop_api::json::{ParseError, float_text, parse};
use isoflop_api::{
    PathNumber, Request, TrainingConfig, WorkerEvent, detail, read_body, read_experiment_id, read_request, to_wire,
};
use serde::Deserialize;
use serde_json::Value;

/// What the text or literal on the left became: JSON text, or the type of an error.
#[derive(Deserialize)]
#[serde(untagged)]
enum Made {
    Text(String),
    Error { error: String },
}

#[derive(Deserialize)]
struct Golden {
    doubles: Vec<(String, String, String)>,
    #[serde(rename = "integers of texts")]
    integers: Vec<(String, Made)>,
    #[serde(rename = "floats of texts")]
    floats: Vec<(String, Made)>,
    #[serde(rename = "booleans of texts")]
    booleans: Vec<(String, Made)>,
    documents: Vec<(String, Option<usize>, String)>,
}

fn golden() -> Golden {
    serde_json::from_str(include_str!("golden/scalars.json")).expect("the file is well-formed")
}

/// The types of all errors, or what was understood.
fn read<T: Request>(body: &str) -> Result<T, Vec<String>> {
    let json = read_body(Some("application/json"), body.as_bytes()).expect("JSON");
    read_request(&json).map_err(|issues| kinds(&detail(&issues)))
}

fn kinds(detail: &[u8]) -> Vec<String> {
    let told: Value = serde_json::from_slice(detail).expect("JSON");
    let entries = told["detail"].as_array().expect("a list");
    entries.iter().map(|entry| entry["type"].as_str().expect("a text").to_owned()).collect()
}

fn shown(number: f64) -> String {
    String::from_utf8(to_wire(&number)).expect("answers are UTF-8")
}

fn same(rows: &[(String, Made)], ours: impl Fn(&str) -> Result<String, Vec<String>>) {
    let mut wrong = Vec::new();
    for (text, made) in rows {
        let ours = ours(text);
        let right = match made {
            // What they fall over later is refused here, and zero has no sign.
            Made::Text(theirs) if theirs.ends_with("inf") || theirs == "nan" => {
                ours == Err(vec!["finite_number".to_owned()])
            }
            Made::Text(theirs) => ours.as_deref() == Ok(if theirs == "-0.0" { "0.0" } else { theirs }),
            Made::Error { error } => ours.as_ref().is_err_and(|kinds| kinds.contains(error)),
        };
        if !right {
            wrong.push(format!("{text:?} is {ours:?}"));
        }
    }
    assert!(wrong.is_empty(), "{} differ: {}", wrong.len(), wrong.join("\n"));
}

#[test]
fn doubles_are_written_as_theirs() {
    for (literal, echoed, shown) in golden().doubles {
        let number: f64 = literal.parse().expect("a double");
        assert_eq!(float_text(number), echoed);
        assert_eq!(self::shown(number), shown);
    }
}

#[test]
fn texts_are_integers_as_theirs() {
    same(&golden().integers, |text| match read_experiment_id(text, PathNumber::Any) {
        Ok(number) if number.abs() < 1 << 53 => Ok(number.to_string()),
        // Held far from all that is asked for; the reference goes on to any length.
        Ok(_) => Ok(text.trim_end_matches(".0").to_owned()),
        Err(issues) => Err(kinds(&detail(&issues))),
    });
}

#[test]
fn texts_are_floats_as_theirs() {
    same(&golden().floats, |text| {
        let text = serde_json::to_string(text).expect("JSON");
        let body = format!(r#"{{"log_type":"run_heartbeat","run_id":"r","elapsed_seconds":{text}}}"#);
        match read::<WorkerEvent>(&body) {
            Ok(WorkerEvent::RunHeartbeat { elapsed_seconds, .. }) => Ok(shown(elapsed_seconds)),
            Ok(_) => unreachable!(),
            Err(kinds) => Err(kinds),
        }
    });
}

#[test]
fn texts_are_truth_values_as_theirs() {
    same(&golden().booleans, |text| {
        let cases: Vec<Value> = serde_json::from_str(include_str!("golden/training_config.json")).expect("a list");
        let body = cases[0]["body"].as_str().expect("a text");
        let text = format!(r#""attention_bias":{}"#, serde_json::to_string(text).expect("JSON"));
        let config = read::<TrainingConfig>(&body.replace(r#""attention_bias":false"#, &text))?;
        Ok(config.architecture_config.attention_bias.to_string())
    });
}

#[test]
fn documents_are_read_and_refused_as_theirs() {
    let mut wrong = Vec::new();
    for (text, at, theirs) in golden().documents {
        let ours = match parse(text.as_bytes()) {
            Ok(json) => (None, json.echo()),
            Err(ParseError::Malformed { message, position }) => (Some(position), message.to_owned()),
            Err(ParseError::Unreadable) => (None, "unreadable".to_owned()),
        };
        let right = ours == (at, theirs.replace("-Infinity", r#""-Infinity""#));
        if !right {
            wrong.push(format!("{text:?}: {ours:?}, not {at:?} {theirs}"));
        }
    }
    assert!(wrong.is_empty(), "{} differ: {}", wrong.len(), wrong.join("\n"));
}
