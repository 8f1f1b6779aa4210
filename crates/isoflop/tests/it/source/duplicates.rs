//! Runs that repeat an earlier one are flagged, and never an error.

use isoflop::run::RunFlag;

use super::{read_text, read_where};

#[test]
fn every_repeat_names_the_first() {
    let text = "N,D,loss\n1,2,3\n2,1,3\n1,2,3\n1,2,3.0000000000000004\n2.0,1e0,3\n1,2,3\n";
    let flags: Vec<_> = read_text("r.csv", text).unwrap().runs().iter().map(|run| run.flag.clone()).collect();
    let repeats = |of_line| Some(RunFlag::Duplicate { of_line });
    assert_eq!(flags, [None, None, repeats(2), None, repeats(3), repeats(2)]);
}

#[test]
fn a_run_left_out_is_no_original() {
    let text = "N,D,loss,old\n1,2,3,true\n1,2,3,false\n1,2,3,false\n";
    let table = read_where("r.csv", text, "!old").unwrap();
    assert_eq!(table.used().map(|run| run.line).collect::<Vec<_>>(), [3]);
    assert_eq!(table.runs()[2].flag, Some(RunFlag::Duplicate { of_line: 3 }));
}
