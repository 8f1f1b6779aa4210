//! The figures: valid, apart, thinned, honest about what they left out.

use isoflop::analysis::Analysis;
use isoflop::run::RunTable;
use isoflop_report::{Figure, Rect, Report};
use resvg::usvg::{Options, Tree};

use crate::fixture::{self, REMAKE};

fn figures(runs: &RunTable, analysis: &Analysis) -> Vec<Figure> {
    Report::new(runs, analysis, REMAKE).figures
}

/// Analyses of many shapes.
fn all() -> Vec<(RunTable, Analysis)> {
    let mut all = vec![
        fixture::example(),
        fixture::censored(),
        fixture::example_at(&[]),
        fixture::example_at(&[1e22, 1e23, 2e23, 3e23, 1e24, 2e24, 1e26]),
    ];
    for (budgets, decades, sizes) in
        [(1, 0.0, 5), (2, 0.2, 4), (3, 0.4, 5), (9, 3.0, 9), (13, 4.0, 7), (30, 7.0, 15), (40, 12.0, 5)]
    {
        all.push(fixture::sweep(budgets, decades, sizes));
    }
    all
}

#[test]
fn every_svg_is_valid_and_the_files_hold_no_text() {
    for (runs, analysis) in [fixture::example(), fixture::censored()] {
        let files = isoflop_report::files(&runs, &analysis, REMAKE).expect("files");
        let svgs: Vec<_> = files.iter().filter(|file| fixture::is(file, "svg")).collect();
        assert_eq!(svgs.len(), 4);
        for file in svgs {
            let text = std::str::from_utf8(&file.bytes).expect("UTF-8");
            let tree = Tree::from_str(text, &Options::default()).expect("valid SVG");
            assert_eq!((tree.size().width(), tree.size().height()), (1280.0, 800.0));
            assert!(!text.contains("<text"), "{} would depend on an installed font", file.path);
            assert!(text.contains("<title>"), "{} says nothing to a screen reader", file.path);
        }
        for figure in figures(&runs, &analysis) {
            let inline = figure.inline_svg();
            Tree::from_str(&inline, &Options::default()).expect("valid inline SVG");
            assert!(inline.contains("<text") && inline.contains("var(--ink)"));
        }
    }
}

#[test]
fn pngs_are_1600_pixels_wide() {
    let (runs, analysis) = fixture::example();
    let files = isoflop_report::files(&runs, &analysis, REMAKE).expect("files");
    for file in files.iter().filter(|file| fixture::is(file, "png")) {
        assert_eq!(&file.bytes[..8], b"\x89PNG\r\n\x1a\n");
        assert_eq!(&file.bytes[16..24], &[0, 0, 6, 64, 0, 0, 3, 232], "1600 × 1000");
        assert!(file.bytes.len() < 400_000, "{} has {} bytes", file.path, file.bytes.len());
    }
}

#[test]
fn no_two_labels_overlap_and_none_leaves_the_figure() {
    for (runs, analysis) in all() {
        for figure in figures(&runs, &analysis) {
            let (right, bottom) = figure.size();
            let frame = Rect { left: 0.0, top: 0.0, right, bottom };
            let labels = figure.label_boxes();
            for (i, (text, bounds)) in labels.iter().enumerate() {
                assert!(frame.holds(bounds), "\"{text}\" leaves {}: {bounds:?}", figure.name);
                for (other, there) in &labels[..i] {
                    assert!(!bounds.overlaps(there), "\"{text}\" overlaps \"{other}\" in {}", figure.name);
                }
            }
        }
    }
}

#[test]
fn titles_are_findings() {
    let (runs, analysis) = fixture::example();
    let findings: Vec<(&str, String)> = figures(&runs, &analysis).into_iter().map(|f| (f.name, f.finding)).collect();
    let of = |name: &str| findings.iter().find(|(n, _)| *n == name).map(|(_, finding)| finding.as_str());
    assert_eq!(of("model-size"), Some("N* ∝ C^0.51: 298B at 1e24"));
    assert_eq!(of("dataset-size"), Some("D* ∝ C^0.49: 559B at 1e24"));
    assert_eq!(of("profiles"), Some("Best model grows from 610M at 6e18 to 15.0B at 3e21 FLOPs"));
    assert_eq!(of("approaches"), Some("N* at 1e24 FLOPs: 206B to 322B, by approach"));
}

#[test]
fn values_names_and_reasons_are_written_in_the_figure() {
    let (runs, analysis) = fixture::censored();
    let figures = figures(&runs, &analysis);
    let model_size = figures.iter().find(|figure| figure.name == "model-size").expect("a figure");
    let labels: Vec<String> = model_size.label_boxes().into_iter().map(|(text, _)| text).collect();
    let wanted = ["1e23: 91.2B", "1e24: 298B", "parabola", "best-run", "near-valley", "cubic", "akima"];
    for wanted in wanted.into_iter().chain(["not used: no clear valley or at the edge of its grid"]) {
        assert!(labels.iter().any(|label| label == wanted), "{wanted} is not in {labels:?}");
    }
}

#[test]
fn every_budget_of_a_small_sweep_is_labelled_and_some_of_a_large_one() {
    let labels = |(runs, analysis): (RunTable, Analysis)| {
        let figures = figures(&runs, &analysis);
        let profiles = figures.iter().find(|figure| figure.name == "profiles").expect("a figure");
        let budgets: Vec<String> = analysis.data.profiles.iter().map(|profile| profile.compute.to_string()).collect();
        profiles.label_boxes().into_iter().filter(|(text, _)| budgets.contains(text)).count()
    };
    assert_eq!(labels(fixture::example()), 9);
    assert!((4..=12).contains(&labels(fixture::sweep(30, 7.0, 15))));
}

#[test]
fn a_large_table_is_thinned_and_the_caption_says_so() {
    let (runs, analysis) = fixture::sweep(300, 6.0, 40);
    let files = isoflop_report::files(&runs, &analysis, REMAKE).expect("files");
    let html = files.iter().find(|file| file.path == "index.html").expect("a page");
    let text = String::from_utf8_lossy(&html.bytes);
    assert!(html.bytes.len() < 500_000, "{} bytes", html.bytes.len());
    assert!(text.contains("5000 of 12000 runs are drawn"));
    assert!(text.contains("Curves of 64 of 300 budgets are drawn"));
    assert!(text.contains("The first and last 30 of 300 rows"));
}
