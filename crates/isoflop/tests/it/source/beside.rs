//! What stands beside N, D, C and L: distinct tokens, weights, clusters.

use isoflop::run::{Role, RunFlag, RunTable};
use isoflop::source::{ColumnChoice, ReadError, ReadErrorKind, ReadOptions};

use super::conformance::formats;
use super::written::{Column, Table, numbers, texts, write};
use super::{column, read_bytes, read_text, told};

/// Three runs with `u`, `w` and `tag` beside the four quantities.
fn table(u: Column, w: Column, tag: Column) -> Table {
    let quantities =
        [("N", numbers(&[1e9, 2e9, 3e9])), ("D", numbers(&[2e10, 1e10, 7e9])), ("loss", numbers(&[2.5, 2.4, 2.4375]))];
    quantities.into_iter().chain([("u", u), ("w", w), ("tag", tag)]).collect()
}

fn good() -> [Column; 3] {
    [numbers(&[1e10, 1e10, 5e9]), numbers(&[1.0, 0.0, 2.5]), texts(&["a", "a", "b"])]
}

/// Reads all three columns, under a condition if there is one.
fn read(format: &str, [u, w, tag]: [Column; 3], condition: Option<&str>) -> Result<RunTable, ReadError> {
    let columns = ColumnChoice { weight: Some("w".into()), cluster: Some("TAG".into()), ..ColumnChoice::default() };
    let options = ReadOptions { columns, condition: condition.map(str::to_string), ..ReadOptions::default() };
    read_bytes(&format!("runs.{format}"), write(format, &table(u, w, tag)), &options)
}

#[test]
fn they_come_back_as_they_were_written() {
    for format in formats() {
        let table = read(format, good(), None).unwrap();
        let beside: Vec<_> = table
            .runs()
            .iter()
            .map(|run| (run.unique_tokens.unwrap().0, run.weight, run.cluster.as_deref().unwrap()))
            .collect();
        assert_eq!(beside, [(1e10, 1.0, "a"), (1e10, 0.0, "a"), (5e9, 2.5, "b")], "{format}");
        let used: Vec<_> = table.provenance.columns.iter().map(|used| (used.role, used.column.as_str())).collect();
        let expected = [
            (Role::Params, "N"),
            (Role::Tokens, "D"),
            (Role::Loss, "loss"),
            (Role::UniqueTokens, "u"),
            (Role::Weight, "w"),
            (Role::Cluster, "tag"),
        ];
        assert_eq!(used, expected, "{format}");
        assert_eq!(table.provenance.derived, Some(Role::Compute), "{format}");
    }
}

#[test]
fn a_cluster_may_be_a_number() {
    for format in formats() {
        let [u, w, _] = good();
        let table = read(format, [u, w, numbers(&[7.0, 7.0, 1.5])], None).unwrap();
        assert_eq!(table.runs().iter().filter_map(|run| run.cluster.as_deref()).collect::<Vec<_>>(), ["7", "7", "1.5"]);
    }
}

/// The third run with a bad value in the column at `place`.
fn spoiled(place: usize, bad: Column) -> [Column; 3] {
    let mut columns = good();
    columns[place] = bad;
    columns
}

#[test]
fn a_bad_one_is_told_with_its_place_and_can_be_left_out() {
    let positive = "a positive finite number is needed";
    let weight = "a finite number of at least 0 is needed";
    let label = "a label is needed: text or a number";
    let ending = |bad: Option<f64>| Column::Number(vec![Some(1.0), Some(2.0), bad]);
    for format in formats() {
        let cases = [
            (0, ending(Some(0.0)), "u is ", positive),
            (0, ending(Some(-1.0)), "u is ", positive),
            (0, ending(None), "u is missing", positive),
            (1, ending(Some(-0.5)), "w is ", weight),
            (1, ending(None), "w is missing", weight),
            (1, texts(&["1", "2", "many"]), "w is ", "a number is needed"),
            (2, Column::Text(vec![Some("a"), Some("b"), None]), "tag is missing", label),
            (2, ending(None), "tag is missing", label),
        ];
        for (place, bad, seen, needed) in cases {
            let text = matches!((&bad, place), (Column::Text(_), 1));
            let error = read(format, spoiled(place, bad.clone()), None).unwrap_err();
            assert_eq!(error.kind, ReadErrorKind::Value, "{format}: {error}");
            assert!(error.message.contains(seen), "{format}: {error}");
            if format == "parquet" {
                // Its text is never a number, so the first row is at fault where all are text.
                assert!(error.message.starts_with(if text { "row 1: " } else { "row 3: " }), "{error}");
            } else if !(text && format.starts_with("json")) {
                assert!(error.message.ends_with(needed), "{format}: {error}");
                assert_eq!(error.line, Some(if format == "jsonl" { 3 } else { 4 }), "{format}: {error}");
                assert!(
                    error.column.is_some_and(|column| column > 1) || seen.ends_with("missing"),
                    "{format}: {error}"
                );
                assert!(error.excerpt.is_some(), "{format}: {error}");
            }
            // The condition of the hint works as it is pasted.
            if let Some((_, condition)) = error.hint.as_deref().unwrap().split_once("--where '") {
                let condition = condition.split('\'').next().unwrap();
                let table = read(format, spoiled(place, bad), Some(condition)).unwrap();
                // A good weight of 0 leaves its run out as well.
                let used = if place == 1 { 2 } else { 1 };
                assert_eq!((table.used().count(), table.provenance.unusable.len()), (used, 1), "{format}: {condition}");
            } else {
                assert!(text, "{format}: {error}");
            }
        }
    }
}

#[test]
fn distinct_tokens_are_found_by_name() {
    let cases = [
        ("N,D,loss,unique_tokens", "unique_tokens", 1.0),
        ("N,D,loss,Unique Tokens", "Unique Tokens", 1.0),
        ("N,D,loss,U", "U", 1.0),
        ("N,D,loss,n_unique_tokens", "n_unique_tokens", 1.0),
        ("N,D,loss,numUniqueTokens", "numUniqueTokens", 1.0),
        ("N,D,loss,data_unique", "data_unique", 1.0),
        ("N,D,loss,data/unique_tokens", "data/unique_tokens", 1.0),
        ("N,D,loss,distinct_train_tokens", "distinct_train_tokens", 1.0),
        ("N,D,loss,unique_tokens_b", "unique_tokens_b", 1e9),
        ("N,D,loss,U,unique_tokens", "unique_tokens", 1.0),
        ("N,C,loss,uniquetokens", "uniquetokens", 1.0),
        ("N,D,loss", "", 0.0),
        ("N,D,loss,u/v,(u),metrics/u,mu", "", 0.0),
        ("N,D,loss,unique_tokens_per_batch,unique_users,weight,cluster", "", 0.0),
    ];
    for (names, expected, factor) in cases {
        let row: Vec<String> = (1..=names.split(',').count()).map(|place| place.to_string()).collect();
        let table = read_text("r.csv", &format!("{names}\n{}\n", row.join(","))).unwrap();
        assert_eq!(column(&table, Role::UniqueTokens), expected, "{names}");
        assert_eq!(column(&table, Role::Tokens), if names.contains('D') { "D" } else { "" }, "{names}");
        let used = table.provenance.columns.iter().find(|used| used.role == Role::UniqueTokens);
        assert_eq!(used.map_or(0.0, |used| used.factor), factor, "{names}");
        let run = &table.runs()[0];
        assert_eq!((run.unique_tokens.is_some(), run.weight, &run.cluster), (!expected.is_empty(), 1.0, &None));
    }
    let doubt = told(read_text("r.csv", "N,D,loss,unique_tokens,num_unique_tokens\n1,2,3,4,5\n"));
    assert!(doubt.contains("2 columns could be the unique tokens: unique_tokens, num_unique_tokens"), "{doubt}");
    assert!(doubt.contains("choose one with --unique-tokens-column unique_tokens"), "{doubt}");
}

#[test]
fn a_column_of_labels_is_no_count_of_tokens() {
    let table = read_text("r.csv", "N,D,loss,U\n1,2,3,uniform\n2,2,3,\n").unwrap();
    assert_eq!(column(&table, Role::UniqueTokens), "");
    // Where it was asked for, it is at fault.
    let columns = ColumnChoice { unique_tokens: Some("U".into()), ..ColumnChoice::default() };
    let options = ReadOptions { columns, ..ReadOptions::default() };
    let told = told(read_bytes("r.csv", "N,D,loss,U\n1,2,3,uniform\n", &options));
    assert!(told.starts_with("r.csv:2:7: U is \"uniform\"; a number is needed"), "{told}");
}

#[test]
fn a_quantity_may_be_cluster_and_weight_too() {
    let columns = ColumnChoice { cluster: Some("N".into()), weight: Some("D".into()), ..ColumnChoice::default() };
    let options = ReadOptions { columns, condition: Some("weight < 3".into()), ..ReadOptions::default() };
    let table = read_bytes("r.csv", "N,D,loss\n1,2,3\n1,3,3\n", &options).unwrap();
    let runs: Vec<_> =
        table.runs().iter().map(|run| (run.params.0, run.weight, run.cluster.as_deref(), run.flag.is_some())).collect();
    assert_eq!(runs, [(1.0, 2.0, Some("1"), false), (1.0, 3.0, Some("1"), true)]);
}

#[test]
fn distinct_tokens_tell_runs_apart_and_weights_do_not() {
    let columns = ColumnChoice { weight: Some("w".into()), ..ColumnChoice::default() };
    let options = ReadOptions { columns, ..ReadOptions::default() };
    let table = read_bytes("r.csv", "N,D,loss,U,w\n1,2,3,2,1\n1,2,3,1,1\n1,2,3,2,5\n", &options).unwrap();
    let flags: Vec<_> = table.runs().iter().map(|run| run.flag.clone()).collect();
    assert_eq!(flags, [None, None, Some(RunFlag::Duplicate { of_line: 2 })]);
}

#[test]
fn conditions_know_the_words_of_columns_that_are_there() {
    let options = |condition: &str| ReadOptions { condition: Some(condition.into()), ..ReadOptions::default() };
    let text = "N,D,loss,data_unique_b\n1,2,3,4\n1,2,3,5\n";
    let table = read_bytes("r.csv", text, &options("U > 4.5e9 && unique_tokens == 5e9")).unwrap();
    assert_eq!(table.used().map(|run| run.line).collect::<Vec<_>>(), [3]);
    let told = told(read_bytes("r.csv", "N,D,loss\n1,2,3\n", &options("U > 4")));
    assert!(told.contains("no column is named \"U\"; there are N, D, loss"), "{told}");
}
