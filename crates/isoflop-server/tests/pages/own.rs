//! Users and their own runs.

use isoflop::progress::Quiet;
use isoflop::run::ParamsCount;
use isoflop::source::{Input, ReadOptions, read_input};
use serde_json::json;

use crate::served::{Served, config, events, sweep};

const TOKENS: u64 = 1 << 26;

#[test]
fn one_is_told_ones_name_budgets_and_runs() {
    let served = Served::start(None);
    served.submit(&served.user, &config(4, TOKENS));
    let me = served.get("/v1/me", &served.user).json();
    assert_eq!(me["name"], "student");
    assert_eq!(me["budget_seconds"], json!({"total": 43200.0, "spent": 0.0, "reserved": 600.0, "remaining": 42600.0}));
    assert_eq!(me["budget_flops"], json!({"total": 2e18, "spent": 0.0, "reserved": 0.0, "remaining": 2e18}));
    assert_eq!(me["runs"], json!({"queued": 1, "running": 0, "completed": 0, "failed": 0}));
    assert_eq!(me["finals"], json!({"frozen": false, "deadline": null, "submission": null}));
    for path in ["/v1/me", "/v1/experiments", "/v1/events", "/v1/runs.csv", "/v1/analysis", "/v1/analysis/figures"] {
        assert_eq!(served.get(path, "isoflop-nobody").status, 401, "{path}");
        assert_eq!(served.ask("GET", path, &[], "").detail(), "missing X-API-Key", "{path}");
    }
}

#[test]
fn nobody_sees_anybody_elses_runs() {
    let served = Served::start(Some("simulated:quiet"));
    let (one, other) = (served.user.clone(), served.another("other"));
    let mine = served.submit(&one, &config(4, TOKENS));
    let theirs = served.submit(&other, &config(4, TOKENS));
    served.settle(&one);
    served.settle(&other);
    assert_ne!(mine, theirs);
    for (key, own, not_own) in [(&one, mine, theirs), (&other, theirs, mine)] {
        let page = served.get("/v1/experiments", key).json();
        assert_eq!(page["experiments"].as_array().map(Vec::len), Some(1));
        assert_eq!(page["experiments"][0]["experiment_id"], own);
        assert_eq!(
            served.get(&format!("/v1/experiments?after={}", own.min(not_own) - 1), key).json()["experiments"][0]["experiment_id"],
            own
        );
        let refused = served.post(&format!("/v1/experiments/{not_own}/cancel"), key, &json!(null));
        assert_eq!((refused.status, refused.detail().as_str()), (404, "not found"));
        let table = served.get("/v1/runs.csv", key).text;
        assert_eq!(
            (table.lines().count(), table.lines().nth(1).and_then(|row| row.split(',').next())),
            (2, Some(own.to_string().as_str()))
        );
        assert_eq!(served.get("/v1/analysis", key).json()["data"]["runs"], 1);
        assert_eq!(served.post("/v1/estimate", key, &config(4, TOKENS)).json()["already_submitted"], own);
        let mut stream = served.listen("/v1/events", &[&format!("X-API-Key: {key}")]);
        let told = events(&mut stream, |name, _| name == "me");
        let runs: Vec<_> =
            told.iter().filter(|event| event.0 == "run").map(|event| &event.2["experiment_id"]).collect();
        assert_eq!(runs, [&json!(own)]);
    }
    let stranger = served.another("stranger");
    assert_eq!(served.get("/v1/experiments", &stranger).json(), json!({"experiments": [], "next": null}));
    assert_eq!(served.post("/v1/estimate", &stranger, &config(4, TOKENS)).json()["already_submitted"], json!(null));
    let none = served.get("/v1/analysis", &stranger);
    assert_eq!(
        (none.status, none.detail().as_str()),
        (409, "no analysis yet: none of your runs has finished with a loss")
    );
}

#[test]
fn news_of_others_is_not_heard() {
    let served = Served::start(None);
    let other = served.another("other");
    let mut stream = served.listen("/v1/events", &[&format!("X-API-Key: {}", served.user)]);
    events(&mut stream, |name, _| name == "me");
    served.submit(&other, &config(4, TOKENS));
    let own = served.submit(&served.user, &config(4, TOKENS));
    let told = events(&mut stream, |name, _| name == "me");
    let runs: Vec<_> = told.iter().filter(|event| event.0 == "run").map(|event| &event.2["experiment_id"]).collect();
    assert_eq!(runs, [&json!(own)]);
}

#[test]
fn runs_come_in_pages_and_unchanged_ones_need_not_be_sent_again() {
    let served = Served::start(None);
    let user = &served.user;
    let ids: Vec<u64> = (1..=5).map(|layers| served.submit(user, &config(layers, TOKENS))).collect();
    let (mut seen, mut after) = (Vec::new(), json!(0));
    while !after.is_null() {
        let page = served.get(&format!("/v1/experiments?limit=2&after={after}"), user).json();
        seen.extend(
            page["experiments"]
                .as_array()
                .expect("runs")
                .iter()
                .map(|run| run["experiment_id"].as_u64().expect("a number")),
        );
        after = page["next"].clone();
    }
    assert_eq!(seen, ids);
    assert_eq!(
        served.get("/v1/experiments?status=queued&status=failed", user).json()["experiments"].as_array().map(Vec::len),
        Some(5)
    );
    assert_eq!(served.get("/v1/experiments?status=running", user).json()["experiments"], json!([]));
    let since = |moment: &str| {
        served.get(&format!("/v1/experiments?since={moment}"), user).json()["experiments"].as_array().map(Vec::len)
    };
    assert_eq!((since("2020-01-01T00:00:00Z"), since("2999-01-01T00:00:00Z")), (Some(5), Some(0)));
    assert_eq!(served.get("/v1/experiments?since=yesterday", user).status, 422);
    let wrong = served.get("/v1/experiments?page=2", user);
    assert_eq!(
        (wrong.status, wrong.detail().as_str()),
        (422, "there is no parameter \"page\"; there are limit, after, since, status")
    );
    assert_eq!(
        served.get("/v1/experiments?limit=0", user).detail(),
        "limit is \"0\", expected a number from 1 to 1000"
    );

    let first = served.get("/v1/experiments", user);
    let tag = first.header("etag").expect("a tag").to_owned();
    let ask = |path: &str| {
        served.ask("GET", path, &[&format!("X-API-Key: {user}"), &format!("If-None-Match: \"x\", W/{tag}")], "")
    };
    assert_eq!((ask("/v1/experiments").status, ask("/v1/experiments").text.as_str()), (304, ""));
    assert_eq!(ask("/v1/experiments?limit=3").status, 200);
    served.submit(user, &config(6, TOKENS));
    assert_eq!(ask("/v1/experiments").status, 200);
}

#[test]
fn a_run_that_waits_is_cancelled_at_no_cost_and_one_that_is_over_is_not() {
    let served = Served::start(None);
    let id = served.submit(&served.user, &config(4, TOKENS));
    for _ in 0..2 {
        let run = served.post(&format!("/v1/experiments/{id}/cancel"), &served.user, &json!(null)).json();
        assert_eq!((&run["cause"], &run["charge_seconds"]), (&json!("cancelled"), &json!(0.0)));
        assert_eq!((&run["status"]["status_type"], &run["protocol"]), (&json!("failed"), &json!("2026")));
    }
    assert_eq!(served.get("/v1/me", &served.user).json()["budget_seconds"]["remaining"], 43200.0);
    let served = Served::start(Some("simulated:quiet"));
    let id = served.submit(&served.user, &config(4, TOKENS));
    served.settle(&served.user);
    let refused = served.post(&format!("/v1/experiments/{id}/cancel"), &served.user, &json!(null));
    assert_eq!((refused.status, refused.detail()), (409, format!("experiment {id} has ended already")));
    assert_eq!(served.post("/v1/experiments/none/cancel", &served.user, &json!(null)).status, 404);
}

#[test]
fn an_estimate_says_what_a_run_costs_and_what_is_doubtful() {
    let served = Served::start(Some("simulated:quiet"));
    let estimate = served.post("/v1/estimate", &served.user, &config(4, TOKENS)).json();
    let params = 4.0 * (4.0 * 256.0 * 256.0 + 3.0 * 256.0 * 768.0);
    assert_eq!(estimate["params"], params);
    assert_eq!(estimate["params_with_embedding"], params + 2.0 * 256.0 * 32000.0);
    assert_eq!(estimate["train_flops"], 6.0 * params * TOKENS as f64);
    assert_eq!((&estimate["optimizer"], &estimate["optimizer_steps"]), (&json!("adamw"), &json!(TOKENS / (512 * 64))));
    assert_eq!((&estimate["reserved_seconds"], &estimate["remaining_seconds"]), (&json!(600.0), &json!(43200.0)));
    assert_eq!((&estimate["expected_seconds"], &estimate["warnings"]), (&json!(null), &json!([])));

    let mut plain = config(4, 1 << 21);
    plain["optimizer_config"] = json!({"lr_scheduler": {"warmup_frac": 0.001}});
    let codes = |config: &serde_json::Value| {
        let estimate = served.post("/v1/estimate", &served.user, config).json();
        let warnings = estimate["warnings"].as_array().unwrap_or_else(|| panic!("{estimate}")).clone();
        warnings.iter().map(|warning| warning["code"].as_str().expect("a word").to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(codes(&plain), ["implicit_sgd", "few_steps", "no_warmup", "few_tokens"]);
    let mut long = config(4, TOKENS);
    long["max_runtime_seconds"] = json!(43200.0);
    served.submit(&served.user, &config(4, TOKENS));
    assert_eq!(codes(&config(4, TOKENS))[..], ["already_submitted"]);
    served.settle(&served.user);
    assert_eq!(codes(&long)[..], ["over_budget"]);
    let known = served.post("/v1/estimate", &served.user, &config(4, 2 * TOKENS)).json();
    assert!(known["expected_seconds"].as_f64().is_some_and(|seconds| seconds > 0.0), "{known}");

    let mut broken = config(4, TOKENS + 1);
    assert_eq!(
        served.post("/v1/estimate", &served.user, &broken).json(),
        served.post("/submit", &served.user, &broken).json()
    );
    broken["n_evals"] = json!("many");
    assert_eq!(served.post("/v1/estimate", &served.user, &broken).status, 422);
    // Sizes beyond every machine are numbers too.
    let mut absurd = config(4, TOKENS);
    absurd["architecture_config"]["num_hidden_layers"] = json!(1_000_000);
    assert_eq!(codes(&absurd)[..], ["large_memory", "few_tokens"]);
}

#[test]
fn news_comes_as_it_happens_and_who_missed_nothing_is_told_nothing_twice() {
    let served = Served::start(Some("simulated:quiet,pace=0.01"));
    let key = format!("X-API-Key: {}", served.user);
    let mut stream = served.listen("/v1/events", &[&key]);
    let first = events(&mut stream, |name, _| name == "me");
    assert_eq!((first.len(), &first[0].2["name"]), (1, &json!("student")));
    let id = served.submit(&served.user, &config(6, TOKENS));
    let over = |run: &serde_json::Value| run["status"]["status_type"] == "completed";
    let told = events(&mut stream, |name, data| name == "run" && over(data));
    let told: Vec<_> = told.iter().filter(|event| event.0 == "run").map(|event| &event.2).collect();
    assert!(told.iter().all(|run| run["experiment_id"] == id && run.get("training_config").is_none()));
    let growing: Vec<usize> =
        told.iter().filter_map(|run| run["status"]["val_losses"].as_array().map(Vec::len)).collect();
    assert!(growing.is_sorted() && growing.len() > 3 && growing.last() == Some(&16), "{growing:?}");
    let last = events(&mut stream, |name, _| name == "me").pop().expect("an event");
    assert_eq!(last.2["runs"]["completed"], 1);

    let mut again = served.listen("/v1/events", &[&key, &format!("Last-Event-ID: {}", last.1)]);
    let told = events(&mut again, |name, _| name == "me");
    assert_eq!(told.iter().map(|event| event.0.as_str()).collect::<Vec<_>>(), ["me"]);
    let mut late = served.listen("/v1/events", &[&key, "Last-Event-ID: 1-0"]);
    let told = events(&mut late, |name, _| name == "me");
    assert_eq!(told.iter().map(|event| event.0.as_str()).collect::<Vec<_>>(), ["run", "me"]);
}

#[test]
fn streams_are_counted_and_end_with_the_server() {
    let served = Served::start(None);
    let key = format!("X-API-Key: {}", served.user);
    let mut streams: Vec<_> = (0..16).map(|_| served.listen("/v1/events", &[&key])).collect();
    for stream in &mut streams {
        events(stream, |name, _| name == "me");
    }
    let refused = served.ask("GET", "/v1/events", &[&key], "");
    assert_eq!((refused.status, refused.detail().as_str()), (429, "too many streams are open"));
    let since = std::time::Instant::now();
    drop(served);
    assert!(since.elapsed() < std::time::Duration::from_secs(4), "{:?}", since.elapsed());
}

#[test]
fn finished_runs_are_a_table_with_a_law() {
    let served = Served::start(Some("simulated:course-2026"));
    let user = &served.user;
    sweep(&served, user);
    served.settle(user);
    let csv = served.get("/v1/runs.csv", user);
    assert_eq!(csv.header("content-type"), Some("text/csv; charset=utf-8"));
    let input = Input::from_bytes("runs.csv", csv.text.into_bytes(), &Quiet).expect("a table");
    let table = read_input(&input, &ReadOptions::default(), &Quiet).expect("runs");
    assert_eq!((table.used().count(), table.conventions.params), (20, ParamsCount::NonEmbedding));

    let analysis = served.get("/v1/analysis?budget_tolerance=0.1&at=1e19", user);
    let found = analysis.json();
    assert_eq!((&found["schema"], &found["data"]["runs"]), (&json!("isoflop.analysis/1"), &json!(20)));
    assert_eq!(found["data"]["budgets"], 4, "{}", found["data"]);
    assert!(found["recommended"].is_string(), "{}", found["recommended_because"]);
    assert_eq!(found["approaches"][0]["forecasts"][0]["compute"], 1e19);
    let tag = analysis.header("etag").expect("a tag");
    let again = served.ask(
        "GET",
        "/v1/analysis?budget_tolerance=0.1&at=1e19",
        &[&format!("X-API-Key: {user}"), &format!("If-None-Match: {tag}")],
        "",
    );
    assert_eq!(again.status, 304);
    let figures = served.get("/v1/analysis/figures?budget_tolerance=0.1&at=1e19", user).json();
    let names: Vec<_> = figures["figures"]
        .as_array()
        .expect("figures")
        .iter()
        .map(|figure| figure["name"].as_str().expect("a name"))
        .collect();
    assert_eq!(names, ["model-size", "profiles", "approaches", "dataset-size"]);
    let refused = served.get("/v1/analysis?at=soon", user);
    assert_eq!(
        (refused.status, refused.detail().as_str()),
        (422, "at is \"soon\", expected a compute budget in FLOPs, such as 1e20")
    );
}
