//! Training configurations from a file: one object, or a list of them.

use std::io::Read;

use isoflop::excerpt::Excerpt;
use isoflop_api::json::{self, ParseError};
use isoflop_api::{Issue, Step, TrainingConfig, read_request};
use serde_json::value::RawValue;

use crate::exit::{BAD_DATA, Failure};

/// Reads the configurations at `path`; `-` is standard input. All of them are looked at before any is used.
pub fn read(path: &str) -> Result<Vec<TrainingConfig>, Failure> {
    let text = text(path)?;
    let file = File { path, text: &text };
    if let Err(error) = json::parse(text.as_bytes()) {
        return Err(match error {
            ParseError::Malformed { message, position } => file.wrong_at(position, &format!("{message}: no JSON")),
            ParseError::Unreadable => file.wrong_at(0, "this cannot be read as JSON"),
        });
    }
    // Our parser reads NaN and other words of Python's, which no configuration can hold.
    let whole: &RawValue = serde_json::from_str(&text).map_err(|error| {
        let position = text.lines().take(error.line() - 1).map(|line| line.chars().count() + 1).sum::<usize>();
        file.wrong_at(position + error.column().saturating_sub(1), "a finite number is needed")
    })?;
    let parts: Vec<&RawValue> =
        if whole.get().starts_with('[') { serde_json::from_str(whole.get()).unwrap_or_default() } else { vec![whole] };
    parts.into_iter().map(|part| file.config(part)).collect()
}

fn text(path: &str) -> Result<String, Failure> {
    let bytes = if path == "-" {
        let mut bytes = Vec::new();
        std::io::stdin().read_to_end(&mut bytes).map(|_| bytes)
    } else {
        std::fs::read(path)
    };
    let bytes = bytes.map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => Failure::told(BAD_DATA, format!("{path}: no such file"), ""),
        _ => Failure::told(BAD_DATA, format!("{path}: {error}"), ""),
    })?;
    String::from_utf8(bytes).map_err(|_| Failure::told(BAD_DATA, format!("{path}: is not text (UTF-8)"), ""))
}

struct File<'a> {
    path: &'a str,
    text: &'a str,
}

impl File<'_> {
    fn config(&self, part: &RawValue) -> Result<TrainingConfig, Failure> {
        let json = json::parse(part.get().as_bytes()).expect("a part of what was parsed");
        read_request(&json).map_err(|issues: Vec<Issue>| {
            let first = issues.first().expect("a refusal has a reason");
            let (at, path) = place(part, &first.loc);
            let more = if issues.len() > 1 { format!(" (and {} more)", issues.len() - 1) } else { String::new() };
            let name = if path.is_empty() { String::new() } else { format!("{}: ", path.join(".")) };
            let bytes = at.get().as_ptr() as usize - self.text.as_ptr() as usize;
            let position = self.text[..bytes].chars().count();
            self.wrong_at(position, &format!("{name}{}{more}", first.fault))
        })
    }

    /// A failure with its line and column, and the line below it.
    fn wrong_at(&self, position: usize, what: &str) -> Failure {
        let before: String = self.text.chars().take(position).collect();
        let line = before.matches('\n').count();
        let column = before.chars().rev().take_while(|&c| c != '\n').count();
        let shown = self.text.split('\n').nth(line).unwrap_or_default();
        let width = shown.chars().skip(column).take_while(|c| !c.is_whitespace() && !",]}".contains(*c)).count();
        let excerpt = Excerpt::new(&(line + 1).to_string(), shown, column, width.max(1), (false, false));
        let sentence = format!("{}:{}:{}: {what}", self.path, line + 1, column + 1);
        Failure::Told { code: BAD_DATA, sentence, below: excerpt.to_string() }
    }
}

/// The innermost value on the way that is there, and the names on the way; forms that were tried are no part of it.
fn place<'a>(part: &'a RawValue, steps: &[Step]) -> (&'a RawValue, Vec<String>) {
    let (mut at, mut path) = (part, Vec::new());
    for step in steps.iter().skip(1) {
        let Step::Word(name) = step else { continue };
        if name == "AdamWConfig" || name == "SGDConfig" {
            continue;
        }
        path.push(name.clone());
        let members: std::collections::HashMap<&str, &'a RawValue> = serde_json::from_str(at.get()).unwrap_or_default();
        if let Some(inner) = members.get(name.as_str()) {
            at = inner;
        }
    }
    (at, path)
}
