//! One table in every dress.

use std::io::Write as _;
use std::process::{Command, Stdio};

use flate2::Compression;
use flate2::write::GzEncoder;
use isoflop::progress::Quiet;
use isoflop::run::RunTable;
use isoflop::source::{ReadErrorKind, ReadOptions, read};

use super::{read_bytes, read_text, told};

const CSV: &str = "run,N,D,loss\na,1e9,2e10,2.5\nb,2e9,1e10,2.4\n";
const JSON: &str = r#"[{"run":"a","N":1e9,"D":2e10,"loss":2.5},{"run":"b","N":2e9,"D":1e10,"loss":2.4}]"#;

pub fn gzipped(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

#[track_caller]
fn is_the_table(table: &RunTable) {
    let runs: Vec<_> =
        table.runs().iter().map(|run| (run.name.as_deref(), run.params.0, run.tokens.0, run.loss.0)).collect();
    assert_eq!(runs, [(Some("a"), 1e9, 2e10, 2.5), (Some("b"), 2e9, 1e10, 2.4)]);
}

#[test]
fn content_and_extension_tell_the_format() {
    let lines = JSON[1..JSON.len() - 1].replace("},{", "}\n{");
    let tabs = CSV.replace(',', "\t");
    let cases = [
        ("r.csv", CSV.to_string(), "csv"),
        ("r", CSV.to_string(), "csv"),
        ("-", CSV.to_string(), "csv"),
        ("r.tsv", CSV.to_string(), "csv"),
        ("r.tsv", tabs.clone(), "tsv"),
        ("r.csv", tabs.clone(), "tsv"),
        ("r.txt", tabs, "tsv"),
        ("r.csv", CSV.replace(',', ";"), "csv"),
        ("r.json", JSON.to_string(), "json"),
        ("r.csv", JSON.to_string(), "json"),
        ("-", format!("\n  {JSON}"), "json"),
        ("r.jsonl", lines.clone(), "jsonl"),
        ("r.json", lines.clone(), "jsonl"),
        ("-", lines, "jsonl"),
    ];
    for (name, text, format) in cases {
        for text in [text.clone(), format!("\u{feff}{text}"), text.replace('\n', "\r\n"), text.replace('\n', "\n\n")] {
            for bytes in [text.clone().into_bytes(), gzipped(text.as_bytes())] {
                let table =
                    read_bytes(name, bytes, &ReadOptions::default()).unwrap_or_else(|e| panic!("{name}: {e}\n{text}"));
                is_the_table(&table);
                assert_eq!(table.provenance.format, format, "{name}\n{text}");
            }
        }
    }
}

#[test]
fn a_format_can_be_forced() {
    let forced = |format: &str, text: &str| {
        read_bytes("r.txt", text, &ReadOptions { format: Some(format.to_string()), ..ReadOptions::default() })
    };
    is_the_table(&forced("CSV", CSV).unwrap());
    assert!(told(forced("json", CSV)).starts_with("r.txt:1:1: run stands where an array of objects is needed"));
    let error = forced("jsonlines", CSV).unwrap_err();
    assert_eq!(error.kind, ReadErrorKind::Format);
    assert_eq!(error.hint.as_deref(), Some("did you mean jsonl"));
}

#[test]
fn one_json_line_is_a_table_of_one_run() {
    let line = r#"{"N":1e9,"D":2e10,"loss":2.5}"#;
    assert_eq!(read_text("r.jsonl", line).unwrap().runs().len(), 1);
    assert_eq!(read_text("-", line).unwrap().runs().len(), 1);
    assert!(told(read_text("r.json", line)).contains("the file is one JSON object; an array of objects, one per run"));
}

#[test]
fn gzip_members_join_and_broken_gzip_says_so() {
    let (head, tail) = CSV.split_at(20);
    let mut members = gzipped(head.as_bytes());
    members.extend(gzipped(tail.as_bytes()));
    is_the_table(&read_bytes("r.csv.gz", members.clone(), &ReadOptions::default()).unwrap());
    members.truncate(members.len() - 9);
    assert!(
        told(read_bytes("r.csv.gz", members, &ReadOptions::default()))
            .starts_with("r.csv.gz: the gzip data is cut short")
    );
    let mut damaged = gzipped(CSV.repeat(50).as_bytes());
    let middle = damaged.len() / 2;
    damaged[middle] ^= 0xff;
    assert!(told(read_bytes("r.csv.gz", damaged, &ReadOptions::default())).contains("gzip data is"));
}

#[test]
fn lines_are_those_of_the_file() {
    let table =
        read_text("r.csv", "N,D,loss,note\r\n\r\n1,2,3,\"two\r\nlines\"\r\n\r\n4,5,6,x\r\n,,,\r\n7,8,9,y").unwrap();
    assert_eq!(table.runs().iter().map(|run| run.line).collect::<Vec<_>>(), [3, 6, 8]);
    let table = read_text("r.jsonl", "\n{\"N\":1,\"D\":2,\"loss\":3}\n\n{\"N\":1,\"D\":2,\"loss\":4}").unwrap();
    assert_eq!(table.runs().iter().map(|run| run.line).collect::<Vec<_>>(), [2, 4]);
}

#[test]
fn files_are_read_and_their_absence_is_told() {
    let folder = std::env::temp_dir().join(format!("isoflop-read-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let path = |name: &str| folder.join(name).display().to_string();
    std::fs::write(folder.join("runs.csv"), CSV).unwrap();
    std::fs::write(folder.join("empty.csv"), "\n \n").unwrap();
    let read = |path: &str| read(path, &ReadOptions::default(), &Quiet);
    is_the_table(&read(&path("runs.csv")).unwrap());
    let missing = read(&path("run.csv")).unwrap_err();
    assert_eq!(missing.kind, ReadErrorKind::Unreadable);
    assert_eq!(missing.to_string(), format!("{}: no such file", path("run.csv")));
    assert_eq!(missing.hint, Some(format!("did you mean {}", path("runs.csv"))));
    assert!(told(read(&path("no/such/folder.csv"))).contains("no such file"));
    assert!(told(read(folder.to_str().unwrap())).contains("is a directory; a file is needed"));
    assert!(told(read(&path("empty.csv"))).contains("is empty; a table of runs is needed"));
    std::fs::remove_dir_all(&folder).unwrap();
}

/// Not a test by itself: [`standard_input_is_read`] runs this binary again to be this one.
#[test]
fn child_that_reads_standard_input() {
    if std::env::var_os(CHILD).is_some() {
        is_the_table(&read("-", &ReadOptions::default(), &Quiet).unwrap());
    }
}

const CHILD: &str = "ISOFLOP_TEST_READS_STANDARD_INPUT";

#[test]
fn standard_input_is_read() {
    for (bytes, reads) in [(JSON.as_bytes().to_vec(), true), (gzipped(CSV.as_bytes()), true), (Vec::new(), false)] {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "source::formats::child_that_reads_standard_input"])
            .env(CHILD, "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(&bytes).unwrap();
        assert_eq!(child.wait().unwrap().success(), reads);
    }
}
