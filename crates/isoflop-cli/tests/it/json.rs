//! `--json`: the whole of standard output, in the shape that `docs/analysis-json.md` documents, with known numbers.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::program::{EXAMPLE, Place, isoflop, kept, root};

/// Every key of `isoflop.analysis/1` and what it holds; `?` where it may be null. The schema only grows: a key
/// may be added here (and to its document), never renamed or removed.
const KEYS: [(&str, &str); 88] = [
    (".schema", "text"),
    (".version", "text"),
    (".seed", "number"),
    (".level", "number"),
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
    (".data.budgets", "number"),
    (".data.profiles", "list"),
    (".data.profiles[]", "object"),
    (".data.profiles[].compute", "number"),
    (".data.profiles[].spread", "number"),
    (".data.profiles[].runs", "number"),
    (".data.profiles[].sizes", "number"),
    (".data.columns", "list"),
    (".data.columns[]", "object"),
    (".data.columns[].role", "text"),
    (".data.columns[].column", "text"),
    (".data.columns[].factor", "number"),
    (".data.derived", "text?"),
    (".data.condition", "text?"),
    (".data.conventions", "object"),
    (".data.conventions.params", "text"),
    (".data.conventions.compute", "text"),
    (".data.conventions.loss", "text"),
    (".data.noise_free", "bool"),
    (".data.noise_share", "number?"),
    (".approaches", "list"),
    (".approaches[]", "object"),
    (".approaches[].name", "text"),
    (".approaches[].label", "text"),
    (".approaches[].status", "text"),
    (".approaches[].optima", "list"),
    (".approaches[].optima[]", "object"),
    (".approaches[].optima[].compute", "number"),
    (".approaches[].optima[].params", "number?"),
    (".approaches[].optima[].tokens", "number?"),
    (".approaches[].optima[].loss", "number?"),
    (".approaches[].optima[].flag", "text?"),
    (".approaches[].params_law", "law?"),
    (".approaches[].tokens_law", "law?"),
    (".approaches[].forecasts", "list"),
    (".approaches[].forecasts[]", "object"),
    (".approaches[].forecasts[].compute", "number"),
    (".approaches[].forecasts[].params", "estimate"),
    (".approaches[].forecasts[].tokens", "estimate"),
    (".approaches[].forecasts[].loss", "estimate?"),
    (".approaches[].forecasts[].tokens_per_param", "number"),
    (".approaches[].forecasts[].reach", "number"),
    (".approaches[].refits", "object"),
    (".approaches[].refits.total", "number"),
    (".approaches[].refits.failed", "number"),
    (".approaches[].refits.profiles_failed", "number"),
    (".law_fit", "object?"),
    (".law_fit.law", "text"),
    (".law_fit.equation", "text"),
    (".law_fit.source", "text"),
    (".law_fit.robust_loss", "text"),
    (".law_fit.rows", "number"),
    (".law_fit.objective", "number"),
    (".law_fit.status", "text"),
    (".law_fit.status_coefficients", "list"),
    (".law_fit.coefficients", "list"),
    (".law_fit.coefficients[]", "object"),
    (".law_fit.coefficients[].name", "text"),
    (".law_fit.coefficients[].value", "number"),
    (".law_fit.coefficients[].std_error", "number?"),
    (".law_fit.coefficients[].low", "number?"),
    (".law_fit.coefficients[].high", "number?"),
    (".law_fit.coefficients[].fixed", "bool"),
    (".law_fit.coefficients[].scale", "text"),
    (".recommended", "text?"),
    (".recommended_because", "text"),
    (".warnings", "list"),
    (".warnings[]", "object"),
    (".warnings[].id", "text"),
    (".warnings[].severity", "text"),
    (".warnings[].message", "text"),
    (".warnings[].advice", "text"),
    (".answers", "list"),
    (".answers[]", "text"),
];

fn keys(value: &Value) -> BTreeSet<&str> {
    value.as_object().into_iter().flatten().map(|(key, _)| key.as_str()).collect()
}

fn is_estimate(value: &Value) -> bool {
    let end = |key: &str| value[key].is_number() || value[key].is_null();
    keys(value) == BTreeSet::from(["value", "low", "high"]) && value["value"].is_number() && end("low") && end("high")
}

fn is_law(value: &Value) -> bool {
    keys(value) == BTreeSet::from(["coefficient", "exponent", "r2", "points"])
        && is_estimate(&value["coefficient"])
        && is_estimate(&value["exponent"])
        && value["r2"].is_number()
        && value["points"].is_u64()
}

/// Walks `value`, checks each part against its line in `keys`, and notes which lines were met.
pub fn walk(keys: &[(&str, &str)], path: &str, value: &Value, met: &mut BTreeSet<String>) {
    if !path.is_empty() {
        let (_, kind) = keys.iter().find(|(key, _)| *key == path).unwrap_or_else(|| panic!("{path} is not documented"));
        met.insert(path.to_string());
        let fits = match kind.trim_end_matches('?') {
            _ if value.is_null() => kind.ends_with('?'),
            "text" => value.is_string(),
            "number" => value.as_f64().is_some_and(f64::is_finite),
            "bool" => value.is_boolean(),
            "object" => value.is_object(),
            "list" => value.is_array(),
            "estimate" => is_estimate(value),
            "law" => is_law(value),
            other => unreachable!("{other} is no kind"),
        };
        assert!(fits, "{path} should be {kind} and is {value}");
        if matches!(kind.trim_end_matches('?'), "estimate" | "law") {
            return;
        }
    }
    match value {
        Value::Object(entries) => {
            entries.iter().for_each(|(key, below)| walk(keys, &format!("{path}.{key}"), below, met));
        }
        Value::Array(items) => items.iter().for_each(|item| walk(keys, &format!("{path}[]"), item, met)),
        _ => {}
    }
}

#[test]
fn every_key_is_there_and_holds_what_is_documented() {
    let one_budget = Place::with("one.csv", "N,C,loss\n1e8,1e18,3.5\n2e8,1e18,3.3\n4e8,1e18,3.6\n");
    let mut met = BTreeSet::new();
    let answers = [
        isoflop(&format!("analyze {EXAMPLE} --resamples 50 --json")),
        isoflop(
            "analyze testdata/cs336-solution-sweep-shibuki/isoflops.csv --where 'loss < 5.4' --resamples 50 --json",
        ),
        isoflop("analyze testdata/marin-isoflops/raw_isoflop-comma.csv --resamples 50 --json"),
        isoflop(&format!("analyze {EXAMPLE} --resamples 0 --json")),
        one_budget.isoflop("analyze one.csv --json"),
    ];
    let mut flags = BTreeSet::new();
    for ended in &answers {
        assert_eq!(ended.err, "");
        assert!(ended.out.starts_with('{') && ended.out.ends_with("}\n"), "one object and nothing else");
        let json = ended.json();
        assert_eq!(json["schema"], "isoflop.analysis/1");
        walk(&KEYS, "", &json, &mut met);
        for approach in json["approaches"].as_array().unwrap() {
            flags.extend(approach["optima"].as_array().unwrap().iter().map(|optimum| optimum["flag"].to_string()));
            for forecast in approach["forecasts"].as_array().unwrap() {
                assert_eq!(
                    forecast["loss"].is_object(),
                    approach["name"] == "parametric",
                    "only that law knows the loss"
                );
                let ratio =
                    forecast["tokens"]["value"].as_f64().unwrap() / forecast["params"]["value"].as_f64().unwrap();
                assert!((forecast["tokens_per_param"].as_f64().unwrap() / ratio - 1.0).abs() < 1e-12);
            }
        }
        for warning in json["warnings"].as_array().unwrap() {
            assert!(["inform", "warn", "refuse"].contains(&warning["severity"].as_str().unwrap()), "{warning}");
        }
    }
    for flag in ["null", "\"edge\"", "\"too-few-sizes\""] {
        assert!(flags.contains(flag), "{flag} is not among {flags:?}");
    }
    let missed: Vec<_> = KEYS.iter().map(|(key, _)| *key).filter(|key| !met.contains(*key)).collect();
    assert!(missed.is_empty(), "documented and never there: {missed:?}");
}

#[test]
fn every_key_is_documented() {
    let document = std::fs::read_to_string(root().join("docs/analysis-json.md")).unwrap();
    for (key, _) in KEYS {
        let name = key.rsplit('.').next().unwrap().trim_end_matches("[]");
        assert!(document.contains(&format!("`{name}`")) || document.contains(&format!("\"{name}\"")), "{key}");
    }
}

#[test]
fn check_tells_its_data_and_warnings_alone() {
    let analyzed = isoflop(&format!("analyze {EXAMPLE} --resamples 10 --json")).json();
    let ended = isoflop(&format!("check {EXAMPLE} --json"));
    let json = ended.json();
    assert_eq!(keys(&json), BTreeSet::from(["schema", "data", "warnings"]));
    assert_eq!(json["schema"], "isoflop.check/1");
    assert_eq!(json["data"], analyzed["data"]);
    let of_both = |warning: &&Value| analyzed["warnings"].as_array().unwrap().contains(warning);
    assert_eq!(
        json["warnings"].as_array().unwrap().iter().filter(of_both).count(),
        json["warnings"].as_array().unwrap().len()
    );
}

/// How far a number may be from the kept one: another processor's `exp` and `ln` may differ in the last place.
const NEAR: f64 = 1e-9;

fn assert_near(path: &str, is: &Value, wanted: &Value) {
    match (is, wanted) {
        (Value::Number(is), Value::Number(wanted)) => {
            let (is, wanted) = (is.as_f64().unwrap(), wanted.as_f64().unwrap());
            // What is left of the losses of a noise-free table is rounding, and its size no more than an order.
            let near = if path.ends_with(".noise_share") { 1e-3 } else { NEAR };
            assert!((is - wanted).abs() <= near * wanted.abs(), "{path} is {is}, was {wanted}");
        }
        (Value::Object(is), Value::Object(wanted)) => {
            assert!(is.keys().eq(wanted.keys()), "{path} has other keys");
            for (key, value) in is {
                assert_near(&format!("{path}.{key}"), value, &wanted[key]);
            }
        }
        (Value::Array(is), Value::Array(wanted)) => {
            assert_eq!(is.len(), wanted.len(), "{path} has another length");
            is.iter()
                .zip(wanted)
                .enumerate()
                .for_each(|(i, (is, wanted))| assert_near(&format!("{path}[{i}]"), is, wanted));
        }
        _ if path == ".version" => assert_eq!(is, env!("CARGO_PKG_VERSION")),
        _ => assert_eq!(is, wanted, "{path}"),
    }
}

#[test]
fn the_example_gives_the_numbers_it_gave() {
    let ended = isoflop(&format!("analyze {EXAMPLE} --seed 0 --resamples 200 --json"));
    let golden = root().join("crates/isoflop-cli/tests/it/golden/isoflops_curves.json");
    let wanted: Value = serde_json::from_str(&kept(&golden, &ended.out)).unwrap();
    assert_near("", &ended.json(), &wanted);
}

/// The numbers that are known from elsewhere: least squares on ln–ln of the lowest-loss run of each budget.
#[test]
fn the_example_gives_the_known_answer() {
    let json = isoflop(&format!("analyze {EXAMPLE} --json")).json();
    let number = |pointer: &str| json.pointer(pointer).and_then(Value::as_f64).unwrap();
    let near = |pointer: &str, wanted: f64, relative: f64| {
        let is = number(pointer);
        assert!((is / wanted - 1.0).abs() < relative, "{pointer} is {is}, not {wanted}");
    };
    assert_eq!(json["approaches"][0]["name"], "best-run");
    near("/approaches/0/params_law/coefficient/value", 1.16341063642, 1e-6);
    near("/approaches/0/params_law/exponent/value", 0.468682667743, 1e-8);
    near("/approaches/0/tokens_law/coefficient/value", 0.143256956271, 1e-6);
    near("/approaches/0/tokens_law/exponent/value", 0.531317332256, 1e-8);
    near("/approaches/0/forecasts/0/params/value", 70054233904.7, 1e-6);
    near("/approaches/0/forecasts/1/params/value", 206118539185.0, 1e-6);
    near("/approaches/0/forecasts/0/tokens/value", 237910911842.0, 1e-6);
    near("/approaches/0/forecasts/1/tokens/value", 808596195789.0, 1e-6);
    assert_eq!(json["approaches"][1]["name"], "parabola");
    near("/approaches/1/params_law/exponent/value", 0.51458, 1e-5);
    near("/approaches/1/forecasts/1/params/value", 2.981e11, 2e-4);
    assert_eq!(json["data"]["noise_free"], true);
    let said = json["answers"].to_string();
    assert!(said.contains(
        "At 1e23 FLOPs the compute-optimal model has 70.1B parameters trained on 238B tokens (best run per budget)."
    ));
}
