//! A value becomes text again, as the reference echoes it: Python's `json.dumps` without blanks.

use super::Json;

/// An echo longer than this is cut. The reference echoes whole megabytes.
pub const ECHO_BYTES: usize = 2048;

/// Stands where an echo was cut.
const ELLIPSIS: char = '…';

/// The value as JSON, cut beyond [`ECHO_BYTES`]; numbers that JSON lacks become texts.
pub(super) fn echo(value: &Json) -> String {
    let mut text = String::new();
    push(&mut text, value);
    text
}

fn push(out: &mut String, value: &Json) {
    match value {
        Json::Null => out.push_str("null"),
        Json::Bool(true) => out.push_str("true"),
        Json::Bool(false) => out.push_str("false"),
        Json::Int(digits) => out.push_str(digits),
        Json::Float(number) if number.is_finite() => out.push_str(&float_text(*number)),
        Json::Float(number) => push_text(out, if number.is_nan() { "NaN" } else { infinity(*number) }),
        Json::Text(text) | Json::Broken(text) => push_text(out, text),
        Json::List(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                separate(out, index);
                if out.len() >= ECHO_BYTES {
                    push_text(out, &ELLIPSIS.to_string());
                    break;
                }
                push(out, item);
            }
            out.push(']');
        }
        Json::Object(members) => {
            out.push('{');
            // FastAPI's encoder drops such keys, on account of a library that hides its own under them.
            let shown = members.iter().filter(|(key, _)| !key.starts_with("_sa"));
            for (index, (key, item)) in shown.enumerate() {
                separate(out, index);
                if out.len() >= ECHO_BYTES {
                    push_text(out, &ELLIPSIS.to_string());
                    out.push_str(":null");
                    break;
                }
                push_text(out, key);
                out.push(':');
                push(out, item);
            }
            out.push('}');
        }
    }
}

fn infinity(number: f64) -> &'static str {
    if number > 0.0 { "Infinity" } else { "-Infinity" }
}

fn separate(out: &mut String, index: usize) {
    if index > 0 {
        out.push(',');
    }
}

fn push_text(out: &mut String, text: &str) {
    let quoted = |text: &str| serde_json::to_string(text).expect("texts become JSON");
    // Even the last text gets a few characters, so that one can see what it was.
    let room = ECHO_BYTES.saturating_sub(out.len()).max(32);
    if text.len() <= room {
        out.push_str(&quoted(text));
    } else {
        out.push_str(&quoted(&format!("{}{ELLIPSIS}", &text[..text.floor_char_boundary(room)])));
    }
}

/// A finite float as Python prints it: the fewest digits that read back as the same, an exponent of two digits below
/// 1e-4 and from 1e16, and a point in any case.
pub fn float_text(number: f64) -> String {
    let text = shortest(number);
    if let Some((mantissa, exponent)) = text.split_once('e') {
        return format!("{mantissa}e{:+03}", exponent.parse::<i32>().unwrap_or(0));
    }
    // Where Python has an exponent already, and `serde_json` not yet.
    match text.split_once("0.0000") {
        Some((sign @ ("" | "-"), digits)) if number.abs() < 1e-4 => {
            let (first, rest) = digits.split_at(1);
            format!("{sign}{first}{}{rest}e-05", if rest.is_empty() { "" } else { "." })
        }
        _ => text,
    }
}

/// The fewest digits that read back as `number`, and of those the nearest, and of two as near the even: as Python and
/// pydantic have it. The standard library rounds such halves up.
pub(crate) fn shortest(number: f64) -> String {
    serde_json::to_string(&number).expect("numbers become JSON")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats_are_pythons() {
        let pairs = [
            (1e-6, "1e-06"),
            (1.5e-5, "1.5e-05"),
            (9.9e-5, "9.9e-05"),
            (-1e-5, "-1e-05"),
            (10.00005, "10.00005"),
            (1e-4, "0.0001"),
            (7206057264377977.0 / 4.0, "1801514316094494.2"),
            (43200.0, "43200.0"),
            (9007199254740992.0, "9007199254740992.0"),
            (1e15, "1000000000000000.0"),
            (1e16, "1e+16"),
            (1.25e22, "1.25e+22"),
            (-5e-324, "-5e-324"),
            (-0.0, "-0.0"),
        ];
        for (number, text) in pairs {
            assert_eq!(float_text(number), text);
        }
    }

    #[test]
    fn long_echoes_are_cut_and_stay_json() {
        let long = Json::Object(vec![
            ("a".to_owned(), Json::Text("é".repeat(5000))),
            ("b".to_owned(), Json::List(vec![Json::Int("1".to_owned()); 5000])),
            ("c".to_owned(), Json::Null),
        ]);
        let echo = long.echo();
        assert!(echo.len() < 2 * ECHO_BYTES, "{}", echo.len());
        let read: serde_json::Value = serde_json::from_str(&echo).expect("still JSON");
        assert!(read["a"].as_str().is_some_and(|text| text.ends_with(ELLIPSIS)));
    }
}
