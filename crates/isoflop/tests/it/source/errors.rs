//! Bad input: one clear error, with its place and one thing to do.

use isoflop::source::{ReadErrorKind, ReadOptions};

use super::{read_bytes, read_text, read_where, told};

#[test]
fn a_diverged_run_is_told_as_the_guide_shows() {
    let rows: Vec<String> = (1..=15).map(|row| format!("1e9,{row}e10,1e20,2.5")).collect();
    let text = format!("params,tokens,budget,loss\n{}\n1.3e9,2.6e10,1e20,NaN\n", rows.join("\n"));
    assert_eq!(
        told(read_text("runs.csv", &text)),
        "runs.csv:17:19: loss is \"NaN\"; a positive finite number is needed\n   \
         17 │ 1.3e9,2.6e10,1e20,NaN\n      │                   ^^^\n\
         hint: leave diverged runs out with --where 'loss < 20', or remove the row\n"
    );
    let table = read_where("runs.csv", &text, "loss < 20").unwrap();
    assert_eq!(table.runs().len(), 15);
    assert_eq!(table.provenance.unusable, [(17, "loss is \"NaN\"".to_string())]);
}

/// Value, sentence after the place, part of the hint.
const CELLS: [(&str, &str, &str); 14] = [
    ("", "N is missing; a positive finite number is needed", "--where 'N > 0'"),
    ("0", "N is \"0\"; a positive finite number is needed", "--where 'N > 0'"),
    ("-5", "N is \"-5\"; a positive finite number is needed", "--where 'N > 0'"),
    ("nan", "N is \"nan\"; a positive finite number is needed", "--where 'N < 1e300'"),
    ("Infinity", "N is \"Infinity\"; a positive finite number is needed", "--where 'N < 1e300'"),
    ("-inf", "N is \"-inf\"; a positive finite number is needed", "--where 'N > 0'"),
    ("1e400", "N is 1e400; a number below 1.8e308 is needed", "--where 'N < 1e300'"),
    ("70B", "N is \"70B\"; a number is needed", "write 7e10"),
    ("1.5 million", "N is \"1.5 million\"; a number is needed", "write 1.5e6"),
    ("\"1,000\"", "N is \"1,000\"; a number is needed", "write 1000"),
    ("big", "N is \"big\"; a number is needed", "--where 'N != \"big\"'"),
    ("0x10", "N is \"0x10\"; a number is needed", "--where 'N != \"0x10\"'"),
    ("True", "N is \"True\"; a number is needed", "--where 'N != \"True\"'"),
    ("größe", "N is \"größe\"; a number is needed", "--where 'N != \"größe\"'"),
];

#[test]
fn csv_cells() {
    for (cell, sentence, hint) in CELLS {
        let text = format!("name,N,D,loss\nä,1,2,3\nü,{cell},2,3\n");
        let error = read_text("r.csv", &text).unwrap_err();
        assert_eq!(error.to_string(), format!("r.csv:3:3: {sentence}"));
        assert!(error.hint.as_ref().is_some_and(|told| told.contains(hint)), "{cell}: {:?}", error.hint);
        assert_eq!(error.kind, ReadErrorKind::Value);
        // A condition that a hint offers works as it is pasted.
        if let Some((_, condition)) = error.hint.as_deref().and_then(|hint| hint.split_once("--where '")) {
            let table = read_where("r.csv", &text, condition.split('\'').next().unwrap_or_default()).unwrap();
            assert_eq!((table.used().count(), table.provenance.unusable.len()), (1, 1), "{condition}");
        }
        assert_eq!(error.excerpt.unwrap().width, cell.chars().count().max(1));
    }
}

#[test]
fn json_cells() {
    let cases = [
        ("null", "loss is missing; a positive finite number is needed"),
        ("NaN", "loss is NaN; a positive finite number is needed"),
        ("Infinity", "loss is Infinity; a positive finite number is needed"),
        ("-Infinity", "loss is -Infinity; a positive finite number is needed"),
        ("0", "loss is 0; a positive finite number is needed"),
        ("-1e30", "loss is -1e30; a positive finite number is needed"),
        ("-2.5", "loss is -2.5; a positive finite number is needed"),
        ("1e400", "loss is 1e400; a number below 1.8e308 is needed"),
        ("\"3.2\"", "loss is the text \"3.2\"; a number is needed"),
        ("\"70B\"", "loss is \"70B\"; a number is needed"),
        ("true", "loss is true; a number is needed"),
        ("[3.2]", "loss is a list or object; a number is needed"),
        ("{\"a\":1}", "loss is a list or object; a number is needed"),
    ];
    for (cell, sentence) in cases {
        let lines = format!("{{\"N\":1,\"D\":2,\"loss\":3}}\n{{\"N\":1,\"é\":[{{}}],\"loss\": {cell},\"D\":2}}\n");
        assert!(told(read_text("r.jsonl", &lines)).starts_with(&format!("r.jsonl:2:25: {sentence}\n")), "{cell}");
        let array = format!("[{}]", lines.trim_end().replace('\n', ",\n"));
        assert!(told(read_text("r.json", &array)).starts_with(&format!("r.json:2:25: {sentence}\n")), "{cell}");
        if matches!(cell, "NaN" | "Infinity" | "null") {
            let kept = read_where("r.json", &array, "loss < 20").unwrap();
            assert_eq!((kept.used().count(), kept.provenance.unusable.len()), (1, 1), "{cell}");
        }
    }
    assert!(
        told(read_text("r.json", "[{\"N\":1,\"D\":2,\"loss\":\"3.2\"}]")).contains("hint: write 3.2 without quotes")
    );
    let absent = told(read_text("r.jsonl", "{\"N\":1,\"D\":2,\"loss\":3}\n {\"N\":1,\"D\":2}"));
    assert!(absent.starts_with("r.jsonl:2:2: loss is missing; a positive finite number is needed\n"), "{absent}");
}

#[test]
fn json_that_is_not_a_table() {
    let cases = [
        (
            "{\"N\": [1, 2], \"loss\": [3, 4]}",
            ":1:1: the file is one JSON object; an array of objects, one per run, is needed",
        ),
        ("[1, 2]", ":1:2: 1 stands where an object, one per run, is needed"),
        ("[[1, 2]]", ":1:2: [ stands where an object, one per run, is needed"),
        ("[]", ": holds no runs"),
        ("[{}]", ": holds no runs"),
        ("[{\"a\":", ":1:7: ends where a value is needed: it is cut short"),
        ("[{\"a\":1}", ":1:9: ends where ',' or ']' is needed: it is cut short"),
        ("[{\"a\":1,}]", ":1:9: } stands where a key in double quotes is needed"),
        ("[{'a':1}]", ":1:3: ' stands where a key in double quotes is needed"),
        ("[{\"a\" 1}]", ":1:7: 1 stands where ':' is needed"),
        ("[{\"a\":1} {\"a\":2}]", ":1:10: { stands where ',' or ']' is needed"),
        ("[{\"a\":nan}]", ":1:7: nan stands where a value is needed"),
        ("[{\"a\":01}]", ":1:7: 01 stands where a value is needed"),
        ("[{\"a\":\"x}]", ":1:7: a string begins that does not end on its line"),
        ("[{\"loss\":1,\"N\":2,\"D\":3,\"loss\":4}]", ":1:31: \"loss\" appears twice in one object"),
        ("[{\"a\":1}] x", ":1:11: x stands where the end of the file is needed"),
    ];
    for (text, start) in cases {
        let told = told(read_text("r.json", text));
        assert!(told.starts_with(&format!("r.json{start}")), "{text}\n{told}");
    }
    let nested = format!("[{{\"a\":{}1{}}}]", "[".repeat(100_000), "]".repeat(100_000));
    assert!(told(read_text("r.json", &nested)).contains("is nested more than 64 deep"));
    let second = told(read_text("r.jsonl", "{\"a\":1}\n{\"a\":2} {\"a\":3}\n"));
    assert!(second.starts_with("r.jsonl:2:9: { stands where the end of the line is needed"), "{second}");
    assert!(told(read_text("r.jsonl", "{\"a\":1}\n{\"a\":\n")).starts_with("r.jsonl:2:6: ends where a value"));
}

#[test]
fn csv_that_is_not_a_table() {
    let cases = [
        ("N,D,loss\n", ": has a header and no runs"),
        ("N,D,N,loss\n1,2,3,4\n", ":1:5: the header names \"N\" twice"),
        ("N,D,loss\n1,2\n", ":2:4: the row has 2 fields; the header has 3"),
        ("N,D,loss\n1,2,3\n1,2,3,4\n", ":3:7: the row has 4 fields; the header has 3"),
        ("N,D,loss\n1,\"2,3\n4,5,6\n", ":2:3: a double quote opens a field here that never closes"),
        ("N,D,loss,note\n1,2,3,x\n4,5,6,\"y\n7,8,9,z\n", ":3:7: a double quote opens a field here that never closes"),
        ("N,D,loss\n1,2,\"3\n4\"\n", ":2:5: loss is \"3 4\"; a number is needed"),
        ("N,D,loss\n1,\"2\n2\"\n", ":2:3: the row has 2 fields; the header has 3"),
    ];
    for (text, start) in cases {
        let told = told(read_text("r.csv", text));
        assert!(told.starts_with(&format!("r.csv{start}")), "{text}\n{told}");
    }
}

#[test]
fn bytes_that_are_not_text() {
    let read = |bytes: &[u8]| told(read_bytes("r.csv", bytes, &ReadOptions::default()));
    assert!(read(b"N,D,loss\n1,2,\xc3\xa4\xff\n").starts_with("r.csv:2:6: byte 0xff is not UTF-8 text\n"));
    assert!(read(b"\xff\xfeN\0,\0").contains("is UTF-16; UTF-8 is needed"));
    assert!(read(b"\x7fELF\x02\x01\0\0\xff\xff").contains("is binary data, not a table of runs"));
    assert!(told(read_bytes("r.parquet", "N,D", &ReadOptions::default())).contains("does not begin with PAR1"));
}

#[test]
fn a_bad_value_in_a_long_line_is_cut_to_the_terminal() {
    let run = r#"{"parameters": 49999999, "compute_budget": 6e+18, "final_loss": 7.19},"#;
    let text = format!("[{}{}]", run.repeat(1000), r#"{"parameters":1,"compute_budget":1,"final_loss":"x"}"#);
    let error = read_text("r.json", &text).unwrap_err();
    assert_eq!((error.line, error.column), (Some(1), Some(2 + run.len() * 1000 + 48)));
    let excerpt = error.excerpt.unwrap();
    assert!(excerpt.text.starts_with('…') && excerpt.text.chars().count() <= 72, "{excerpt}");
    assert!(excerpt.text.chars().skip(excerpt.start).take(excerpt.width).eq("\"x\"".chars()), "{excerpt}");
}

#[test]
fn a_derived_quantity_stays_a_number() {
    let text = "N,C,loss\n1e-300,1e300,3\n";
    assert!(
        told(read_text("r.csv", text))
            .contains("tokens of the run at line 2, by C = 6ND, is beyond what a number can hold")
    );
    // A bad value is never patched up from the other two.
    assert!(told(read_text("r.csv", "N,D,C,loss\n0,1,6,3\n")).starts_with("r.csv:2:1: N is \"0\""));
}
