//! What the wire's types promise for any bytes whatever. Tests and fuzzers (`fuzz/`) hold them to it with the same words.

use isoflop_api::json::{ECHO_BYTES, MAX_DEPTH, ParseError, parse};
use isoflop_api::{
    BATCH_SIZES, BodyError, Experiment, FailReason, FinalSubmission, FinalSubmissionRequest, Finish, Issue, Json,
    LossQuery, MAX_ISSUES, PathNumber, Request, TRAIN_FLOPS, Timestamp, TrainingConfig, WorkerEvent, detail,
    read_api_key, read_body, read_experiment_id, read_request, to_python_wire, to_wire,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_json::value::RawValue;

/// A promise that holds for all bytes; it panics where it is broken.
pub type Promise = fn(&[u8]);

/// Every promise, with the name of its fuzzer and of the folder of its seeds.
pub const PROMISES: [(&str, Promise); 8] = [
    ("json", json),
    ("training_config", training_config),
    ("loss_query", loss_query),
    ("worker", worker),
    ("final_submission", final_submission),
    ("experiment", experiment),
    ("path_number", path_number),
    ("timestamp", timestamp),
];

/// JSON is read as `serde_json` reads it where that reads it at all, and an echo is JSON of bounded length.
pub fn json(bytes: &[u8]) {
    let ours = parse(bytes);
    // A key of this name has a meaning of its own to `serde_json`.
    let private = String::from_utf8_lossy(bytes).contains("$serde_json");
    if let (false, Ok(theirs)) = (private, serde_json::from_slice::<Value>(bytes)) {
        match &ours {
            Ok(ours) => assert!(same(ours, &theirs), "{ours:?} is not {theirs:?}"),
            // Integers of thousands of digits and the deepest nesting are refused, and nothing else.
            Err(error) => assert!(*error == ParseError::Unreadable && bytes.len() > MAX_DEPTH, "{error}"),
        }
    }
    let Ok(ours) = ours else { return };
    let echo = ours.echo();
    assert!(is_json(echo.as_bytes()), "{echo}");
    assert!(echo.len() < 8 * ECHO_BYTES && ours.python_text().len() < 2 * ECHO_BYTES);
    if echo.len() < ECHO_BYTES && is_plain(&ours) {
        assert_eq!(parse(echo.as_bytes()), Ok(ours));
    }
}

/// A configuration that is taken reads back as itself from all its spellings, and no product of its sizes overflows.
pub fn training_config(bytes: &[u8]) {
    if let Some(config) = taken::<TrainingConfig>(bytes) {
        comes_back(&config);
        let again = taken::<TrainingConfig>(&to_wire(&config)).map(|again| to_wire(&again));
        assert_eq!(again, Some(to_wire(&config)));
    }
}

/// As [`training_config`], of one that is taken already.
pub fn comes_back(config: &TrainingConfig) {
    for wire in [to_wire(config), to_python_wire(config)] {
        let again = taken::<TrainingConfig>(&wire).expect("its own wire is taken");
        assert_eq!((&again, again.digest()), (config, config.digest()));
    }
    assert_eq!(kept(config), *config);
    assert!(config.params_without_embedding() > 0);
}

/// A question that is taken is within the protocol's bounds and reads back as itself; a refusal is a short sentence.
pub fn loss_query(bytes: &[u8]) {
    let pairs: Vec<_> = form_urlencoded::parse(bytes).collect();
    if let Err(refusal) = read_api_key(&pairs) {
        assert_eq!(refusal.to_string(), "api_key is required");
    }
    let query = match LossQuery::read(&pairs) {
        Ok(query) => query,
        Err(refusal) => return assert!((10..1000).contains(&refusal.to_string().len()), "{refusal}"),
    };
    assert!((64..=1024).contains(&query.d_model) && BATCH_SIZES.contains(&query.batch_size));
    assert!((1e-4..=1e-3).contains(&query.learning_rate) && TRAIN_FLOPS.contains(&query.train_flops));
    assert!(query.params() > 0);
    let members: Value = serde_json::from_slice(&to_wire(&query)).expect("JSON");
    let members = members.as_object().expect("an object");
    let pairs: Vec<_> = members.iter().map(|(name, value)| (name.as_str(), value.to_string())).collect();
    let again = LossQuery::read(&pairs).expect("its own parameters are taken");
    assert_eq!((&again, again.digest()), (&query, query.digest()));
    assert_eq!(kept(&query), query);
}

/// What a worker says reads back as itself, as far as its numbers are any.
pub fn worker(bytes: &[u8]) {
    if let Some(event) = taken::<WorkerEvent>(bytes) {
        let losses = if let WorkerEvent::ValidationLoss { val_losses, .. } = &event { val_losses } else { &vec![] };
        if losses.iter().all(|loss| loss.is_finite()) {
            assert_eq!(taken::<WorkerEvent>(&to_wire(&event)), Some(event.clone()));
            assert_eq!(kept(&event), event);
        }
    }
    if let Some(finish) = taken::<Finish>(bytes) {
        let losses = match &finish {
            Finish::Completed { val_losses, .. } => val_losses,
            Finish::Failed { reason: FailReason::Timeout { partial_val_losses }, .. } => partial_val_losses,
            Finish::Failed { reason: FailReason::Unexpected { .. }, .. } => &vec![],
        };
        if losses.iter().all(|loss| loss.is_finite()) {
            assert_eq!(taken::<Finish>(&to_wire(&finish)), Some(finish.clone()));
            assert_eq!(kept(&finish), finish);
        }
    }
}

/// A last word that is taken stakes a positive number, and is kept as it was said.
pub fn final_submission(bytes: &[u8]) {
    let Some(request) = taken::<FinalSubmissionRequest>(bytes) else { return };
    let FinalSubmissionRequest { training_config, predicted_final_loss } = request;
    assert!(predicted_final_loss > 0.0 && predicted_final_loss.is_finite());
    comes_back(&training_config);
    let word = FinalSubmission { training_config, predicted_final_loss, submitted_at: Timestamp(0) };
    assert_eq!(kept(&word), word);
}

/// An experiment that a client can read it can write down and read again.
pub fn experiment(bytes: &[u8]) {
    if let Ok(experiment) = serde_json::from_slice::<Experiment>(bytes) {
        assert_eq!(kept(&experiment), experiment);
    }
}

/// An experiment's number means the same to users and to workers, and reads back as itself.
pub fn path_number(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let any = read_experiment_id(&text, PathNumber::Any);
    let positive = read_experiment_id(&text, PathNumber::Positive);
    match (&any, &positive) {
        (Ok(number), Ok(same)) => assert!(number == same && *number > 0),
        (Ok(number), Err(issues)) => {
            assert!(*number <= 0);
            told(issues);
        }
        (Err(issues), Err(others)) => {
            assert_eq!(issues, others);
            told(issues);
        }
        (Err(_), Ok(_)) => panic!("{text:?} is a number to workers alone"),
    }
    if let Ok(number) = any {
        assert_eq!(read_experiment_id(&number.to_string(), PathNumber::Any), Ok(number));
    }
}

/// A moment reads back as itself, before and after some seconds; these stand in a line of their own behind it.
pub fn timestamp(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let (moment, seconds) = text.split_once('\n').unwrap_or((&text, "0"));
    let Some(moment) = Timestamp::parse(moment) else { return };
    let later = moment.plus_seconds(seconds.parse().unwrap_or(0.0));
    for moment in [moment, later] {
        let printed = moment.to_string();
        assert_eq!(Timestamp::parse(&printed), Some(moment), "{printed}");
        assert!(printed.ends_with('Z') && (!printed.contains('.') || printed.len() - printed.rfind('.').unwrap() == 8));
        assert_eq!(kept(&moment), moment);
    }
    assert!(later.seconds_since(moment).is_finite());
}

/// All that takes a body comes to an end with it.
pub fn any_body(bytes: &[u8]) {
    json(bytes);
    training_config(bytes);
    final_submission(bytes);
    worker(bytes);
}

/// What `bytes` ask for; if nothing, then the refusal is a good one.
fn taken<T: Request>(bytes: &[u8]) -> Option<T> {
    let json = match read_body(Some("application/json"), bytes) {
        Err(BodyError::Unreadable) => return None,
        Err(BodyError::Malformed(issue)) => {
            told(&[*issue]);
            return None;
        }
        Ok(json) => json,
    };
    read_request(&json).map_err(|issues| told(&issues)).ok()
}

/// A refusal names something, and its body is JSON of bounded length.
fn told(issues: &[Issue]) {
    assert!(!issues.is_empty());
    let body = detail(issues);
    assert!(is_json(&body), "{}", String::from_utf8_lossy(&body));
    // A place, a message, an echo and a number or tag, each of which may be all escapes.
    assert!(body.len() < MAX_ISSUES * 4 * 6 * ECHO_BYTES);
}

/// Whether these are JSON, however deep.
fn is_json(bytes: &[u8]) -> bool {
    serde_json::from_slice::<&RawValue>(bytes).is_ok()
}

/// `value` after it was written down.
fn kept<T: Serialize + DeserializeOwned>(value: &T) -> T {
    let wire = to_wire(value);
    serde_json::from_slice(&wire).unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&wire)))
}

/// Whether an echo can say all of it.
fn is_plain(value: &Json) -> bool {
    match value {
        Json::Null | Json::Bool(_) | Json::Int(_) | Json::Text(_) => true,
        Json::Float(number) => number.is_finite(),
        Json::Broken(_) => false,
        Json::List(items) => items.iter().all(is_plain),
        Json::Object(members) => members.iter().all(|(key, item)| !key.starts_with("_sa") && is_plain(item)),
    }
}

/// Whether both say the same, save that `serde_json` rounds integers of many digits.
fn same(ours: &Json, theirs: &Value) -> bool {
    match (ours, theirs) {
        (Json::Null, Value::Null) => true,
        (Json::Bool(ours), Value::Bool(theirs)) => ours == theirs,
        (Json::Text(ours), Value::String(theirs)) => ours == theirs,
        (Json::Int(digits), Value::Number(number)) if number.is_f64() => digits.parse().ok() == number.as_f64(),
        (Json::Int(digits), Value::Number(number)) => *digits == number.to_string(),
        (Json::Float(ours), Value::Number(number)) => Some(*ours) == number.as_f64(),
        (Json::List(ours), Value::Array(theirs)) => {
            ours.len() == theirs.len() && ours.iter().zip(theirs).all(|(ours, theirs)| same(ours, theirs))
        }
        (Json::Object(ours), Value::Object(theirs)) => {
            ours.len() == theirs.len()
                && ours.iter().all(|(key, ours)| theirs.get(key).is_some_and(|theirs| same(ours, theirs)))
        }
        _ => false,
    }
}
