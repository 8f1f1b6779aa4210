//! Tables and places that cannot be used: each is told in one sentence with its place, by its exit code, on
//! standard error alone.

use std::path::Path;
use std::process::Stdio;

use crate::program::{EXAMPLE, Ended, Place, command, delimited, example_rows, fed, isoflop, root};

/// That a failure is told as it should be: `error: ` and one sentence that begins with `sentence`, below it
/// only the marked line and one hint.
fn assert_told(ended: &Ended, code: i32, sentence: &str) {
    let Ended { code: is, out, err } = ended;
    assert_eq!((*is, out.as_str()), (code, ""), "{err}");
    let mut lines = err.lines();
    let first = lines.next().unwrap_or_default();
    assert!(first.starts_with(&format!("error: {sentence}")), "wanted {sentence}, told\n{err}");
    assert!(!first.ends_with('.'), "{first}");
    assert!(lines.clone().filter(|line| line.starts_with("hint: ")).count() <= 1, "{err}");
    assert!(lines.all(|line| line.contains(" │ ") || line.starts_with("hint: ")), "{err}");
    assert!(!err.contains("panicked") && !err.contains('\u{1b}'), "{err}");
}

/// Tables by name and contents, and the sentence that refuses them.
const TABLES: [(&str, &[u8], &str); 24] = [
    ("empty.csv", b"", "empty.csv: is empty; a table of runs is needed"),
    ("blank.json", b" \n\n", "blank.json: is empty; a table of runs is needed"),
    ("header.csv", b"N,D,loss\n", "header.csv: has a header and no runs"),
    ("none.json", b"[]", "none.json: holds no runs"),
    ("latin.csv", b"N,D,loss\n1,2,\xff\n", "latin.csv:2:5: byte 0xff is not UTF-8 text"),
    ("binary.csv", b"\x7fELF\x02\x01\0\0\xff\xff", "binary.csv: is binary data, not a table of runs"),
    ("cut.json", b"[{\"N\":1,\"D\":2,\"loss\":3},\n{\"N\":", "cut.json:2:6: ends where a value is needed"),
    ("cut.jsonl", b"{\"N\":1,\"D\":2,\"loss\":3}\n{\"N\":\n", "cut.jsonl:2:6: ends where a value is needed"),
    ("cut.csv", b"N,D,loss\n1,2,3\n4,5\n", "cut.csv:3:4: the row has 2 fields; the header has 3"),
    ("cut.csv.gz", b"\x1f\x8b\x08\0\0\0\0\0\0\x03\x4b", "cut.csv.gz: the gzip data is cut short"),
    ("cut.parquet", b"PAR1\0\0", "cut.parquet: "),
    ("list.json", b"[1, 2]", "list.json:1:2: 1 stands where an object, one per run, is needed"),
    ("object.json", b"{\"N\": [1, 2]}", "object.json:1:1: the file is one JSON object"),
    ("bool.json", b"[{\"N\":true,\"D\":2,\"loss\":3}]", "bool.json:1:7: N is true; a number is needed"),
    ("string.json", b"[{\"N\":1,\"D\":2,\"loss\":\"3.2\"}]", "string.json:1:22: loss is the text \"3.2\""),
    ("nested.json", b"[{\"N\":1,\"D\":2,\"loss\":[3]}]", "nested.json:1:22: loss is a list or object"),
    ("zero.csv", b"N,D,loss\n1,2,3\n0,2,3\n", "zero.csv:3:1: N is \"0\"; a positive finite number is needed"),
    ("minus.csv", b"N,D,loss\n1,-2,3\n", "minus.csv:2:3: D is \"-2\"; a positive finite number is needed"),
    ("nan.csv", b"N,D,loss\n1,2,NaN\n", "nan.csv:2:5: loss is \"NaN\"; a positive finite number is needed"),
    ("inf.csv", b"N,D,loss\n1,2,Infinity\n", "inf.csv:2:5: loss is \"Infinity\"; a positive finite number"),
    ("inf.json", b"[{\"N\":1,\"D\":2,\"loss\":Infinity}]", "inf.json:1:22: loss is Infinity; a positive finite"),
    ("huge.csv", b"N,D,loss\n1,1e400,3\n", "huge.csv:2:3: D is 1e400; a number below 1.8e308 is needed"),
    ("word.csv", b"N,D,loss\n1,2,low\n", "word.csv:2:5: loss is \"low\"; a number is needed"),
    ("gap.csv", b"N,D,loss\n1,2,\n", "gap.csv:2:5: loss is missing; a positive finite number is needed"),
];

#[test]
fn every_bad_table_is_refused_in_one_sentence_with_its_place() {
    let place = Place::new();
    for (name, contents, sentence) in TABLES {
        place.file(name, contents);
        for command in ["analyze", "check", "analyze --json", "check --json"] {
            assert_told(&place.isoflop(&format!("{command} {name}")), 3, sentence);
        }
    }
}

#[test]
fn a_bad_table_on_standard_input_is_named_by_a_dash() {
    assert_told(&fed("analyze -", b""), 3, "-: is empty; a table of runs is needed");
    assert_told(&fed("analyze -", b"N,D,loss\n1,2,NaN\n"), 3, "-:2:5: loss is \"NaN\"");
}

#[test]
fn a_file_that_is_not_there_names_its_neighbour() {
    let place = Place::with("runs.csv", "N,D,loss\n1,2,3\n");
    let ended = place.isoflop("analyze rums.csv");
    assert_told(&ended, 3, "rums.csv: no such file");
    assert!(ended.err.contains("hint: did you mean runs.csv"), "{}", ended.err);
    std::fs::create_dir(place.path("folder")).unwrap();
    assert_told(&place.isoflop("analyze folder"), 3, "folder: is a directory; a file is needed");
}

#[test]
fn a_missing_column_names_the_nearest() {
    let place = Place::with("runs.csv", "parms,D,loss\n1,2,3\n");
    let ended = place.isoflop("analyze runs.csv");
    assert_told(&ended, 3, "runs.csv: no column looks like params or compute, and one of them is needed");
    assert!(ended.err.contains("--params-column parms"), "{}", ended.err);
    let ended = place.isoflop("analyze runs.csv --params-column params");
    assert_told(&ended, 3, "runs.csv: no column is named \"params\"");
    assert!(ended.err.contains("parms"), "{}", ended.err);
    place.file("two.csv", "params,n_params,D,loss\n1,1,2,3\n2,3,2,3\n");
    let ended = place.isoflop("analyze two.csv");
    assert_eq!((ended.code, ended.out.as_str()), (3, ""));
    assert!(ended.err.contains("params") && ended.err.contains("n_params"), "candidates\n{}", ended.err);
}

#[test]
fn a_diverged_run_can_be_left_out_as_the_hint_says() {
    let mut text = delimited(&["N", "C", "loss"], &example_rows(), ",");
    text += "1e9,1e20,NaN\n";
    let place = Place::with("runs.csv", text);
    let refused = place.isoflop("analyze runs.csv");
    assert_told(&refused, 3, "runs.csv:74:10: loss is \"NaN\"");
    let hint = refused.err.lines().find(|line| line.starts_with("hint: ")).unwrap();
    let condition = hint.split("--where ").nth(1).unwrap().split(',').next().unwrap();
    let ended = place.isoflop(&format!("analyze runs.csv --resamples 20 --json --where {condition}"));
    assert_eq!((ended.code, ended.err.as_str()), (0, ""), "{hint}");
    assert_eq!(ended.json()["data"]["runs_used"], 72);
}

#[test]
fn leaving_out_every_run_is_said_with_the_way_back() {
    let ended = isoflop(&format!("analyze {EXAMPLE} --where 'loss > 100'"));
    assert_told(&ended, 3, &format!("{EXAMPLE}: no run is left to analyze: all 72 are left out"));
    assert!(ended.err.contains("hint: loosen --where"), "{}", ended.err);
}

#[test]
fn a_bad_condition_is_marked_where_it_is_wrong() {
    for (condition, sentence, marked) in [
        ("loss <", "--where:7: the condition ends where a value is needed", "       ^"),
        ("los < 3", "--where:1: no column is named \"los\"", " ^^^"),
        ("loss < 3 &&& loss > 1", "--where:", "^"),
        ("final_loss < \"a\"", "--where:", "^"),
        ("(final_loss < 3", "--where:", "^"),
    ] {
        let ended = isoflop(&format!("analyze {EXAMPLE} --where '{condition}'"));
        assert_told(&ended, 2, sentence);
        assert!(ended.err.contains(&format!("where │ {condition}\n      │")), "{}", ended.err);
        assert!(ended.err.lines().nth(2).is_some_and(|line| line.contains(marked)), "{}", ended.err);
    }
    assert!(isoflop(&format!("analyze {EXAMPLE} --where 'los < 3'")).err.contains("hint: did you mean loss"));
}

#[test]
fn a_run_that_is_there_twice_is_flagged_and_warned_about() {
    let mut rows = example_rows();
    rows.push(rows[5]);
    let place = Place::with("runs.csv", delimited(&["N", "C", "loss"], &rows, ","));
    let ended = place.isoflop("analyze runs.csv --resamples 20 --json");
    assert_eq!((ended.code, ended.err.as_str()), (0, ""));
    let json = ended.json();
    assert_eq!((&json["data"]["runs"], &json["data"]["runs_used"]), (&73.into(), &72.into()));
    assert_eq!(json["data"]["flagged"], serde_json::json!([{"line": 74, "reason": "repeats line 7 in every number"}]));
    let warnings = json["warnings"].as_array().unwrap();
    assert!(warnings.iter().any(|w| w["id"] == "D14" && w.to_string().contains("repeat")), "{warnings:?}");
    let text = place.isoflop("check runs.csv").out;
    assert!(text.contains("line 74: repeats line 7 in every number") && text.contains("D14"), "{text}");
}

#[test]
fn a_large_table_names_its_bad_last_line() {
    let size = if std::env::var_os("ISOFLOP_SLOW").is_some() { 100 << 20 } else { 5 << 20 };
    let mut text = String::from("params,tokens,budget,loss\n");
    let mut lines = 1;
    while text.len() < size {
        lines += 1;
        text += &format!("1.3e9,{lines}e4,1e20,2.5\n");
    }
    text += "1.3e9,2.6e10,1e20,2.5x\n";
    lines += 1;
    let place = Place::with("large.csv", text);
    assert_told(&place.isoflop("analyze large.csv"), 3, &format!("large.csv:{lines}:19: loss is \"2.5x\""));
}

/// Refused before the table is even read, so that no work is lost.
#[test]
fn an_output_folder_that_cannot_be_is_refused() {
    let place = Place::with("taken", "mine");
    let table = root().join(EXAMPLE);
    let analyze = |folder: &str| place.isoflop(&format!("analyze {} -o {folder}", table.display()));
    assert_told(&analyze("taken"), 2, "taken is a file; -o needs a folder");
    assert_told(&analyze("taken/report"), 2, "taken is a file; -o needs a folder");
    assert_eq!(place.files(), ["taken"]);
    assert_eq!(std::fs::read_to_string(place.path("taken")).unwrap(), "mine");
    if Path::new("/proc/self").exists() {
        assert_told(&analyze("/proc/report"), 2, "/proc/report cannot be written: ");
    }
    assert_told(&place.isoflop("analyze no-such-file.csv -o new/report"), 3, "no-such-file.csv: no such file");
    assert!(!place.path("new").exists(), "a failed analysis leaves no folder");
}

#[cfg(unix)]
#[test]
fn a_read_only_folder_is_refused() {
    use std::os::unix::fs::PermissionsExt;
    let place = Place::new();
    let locked = place.path("locked");
    std::fs::create_dir(&locked).unwrap();
    std::fs::set_permissions(&locked, std::fs::Permissions::from_mode(0o555)).unwrap();
    // Nothing is read-only to root.
    if std::fs::write(locked.join("probe"), "").is_err() {
        let ended = isoflop(&format!("analyze {EXAMPLE} -o {}/report", locked.display()));
        assert_told(&ended, 2, &format!("{}/report cannot be written: ", locked.display()));
    }
    std::fs::set_permissions(&locked, std::fs::Permissions::from_mode(0o755)).unwrap();
}

#[test]
fn a_closed_pipe_is_a_quiet_success() {
    let analyze = format!("analyze {EXAMPLE} --resamples 20");
    for words in [&analyze, &format!("{analyze} --json"), &format!("check {EXAMPLE}"), "--help"] {
        let mut child = command(&root(), words).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        let check_found_something = words.starts_with("check");
        assert!(output.status.code() == Some(0) || check_found_something, "{words}: {output:?}");
        assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{words}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_no_success() {
    let full = std::fs::File::options().write(true).open("/dev/full").unwrap();
    let output = command(&root(), &format!("check {EXAMPLE}")).stdout(full).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let err = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(err.starts_with("error: standard output cannot be written: "), "{err}");
}

#[test]
fn standard_error_that_is_closed_harms_nothing() {
    let mut child = command(&root(), "analyze no-such-file.csv").stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stderr.take());
    assert_eq!(child.wait().unwrap().code(), Some(3));
}
