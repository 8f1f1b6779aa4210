//! `--where`.

use isoflop::run::RunFlag;
use isoflop::source::ReadErrorKind;

use super::{read_where, told};

const TABLE: &str = "name,params,budget,loss,outlier,eval/x loss,optimizer.lr,2nd\n\
    a,1e9,1e19,3.0,False,1,1e-3,5\n\
    b,2e9,1e20,2.5,True,2,2e-3,6\n\
    c,4e9,1e21,2.0,false,3,4e-3,\n";

/// Names of the runs that meet a condition.
fn kept(condition: &str) -> String {
    let table = read_where("r.csv", TABLE, condition).unwrap_or_else(|e| panic!("{condition}: {e}\n{}", e.block()));
    assert_eq!(table.runs().len(), 3);
    table.used().filter_map(|run| run.name.as_deref()).collect()
}

#[test]
fn conditions_choose_runs() {
    let cases = [
        ("loss < 2.8", "bc"),
        ("loss<2.8&&budget<=1e20", "b"),
        ("loss > 2.8 || !(budget < 1e21)", "ac"),
        ("!outlier", "ac"),
        ("outlier == false", "ac"),
        ("outlier != false", "b"),
        ("outlier", "b"),
        ("true", "abc"),
        ("name == \"b\"", "b"),
        ("name != 'b' && outlier == False", "ac"),
        ("'a' < name", "bc"),
        ("{eval/x loss} >= 2", "bc"),
        ("`eval/x loss` * 2 - 1 == 3", "b"),
        ("optimizer.lr == 2e-3", "b"),
        ("{2nd} > 0", "ab"),
        ("{2nd} != 5", "b"),
        ("-loss + 1 < -1.2 * (1 + 0)", "ab"),
        ("tokens > 3e9", "bc"),
        ("N == 2e9 || C == 1e21", "bc"),
        ("compute / (6 * params * tokens) < 1.1", "abc"),
        ("1 + 2 * 3 == 7 && 10 - 2 - 3 == 5 && 8 / 2 / 2 == 2", "abc"),
        ("false || true && false", ""),
        ("loss == budget", ""),
        ("((((loss))) < 2.8)", "bc"),
    ];
    for (condition, expected) in cases {
        assert_eq!(kept(condition), expected, "{condition}");
    }
}

#[test]
fn runs_left_out_are_kept_and_flagged() {
    let table = read_where("r.csv", TABLE, "loss < 2.8").unwrap();
    assert_eq!(table.runs()[0].flag, Some(RunFlag::Where { condition: "loss < 2.8".to_string() }));
    assert_eq!(table.runs()[1].flag, None);
    assert_eq!(table.provenance.condition.as_deref(), Some("loss < 2.8"));
}

#[test]
fn rows_left_out_may_be_unusable_and_others_may_not() {
    let text = "N,D,loss\n1,2,3\n1,2,NaN\n1,2,\n1,2,diverged\n1,2,inf\n";
    let table = read_where("r.csv", text, "N/A < 3").map(|_| ()).unwrap_err();
    assert_eq!(table.kind, ReadErrorKind::Condition);
    let table = read_where("r.csv", text, "L < 20").unwrap_err();
    assert!(table.message.contains("no column is named \"L\""));
    let text = text.replace("diverged", "N/A");
    let table = read_where("r.csv", &text, "loss < 20").unwrap();
    assert_eq!(table.provenance.unusable.iter().map(|(line, _)| *line).collect::<Vec<_>>(), [3, 4, 5, 6]);
    assert!(told(read_where("r.csv", &text, "loss < 20 || N == 1")).starts_with("r.csv:3:5: loss is \"NaN\""));
}

#[test]
fn quantities_stand_for_their_column_in_flops() {
    let text = "N,total_gflops,loss\n1e9,1e10,3\n1e9,1e11,2\n";
    assert_eq!(read_where("r.csv", text, "budget > 5e19 && tokens > 1").unwrap().used().count(), 1);
    assert_eq!(read_where("r.csv", text, "total_gflops > 5e10").unwrap().used().count(), 1);
}

#[test]
fn json_values_keep_their_types() {
    let text = "[{\"N\":1,\"D\":2,\"loss\":3,\"ok\":true,\"tag\":\"7\"},{\"N\":1,\"D\":2,\"loss\":4,\"ok\":false,\"tag\":null}]";
    assert_eq!(read_where("r.json", text, "ok && tag == '7'").unwrap().used().count(), 1);
    assert!(
        told(read_where("r.json", text, "tag == 7")).contains("== does not apply to the text \"7\" and the number 7")
    );
}

#[test]
fn mistakes_are_pointed_at() {
    let cases = [
        ("los < 3", 1, "no column is named \"los\"; there are name, params", "did you mean loss"),
        ("loss < 3 && eval > 1", 13, "no column is named \"eval\"", "did you mean {eval/x loss}"),
        ("{los} < 3", 1, "no column is named \"los\"", "did you mean loss"),
        ("name < 3", 6, "< does not apply to the text \"a\" and the number 3 (in the run at line 2)", ""),
        ("loss && outlier", 6, "&& does not apply to the text \"3.0\" and the text \"False\"", ""),
        ("loss + 1", 1, "the condition gives the number 4, not true or false", ""),
        ("!name", 1, "! does not apply to the text \"a\"", ""),
        ("loss <", 7, "the condition ends where a value is needed", ""),
        ("", 1, "the condition ends where a value is needed", ""),
        ("loss = 3", 6, "\"=\" is no comparison; write ==", ""),
        ("loss < 3 & outlier", 10, "write && with two characters", ""),
        ("1 < loss < 3", 10, "comparisons do not chain; write a < b && b < c", ""),
        ("(loss < 3", 10, "the condition ends where \")\" is needed", ""),
        ("loss < 3)", 9, "\")\" stands where an operator is needed", ""),
        ("loss < 3x", 8, "\"3x\" is not a number", ""),
        ("loss < 1e400", 8, "\"1e400\" is not a number", ""),
        ("loss < 'x", 8, "no ' follows to close this", ""),
        ("{loss < 3", 1, "no } follows to close this", ""),
        ("loss < 3 and outlier", 10, "\"and\" stands where an operator is needed", ""),
        ("größe < 3", 1, "no column is named \"größe\"", "if it is text, put it in quotes: \"größe\""),
        ("loss ≤ 3", 6, "\"≤\" stands where an operator is needed", ""),
    ];
    for (condition, place, sentence, hint) in cases {
        let error = read_where("r.csv", TABLE, condition).expect_err(condition);
        assert_eq!((error.kind, error.column), (ReadErrorKind::Condition, Some(place)), "{condition}: {error}");
        assert!(error.message.contains(sentence), "{condition}: {error}");
        assert_eq!(error.hint.as_deref().unwrap_or_default(), hint, "{condition}");
    }
    assert_eq!(
        told(read_where("r.csv", TABLE, "loss < 3 && (outlier")),
        "--where:21: the condition ends where \")\" is needed\nwhere │ loss < 3 && (outlier\n      │                     ^\n"
    );
}

#[test]
fn depth_is_bounded() {
    for deep in ["(".repeat(100_000), "!".repeat(100_000), "-".repeat(100_000), "1+(".repeat(100_000)] {
        assert_eq!(read_where("r.csv", TABLE, &deep).unwrap_err().kind, ReadErrorKind::Condition);
    }
    let long = |terms: usize| vec!["loss < 9"; terms].join(" && ");
    assert_eq!(read_where("r.csv", TABLE, &long(250)).unwrap().used().count(), 3);
    assert!(told(read_where("r.csv", TABLE, &long(2000))).contains("more than 500 operators"));
}
