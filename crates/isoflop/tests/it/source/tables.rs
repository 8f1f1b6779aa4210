//! Tables from the world, read without options.

use isoflop::progress::Quiet;
use isoflop::run::{ComputeRule, LossUnit, ParamsCount, Role, RunTable};
use isoflop::source::{ReadOptions, read};

use super::column;

fn table(path: &str) -> RunTable {
    let path = format!("{}/../../{path}", env!("CARGO_MANIFEST_DIR"));
    read(&path, &ReadOptions::default(), &Quiet).unwrap_or_else(|error| panic!("{error}\n{}", error.block()))
}

/// Columns of params, tokens, compute and loss; empty where none.
fn columns(table: &RunTable) -> [&str; 4] {
    [Role::Params, Role::Tokens, Role::Compute, Role::Loss].map(|role| column(table, role))
}

#[test]
fn the_course_s_json() {
    let table = table("examples/isoflops_curves.json");
    assert_eq!(columns(&table), ["parameters", "", "compute_budget", "final_loss"]);
    assert_eq!(table.provenance.derived, Some(Role::Tokens));
    assert_eq!(table.provenance.format, "json");
    assert_eq!(table.provenance.sha256, "da6a464c3f5e5039d3f20e137dfcab3031a3d8e7ef0ac2f376f96e295d4afd27");
    assert_eq!(table.runs().len(), 72);
    let first = &table.runs()[0];
    assert_eq!((first.line, first.params.0, first.loss.0), (2, 49999999.0, 7.192784500319437));
    assert_eq!(first.tokens.0, 6e18 / (6.0 * 49999999.0));
    assert_eq!(table.runs()[1].line, 7);
    assert_eq!(table.conventions.compute, ComputeRule::SixNd);
}

#[test]
fn chinchilla_s_figure() {
    let raw = table("testdata/chinchilla-fig4-epoch/svg_extracted_data.csv");
    assert_eq!(columns(&raw), ["Model Size", "", "Training FLOP", "loss"]);
    assert_eq!(raw.runs().len(), 245);
    assert_eq!(raw.runs()[244].line, 246);
    let qc = table("testdata/chinchilla-fig4-epoch/isoflops_qc.csv");
    assert_eq!(columns(&qc), ["params", "tokens", "budget", "loss"]);
    assert_eq!((qc.provenance.derived, qc.conventions.compute), (None, ComputeRule::SixNd));
    assert_eq!(qc.runs().len(), 123);
}

#[test]
fn a_student_s_sweep() {
    let table = table("testdata/cs336-solution-sweep-shibuki/isoflops.csv");
    assert_eq!(columns(&table), ["params_non_embedding", "", "compute_budget", "final_loss"]);
    assert_eq!(table.conventions.params, ParamsCount::NonEmbedding);
    assert_eq!(table.runs().len(), 33);
}

#[test]
fn marin_s_ladders() {
    for (file, runs) in [("comma", 92), ("dclm", 85)] {
        let table = table(&format!("testdata/marin-isoflops/raw_isoflop-{file}.csv"));
        let expected =
            ["parameter_count", "throughput/total_tokens", "throughput/total_gflops", "eval/paloma/macro_loss"];
        assert_eq!(columns(&table), expected);
        assert_eq!(table.runs().len(), runs);
        assert_eq!(table.provenance.columns[2].factor, 1e9);
        assert_eq!(table.conventions.compute, ComputeRule::Measured);
        assert_eq!(table.conventions.loss, LossUnit::NatsPerTokenAssumed);
        assert!(table.runs().iter().all(|run| run.name.is_some() && run.compute.0 > 9e17 && run.compute.0 < 1e22));
    }
    let qc = table("testdata/marin-isoflops/isoflops_qc.csv");
    assert_eq!(columns(&qc), ["params", "tokens", "budget", "loss"]);
    assert_eq!(qc.runs().len(), 170);
    let issue = table("testdata/marin-isoflops/marin_issue_8003.csv");
    assert_eq!(columns(&issue), ["", "tokens", "budget", "paloma_macro_loss"]);
    assert_eq!(issue.provenance.derived, Some(Role::Params));
    assert_eq!(issue.runs()[0].params.0, 1e18 / (6.0 * 5.77e9));
}

#[test]
fn porian_s_points() {
    let table = table("testdata/porian-isoflops/isoflop_points.csv");
    // `param_count` holds "kaplan" and "standard": a label, not a size.
    assert_eq!(columns(&table), ["n", "tokens", "flops", "loss"]);
    assert_eq!(table.runs().len(), 1164);
    assert_eq!(table.conventions.compute, ComputeRule::SixNd);
}
