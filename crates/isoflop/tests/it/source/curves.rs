//! Learning curves: the loss along one axis.

use isoflop::progress::Quiet;
use isoflop::run::{Curve, LossUnit, Role, RunFlag};
use isoflop::source::{ColumnChoice, Input, ReadError, ReadErrorKind, ReadOptions, read_curve, read_curve_input};

use super::conformance::formats;
use super::told;
use super::written::{Column, Table, numbers, texts, write};

/// Reads bytes as if they were in a file of that name.
fn read(name: &str, bytes: impl Into<Vec<u8>>, axis: Option<&str>, options: &ReadOptions) -> Result<Curve, ReadError> {
    read_curve_input(&Input::from_bytes(name, bytes.into(), &Quiet)?, axis, options, &Quiet)
}

fn read_text(text: &str) -> Result<Curve, ReadError> {
    read("c.csv", text, None, &ReadOptions::default())
}

fn named(weight: &str, cluster: &str, condition: Option<&str>) -> ReadOptions {
    let columns =
        ColumnChoice { weight: Some(weight.into()), cluster: Some(cluster.into()), ..ColumnChoice::default() };
    ReadOptions { columns, condition: condition.map(str::to_string), ..ReadOptions::default() }
}

fn table(x: Column, loss: Column) -> Table {
    vec![("model", texts(&["a", "a", "b"])), ("seen_examples", x), ("loss", loss), ("w", numbers(&[1.0, 2.0, 0.0]))]
}

#[test]
fn every_format_gives_the_curve() {
    for format in formats() {
        let bytes = write(format, &table(numbers(&[5e5, 1e6, 2e6]), numbers(&[0.93, 0.74, 0.64])));
        let curve = read(&format!("c.{format}"), bytes, None, &named("w", "model", Some("model == \"a\""))).unwrap();
        let points: Vec<_> = curve
            .points()
            .iter()
            .map(|point| (point.x, point.loss.0, point.weight, point.cluster.as_deref().unwrap(), point.flag.is_some()))
            .collect();
        let expected = [(5e5, 0.93, 1.0, "a", false), (1e6, 0.74, 2.0, "a", false), (2e6, 0.64, 0.0, "b", true)];
        assert_eq!(points, expected, "{format}");
        assert_eq!((curve.axis.as_str(), curve.used().count()), ("seen_examples", 2), "{format}");
        assert_eq!((curve.provenance.format.as_str(), curve.provenance.derived), (format, None));
        let roles: Vec<_> = curve.provenance.columns.iter().map(|used| used.role).collect();
        assert_eq!(roles, [Role::Axis, Role::Loss, Role::Weight, Role::Cluster], "{format}");
    }
}

#[test]
fn a_bad_point_is_told_with_its_place_and_can_be_left_out() {
    for format in formats() {
        for (bad, shown) in [(Some(-1.0), "-1"), (None, "missing"), (Some(0.0), "0")] {
            let ending = || Column::Number(vec![Some(1.0), Some(2.0), bad]);
            let tables = [
                ("seen_examples", table(ending(), numbers(&[3.0, 2.0, 1.0]))),
                ("loss", table(numbers(&[1.0, 2.0, 3.0]), ending())),
            ];
            for (column, table) in tables {
                let (name, bytes) = (format!("c.{format}"), write(format, &table));
                let error = read(&name, bytes.clone(), None, &ReadOptions::default()).unwrap_err();
                assert_eq!(error.kind, ReadErrorKind::Value, "{format}");
                assert!(error.message.contains(&format!("{column} is ")) && error.message.contains(shown), "{error}");
                let line = if format == "jsonl" { 3 } else { 4 };
                assert_eq!(error.line, (format != "parquet").then_some(line), "{format}: {error}");
                assert_eq!(error.excerpt.is_some(), format != "parquet", "{format}: {error}");
                let curve = read(&name, bytes, None, &named("w", "model", Some(&format!("{column} > 0")))).unwrap();
                assert_eq!((curve.points().len(), curve.provenance.unusable.len()), (2, 1), "{format}");
            }
        }
    }
}

#[test]
fn an_ambiguous_axis_lists_its_candidates() {
    for format in formats() {
        let mut table = table(numbers(&[1.0, 2.0, 3.0]), numbers(&[3.0, 2.0, 1.0]));
        table.push(("samples", numbers(&[1.0, 2.0, 3.0])));
        let (name, bytes) = (format!("c.{format}"), write(format, &table));
        let error = read(&name, bytes.clone(), None, &ReadOptions::default()).unwrap_err();
        assert_eq!(error.kind, ReadErrorKind::Columns);
        assert_eq!(error.message, "2 columns could be the axis: seen_examples, samples", "{format}");
        assert_eq!(error.hint.as_deref(), Some("choose one with --axis seen_examples"));
        assert_eq!(read(&name, bytes, Some("Samples"), &ReadOptions::default()).unwrap().axis, "samples");
    }
}

#[test]
fn the_axis_is_found_by_name() {
    let cases = [
        ("train_set_size,test_cross_entropy,split", "train_set_size", 1.0),
        ("x,loss", "x", 1.0),
        ("step,x,val_loss", "step", 1.0),
        ("steps,samples,loss", "samples", 1.0),
        ("step,tokens,flops,params,loss", "tokens", 1.0),
        ("step,flops,params,loss", "flops", 1.0),
        ("step,params,nll", "params", 1.0),
        ("tokens_b,step,loss", "tokens_b", 1e9),
        ("dataset_size,examples,loss", "dataset_size", 1.0),
        ("samples_m,loss", "samples_m", 1e6),
        ("unique_tokens,steps,loss", "steps", 1.0),
        ("test_samples,samples_per_second,iterations,loss", "iterations", 1.0),
    ];
    for (names, axis, factor) in cases {
        let row: Vec<String> = (1..=names.split(',').count()).map(|place| place.to_string()).collect();
        let curve = read_text(&format!("{names}\n{}\n", row.join(","))).unwrap_or_else(|e| panic!("{names}: {e}"));
        assert_eq!((curve.axis.as_str(), curve.provenance.columns[0].factor), (axis, factor), "{names}");
        let place = names.split(',').position(|name| name == axis).unwrap() + 1;
        assert_eq!(curve.points()[0].x, place as f64 * factor, "{names}");
    }
}

#[test]
fn an_axis_may_be_any_column_that_is_named() {
    let text = "width,epoch,loss\n64,1,3\n128,2,2\n";
    let curve = read("c.csv", text, Some("Width"), &ReadOptions::default()).unwrap();
    assert_eq!((curve.axis.as_str(), curve.points()[1].x, curve.points()[1].line), ("width", 128.0, 3));
    let missing = told(read_text(text));
    assert!(missing.contains("no column looks like the axis; there are width, epoch, loss"), "{missing}");
    assert!(missing.contains("say which with --axis NAME"), "{missing}");
    let near = told(read_text("tokns,loss\n1,2\n"));
    assert!(near.contains("if it is \"tokns\", add --axis tokns"), "{near}");
    let wrong = told(read("c.csv", text, Some("widht"), &ReadOptions::default()));
    assert!(wrong.contains("no column is named \"widht\"") && wrong.contains("did you mean --axis width"), "{wrong}");
    let lossless = told(read_text("tokens,ppl\n1,2\n"));
    assert!(lossless.contains("no column looks like the loss; there are tokens, ppl"), "{lossless}");
}

#[test]
fn names_of_the_loss() {
    let cases = [
        ("x,cross_entropy", "cross_entropy"),
        ("x,val_cross_entropy", "val_cross_entropy"),
        ("x,train_cross_entropy,test_cross_entropy", "test_cross_entropy"),
        ("x,log_perplexity", "log_perplexity"),
        ("x,nll", "nll"),
        ("x,test_nll,train_nll", "test_nll"),
        ("x,nll,loss", "loss"),
    ];
    for (names, loss) in cases {
        let row: Vec<String> = (1..=names.split(',').count()).map(|place| place.to_string()).collect();
        let curve = read_text(&format!("{names}\n{}\n", row.join(","))).unwrap_or_else(|e| panic!("{names}: {e}"));
        assert_eq!(curve.provenance.columns[1].column, loss);
        assert_eq!(curve.loss_unit, LossUnit::NatsPerTokenAssumed);
    }
    assert_eq!(read_text("x,eval/bpb\n1,2\n").unwrap().loss_unit, LossUnit::BitsPerByte);
}

#[test]
fn points_that_repeat_are_flagged() {
    let curve = read("c.csv", "x,loss,w,tag\n1,3,1,a\n1,2,1,a\n1,3,7,b\n", None, &named("w", "tag", None)).unwrap();
    let flags: Vec<_> = curve.points().iter().map(|point| point.flag.clone()).collect();
    assert_eq!(flags, [None, None, Some(RunFlag::Duplicate { of_line: 2 })]);
}

#[test]
fn conditions_know_the_words_of_a_curve() {
    let options = |condition: &str| ReadOptions { condition: Some(condition.into()), ..ReadOptions::default() };
    let text = "samples_k,cross_entropy\n1,3\n2,2.5\n3,2\n";
    let curve = read("c.csv", text, None, &options("x > 1500 && loss > 2")).unwrap();
    assert_eq!(curve.used().map(|point| point.line).collect::<Vec<_>>(), [3]);
    // A curve has no N: a condition on it would leave out every point without a word.
    let error = read("c.csv", text, None, &options("params > 1")).unwrap_err();
    assert_eq!(error.kind, ReadErrorKind::Condition);
    assert!(error.message.contains("no column is named \"params\""), "{error}");
}

#[test]
fn a_curve_without_points_or_file_is_an_error() {
    assert!(told(read_text("x,loss\n")).contains("has a header and no runs"));
    let missing = read_curve("no/such/curve.csv", None, &ReadOptions::default(), &Quiet).unwrap_err();
    assert_eq!(missing.kind, ReadErrorKind::Unreadable);
}
