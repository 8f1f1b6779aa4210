//! Writes the reports of a few made-up analyses below a folder, and how long each took: for looking at them.

use std::path::Path;
use std::time::Instant;

#[path = "../tests/it/fixture.rs"]
#[allow(dead_code, missing_docs)]
mod fixture;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = std::env::args().nth(1).unwrap_or_else(|| "target/gallery".to_string());
    let cases = [
        ("example", fixture::example()),
        ("censored", fixture::censored()),
        ("many-targets", fixture::example_at(&[1e22, 1e23, 3e23, 1e24, 2e24, 1e26])),
        ("wide", fixture::sweep(30, 7.0, 15)),
        ("narrow", fixture::sweep(3, 0.4, 5)),
        ("one-budget", fixture::sweep(1, 0.0, 7)),
        ("large", fixture::sweep(1000, 6.0, 20)),
    ];
    for (name, (runs, analysis)) in &cases {
        let (mut least, mut files) = (f64::INFINITY, Vec::new());
        // The least of a few: the machine may be busy.
        for _ in 0..8 {
            let start = Instant::now();
            files = isoflop_report::files(runs, analysis, fixture::REMAKE)?;
            least = least.min(start.elapsed().as_secs_f64() * 1e3);
        }
        println!("{name}: {least:.1} ms");
        for file in files {
            let path = Path::new(&folder).join(name).join(&file.path);
            std::fs::create_dir_all(path.parent().ok_or("a file without a folder")?)?;
            println!("  {:>8} {}", file.bytes.len(), file.path);
            std::fs::write(path, file.bytes)?;
        }
    }
    Ok(())
}
