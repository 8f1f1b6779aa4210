//! Ctrl-C: the exit code is 130, and nothing half-written stays.

use std::io::Write;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::program::{EXAMPLE, Place, command, root};

/// More than a pipe holds: once it is written, the program has begun to read.
const MORE_THAN_A_PIPE: usize = 1 << 20;

/// Starts the program with a pipe to its standard input, which it reads when this returns.
fn started(place: &Place, words: &str, input: &[u8]) -> (Child, std::process::ChildStdin) {
    let mut command = command(&place.path(""), words);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut pipe = child.stdin.take().unwrap();
    pipe.write_all(input).unwrap();
    pipe.write_all(&vec![b'\n'; MORE_THAN_A_PIPE]).unwrap();
    (child, pipe)
}

/// What a terminal sends at Ctrl-C.
fn interrupt(child: &Child) {
    assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
}

#[test]
fn a_read_that_never_ends_is_left_at_once() {
    for words in ["analyze -", "check -", "analyze - -o report"] {
        let place = Place::new();
        let (child, pipe) = started(&place, words, b"");
        interrupt(&child);
        let output = child.wait_with_output().unwrap();
        drop(pipe);
        assert_eq!(output.status.code(), Some(130), "{words}: {output:?}");
        assert_eq!(output.stdout, b"", "{words}");
        assert!(String::from_utf8_lossy(&output.stderr).contains("interrupted"), "{words}: {output:?}");
        assert_eq!(std::fs::read_dir(place.path("")).unwrap().count(), 0, "{words} left something");
    }
}

/// At whichever moment Ctrl-C comes, there is a whole report or none, as the exit code says.
#[test]
fn no_report_is_half_written() {
    let table = std::fs::read(root().join(EXAMPLE)).unwrap();
    for milliseconds in [0, 5, 20, 60, 150, 400, 1000] {
        let place = Place::new();
        let (child, pipe) = started(&place, "analyze - --resamples 100 -o report", &table);
        drop(pipe);
        std::thread::sleep(Duration::from_millis(milliseconds));
        interrupt(&child);
        let output = child.wait_with_output().unwrap();
        let files = place.files();
        match output.status.code() {
            Some(130) => assert_eq!(std::fs::read_dir(place.path("")).unwrap().count(), 0, "{files:?}"),
            Some(0) => assert_eq!(files.len(), 11, "{files:?}"),
            other => panic!("ended with {other:?}: {output:?}"),
        }
    }
}
