//! What every answer in words keeps to, whatever its wording.

use unicode_width::UnicodeWidthStr;

use crate::program::{EXAMPLE, Ended, Place, command, delimited, example_rows, isoflop, root, run};

/// Each table of the repository with options that make sense of it.
const TABLES: [&str; 10] = [
    EXAMPLE,
    "testdata/chinchilla-fig4-epoch/isoflops_qc.csv --where 'outlier == \"False\"'",
    "testdata/chinchilla-fig4-epoch/svg_extracted_data.csv --budget-tolerance 0.1 --where 'loss < 4'",
    "testdata/cs336-solution-sweep-shibuki/isoflops.csv",
    "testdata/marin-isoflops/isoflops_qc.csv --where 'dataset == \"comma\" && outlier == \"False\"'",
    "testdata/marin-isoflops/marin_issue_8003.csv",
    "testdata/marin-isoflops/raw_isoflop-comma.csv",
    "testdata/marin-isoflops/raw_isoflop-dclm.csv",
    "testdata/porian-isoflops/isoflop_points.csv --where 'dataset == \"rw\" && hparams == \"tuned\"'",
    "testdata/porian-isoflops/optimal_points.csv --loss-column loss_opt --params-column n_opt_akima_grid --where 'n_opt_akima_grid > 0'",
];

/// The lines of an answer that must fit the terminal: not those that hold a path, and not the command to paste.
fn lines(out: &str) -> impl Iterator<Item = &str> {
    let before = out.split("\nRemake").next().unwrap_or_default();
    let holds_path = |line: &&str| line.contains(".csv") || line.contains(".json") || line.contains(".html");
    before.lines().filter(move |line| !holds_path(line))
}

#[test]
fn every_line_fits_80_columns() {
    for table in TABLES {
        for command in
            ["analyze --resamples 300", "analyze --resamples 300 --level 0.5 --at 1e18 --at 3.33e21", "check"]
        {
            let Ended { code, out, err } = isoflop(&format!("{command} {table}"));
            assert!(matches!(code, 0 | 1 | 4) && err.is_empty(), "{table}: {code} {err}");
            assert!(lines(&out).count() > 5, "{out}");
            for line in lines(&out) {
                assert!(line.width() <= 80, "{command} {table}: {} columns\n{line}", line.width());
                assert!(line.trim_end() == line, "{command} {table}: blanks at the end of {line:?}");
            }
            assert!(!out.contains("NaN") && !out.contains("inf ") && !out.contains("None"), "{out}");
        }
    }
}

#[test]
fn colour_is_for_terminals_that_want_it() {
    let words = format!("analyze {EXAMPLE} --resamples 20");
    let plain = isoflop(&words).out;
    let with = |name: &str| run(command(&root(), &words).env(name, "1")).out;
    assert!(!plain.contains('\u{1b}'), "no terminal, no colour");
    assert_eq!(with("NO_COLOR"), plain);
    let coloured = with("CLICOLOR_FORCE");
    assert!(coloured.contains('\u{1b}'));
    assert_eq!(stripped(&coloured), plain, "the same text with and without colour");
    let failed = run(command(&root(), "analyze no-such-file.csv").env("NO_COLOR", "1")).err;
    assert!(!failed.contains('\u{1b}'), "{failed}");
}

/// The text without its escape codes, each of which ends with an `m`.
fn stripped(text: &str) -> String {
    let mut parts = text.split('\u{1b}');
    let first = parts.next().unwrap_or_default().to_string();
    parts.fold(first, |text, part| text + part.split_once('m').map_or("", |(_, after)| after))
}

/// The words of an answer, as one line.
fn said(ended: &Ended) -> String {
    ended.out.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn the_answer_says_what_was_read_and_how() {
    for command in ["analyze --resamples 20", "check"] {
        let text = said(&isoflop(&format!("{command} {EXAMPLE}")));
        for part in [
            "72 runs",
            "9 budgets, 6e18 to 3e21 FLOPs",
            "params ← parameters",
            "compute ← compute_budget",
            "loss ← final_loss",
            "tokens derived: D = C / 6N",
            "nats per token, assumed",
        ] {
            assert!(text.contains(part), "{command} does not say {part}\n{text}");
        }
    }
    let text = said(&isoflop("check testdata/marin-isoflops/raw_isoflop-comma.csv"));
    assert!(text.contains("compute ← throughput/total_gflops × 1e9"), "the unit is said\n{text}");
    assert!(text.contains("6·N·D differs from the file's C by over 10 %"), "{text}");
    let text = said(&isoflop("check testdata/marin-isoflops/marin_issue_8003.csv"));
    assert!(text.contains("params derived: N = C / 6D"), "{text}");
    let text = said(&isoflop("check testdata/cs336-solution-sweep-shibuki/isoflops.csv"));
    assert!(text.contains("N: parameters without embeddings"), "{text}");
}

#[test]
fn conventions_that_are_given_are_said() {
    let options = "--params-count total --loss-unit bits-per-byte";
    let ended = isoflop(&format!("check {EXAMPLE} {options}"));
    let text = said(&ended);
    assert!(text.contains("all parameters, embeddings included") && text.contains("bits per byte"), "{text}");
    let json = isoflop(&format!("check {EXAMPLE} {options} --json")).json();
    assert_eq!(json["data"]["conventions"]["params"], "total");
    assert_eq!(json["data"]["conventions"]["loss"], "bits-per-byte");
}

#[test]
fn columns_that_are_named_are_taken() {
    let place = Place::with("runs.csv", delimited(&["alpha", "beta", "gamma"], &example_rows(), ","));
    let columns = "--params-column alpha --compute-column BETA --loss-column gamma";
    let ended = place.isoflop(&format!("analyze runs.csv {columns} --resamples 20"));
    assert_eq!((ended.code, ended.err.as_str()), (0, ""));
    assert!(said(&ended).contains("params ← alpha, compute ← beta, loss ← gamma"), "{}", ended.out);
    let tokens = place.isoflop(&format!("check runs.csv {columns} --tokens-column gamma --json")).json();
    assert_eq!(tokens["data"]["columns"][1]["role"], "tokens");
    assert!(tokens["data"]["derived"].is_null());
}

#[test]
fn a_condition_flags_runs_and_deletes_none() {
    let words = format!("{EXAMPLE} --where 'final_loss < 6 && budget >= 1e19'");
    let json = isoflop(&format!("analyze {words} --resamples 20 --json")).json();
    let data = &json["data"];
    assert_eq!(data["condition"], "final_loss < 6 && budget >= 1e19");
    assert_eq!(data["runs"], 72);
    let kept = example_rows().iter().filter(|[_, c, l]| *l < 6.0 && *c >= 1e19).count();
    assert_eq!(data["runs_used"], kept);
    let flagged = data["flagged"].as_array().unwrap();
    assert_eq!(flagged.len(), 72 - kept);
    for run in flagged {
        assert_eq!(run["reason"], "left out by --where 'final_loss < 6 && budget >= 1e19'");
        assert!(run["line"].as_u64().unwrap() > 1);
    }
    for command in ["analyze --resamples 20", "check"] {
        let text = said(&isoflop(&format!("{command} {words}")));
        assert!(text.contains(&format!("{} runs left out", 72 - kept)), "{text}");
        assert!(text.contains("left out by --where 'final_loss < 6 && budget >= 1e19'"), "{text}");
    }
}

#[test]
fn near_budgets_group_with_a_note_and_far_ones_do_not() {
    // Each run is up to 0.4 % off its nominal budget.
    let rows: Vec<[f64; 3]> =
        example_rows().iter().enumerate().map(|(i, [n, c, l])| [*n, c * (1.0 + 0.002 * (i % 3) as f64), *l]).collect();
    let place = Place::with("runs.csv", delimited(&["N", "C", "loss"], &rows, ","));
    let grouped = place.isoflop("check runs.csv --json").json();
    assert_eq!(grouped["data"]["budgets"], 9);
    let note = |json: &serde_json::Value| {
        json["warnings"].as_array().unwrap().iter().any(|w| w["id"] == "D14" && w["severity"] == "inform")
    };
    assert!(note(&grouped), "{}", grouped["warnings"]);
    assert!(said(&place.isoflop("check runs.csv")).contains("are taken as one budget each"));
    let apart = place.isoflop("check runs.csv --budget-tolerance 0.001 --json").json();
    assert_eq!(apart["data"]["budgets"], 27);
    assert!(!note(&isoflop(&format!("check {EXAMPLE} --json")).json()), "exact budgets need no note");
}

/// The command in the last lines of an answer.
pub fn remake(out: &str) -> &str {
    out.split_once("\nRemake").unwrap_or_else(|| panic!("no command to remake it in\n{out}")).1.trim()
}

#[test]
fn the_command_to_remake_it_does() {
    let place = Place::with("my runs' table.csv", delimited(&["my N", "b", "l 0"], &example_rows(), ","));
    let nasty = "analyze \"my runs' table.csv\" --params-column 'my N' --compute-column b --loss-column 'l 0' \
                 --unique-tokens-column b --weights-column 'l 0' \
                 --where '`l 0` < 6 && b > 1e19 || \"$HOME\" == \"\"' --params-count non-embedding --loss-unit nats \
                 --budget-tolerance 0.02 --level 0.8 --at 3.3e22 --at 10^25 --approach cubic --approach parabola";
    for (words, folder) in [
        (format!("analyze {EXAMPLE}"), &root()),
        (format!("analyze {EXAMPLE} --resamples 30 --seed 18446744073709551615"), &root()),
        ("analyze testdata/marin-isoflops/raw_isoflop-comma.csv --name-column Name --resamples 20".into(), &root()),
        (format!("{nasty} --format csv --resamples 40 --seed 9"), &place.path("")),
        ("analyze 'my runs'\"'\"' table.csv' --params-column 'my N' --compute-column b --loss-column 'l 0' --resamples 9 -o 'a report'".into(), &place.path("")),
    ] {
        let first = run(&mut command(folder, &words));
        assert_eq!((first.code, first.err.as_str()), (0, ""), "{words}");
        let again = remake(&first.out).strip_prefix("isoflop ").unwrap();
        let second = run(&mut command(folder, again));
        assert_eq!((second.code, second.out.as_str()), (0, first.out.as_str()), "{again}");
    }
}
