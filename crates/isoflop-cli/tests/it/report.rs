//! `-o DIR`: which files there are, and that each is what it claims to be.

use crate::program::{EXAMPLE, Place, files_below, root};
use crate::text::remake;

const FIGURES: [&str; 4] = ["approaches", "dataset-size", "model-size", "profiles"];

fn files() -> Vec<String> {
    let figures = FIGURES.iter().flat_map(|name| ["png", "svg"].map(|kind| format!("figures/{name}.{kind}")));
    figures.chain(["index.html", "report.md", "results.json"].map(String::from)).collect()
}

#[test]
fn a_report_is_whole_and_can_be_read() {
    let place = Place::with("runs.json", std::fs::read(root().join(EXAMPLE)).unwrap());
    let ended = place.isoflop("analyze runs.json --resamples 50 -o deep/report");
    assert_eq!((ended.code, ended.err.as_str()), (0, ""));
    let report = place.path("deep/report");
    assert_eq!(files_below(&report), files());
    assert_eq!(place.files().len(), files().len() + 1, "nothing else is left: {:?}", place.files());
    let text = |file: &str| std::fs::read_to_string(report.join(file)).unwrap();

    assert_eq!(text("results.json"), place.isoflop("analyze runs.json --resamples 50 --json").out);

    for figure in FIGURES {
        let svg = text(&format!("figures/{figure}.svg"));
        let parsed = roxmltree::Document::parse(&svg).unwrap_or_else(|error| panic!("{figure}: {error}"));
        assert_eq!(parsed.root_element().tag_name().name(), "svg");
        let png = std::fs::read(report.join(format!("figures/{figure}.png"))).unwrap();
        assert!(png.starts_with(b"\x89PNG\r\n\x1a\n") && png.ends_with(b"IEND\xaeB`\x82"), "{figure}");
        let width = u32::from_be_bytes(png[16..20].try_into().unwrap());
        assert!(width >= 640, "{figure} is {width} pixels wide");
    }

    let page = text("index.html");
    assert!(page.len() < 1 << 20, "{} bytes", page.len());
    for fetched in
        ["src=\"http", "href=\"http", "url(http", "url(\"http", "@import", "src=\"figures", "<link rel=\"stylesheet\""]
    {
        assert!(!page.contains(fetched), "the page fetches something: {fetched}");
    }
    assert!(page.contains("prefers-color-scheme"), "light and dark");

    let digest = ended_digest(&text("results.json"));
    let command = remake(&ended.out);
    for (name, told) in [("index.html", &page), ("report.md", &text("report.md"))] {
        for part in [command, &digest, env!("CARGO_PKG_VERSION"), "compute-optimal model has"] {
            assert!(told.contains(part), "{name} does not tell {part}");
        }
        assert!(told.to_lowercase().contains("seed"), "{name}");
    }
    assert!(ended.out.contains("deep/report/index.html"), "{}", ended.out);
}

fn ended_digest(results: &str) -> String {
    let results: serde_json::Value = serde_json::from_str(results).unwrap();
    results["data"]["sha256"].as_str().unwrap().to_string()
}

#[test]
fn a_folder_that_is_there_keeps_what_is_not_ours() {
    let place = Place::with("runs.json", std::fs::read(root().join(EXAMPLE)).unwrap());
    place.file("report/notes.txt", "mine");
    place.file("report/figures/mine.svg", "mine");
    place.file("report/index.html", "old");
    place.file("report/figures/profiles.svg", "old");
    let ended = place.isoflop("analyze runs.json --resamples 20 --json -o report/");
    assert_eq!((ended.code, ended.err.as_str()), (0, ""));
    let mut wanted = files();
    wanted.extend(["notes.txt", "figures/mine.svg"].map(String::from));
    wanted.sort();
    assert_eq!(files_below(&place.path("report")), wanted);
    let text = |file: &str| std::fs::read_to_string(place.path(file)).unwrap();
    assert_eq!((text("report/notes.txt").as_str(), text("report/figures/mine.svg").as_str()), ("mine", "mine"));
    assert!(text("report/index.html") != "old" && text("report/figures/profiles.svg") != "old");
    assert_eq!(text("report/results.json"), ended.out, "--json and -o go together");
}

/// A mounted folder whose surroundings cannot be written is a common place for output.
#[cfg(unix)]
#[test]
fn the_folder_itself_is_all_that_is_written() {
    let place = Place::with("runs.json", std::fs::read(root().join(EXAMPLE)).unwrap());
    let outside = Place::new();
    std::os::unix::fs::symlink(outside.path(""), place.path("report")).unwrap();
    let ended = place.isoflop("analyze runs.json --resamples 20 --approach parabola -o report");
    assert_eq!((ended.code, ended.err.as_str()), (0, ""));
    assert!(outside.files().contains(&"index.html".to_string()), "{:?}", outside.files());
    let here = Place::with("runs.json", std::fs::read(root().join(EXAMPLE)).unwrap());
    let ended = here.isoflop("analyze runs.json --resamples 20 --approach parabola -o .");
    assert_eq!((ended.code, ended.err.as_str()), (0, ""));
    assert!(here.files().contains(&"index.html".to_string()), "{:?}", here.files());
    assert!(here.files().iter().all(|file| !file.contains("partial")), "{:?}", here.files());
}

#[test]
fn a_table_without_a_law_still_gets_its_report() {
    let place =
        Place::with("runs.csv", "N,C,loss\n1e8,1e18,3.5\n2e8,1e18,3.3\n3e8,1e18,3.25\n5e8,1e18,3.3\n9e8,1e18,3.6\n");
    let ended = place.isoflop("analyze runs.csv -o report");
    assert_eq!((ended.code, ended.err.as_str()), (4, ""));
    let made = place.files();
    for file in ["report/index.html", "report/report.md", "report/results.json", "report/figures/profiles.svg"] {
        assert!(made.contains(&file.to_string()), "{made:?}");
    }
}
