//! The help texts, which are also `docs/cli.md`.

use unicode_width::UnicodeWidthStr;

use crate::program::{isoflop, kept, root};

const COMMANDS: [&str; 5] = ["", "analyze", "check", "fit", "simulate"];

/// What speaks with servers: in the reference as well, but its examples need one.
const SERVED: [&str; 27] = [
    "serve",
    "submit",
    "status",
    "wait",
    "pull",
    "budget",
    "final",
    "loss",
    "worker",
    "admin",
    "admin user",
    "admin user add",
    "admin user import",
    "admin budget",
    "admin experiments",
    "admin refund",
    "admin cancel",
    "admin requeue",
    "admin dispatch",
    "admin finals",
    "admin leaderboard",
    "admin truth",
    "admin audit",
    "admin export",
    "admin backup",
    "admin preflight",
    "admin rehearsal",
];

#[test]
fn help_fits_100_columns_and_has_examples() {
    for command in COMMANDS.into_iter().chain(SERVED) {
        for flag in ["-h", "--help"] {
            let help = isoflop(&format!("{command} {flag}")).out;
            for line in help.lines() {
                assert!(line.width() <= 100, "{command} {flag}: {} columns\n{line}", line.width());
            }
            // The parts of `admin` have theirs together, where they are listed.
            let shown = command.starts_with("admin ") || help.contains("Examples:\n  isoflop ");
            assert!(shown, "{command} {flag}\n{help}");
        }
    }
    let help = isoflop("--help").out;
    for code in ["0 done", "1 ", "2 usage", "3 bad data", "4 no law", "130 interrupted"] {
        assert!(help.contains(code), "{code} is not explained\n{help}");
    }
    assert_eq!(isoflop("--version").out, format!("isoflop {}\n", env!("CARGO_PKG_VERSION")));
}

/// What is typed in the help texts works: each example parses, up to its file that is not there.
#[test]
fn examples_in_the_help_parse() {
    let mut tried = 0;
    for command in COMMANDS {
        let help = isoflop(&format!("{command} --help")).out;
        let examples = help.split_once("Examples:\n").unwrap().1;
        for example in examples.lines().map_while(|line| line.strip_prefix("  isoflop ")) {
            // What a shell does with the answer is not ours.
            let end = [" | ", " > ", " && echo"].iter().filter_map(|end| example.find(end)).min();
            let words = example[..end.unwrap_or(example.len())].replace(" -o report", "");
            let ended = isoflop(&words);
            let known =
                words.contains("examples/") && ended.code <= 1 || words.starts_with("simulate") && ended.code == 0;
            assert!(known || ended.code == 3 && ended.err.contains("no such file"), "{example}: {}", ended.err);
            tried += 1;
        }
    }
    assert!(tried >= 3);
}

#[test]
fn the_reference_is_current() {
    let mut text = String::from(
        "# The command line\n\nWhat `--help` prints, for each command. A test keeps this page current \
         (`ISOFLOP_REGENERATE=1 cargo test -p isoflop-cli`).\n",
    );
    for command in COMMANDS.into_iter().chain(SERVED) {
        let name = format!("isoflop {command}");
        let help: Vec<String> =
            isoflop(&format!("{command} --help")).out.lines().map(|l| l.trim_end().into()).collect();
        text += &format!("\n## `{}`\n\n```text\n{}\n```\n", name.trim(), help.join("\n"));
    }
    let page = kept(&root().join("docs/cli.md"), &text);
    assert_eq!(page, text, "docs/cli.md is old: ISOFLOP_REGENERATE=1 cargo test -p isoflop-cli, then look at it");
}
