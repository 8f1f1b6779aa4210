//! The documents: complete, self-contained, the same every time.

use isoflop_report::{File, words};

use crate::fixture::{self, REMAKE};

fn text(files: &[File], path: &str) -> String {
    let file = files.iter().find(|file| file.path == path).unwrap_or_else(|| panic!("no {path}"));
    String::from_utf8(file.bytes.clone()).expect("UTF-8")
}

#[test]
fn a_report_has_these_files() {
    let (runs, analysis) = fixture::example();
    let files = isoflop_report::files(&runs, &analysis, REMAKE).expect("files");
    let paths: Vec<&str> = files.iter().map(|file| file.path.as_str()).collect();
    assert_eq!(
        paths,
        [
            "index.html",
            "report.md",
            "results.json",
            "figures/model-size.svg",
            "figures/model-size.png",
            "figures/profiles.svg",
            "figures/profiles.png",
            "figures/approaches.svg",
            "figures/approaches.png",
            "figures/dataset-size.svg",
            "figures/dataset-size.png",
        ]
    );
}

#[test]
fn the_same_inputs_give_the_same_bytes() {
    let (runs, analysis) = fixture::censored();
    let make = || isoflop_report::files(&runs, &analysis, REMAKE).expect("files");
    assert!(make() == make());
}

#[test]
fn every_number_is_in_both_documents() {
    let (runs, analysis) = fixture::censored();
    let files = isoflop_report::files(&runs, &analysis, REMAKE).expect("files");
    let (html, markdown) = (text(&files, "index.html"), text(&files, "report.md").replace('\\', ""));
    let has = |wanted: &str| {
        assert!(html.contains(wanted), "{wanted} is not in the page");
        assert!(markdown.contains(wanted), "{wanted} is not in the Markdown");
    };
    for result in &analysis.approaches {
        for forecast in &result.forecasts {
            for said in [words::count(&forecast.params), words::count(&forecast.tokens)] {
                has(&said.value);
                has(&said.interval.expect("the fixture has intervals"));
            }
            has(&words::ratio(forecast.tokens_per_param));
        }
        has(&words::exponent(&result.params_law.expect("a law").exponent).value);
        has(&words::exponent(&result.tokens_law.expect("a law").exponent).value);
        has(result.label);
        for optimum in &result.optima {
            has(&optimum.compute.to_string());
            optimum.params.iter().for_each(|n| has(&n.to_string()));
            optimum.flag.iter().for_each(|flag| has(flag.words()));
        }
    }
    for warning in &analysis.warnings {
        has(&warning.message);
        has(&warning.advice);
    }
    for sure in [
        REMAKE,
        &analysis.data.sha256,
        analysis.version,
        "runs.json",
        "Do not quote this yet",
        "tokens derived: D = C / 6N",
    ] {
        has(sure);
    }
}

#[test]
fn results_are_the_analysis_to_the_last_digit() {
    let (runs, analysis) = fixture::example();
    let files = isoflop_report::files(&runs, &analysis, REMAKE).expect("files");
    let written = text(&files, "results.json");
    assert_eq!(written, isoflop_report::json(&analysis).expect("JSON"));
    let read: serde_json::Value = serde_json::from_str(&written).expect("JSON");
    let value = read["approaches"][0]["forecasts"][1]["params"]["value"].as_f64();
    assert_eq!(value, Some(analysis.approaches[0].forecasts[1].params.value));
}

#[test]
fn the_page_stands_alone() {
    let (runs, analysis) = fixture::example();
    let files = isoflop_report::files(&runs, &analysis, REMAKE).expect("files");
    let html = text(&files, "index.html");
    assert!(html.len() < 200_000, "{} bytes", html.len());
    // The namespace of SVG is a name, not an address that anything asks for.
    let rest = html.replace("xmlns=\"http://www.w3.org/2000/svg\"", "");
    assert!(!rest.contains("http:") && !rest.contains("https:"));
    for outside in ["src=", "<link", "@import", "url(\""] {
        assert!(!rest.contains(outside), "{outside}");
    }
    assert_eq!(rest.matches("url(").count(), rest.matches("url(data:").count());
}

#[test]
fn the_page_can_be_read_aloud() {
    let (runs, analysis) = fixture::example();
    let files = isoflop_report::files(&runs, &analysis, REMAKE).expect("files");
    let html = text(&files, "index.html");
    assert!(html.contains("<html lang=\"en\">") && html.matches("<h1>").count() == 1);
    assert_eq!(html.matches("<svg").count(), html.matches("role=\"img\"").count());
    assert_eq!(html.matches("<table").count(), html.matches("<caption>").count());
    for tag in ["section", "figure", "table", "article", "div", "dl", "ul", "svg", "tr", "p"] {
        let opened = html.matches(&format!("<{tag}>")).count() + html.matches(&format!("<{tag} ")).count();
        assert_eq!(opened, html.matches(&format!("</{tag}>")).count(), "<{tag}>");
    }
    let answer = html.find("298B").expect("the answer");
    let first_figure = html.find("<figure").expect("a figure");
    let warnings = html.find("What could be wrong").expect("warnings");
    assert!(answer < first_figure && first_figure < warnings);
    let (grave, light) = (html.find(">D6<").expect("D6"), html.find(">D12<").expect("D12"));
    assert!(grave < light);
}

#[test]
fn markdown_tables_are_rectangular() {
    let (runs, analysis) = fixture::censored();
    let files = isoflop_report::files(&runs, &analysis, REMAKE).expect("files");
    let mut columns = None;
    for line in text(&files, "report.md").lines() {
        if line.starts_with('|') {
            let here = line.replace("\\|", "").matches('|').count();
            assert_eq!(*columns.get_or_insert(here), here, "{line}");
        } else {
            columns = None;
        }
    }
}
