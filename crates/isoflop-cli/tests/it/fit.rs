//! `isoflop fit`: known numbers, the shape of `--json`, the text, and what is refused.

use std::collections::BTreeSet;

use serde_json::Value;
use unicode_width::UnicodeWidthStr;

use crate::json::walk;
use crate::program::{EXAMPLE, Ended, Place, command, isoflop, root, run};
use crate::text::remake;

const CHINCHILLA: &str = "testdata/chinchilla-fig4-epoch/svg_extracted_data.csv --where 'loss < 3.44'";
const ADDITION: &str = "testdata/bnsl-4digit-addition/curve.csv --law broken --axis train_set_size \
                        --residual log-plus-one --where 'split == \"fit\"' --resamples 100";

/// Every key of `isoflop.fit/1` and what it holds; `?` where it may be null. The schema only grows.
const KEYS: [(&str, &str); 88] = [
    (".schema", "text"),
    (".version", "text"),
    (".law", "text"),
    (".equation", "text"),
    (".source", "text"),
    (".robust_loss", "text"),
    (".residual", "text"),
    (".search", "text"),
    (".interval", "text"),
    (".level", "number"),
    (".seed", "number"),
    (".data", "object"),
    (".data.path", "text"),
    (".data.sha256", "text"),
    (".data.format", "text"),
    (".data.runs", "number"),
    (".data.runs_used", "number"),
    (".data.flagged", "list"),
    (".data.flagged[]", "object"),
    (".data.flagged[].line", "number"),
    (".data.flagged[].reason", "text"),
    (".data.rows_are", "text"),
    (".data.grouped_by", "text"),
    (".data.groups", "number"),
    (".data.condition", "text?"),
    (".data.columns", "list"),
    (".data.columns[]", "object"),
    (".data.columns[].role", "text"),
    (".data.columns[].column", "text"),
    (".data.columns[].factor", "number"),
    (".data.derived", "text?"),
    (".data.conventions", "object?"),
    (".data.conventions.params", "text"),
    (".data.conventions.compute", "text"),
    (".data.conventions.loss", "text"),
    (".data.loss_unit", "text"),
    (".data.smallest", "number"),
    (".data.largest", "number"),
    (".rows", "number"),
    (".first_stage", "text?"),
    (".objective", "number"),
    (".status", "text"),
    (".status_coefficients", "list"),
    (".status_coefficients[]", "text"),
    (".coefficients", "list"),
    (".coefficients[]", "object"),
    (".coefficients[].name", "text"),
    (".coefficients[].value", "number"),
    (".coefficients[].std_error", "number?"),
    (".coefficients[].low", "number?"),
    (".coefficients[].high", "number?"),
    (".coefficients[].fixed", "bool"),
    (".coefficients[].scale", "text"),
    (".forecasts", "list"),
    (".forecasts[]", "object"),
    (".forecasts[].compute", "number?"),
    (".forecasts[].axis", "number?"),
    (".forecasts[].params", "estimate?"),
    (".forecasts[].tokens", "estimate?"),
    (".forecasts[].loss", "estimate"),
    (".forecasts[].loss_new_run", "estimate"),
    (".forecasts[].tokens_per_param", "estimate?"),
    (".forecasts[].slope", "estimate?"),
    (".forecasts[].reach", "number"),
    (".choices", "list"),
    (".choices[]", "object"),
    (".choices[].params", "number"),
    (".choices[].tokens", "number"),
    (".choices[].compute", "number"),
    (".choices[].loss", "estimate"),
    (".choices[].waste", "estimate"),
    (".starts", "object"),
    (".starts.tried", "number"),
    (".starts.polished", "number"),
    (".starts.agreed", "number"),
    (".modes", "list"),
    (".modes[]", "object"),
    (".modes[].objective", "number"),
    (".modes[].coefficients", "list"),
    (".modes[].coefficients[]", "number"),
    (".modes[].reached_by", "number"),
    (".refits", "object"),
    (".refits.total", "number"),
    (".refits.unconverged", "number"),
    (".residual_sd", "number"),
    (".flops_per_param_token", "number"),
    (".warnings", "list"),
    (".answers", "list"),
];

/// A list of texts or warnings, whose own keys `analysis-json.md` has.
const OF_ANALYSIS: [(&str, &str); 6] = [
    (".warnings[]", "object"),
    (".warnings[].id", "text"),
    (".warnings[].severity", "text"),
    (".warnings[].message", "text"),
    (".warnings[].advice", "text"),
    (".answers[]", "text"),
];

/// Twelve runs at one ratio of tokens to parameters.
fn one_ratio() -> String {
    let run = |i: i32| {
        let n = 1e8 * 1.7_f64.powi(i);
        let d = 20.0 * n;
        let loss = 1.69 + 406.0 / n.powf(0.34) + 410.0 / d.powf(0.28) + 0.001 * f64::from(i * 7).sin();
        format!("{n},{d},{loss}\n")
    };
    "params,tokens,loss\n".to_string() + &(0..12).map(run).collect::<String>()
}

fn coefficient(json: &Value, name: &str) -> f64 {
    let of_name = |c: &&Value| c["name"] == name;
    json["coefficients"].as_array().unwrap().iter().find(of_name).unwrap()["value"].as_f64().unwrap()
}

fn near(is: f64, wanted: f64, relative: f64) {
    assert!((is / wanted - 1.0).abs() < relative, "{is} is not {wanted}");
}

#[test]
fn the_example_gives_back_its_law() {
    let json = isoflop(&format!("fit {EXAMPLE} --json")).json();
    let law = [("E", 2.69), ("A", 1606.4), ("B", 3210.7), ("alpha", 0.34), ("beta", 0.36)];
    for (name, value) in law {
        near(coefficient(&json, name), value, 1e-6);
    }
    for (at, params, tokens) in [(0, 9.189e10, 1.8137e11), (1, 3.0031e11, 5.5499e11)] {
        near(json["forecasts"][at]["params"]["value"].as_f64().unwrap(), params, 1e-4);
        near(json["forecasts"][at]["tokens"]["value"].as_f64().unwrap(), tokens, 1e-4);
    }
    assert_eq!(json["status"], "converged");
}

#[test]
fn the_refit_of_chinchilla_is_as_low_as_the_best_known() {
    let json = isoflop(&format!("fit {CHINCHILLA} --resamples 0 --json")).json();
    assert_eq!(json["rows"], 240);
    let objective = json["objective"].as_f64().unwrap();
    assert!(objective <= 0.00101827401781 * (1.0 + 1e-9), "{objective}");
}

#[test]
fn every_key_of_a_fit_is_there_and_holds_what_is_documented() {
    let keys: Vec<(&str, &str)> = KEYS.iter().chain(&OF_ANALYSIS).copied().collect();
    let ratio = Place::with("ratio.csv", one_ratio());
    let mut met = BTreeSet::new();
    for ended in [
        isoflop(&format!("fit {CHINCHILLA} --choice 70B,1.4T --resamples 100 --json")),
        isoflop(&format!("fit {EXAMPLE} --law frontier --resamples 100 --json")),
        isoflop(&format!("fit {ADDITION} --at 1000 --json")),
        ratio.isoflop("fit ratio.csv --resamples 50 --json"),
    ] {
        assert_eq!((ended.code, ended.err.as_str()), (0, ""));
        assert!(ended.out.starts_with('{') && ended.out.ends_with("}\n"), "one object and nothing else");
        let json = ended.json();
        assert_eq!(json["schema"], "isoflop.fit/1");
        walk(&keys, "", &json, &mut met);
    }
    let missed: Vec<_> = keys.iter().map(|(key, _)| *key).filter(|key| !met.contains(*key)).collect();
    assert!(missed.is_empty(), "documented and never there: {missed:?}");
    let document = std::fs::read_to_string(root().join("docs/fit-json.md")).unwrap();
    for (key, _) in keys {
        let name = key.rsplit('.').next().unwrap().trim_end_matches("[]");
        let conventions = key.starts_with(".data.conventions.");
        let there = document.contains(&format!("`{name}`")) || document.contains(&format!("\"{name}\""));
        assert!(there || conventions, "{key} is not documented");
    }
}

fn fits_the_terminal(words: &str, ended: &Ended) {
    assert!(ended.code == 0 && ended.err.is_empty(), "{words}: {} {}", ended.code, ended.err);
    let before = ended.out.split("\nRemake").next().unwrap();
    assert!(before.lines().count() > 10, "{}", ended.out);
    for line in before.lines() {
        assert!(line.width() <= 80, "{words}: {} columns\n{line}", line.width());
        assert!(line.trim_end() == line, "{words}: blanks at the end of {line:?}");
    }
    for odd in ["NaN", "inf ", "None", "-0.0 "] {
        assert!(!before.contains(odd), "{words}: {odd}\n{before}");
    }
}

#[test]
fn every_answer_fits_80_columns_and_can_be_made_again() {
    let ratio = Place::with("ratio.csv", one_ratio());
    for words in [
        format!("fit {EXAMPLE} --at 3.33e21 --at 1.25e22 --choice 70B,1.4T --choice 1e9,1e9 --resamples 100"),
        format!("fit {CHINCHILLA} --choice 280e9,300e9 --fix E=1.7 --level 0.5 --resamples 100"),
        format!("fit {CHINCHILLA} --prior 'E=1.7:0.1' --robust-loss log-cosh:0.001 --interval delta"),
        format!("fit {CHINCHILLA} --law tied --interval profile --at 1e22"),
        format!("fit {CHINCHILLA} --resamples 0"),
        format!(
            "fit {CHINCHILLA} --fix E=1.8 --fix A=482 --fix B=2085 --fix alpha=0.35 --fix beta=0.37 --resamples 50"
        ),
        format!("fit {EXAMPLE} --law power --resamples 100"),
        format!("fit {EXAMPLE} --law kaplan --resamples 50"),
        format!("fit {ADDITION} --at 1000 --at 1e7"),
        format!("fit {ADDITION}"),
        "fit testdata/gemstones/fit_hot_100b+.jsonl --cluster-by run_name --resamples 100".to_string(),
    ] {
        let ended = isoflop(&words);
        fits_the_terminal(&words, &ended);
        let again = isoflop(remake(&ended.out).strip_prefix("isoflop ").unwrap());
        assert_eq!((again.code, again.out.as_str()), (0, ended.out.as_str()), "{words}");
    }
    fits_the_terminal("one ratio", &ratio.isoflop("fit ratio.csv --resamples 100"));
}

#[test]
fn a_law_that_the_table_does_not_determine_is_said_first_and_has_no_interval() {
    let ratio = Place::with("ratio.csv", one_ratio());
    let ended = ratio.isoflop("fit ratio.csv --resamples 100");
    assert_eq!(ended.code, 0);
    let (warned, answer) = (ended.out.find("does not determine").unwrap(), ended.out.find("At 1e23").unwrap());
    assert!(warned < answer && ended.out.contains("!! D21") && ended.out.contains("No intervals"), "{}", ended.out);
    assert!(!ended.out.contains(" ["), "no interval\n{}", ended.out);
    let json = ratio.isoflop("fit ratio.csv --resamples 100 --json").json();
    assert_eq!(json["status"], "underdetermined");
    assert!(json["forecasts"][0]["params"]["low"].is_null());
}

#[test]
fn colour_and_threads_change_no_letter() {
    let words = format!("fit {CHINCHILLA} --resamples 200 --seed 5");
    let with = |name: &str, value: &str| run(command(&root(), &words).env(name, value)).out;
    let plain = isoflop(&words).out;
    assert!(!plain.contains('\u{1b}'));
    assert_eq!(with("NO_COLOR", "1"), plain);
    assert!(with("CLICOLOR_FORCE", "1").contains('\u{1b}'));
    for threads in ["1", "2", "5"] {
        assert_eq!(with("RAYON_NUM_THREADS", threads), plain, "{threads} threads");
    }
}

#[test]
fn nonsense_is_2() {
    for (words, told) in [
        ("--law chinchila", "no law is called chinchila; did you mean chinchilla?"),
        ("--law chinchila", "there are chinchilla, tied,"),
        ("--law xyz", "no law is called xyz\n"),
        ("--fix F=1", "chinchilla has no coefficient F\nhint: it has E, A, B, alpha, beta"),
        ("--fix alpah=1", "did you mean alpha?"),
        ("--fix E", "NAME=VALUE is needed"),
        ("--fix E=nan", "NAME=VALUE is needed"),
        ("--fix E=-1", "E cannot be -1: it is positive"),
        ("--fix E=1 --fix E=2", "E is given twice"),
        ("--prior E=1", "NAME=VALUE:SD with a positive SD is needed"),
        ("--prior E=1:0", "NAME=VALUE:SD with a positive SD is needed"),
        ("--prior E=1:1 --fix E=1", "E has a prior and is given by --fix"),
        ("--prior e=1:1", "did you mean E?"),
        ("--law data-constrained --prior E=1:1", "E of data-constrained is found in a first stage, by chinchilla"),
        ("--robust-loss huber:-1", "huber:δ, with δ > 0"),
        ("--robust-loss hubert:1", "no robust loss is called hubert"),
        ("--robust-loss huber:nan", "huber:nan is no robust loss"),
        ("--residual root", "log, linear, log-plus-one"),
        ("--search luck", "projected, multi-start, hoffmann-grid"),
        ("--law kaplan --search projected", "projected cannot search kaplan: it is not a sum of powers"),
        ("--interval bayes", "weighted, case, wild, delta, profile"),
        ("--at lots", "\"lots\" is no positive number"),
        ("--at 0", "\"0\" is no positive number"),
        ("--choice 70B", "N,D is needed, such as 70B,1.4T"),
        ("--choice 70B,many", "\"many\" is not a count"),
        ("--choice 70B,-1", "\"-1\" is not a count"),
        ("--level 2", "a level from 0.5 to 0.999"),
        ("--resamples -1", "-1 is not in 0..=1000000"),
        ("--axis parameters", "chinchilla is a law of N and D, and --axis reads a curve along one column"),
        ("--law frontier --choice 70B,1T", "--choice needs a law of N and D, and frontier runs along one axis"),
        ("--law frontier --axis parameters --params-column parameters", "cannot be used with"),
    ] {
        let ended = isoflop(&format!("fit {EXAMPLE} {words}"));
        assert_eq!((ended.code, ended.out.as_str()), (2, ""), "{words}\n{}", ended.err);
        assert!(ended.err.starts_with("error: ") && ended.err.contains(told), "{words}\n{}", ended.err);
    }
}

#[test]
fn bad_data_is_3_and_no_fit_is_4() {
    let place = Place::with("few.csv", "N,C,loss\n1e8,1e18,3.5\n2e8,1e18,3.3\n3e8,1e19,3.25\n5e8,1e19,3.3\n");
    for (words, code, told) in [
        ("few.csv", 4, "chinchilla has 5 unknown coefficients and needs at least 6 different runs; there are 4"),
        ("few.csv --law data-constrained", 4, "data-constrained needs the unique tokens U"),
        ("few.csv --law frontier", 4, "few.csv: "),
        ("few.csv --where 'loss > 9'", 3, "few.csv: "),
        ("few.csv --axis nope --law power", 3, "no column is named \"nope\""),
        ("few.csv --cluster-by nope", 3, "no column is named \"nope\""),
    ] {
        let ended = place.isoflop(&format!("fit {words}"));
        assert_eq!((ended.code, ended.out.as_str()), (code, ""), "{words}\n{}", ended.err);
        assert!(ended.err.starts_with("error: ") && ended.err.contains(told), "{words}\n{}", ended.err);
    }
    let ended = isoflop("fit testdata/bnsl-4digit-addition/curve.csv --law power");
    assert!(
        ended.code == 3 && ended.err.contains("name the column that power runs along with --axis"),
        "{}",
        ended.err
    );
}
