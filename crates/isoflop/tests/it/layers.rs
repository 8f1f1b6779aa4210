//! The arrows between modules point up the table of `ARCHITECTURE.md`, and the table names every module.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// Layer of each module, by the table's rows from the top.
fn layers() -> BTreeMap<String, usize> {
    let map = include_str!("../../../../ARCHITECTURE.md");
    let section =
        map.split("## Inside the library").nth(1).and_then(|rest| rest.split("\n## ").next()).expect("a section");
    let rows = section.lines().filter(|line| line.starts_with("| ") && line.contains('`'));
    rows.enumerate()
        .flat_map(|(layer, row)| {
            let names = row.split('|').nth(2).expect("a second column").split(',');
            names.map(move |name| (name.trim().trim_matches('`').to_string(), layer)).collect::<Vec<_>>()
        })
        .collect()
}

fn rust_files(folder: &Path) -> Vec<std::path::PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder of the crate").map(|entry| entry.expect("an entry").path());
    entries
        .flat_map(|path| if path.is_dir() { rust_files(&path) } else { vec![path] })
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .collect()
}

#[test]
fn no_module_uses_one_of_a_layer_below_it() {
    let layers = layers();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut arrows = 0;
    for file in rust_files(&root) {
        let inner = file.strip_prefix(&root).expect("a file of the crate");
        let own = inner.iter().next().expect("a name").to_string_lossy().trim_end_matches(".rs").to_string();
        if own == "lib" {
            continue;
        }
        let layer = layers.get(&own).unwrap_or_else(|| panic!("ARCHITECTURE.md does not name the module {own}"));
        let text = fs::read_to_string(&file).expect("text");
        let code: String = text.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
        for used in code.split("crate::").skip(1) {
            let used: String = used.chars().take_while(|c| c.is_ascii_lowercase() || *c == '_').collect();
            if let Some(below) = layers.get(&used) {
                arrows += 1;
                assert!(below <= layer, "{} uses {used}, of a layer below it", inner.display());
            }
        }
    }
    assert!(arrows > 50, "only {arrows} arrows were read: the test reads the wrong files");
}
