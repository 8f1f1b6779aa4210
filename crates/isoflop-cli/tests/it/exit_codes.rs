//! Each exit code that `--help` names, and what leads to it.

use crate::program::{EXAMPLE, Place, isoflop};

#[test]
fn done_is_0() {
    for words in ["--help", "--version", "analyze --help", "check -h", "fit --help", "simulate -h"] {
        let ended = isoflop(words);
        assert_eq!((ended.code, ended.err.as_str()), (0, ""), "{words}");
        assert!(!ended.out.is_empty(), "{words}");
    }
    let ended = isoflop(&format!("analyze {EXAMPLE} --resamples 50"));
    assert_eq!((ended.code, ended.err.as_str()), (0, ""));
    let ended = isoflop(
        "check testdata/porian-isoflops/isoflop_points.csv --where 'dataset == \"rw\" && hparams == \"tuned\" && loss_split == \"val\" && param_count == \"standard\"'",
    );
    assert_eq!((ended.code, ended.err.as_str()), (0, ""), "{}", ended.out);
}

#[test]
fn a_check_that_finds_something_is_1() {
    for options in ["", "--json"] {
        let ended = isoflop(&format!("check testdata/cs336-solution-sweep-shibuki/isoflops.csv {options}"));
        assert_eq!((ended.code, ended.err.as_str()), (1, ""));
        assert!(ended.out.contains("D1"), "{}", ended.out);
    }
}

/// Options that make no sense, and what the person must be told.
const NONSENSE: [(&str, &str); 21] = [
    ("--at lots", "\"lots\" is not an amount of compute; write FLOPs such as 1e23, 10^23 or 6.5e21"),
    ("--at -1e23", "\"-1e23\" is not an amount of compute"),
    ("--at=-1e23", "\"-1e23\" is not an amount of compute"),
    ("--at inf", "\"inf\" is not an amount of compute"),
    ("--at nan", "\"nan\" is not an amount of compute"),
    ("--at 0", "\"0\" is not an amount of compute"),
    ("--at 1e400", "\"1e400\" is not an amount of compute"),
    ("--at ''", "\"\" is not an amount of compute"),
    ("--at 1e23,1e24", "\"1e23,1e24\" is not an amount of compute"),
    ("--approach parabole", "possible values: best-run, parabola, near-valley, cubic, akima"),
    ("--approach parabole", "a similar value exists: 'parabola'"),
    ("--level 90", "a level from 0.5 to 0.999 is needed"),
    ("--level nan", "a level from 0.5 to 0.999 is needed"),
    ("--resamples -1", "-1 is not in 0..=1000000"),
    ("--resamples many", "invalid value 'many'"),
    ("--seed x", "invalid value 'x'"),
    ("--budget-tolerance 1", "a share such as 0.01 is needed"),
    ("--format xml", "\"xml\" is no format; there are parquet, json, jsonl, tsv, csv"),
    ("--where 'loss <'", "--where:7: the condition ends where a value is needed"),
    ("--loss-unit bits", "nats, bits-per-byte"),
    ("--wher 'loss < 3'", "a similar argument exists: '--where'"),
];

#[test]
fn nonsense_on_the_command_line_is_2() {
    for (options, told) in NONSENSE {
        let ended = isoflop(&format!("analyze {EXAMPLE} {options}"));
        assert_eq!((ended.code, ended.out.as_str()), (2, ""), "{options}\n{}", ended.err);
        assert!(ended.err.starts_with("error: ") && ended.err.contains(told), "{options}\n{}", ended.err);
        assert!(!ended.err.contains("panicked"), "{}", ended.err);
    }
    for words in ["", "analyze", "check", "fit", "simulate", "plot runs.csv", "analyze a.csv b.csv"] {
        let ended = isoflop(words);
        assert_eq!((ended.code, ended.out.as_str()), (2, ""), "{words}");
        assert!(ended.err.contains("Usage: isoflop"), "{words}\n{}", ended.err);
    }
}

#[test]
fn a_budget_is_taken_as_people_write_it() {
    let ended = isoflop(&format!(
        "analyze {EXAMPLE} --approach parabola --resamples 20 --at 1e23 --at 10^24 --at 1e+22 --at 2x10^23 --json"
    ));
    let json = ended.json();
    let at: Vec<f64> = json["approaches"][0]["forecasts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|forecast| forecast["compute"].as_f64().unwrap())
        .collect();
    let close = |(is, wanted): (&f64, f64)| (is / wanted - 1.0).abs() < 1e-12;
    assert!(at.len() == 4 && at.iter().zip([1e22, 1e23, 2e23, 1e24]).all(close), "{at:?}");
}

#[test]
fn a_table_that_cannot_be_read_is_3() {
    for command in ["analyze", "check", "fit"] {
        let ended = isoflop(&format!("{command} no-such-file.csv"));
        assert_eq!((ended.code, ended.out.as_str()), (3, ""));
    }
}

const ONE_BUDGET: &str = "N,C,loss\n1e8,1e18,3.5\n2e8,1e18,3.3\n3e8,1e18,3.25\n5e8,1e18,3.3\n9e8,1e18,3.6\n";

#[test]
fn a_single_budget_shows_its_profile_and_is_4() {
    let place = Place::with("runs.csv", ONE_BUDGET);
    let ended = place.isoflop("analyze runs.csv");
    assert_eq!((ended.code, ended.err.as_str()), (4, ""));
    assert!(ended.out.contains("1 budget, 1e18 FLOPs") && ended.out.contains("No law"), "{}", ended.out);
    assert!(ended.out.contains("280M") && ended.out.contains("596M"), "its optimum by parabola\n{}", ended.out);

    let ended = place.isoflop("analyze runs.csv --json");
    let json = ended.json();
    assert_eq!(ended.code, 4);
    assert!(json["recommended"].is_null());
    for approach in json["approaches"].as_array().unwrap() {
        if approach["name"] == "parametric" {
            assert_eq!(approach["status"], "too-few-runs");
            continue;
        }
        assert_eq!(approach["status"], "too-few-budgets");
        assert!(approach["params_law"].is_null() && approach["tokens_law"].is_null());
        assert_eq!(approach["forecasts"].as_array().unwrap().len(), 0);
        assert!(approach["optima"][0]["params"].is_f64(), "{approach}");
    }
    assert!(json["warnings"].as_array().unwrap().iter().any(|w| w["id"] == "D3" && w["severity"] == "refuse"));
}

#[test]
fn too_little_for_a_law_is_4() {
    let two = format!("{ONE_BUDGET}{}", ONE_BUDGET.replace("N,C,loss\n", "").replace("1e18", "1e19"));
    let one_run_each = "N,C,loss\n1e8,1e18,3.5\n2e8,1e19,3.3\n3e8,1e20,3.25\n6e8,1e21,3.1\n";
    let one_run = "N,C,loss\n1e8,1e18,3.5\n";
    for (table, budgets) in [(two.as_str(), "2 budgets"), (one_run_each, "4 budgets"), (one_run, "1 run · 1 budget")] {
        let ended = Place::with("runs.csv", table).isoflop("analyze runs.csv");
        assert_eq!((ended.code, ended.err.as_str()), (4, ""), "{budgets}");
        assert!(ended.out.contains(budgets) && ended.out.contains("No law"), "{}", ended.out);
        assert!(ended.out.contains("!! D3"), "{}", ended.out);
    }
}
