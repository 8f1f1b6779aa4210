//! Rosters: all or nothing.

use serde_json::json;

use crate::running::{Answer, Running};

fn import(server: &Running, roster: &str) -> Answer {
    server.send("/v1/operator/users/import", ("X-Operator-Key", &server.operator), "text/csv", roster.as_bytes())
}

#[test]
fn a_roster_is_imported_and_its_keys_work() {
    let server = Running::start(None);
    let told = import(&server, "name,key\nAda,\n\"Turing, Alan\",06123456\n").ok();
    let [ada, alan] = [0, 1].map(|at| told["users"][at].clone());
    assert_eq!((&ada["name"], &alan["name"]), (&json!("Ada"), &json!("Turing, Alan")));
    assert!(ada["warning"].is_null() && alan["key"].is_null() && alan["warning"].is_string(), "{told}");
    for key in [ada["key"].as_str().expect("a key"), "06123456"] {
        assert_eq!(server.get("/budget", ("X-API-Key", key)).status, 200);
    }
    // Made keys are told once.
    let key = ada["key"].as_str().expect("a key");
    assert!(!server.see("export/events").text.contains(key) && !server.see("users").text.contains(key));
}

#[test]
fn a_roster_with_a_mistake_changes_nothing() {
    let server = Running::start(None);
    server.act("users", &json!({ "name": "Kurt", "key": "12345678" })).ok();
    let before = server.see("users").text;
    for (roster, line, column, message) in [
        ("Ada\nstudent\n", 2, 1, "there is a user \"student\" already"),
        ("Ada\nAlan,12345678\n", 2, 6, "this key is somebody's already"),
        ("Ada,87654321\n\nAlan,87654321\n", 3, 6, "this key is that of line 1"),
        ("Ada\nAda\n", 2, 1, "\"Ada\" stands in line 1 already"),
        ("Ada\nAlan,short\n", 2, 6, "a key has at least 8 characters"),
        ("name;key\nAda;12345679\n", 1, 1, "found a semicolon or a tab; a line is name or name,key"),
        ("Ada\n\"Alan\nGrace\n", 2, 1, "a quotation mark is left open"),
    ] {
        let answer = import(&server, roster);
        assert_eq!(answer.status, 422, "{answer:?}");
        let issue = &answer.json()["detail"]["issues"][0];
        assert_eq!(issue, &json!({ "line": line, "column": column, "message": message }), "{roster}");
        assert_eq!(server.see("users").text, before);
    }
    import(&server, "sunet_id,api_key\nGrace,87654321\n").ok();
    assert!(import(&server, "\n\n").refused(422).contains("the roster is empty"));
    let both = import(&server, "student\nKurt\n").json();
    assert_eq!(both["detail"]["issues"].as_array().map(Vec::len), Some(2), "{both}");
}
