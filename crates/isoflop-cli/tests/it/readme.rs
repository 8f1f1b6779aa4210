//! What the README tells a newcomer to type works.

use std::path::Path;

use crate::program::{Place, root};

/// The lines of a document that stand in blocks marked `sh`.
fn shell_lines(text: &str) -> Vec<&str> {
    let mut lines = Vec::new();
    let mut inside = false;
    for line in text.lines() {
        match line.trim() {
            "```sh" => inside = true,
            "```" => inside = false,
            line if inside => lines.push(line.trim_start_matches("$ ")),
            _ => {}
        }
    }
    lines
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap().map(Result::unwrap) {
        let to = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &to);
        } else {
            std::fs::copy(entry.path(), to).unwrap();
        }
    }
}

/// What comes after the first words of a line that runs the program; none for other lines.
fn typed(line: &str) -> Option<&str> {
    let rest = ["cargo run --release -- ", "isoflop "].iter().find_map(|prefix| line.strip_prefix(prefix))?;
    // What a shell does with the answer is not ours: the rest of a pipe, a file, a remark.
    let end = [" | ", " > ", "  #"].iter().filter_map(|end| rest.find(end)).min().unwrap_or(rest.len());
    Some(rest[..end].trim())
}

#[test]
fn the_commands_of_the_readme_work() {
    let readme = std::fs::read_to_string(root().join("README.md")).unwrap();
    let place = Place::new();
    for folder in ["examples", "testdata"] {
        copy(&root().join(folder), &place.path(folder));
    }
    let lines = shell_lines(&readme);
    let (mut ran, mut tested) = (0, 0);
    for line in lines {
        if let Some(words) = typed(line) {
            let ended = place.isoflop(words);
            // A check that finds something has worked.
            let works = ended.code == 0 || words.starts_with("check") && ended.code == 1;
            assert!(works && ended.err.is_empty(), "{line}: {} {}", ended.code, ended.err);
            if words.contains("-o report") {
                assert!(place.path("report/index.html").exists(), "{line}");
            }
            ran += 1;
        } else if line.starts_with("cargo test") {
            let command = line.split("  #").next().unwrap().trim();
            let ci = std::fs::read_to_string(root().join(".ci/run")).unwrap();
            // It runs the line itself, or takes it out of the README.
            let runs = ci.lines().any(|run| run.trim().starts_with(command)) || ci.contains("$(command_of test)");
            assert!(runs, "{command} is not what .ci/run runs\n{ci}");
            tested += 1;
        }
    }
    assert!(ran >= 1, "no command in the README runs the program");
    assert!(tested >= 1, "the README does not say how to run the tests");
}
