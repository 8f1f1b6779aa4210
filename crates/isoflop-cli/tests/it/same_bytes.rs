//! The same table, options and version give the same bytes, whatever machine has however many cores.

use std::collections::BTreeMap;

use crate::program::{EXAMPLE, Place, command, root, run};

#[test]
fn threads_change_no_byte() {
    let table = std::fs::read(root().join(EXAMPLE)).unwrap();
    let made = |threads: &str| -> BTreeMap<String, Vec<u8>> {
        let place = Place::with("runs.json", &table);
        let words = "analyze runs.json --resamples 300 --seed 7 --json -o report";
        let ended = run(command(&place.path(""), words).env("RAYON_NUM_THREADS", threads));
        assert_eq!((ended.code, ended.err.as_str()), (0, ""));
        let mut made = BTreeMap::from([("stdout".to_string(), ended.out.into_bytes())]);
        for file in place.files() {
            made.insert(file.clone(), std::fs::read(place.path(&file)).unwrap());
        }
        made
    };
    let one = made("1");
    assert!(one.len() > 10);
    for threads in ["2", "5"] {
        let many = made(threads);
        assert!(one.keys().eq(many.keys()));
        for (file, bytes) in &one {
            assert!(many[file] == *bytes, "{file} differs between 1 and {threads} threads");
        }
    }
}

#[test]
fn the_seed_is_what_moves_the_intervals() {
    let place = Place::with("runs.json", std::fs::read(root().join(EXAMPLE)).unwrap());
    let out = |seed: u32| place.isoflop(&format!("analyze runs.json --resamples 300 --json --seed {seed}")).out;
    assert_eq!(out(1), out(1));
    assert_ne!(out(1), out(2));
}
