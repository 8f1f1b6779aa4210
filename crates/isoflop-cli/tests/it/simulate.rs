//! `isoflop simulate`: tables that read back, and what is refused.

use crate::program::{Place, fed, isoflop};

const LAW: &str = "--coef E=1.69,A=406.4,B=410.7,alpha=0.34,beta=0.28";

#[test]
fn a_table_without_noise_gives_its_law_back() {
    for format in ["csv", "json", "jsonl"] {
        let words = format!("simulate {LAW} --budgets 1e18,1e19,1e20,1e21 --sizes 5 --noise 0 --format {format}");
        let drawn = isoflop(&words);
        assert_eq!((drawn.code, drawn.err.as_str()), (0, ""));
        let json = fed("fit - --resamples 0 --json", drawn.out.as_bytes()).json();
        assert_eq!((json["rows"].as_u64(), json["data"]["format"].as_str()), (Some(20), Some(format)));
        assert_eq!(json["data"]["conventions"]["compute"], "six-nd");
        for (i, value) in [1.69, 406.4, 410.7, 0.34, 0.28].into_iter().enumerate() {
            let is = json["coefficients"][i]["value"].as_f64().unwrap();
            assert!((is / value - 1.0).abs() < 1e-5, "{is} is not {value}");
        }
        let check = fed("check - --json", drawn.out.as_bytes()).json();
        assert_eq!(check["data"]["budgets"], 4);
    }
}

#[test]
fn a_law_along_one_axis_reads_back_too() {
    let drawn = isoflop("simulate --law frontier --coef E=1.7,k=2000,gamma=0.15 --budgets 1e18..1e22:9 --noise 0").out;
    assert!(drawn.starts_with("compute,loss\n1e18,") && drawn.lines().count() == 10, "{drawn}");
    let json = fed("fit - --law frontier --axis compute --resamples 0 --json", drawn.as_bytes()).json();
    let gamma = json["coefficients"][2]["value"].as_f64().unwrap();
    assert!((gamma / 0.15 - 1.0).abs() < 1e-6, "{gamma}");
}

#[test]
fn sizes_noise_and_seed_are_as_asked() {
    let out = |options: &str| isoflop(&format!("simulate {LAW} --budgets 1e20 {options}")).out;
    let column = |text: &str, i: usize| -> Vec<f64> {
        text.lines().skip(1).map(|line| line.split(',').nth(i).unwrap().parse().unwrap()).collect()
    };
    assert_eq!(column(&out("--sizes 100M,2e8,1B"), 0), [1e8, 2e8, 1e9]);
    let sizes = column(&out("--sizes 3 --spread 2"), 0);
    assert!((sizes[1] / sizes[0] - 2.0).abs() < 1e-9 && (sizes[2] / sizes[1] - 2.0).abs() < 1e-9);
    let off = column(&out("--sizes 3 --spread 2 --off-centre 3"), 0);
    assert!((off[1] / sizes[1] - 3.0).abs() < 1e-9);
    assert_eq!(out("--seed 1"), out("--seed 1"));
    assert_ne!(out("--seed 1"), out("--seed 2"));
    assert_ne!(out("--tails heavy"), out(""));
    let place = Place::new();
    let ended = place.isoflop(&format!("simulate {LAW} --budgets 1e20 -o runs.csv"));
    assert_eq!((ended.code, ended.out.as_str()), (0, "runs.csv   7 runs · seed 0\n"));
    assert_eq!(std::fs::read_to_string(place.path("runs.csv")).unwrap(), out(""));
    assert_eq!(place.files(), ["runs.csv"]);
}

#[test]
fn nonsense_is_one_sentence_and_2() {
    let law = |options: &str| format!("{LAW} {options}");
    let coef = |given: &str| format!("--coef {given} --budgets 1e20");
    for (words, told) in [
        (law("--budgets 0"), "\"0\" is not an amount of compute"),
        (law("--budgets -1e20"), "is not an amount of compute"),
        (law("--budgets nan"), "is not an amount of compute"),
        (law("--budgets inf"), "is not an amount of compute"),
        (law("--budgets ,"), "is not an amount of compute"),
        (law("--budgets 1e18..1e20"), "LOW..HIGH:COUNT is needed"),
        (law("--budgets 1e18..1e20:x"), "\"x\" is not how many budgets"),
        (law("--budgets 1e20..1e18:3"), "a budget cannot be 1e18: it has to be above the lowest"),
        (law("--budgets 1e18..1e20:1"), "a ladder has 2 or more"),
        (law("--budgets 1e18..1e20:99999999999"), "more than 10 million"),
        (law("--budgets 1e18..1e20:9000 --sizes 9000"), "9000 × 9000 runs are more than 10 million"),
        (law("--budgets 1e20 --sizes 0"), "1 or more sizes are needed"),
        (law("--budgets 1e20 --sizes -3"), "\"-3\" is not a count"),
        (law("--budgets 1e20 --sizes many"), "\"many\" is not a count"),
        (law("--budgets 1e20 --sizes 1e30"), "both have to be 1 or more"),
        (law("--budgets 5"), "at 5 FLOPs a run would have"),
        (law("--budgets 1e20 --spread 1"), "the spread cannot be 1: it is a factor above 1"),
        (law("--budgets 1e20 --spread inf"), "the spread cannot be inf"),
        (law("--budgets 1e20 --off-centre 0"), "the centre cannot be 0: it is a positive factor"),
        (law("--budgets 1e20 --off-centre nan"), "the centre cannot be NaN"),
        (law("--budgets 1e20 --sizes 1B --spread 3"), "--spread and --off-centre place sizes"),
        (law("--budgets 1e20 --noise -1"), "the noise cannot be -1: it is a share of the loss, from 0 to 1"),
        (law("--budgets 1e20 --noise nan"), "the noise cannot be NaN"),
        (law("--budgets 1e20 --noise 1.1"), "the noise cannot be 1.1"),
        (law("--budgets 1e20 --law chinchila"), "did you mean chinchilla?"),
        (law("--budgets 1e20 -o /"), "/ cannot be written: it is a folder"),
        (law("--budgets 1e20 -o no/such/folder.csv"), "no/such/folder.csv cannot be written"),
        (coef("E=1"), "chinchilla also needs A, B, alpha, beta"),
        (coef("E"), "NAME=VALUE is needed"),
        (coef("E=inf"), "NAME=VALUE is needed"),
        (coef("E=1,A=1,B=1,alpah=1"), "chinchilla has no coefficient alpah; did you mean alpha?"),
        (coef("E=1,E=2"), "E is given twice"),
        (coef("E=-1,A=1,B=1,alpha=.3,beta=.3"), "E cannot be -1: it is positive"),
        (coef("E=1,A=1,B=1,alpha=-.3,beta=.3"), "no best model size at 1e20 FLOPs"),
        (coef("E=1,A=1,B=1,alpha=0,beta=0"), "no best model size at 1e20 FLOPs"),
        ("--law frontier --coef E=1,k=1,gamma=-900 --budgets 1e20".into(), "the loss at x = 1e20 is not a positive"),
        ("--law frontier --coef E=1,k=1,gamma=1 --budgets 1e20 --sizes 3".into(), "has no model sizes"),
    ] {
        let ended = isoflop(&format!("simulate {words}"));
        assert_eq!((ended.code, ended.out.as_str()), (2, ""), "{words}\n{}", ended.err);
        assert!(ended.err.starts_with("error: ") && ended.err.contains(told), "{words}\n{}", ended.err);
        assert!(!ended.err.contains("panicked"), "{}", ended.err);
    }
}
