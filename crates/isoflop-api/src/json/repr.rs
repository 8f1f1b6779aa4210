//! A value as Python's `str()` shows it.

use super::{ECHO_BYTES, Json, float_text};

/// `str(value)`, cut beyond [`ECHO_BYTES`].
pub(super) fn python_text(value: &Json) -> String {
    let mut out = String::new();
    match value {
        Json::Text(text) | Json::Broken(text) => out.push_str(text),
        _ => push(&mut out, value),
    }
    if out.len() > ECHO_BYTES {
        out.truncate(out.floor_char_boundary(ECHO_BYTES));
        out.push('…');
    }
    out
}

fn push(out: &mut String, value: &Json) {
    match value {
        _ if out.len() > ECHO_BYTES => {}
        Json::Null => out.push_str("None"),
        Json::Bool(true) => out.push_str("True"),
        Json::Bool(false) => out.push_str("False"),
        Json::Int(digits) => out.push_str(digits),
        Json::Float(number) if number.is_nan() => out.push_str("nan"),
        Json::Float(number) if number.is_infinite() => out.push_str(if *number > 0.0 { "inf" } else { "-inf" }),
        Json::Float(number) => out.push_str(&float_text(*number)),
        Json::Text(text) | Json::Broken(text) => push_quoted(out, text),
        Json::List(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                out.push_str(if index > 0 { ", " } else { "" });
                push(out, item);
            }
            out.push(']');
        }
        Json::Object(members) => {
            out.push('{');
            for (index, (key, item)) in members.iter().enumerate() {
                out.push_str(if index > 0 { ", " } else { "" });
                push_quoted(out, key);
                out.push_str(": ");
                push(out, item);
            }
            out.push('}');
        }
    }
}

/// Python prefers the apostrophe, and the quotation mark where that saves an escape.
fn push_quoted(out: &mut String, text: &str) {
    let quote = if text.contains('\'') && !text.contains('"') { '"' } else { '\'' };
    out.push(quote);
    for character in text.chars() {
        match character {
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\\' => out.push_str("\\\\"),
            _ if character == quote => out.extend(['\\', quote]),
            _ if character.is_control() => out.push_str(&format!("\\x{:02x}", u32::from(character))),
            _ => out.push(character),
        }
    }
    out.push(quote);
}
