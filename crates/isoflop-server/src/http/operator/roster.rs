//! A roster: many users at once, all or none.
//!
//! A line is `name` or `name,key`, quoted as CSV where it must be; a first line `name` or `name,key` is a heading.

use std::collections::HashMap;

use axum::extract::{Request, State};
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};

use super::super::App;
use super::super::answer::{self, Reply};
use super::asked::{act, asked_bytes, unprocessable};
use super::users::{Made, NewKey, name_is_unfit};
use crate::auth::unfit;
use crate::ledger::Command;

/// What is wrong with a roster, and where.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RosterIssue {
    /// From 1.
    pub line: u64,
    /// From 1, in characters.
    pub column: usize,
    /// What was found.
    pub message: String,
}

/// Who is new. Keys that were made here are told only now.
#[derive(Debug, Serialize, Deserialize)]
pub struct Imported {
    /// In the order of the roster.
    pub users: Vec<NewKey>,
}

/// Someone in a roster.
#[derive(Debug, PartialEq)]
struct Entry {
    line: u64,
    name: String,
    key: Option<String>,
    /// Where the key stands.
    key_column: usize,
}

/// `POST /v1/operator/users/import`, whose body is the roster
pub(super) async fn import(State(app): State<App>, request: Request) -> Reply {
    let (operator, body) = asked_bytes(&app, request).await?;
    let (entries, mut issues) = read(&body);
    let (mut users, mut told) = (Vec::with_capacity(entries.len()), Vec::with_capacity(entries.len()));
    let mut lines = HashMap::new();
    for Entry { line, name, key, key_column } in entries {
        if app.service.ledger().user_named(&name).is_some() {
            issues.push(RosterIssue { line, column: 1, message: format!("there is a user \"{name}\" already") });
        }
        let made = Made::of(key)?;
        let digest = app.keys.digest_of(&made.key).await;
        let taken = app.service.ledger().owner(&digest).map(|_| "somebody's already".to_owned());
        let earlier = lines.insert(digest.clone(), line).map(|earlier| format!("that of line {earlier}"));
        if let Some(whose) = taken.or(earlier) {
            issues.push(RosterIssue { line, column: key_column, message: format!("this key is {whose}") });
        }
        users.push((name.clone(), digest));
        told.push(made.told(&name));
    }
    if !issues.is_empty() {
        issues.sort_by_key(|issue| (issue.line, issue.column));
        return Err(answer::detail(StatusCode::UNPROCESSABLE_ENTITY, refused(&issues)));
    }
    if users.is_empty() {
        return Err(unprocessable("the roster is empty; a line is a name, or a name and a key"));
    }
    let deed = operator.deed("import users", format!("{} users", users.len()), "");
    act(&app, deed, Command::AddUsers { users }).await?;
    Ok(answer::ok(&Imported { users: told }))
}

/// The words of a refusal, for programs and for people.
fn refused(issues: &[RosterIssue]) -> serde_json::Value {
    let first = &issues[0];
    let message = format!(
        "nothing was imported; {} found: line {}, column {}: {}",
        if issues.len() == 1 { "1 mistake".to_owned() } else { format!("{} mistakes", issues.len()) },
        first.line,
        first.column,
        first.message
    );
    serde_json::json!({ "message": message, "issues": issues })
}

/// What the first line may call the names, and the keys: ours, and the course's.
const NAME_HEADINGS: [&str; 3] = ["name", "user", "sunet_id"];
const KEY_HEADINGS: [&str; 2] = ["key", "api_key"];

/// Everyone in a roster, and what is wrong with it as far as it can be seen without the books.
fn read(text: &[u8]) -> (Vec<Entry>, Vec<RosterIssue>) {
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).trim(csv::Trim::All).from_reader(text);
    let (mut entries, mut issues, mut names) = (Vec::new(), Vec::new(), HashMap::new());
    let mut record = csv::ByteRecord::new();
    // Reading from memory fails in no other way than at the end.
    while reader.read_byte_record(&mut record).unwrap_or(false) {
        let start = record.position().map_or(0, csv::Position::byte) as usize;
        let line = line_of(text, start);
        let columns = columns(&text[start.min(text.len())..]);
        let mut issue = |field: usize, message: String| {
            issues.push(RosterIssue { line, column: columns.get(field).copied().unwrap_or(1), message });
        };
        let fields: Vec<_> = record.iter().map(String::from_utf8_lossy).collect();
        let is_one_of = |known: &[&str], field: &str| known.iter().any(|name| field.eq_ignore_ascii_case(name));
        let is_heading = entries.is_empty() && names.is_empty() && is_one_of(&NAME_HEADINGS, &fields[0]);
        if is_heading && fields.get(1).is_none_or(|key| is_one_of(&KEY_HEADINGS, key)) && fields.len() <= 2 {
            continue;
        }
        if fields[0].contains([';', '\t']) {
            issue(0, "found a semicolon or a tab; a line is name or name,key".to_owned());
            continue;
        }
        if fields.iter().any(|field| field.contains(['\n', '\r'])) {
            issue(0, "a quotation mark is left open".to_owned());
            continue;
        }
        if std::str::from_utf8(record.as_slice()).is_err() {
            issue(0, "this is not UTF-8".to_owned());
            continue;
        }
        if let Some(extra) = fields.get(2) {
            issue(2, format!("found \"{extra}\" after the key; a line is name or name,key"));
            continue;
        }
        let name = fields[0].to_string();
        if let Some(why) = name_is_unfit(&name) {
            issue(0, why.to_owned());
            continue;
        }
        if let Some(earlier) = names.insert(name.clone(), line) {
            issue(0, format!("\"{name}\" stands in line {earlier} already"));
        }
        let key = fields.get(1).filter(|key| !key.is_empty()).map(ToString::to_string);
        if let Some(why) = key.as_deref().and_then(unfit) {
            issue(1, why.to_owned());
            continue;
        }
        entries.push(Entry { line, name, key, key_column: columns.get(1).copied().unwrap_or(1) });
    }
    (entries, issues)
}

/// The library counts blank lines before a record as part of it.
fn line_of(text: &[u8], start: usize) -> u64 {
    let start = start.min(text.len());
    let blank = text[start..].iter().take_while(|byte| byte.is_ascii_whitespace()).count();
    text[..start + blank].split(|&byte| byte == b'\n').count() as u64
}

/// Where the fields of the record at the start of `text` stand, from 1, in characters.
fn columns(text: &[u8]) -> Vec<usize> {
    let text = String::from_utf8_lossy(text);
    let (mut columns, mut quoted) = (vec![1], false);
    for (place, character) in text.trim_start_matches(['\r', '\n']).chars().enumerate() {
        match character {
            '"' => quoted = !quoted,
            '\n' if !quoted => break,
            ',' if !quoted => columns.push(place + 2),
            _ => {}
        }
    }
    columns
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> Vec<String> {
        read(text.as_bytes()).1.iter().map(|it| format!("{}:{}: {}", it.line, it.column, it.message)).collect()
    }

    #[test]
    fn a_roster_is_read() {
        let (entries, issues) = read("\u{feff}name,key\r\nAda\r\n\r\n\"Turing, Alan\", 06123456\r\n".as_bytes());
        assert_eq!(issues, []);
        let seen: Vec<_> = entries.iter().map(|it| (it.line, it.name.as_str(), it.key.as_deref())).collect();
        assert_eq!(seen, [(2, "Ada", None), (4, "Turing, Alan", Some("06123456"))]);
    }

    #[test]
    fn mistakes_have_their_places() {
        assert_eq!(told("Ada\n\nAda,06123456\n"), ["3:1: \"Ada\" stands in line 1 already"]);
        assert_eq!(told("Ada,123\n"), ["1:5: a key has at least 8 characters"]);
        assert_eq!(told("\"Ä, a\",123\n"), ["1:8: a key has at least 8 characters"]);
        assert_eq!(told("Ada,06123456,x\n"), ["1:14: found \"x\" after the key; a line is name or name,key"]);
        assert_eq!(told(",06123456\n"), ["1:1: a user needs a name"]);
        assert_eq!(told("Ada,isoflop-12\n"), ["1:5: only keys that are made here begin with isoflop-"]);
    }
}
