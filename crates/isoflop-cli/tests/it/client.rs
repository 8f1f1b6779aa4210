//! The commands of a user, against a real server.

use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use crate::program::{Ended, Place, command, run};
use crate::serving::Server;

/// A small configuration; `seed` tells it from others.
pub fn config(seed: u64) -> Value {
    json!({
        "architecture_config": {
            "attention_bias": false, "head_dim": 64, "hidden_size": 256, "intermediate_size": 768,
            "num_attention_heads": 4, "num_hidden_layers": 4, "num_key_value_heads": 4, "rms_norm_eps": 1e-6,
            "rope_theta": 10000, "tie_word_embeddings": false, "dtype": "bfloat16", "vocab_size": 32000
        },
        "optimizer_config": {"lr_scheduler": {"peak_value": 0.001}, "weight_decay": 0.1},
        "train_batch_size": 64, "val_batch_size": 64, "n_evals": 16, "total_train_tokens": 52428800,
        "max_runtime_seconds": 600, "model_seed": seed
    })
}

fn asking(folder: &Path, server: &Server, words: &str) -> Command {
    let mut command = command(folder, words);
    command.env("ISOFLOP_URL", &server.url).env("ISOFLOP_API_KEY", &server.user_key);
    command
}

fn ask(place: &Place, server: &Server, words: &str) -> Ended {
    run(&mut asking(&place.path(""), server, words))
}

#[test]
fn a_sweep_is_submitted_waited_for_and_pulled() {
    let (place, server) = (Place::new(), Server::start("--world quiet"));
    place.file("sweep.json", json!([config(0), config(1)]).to_string());
    let ended = ask(&place, &server, "submit sweep.json --wait --json");
    assert_eq!((ended.code, ended.err.as_str()), (0, ""), "{}", ended.out);
    assert_eq!(ended.json()[1]["status"]["status_type"], "completed");

    let again = ask(&place, &server, "submit sweep.json");
    assert_eq!(again.out, "experiment 1   was there already\nexperiment 2   was there already\n");
    let status = ask(&place, &server, "status");
    assert!(status.code == 0 && status.out.contains("completed"), "{status:?}");
    let budget = ask(&place, &server, "budget --json").json();
    assert!(budget["used_seconds"].as_f64().is_some_and(|used| used > 0.0), "{budget}");
    assert_eq!(ask(&place, &server, "wait").out, "Nothing to wait for.\n");

    let query = "loss --d-model 256 --num-layers 6 --num-heads 4 --learning-rate 1e-3 --train-flops 1e16";
    let first = ask(&place, &server, &format!("{query} --json")).json();
    assert_eq!(first["total_flops_used"], 1e16);

    let pulled = ask(&place, &server, "pull -o runs.csv");
    assert!(pulled.code == 0 && pulled.out.contains("3 runs"), "{pulled:?}");
    let table = std::fs::read_to_string(place.path("runs.csv")).unwrap();
    assert!(
        table.contains("\nexperiment-1,2026,adamw,3407872,52428800,") && table.contains("\nquery-1,2025,,4718592,"),
        "{table}"
    );
    let read = place.isoflop("check runs.csv --json").json();
    assert_eq!(read["data"]["runs"], 3, "{read}");

    drop(server);
    // What is known here is known without a server.
    let known = place.isoflop(&format!("{query} --key x"));
    assert_eq!(known.code, 5, "another's key has another's answers: {known:?}");
}

#[test]
fn known_answers_cost_no_request() {
    let (place, server) = (Place::new(), Server::start("--world quiet"));
    let query = "loss --d-model 128 --num-layers 4 --num-heads 2 --learning-rate 0.001 --train-flops 1e15 --json";
    let first = ask(&place, &server, query).json();
    let (url, key) = (server.url.clone(), server.user_key.clone());
    drop(server);
    let mut again = command(&place.path(""), query);
    let again = run(again.env("ISOFLOP_URL", url).env("A3_API_KEY", key));
    assert_eq!(again.code, 0, "{again:?}");
    assert_eq!(again.json()["loss"], first["loss"]);
}

#[test]
fn refusals_and_bad_files_are_told_apart() {
    let (place, server) = (Place::new(), Server::start("--world quiet --budget-seconds 700"));
    place.file("two.json", json!([config(0), config(1)]).to_string());
    let refused = ask(&place, &server, "submit two.json");
    assert_eq!(refused.code, 1, "{refused:?}");
    assert!(refused.err.starts_with("error: insufficient budget: "), "{refused:?}");
    assert!(refused.err.contains("(1 of 2 were submitted)"), "{refused:?}");

    place.file("broken.json", "{\n  \"train_batch_size\": 64,\n  oops\n}");
    let broken = ask(&place, &server, "submit broken.json");
    assert_eq!(broken.code, 3);
    assert!(broken.err.starts_with("error: broken.json:3:3: "), "{broken:?}");

    let mut wrong = config(0);
    wrong["architecture_config"]["head_dim"] = json!("wide");
    place.file("wrong.json", serde_json::to_string_pretty(&json!([config(0), wrong])).unwrap());
    let wrong = ask(&place, &server, "submit wrong.json");
    assert_eq!(wrong.code, 3);
    assert!(wrong.err.contains(": architecture_config.head_dim: Input should be a valid integer"), "{wrong:?}");
    assert!(wrong.err.contains("\"head_dim\": \"wide\""), "its line is shown\n{}", wrong.err);

    let unknown = ask(&place, &server, "budget --key nobody");
    assert_eq!((unknown.code, unknown.err.lines().next()), (1, Some("error: invalid API key")));
    assert_eq!(ask(&place, &server, "status 99").code, 1);
    assert_eq!(
        ask(
            &place,
            &server,
            "loss --d-model 9999 --num-layers 6 --num-heads 4 --learning-rate 1e-3 --train-flops 1e16"
        )
        .code,
        2
    );
    let nobody = place.isoflop("budget");
    assert_eq!((nobody.code, nobody.err.lines().next()), (2, Some("error: no key is given")));
}

#[test]
fn a_final_submission_is_saved_and_shown() {
    let (place, server) = (Place::with("large.json", config(7).to_string()), Server::start("--world quiet"));
    assert!(ask(&place, &server, "final").out.starts_with("Nothing is submitted yet"));
    let saved = ask(&place, &server, "final large.json --loss 3.25");
    assert!(saved.code == 0 && saved.out.contains("predicted loss 3.25"), "{saved:?}");
    assert_eq!(ask(&place, &server, "final --json").json()["training_config"]["model_seed"], 7);
}

#[test]
fn a_server_that_is_not_there_is_5() {
    let place = Place::new();
    let ended = place.isoflop("budget --url http://127.0.0.1:9 --key x");
    assert_eq!(ended.code, 5, "{ended:?}");
    assert!(ended.err.starts_with("error: http://127.0.0.1:9/budget cannot be reached: "), "{}", ended.err);
}
