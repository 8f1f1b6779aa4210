//! Running the program, and the folders it runs in.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

/// The table that every answer is known of.
pub const EXAMPLE: &str = "examples/isoflops_curves.json";

/// What the program said and how it ended.
#[derive(Debug)]
pub struct Ended {
    /// Exit code; -1 after a signal that nobody handled.
    pub code: i32,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
}

impl Ended {
    /// The answer of `--json`, which must be the whole of standard output.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error} in {self:?}"))
    }
}

/// The root of the repository.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

/// The program with these words (as a shell takes them), run in `folder` without anything that changes its output.
pub fn command(folder: &Path, words: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_isoflop"));
    command.args(shlex::split(words).unwrap()).current_dir(folder).stdin(Stdio::null());
    for name in [
        "A3_API_KEY",
        "ISOFLOP_API_KEY",
        "ISOFLOP_URL",
        "NO_COLOR",
        "CLICOLOR",
        "CLICOLOR_FORCE",
        "COLUMNS",
        "RAYON_NUM_THREADS",
    ] {
        command.env_remove(name);
    }
    command
}

/// Runs a command to its end.
pub fn run(command: &mut Command) -> Ended {
    let output = command.output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Ended { code: output.status.code().unwrap_or(-1), out: text(output.stdout), err: text(output.stderr) }
}

/// Runs the program in the root of the repository.
pub fn isoflop(words: &str) -> Ended {
    run(&mut command(&root(), words))
}

/// Runs the program with these bytes on standard input.
pub fn fed(words: &str, input: &[u8]) -> Ended {
    let mut command = command(&root(), words);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut pipe = child.stdin.take().unwrap();
    std::thread::scope(|scope| {
        // A program that refuses the table early does not read all of it.
        scope.spawn(move || pipe.write_all(input));
        let output = child.wait_with_output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Ended { code: output.status.code().unwrap_or(-1), out: text(output.stdout), err: text(output.stderr) }
    })
}

/// A folder of its own for a test, gone at its end.
pub struct Place(TempDir);

impl Place {
    /// An empty one.
    pub fn new() -> Self {
        Place(TempDir::new().unwrap())
    }

    /// One with a file in it.
    pub fn with(name: &str, contents: impl AsRef<[u8]>) -> Self {
        let place = Place::new();
        place.file(name, contents);
        place
    }

    /// Puts a file into it.
    pub fn file(&self, name: &str, contents: impl AsRef<[u8]>) {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, contents).unwrap();
    }

    /// The path of something in it; the folder itself for an empty name.
    pub fn path(&self, name: &str) -> PathBuf {
        if name.is_empty() { self.0.path().to_path_buf() } else { self.0.path().join(name) }
    }

    /// Runs the program in it.
    pub fn isoflop(&self, words: &str) -> Ended {
        run(&mut command(self.0.path(), words))
    }

    /// Every file below it, by its path with `/`, in order.
    pub fn files(&self) -> Vec<String> {
        files_below(self.0.path())
    }
}

/// Every file below a folder, by its path with `/`, in order.
pub fn files_below(folder: &Path) -> Vec<String> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let name = entry.file_name().into_string().unwrap();
        if entry.file_type().unwrap().is_dir() {
            files.extend(files_below(&entry.path()).iter().map(|below| format!("{name}/{below}")));
        } else {
            files.push(name);
        }
    }
    files.sort();
    files
}

/// N, C and L of the runs of [`EXAMPLE`], to the last bit (`serde_json` may be off by it).
pub fn example_rows() -> Vec<[f64; 3]> {
    let text = std::fs::read_to_string(root().join(EXAMPLE)).unwrap();
    let column = |key: &str| -> Vec<f64> {
        let start = format!("\"{key}\": ");
        let values = text.lines().filter_map(|line| line.trim().strip_prefix(&start));
        values.map(|value| value.trim_end_matches(',').parse().unwrap()).collect()
    };
    let [params, compute, loss] = ["parameters", "compute_budget", "final_loss"].map(column);
    assert!(params.len() == 72 && compute.len() == 72 && loss.len() == 72);
    params.iter().zip(compute).zip(loss).map(|((&n, c), l)| [n, c, l]).collect()
}

/// Rows as text with a header; `between` stands between the fields.
pub fn delimited(header: &[&str], rows: &[[f64; 3]], between: &str) -> String {
    let line = |row: &[f64; 3]| row.map(|value| value.to_string()).join(between) + "\n";
    header.join(between) + "\n" + &rows.iter().map(line).collect::<String>()
}

/// Compares with the kept file at `path`, or makes it where `ISOFLOP_REGENERATE` is set.
pub fn kept(path: &Path, made: &str) -> String {
    if std::env::var_os("ISOFLOP_REGENERATE").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, made).unwrap();
    }
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
