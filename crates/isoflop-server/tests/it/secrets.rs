//! What users must never see: each other's runs, and the truth of a simulated world.

use serde_json::json;

use crate::running::{Running, config};

#[test]
fn no_answer_to_a_user_tells_the_truth() {
    let folder = tempfile::TempDir::new().expect("a folder");
    let path = folder.path().join("secret-world.toml");
    let world = isoflop_server::backend::world::WORLDS[0].text;
    let secret =
        [("about = \"", "about = \"a secret purpose: "), ("E = 2.3,", "E = 1.71717,"), ("A = 117,", "A = 131.3131,")];
    let text = secret.iter().fold(world.to_owned(), |text, (usual, secret)| text.replacen(usual, secret, 1));
    assert!(secret.iter().all(|(_, secret)| text.contains(secret)), "{text}");
    std::fs::write(&path, text).expect("a file");
    let server = Running::start(Some(&format!("simulated:{}", path.display())));
    let key = ("X-API-Key", server.user.as_str());
    let id = server.submit(&server.user, &config(0));
    server.wait(id, "completed");
    let last_word = json!({ "training_config": config(1), "predicted_final_loss": 3.5 });
    let loss = "/loss?d_model=256&num_layers=6&num_heads=4&batch_size=128&learning_rate=0.0008&train_flops=1e16";
    let mut told = vec![
        server.post("/submit", key, &config(0)),
        server.post("/submit", key, &json!({ "truth": 1 })),
        server.post("/final_submission", key, &last_word),
    ];
    let pages = [
        "/experiments",
        "/experiment/1",
        "/experiment/x",
        "/budget",
        "/final_submission",
        "/previous_runs",
        "/truth",
        "/v1/operator/truth",
        "/v1/operator/leaderboard",
        "/v1/operator/preflight",
        "/",
        "/docs",
        "/openapi.json",
        "/dashboard",
        "/metrics",
        "/health",
    ];
    told.extend(pages.map(|page| server.get(page, key)));
    for page in [loss, "/total_flops_used?", "/previous_runs?"] {
        told.push(server.get(&format!("{page}&api_key={}", server.user), key));
    }
    server.act("finals/launch", &json!({})).ok();
    server.wait(server.see("finals/scores").ok()["scores"][0]["experiment_id"].as_u64().expect("a run"), "completed");
    told.extend(pages.map(|page| server.get(page, key)));
    let truth = server.see("truth").ok();
    assert!(truth["loss"].as_f64().expect("a loss") > 1.0, "{truth}");
    let mut secrets: Vec<String> = ["params", "tokens", "loss"].iter().map(|name| digits(&truth[*name])).collect();
    secrets.extend(["secret", "71717", "131.31", "chinchilla", "simulated", "waste"].map(ToOwned::to_owned));
    for answer in &told {
        for secret in &secrets {
            assert!(!answer.text.contains(secret.as_str()), "{secret} in {answer:?}");
        }
    }
    // The search does find what is there.
    assert!(server.see("truth").text.contains(&secrets[2]));
}

/// The first eight digits of a number, which no other number has.
fn digits(value: &serde_json::Value) -> String {
    value.to_string().chars().take(9).collect()
}

#[test]
fn users_see_nothing_of_each_other() {
    let server = Running::start(None);
    let [ada, alan] = ["Ada", "Alan"].map(|name| server.add(name));
    let id = server.submit(&ada, &config(0));
    let path = format!("/experiment/{id}");
    assert_eq!(server.get(&path, ("X-API-Key", &ada)).ok()["experiment_id"], id);
    assert_eq!(server.get(&path, ("X-API-Key", &alan)).refused(404), "not found");
    assert_eq!(server.get("/experiments", ("X-API-Key", &alan)).text, "[]");
    let budget = |key: &str| server.get("/budget", ("X-API-Key", key)).ok()["used_seconds"].as_f64();
    assert_eq!((budget(&ada), budget(&alan)), (Some(600.0), Some(0.0)));
    // The same configuration is theirs to submit as well, from their own purse.
    assert_ne!(server.submit(&alan, &config(0)), id);
    assert_eq!((budget(&ada), budget(&alan)), (Some(600.0), Some(600.0)));
    let word = json!({ "training_config": config(1), "predicted_final_loss": 3.5 });
    server.post("/final_submission", ("X-API-Key", &ada), &word).ok();
    assert_eq!(server.get("/final_submission", ("X-API-Key", &alan)).text, "null");
    // Keys of users, workers and operators are no keys of another kind.
    for (header, key) in [("X-Operator-Key", &ada), ("X-Operator-Key", &server.worker), ("X-API-Key", &server.operator)]
    {
        for path in [format!("/v1/operator/experiments/{id}/cancel"), format!("/v1/operator/experiments/{id}/refund")] {
            assert_eq!(
                server.post(&path, (header, key), &json!({ "reason": "x" })).refused(401),
                "invalid operator key"
            );
        }
    }
    // Final runs are the operators' to see.
    server.act("finals/launch", &json!({})).ok();
    let own = server.get("/experiments", ("X-API-Key", &ada)).ok();
    assert_eq!(own.as_array().map(Vec::len), Some(1));
}
