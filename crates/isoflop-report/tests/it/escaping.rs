//! Nothing from a file means anything to a browser or to Markdown.

use isoflop::analysis::{FlaggedRun, Severity, Warning};

use crate::fixture;

const HOSTILE: &str = "a|b`c``<script>alert(1)</script>\n# \"x\" '&amp; ]]> ${y} \u{1}";

#[test]
fn hostile_strings_are_only_text() {
    let (runs, mut analysis) = fixture::example();
    analysis.data.path = HOSTILE.into();
    analysis.data.format = HOSTILE.into();
    analysis.data.condition = Some(HOSTILE.into());
    analysis.data.columns[0].column = HOSTILE.into();
    analysis.data.flagged = vec![FlaggedRun { line: 1, reason: HOSTILE.into() }];
    analysis.recommended_because = HOSTILE.into();
    analysis.answers = vec![HOSTILE.into()];
    analysis.warnings =
        vec![Warning { id: "D0", severity: Severity::Warn, message: HOSTILE.into(), advice: HOSTILE.into() }];
    let files = isoflop_report::files(&runs, &analysis, HOSTILE).expect("files");
    for file in &files {
        if fixture::is(file, "png") {
            continue;
        }
        let text = std::str::from_utf8(&file.bytes).expect("UTF-8");
        match file.path.as_str() {
            "index.html" => {
                assert_eq!(text.matches("<script>").count(), 1, "the page's own script only");
                assert!(text.contains("&lt;script&gt;alert(1)&lt;/script&gt;"));
                assert!(text.contains("&amp;amp;") && !text.contains('\u{1}'));
            }
            "report.md" => assert_markdown(text),
            "results.json" => {
                let read: serde_json::Value = serde_json::from_str(text).expect("JSON");
                assert_eq!(read["data"]["path"], HOSTILE);
            }
            _ => assert!(!text.contains("<script"), "{}", file.path),
        }
    }
}

/// Outside code, every sign of Markdown is escaped; no line of a string starts a block.
fn assert_markdown(text: &str) {
    let (before, command) = text.rsplit_once("\n```sh\n").expect("a fence longer than the backticks inside");
    assert!(command.starts_with(HOSTILE), "the command is told as it was typed");
    assert!(!before.lines().any(|line| line.starts_with("# \"")));
    for line in before.lines().filter(|line| line.contains("alert")) {
        let in_code = line.contains("``` ");
        assert!(in_code || line.contains("\\<script\\>"), "{line}");
    }
}
