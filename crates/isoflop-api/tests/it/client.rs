//! The client against a server that plays a script: what is tried again, and what is made of the answers.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use isoflop_api::client::{Client, ClientError, Patience};
use isoflop_api::{
    AdamW, Architecture, Dtype, Experiment, LossQuery, LrSchedule, Optimizer, Status, Timestamp, TrainingConfig,
    to_wire,
};

/// Answers one connection after the other; `None` closes it unanswered. Gives what was asked.
fn playing(script: Vec<Option<(u16, String)>>) -> (Client, JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let mut client = Client::new(&format!("http://{}", listener.local_addr().expect("an address")), "a key");
    client.patience = Patience { tries: 3, first: Duration::from_millis(1), most: Duration::from_millis(5) };
    let played = thread::spawn(move || {
        script
            .into_iter()
            .map(|answer| {
                let (mut stream, _) = listener.accept().expect("a client");
                let mut asked = Vec::new();
                let mut bytes = [0; 4096];
                while !is_whole(&asked) {
                    let count = stream.read(&mut bytes).expect("a request");
                    asked.extend_from_slice(&bytes[..count]);
                }
                if let Some((status, body)) = answer {
                    let length = body.len();
                    let head = format!("HTTP/1.1 {status} X\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n");
                    stream.write_all((head + &body).as_bytes()).expect("heard");
                }
                String::from_utf8_lossy(&asked).lines().next().unwrap_or_default().to_owned()
            })
            .collect()
    });
    (client, played)
}

/// Whether the head and as much of a body as it promises are there.
fn is_whole(asked: &[u8]) -> bool {
    let text = String::from_utf8_lossy(asked);
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let length = head.lines().find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length: ")?.parse().ok());
    body.len() >= length.unwrap_or(0)
}

fn config() -> TrainingConfig {
    TrainingConfig {
        architecture_config: Architecture {
            attention_bias: false,
            head_dim: 64,
            hidden_size: 128,
            intermediate_size: 384,
            num_attention_heads: 2,
            num_hidden_layers: 2,
            num_key_value_heads: 2,
            rms_norm_eps: 1e-6,
            rope_theta: 10_000,
            tie_word_embeddings: false,
            dtype: Dtype::Bfloat16,
            vocab_size: 32_000,
        },
        optimizer_config: Optimizer::AdamW(AdamW { lr_scheduler: LrSchedule::default(), ..AdamW::default() }),
        train_batch_size: 64,
        val_batch_size: 64,
        n_evals: 16,
        total_train_tokens: 52_428_800,
        max_runtime_seconds: 600.0,
        model_seed: 0,
    }
}

#[test]
fn a_submission_that_was_cut_off_is_asked_again_and_found() {
    let status = Status::Queued { queued_at: Timestamp(0) };
    let list = vec![Experiment { experiment_id: 7, training_config: config().into(), status }];
    let there = String::from_utf8(to_wire(&list)).expect("JSON");
    for refusal in
        [(409, r#"{"detail":"experiment already exists"}"#), (400, r#"{"detail":{"message":"insufficient"}}"#)]
    {
        let refused = Some((refusal.0, refusal.1.to_owned()));
        let (client, played) = playing(vec![None, refused, Some((200, there.clone()))]);
        let submitted = client.submit(&config()).expect("found");
        assert_eq!((submitted.experiment_id, submitted.already_there), (7, true));
        let asked = played.join().expect("played");
        assert_eq!(asked, ["POST /submit HTTP/1.1", "POST /submit HTTP/1.1", "GET /experiments HTTP/1.1"]);
    }
}

#[test]
fn a_refusal_is_not_asked_again() {
    let (client, played) = playing(vec![Some((400, r#"{"detail":{"message":"insufficient budget"}}"#.to_owned()))]);
    let refused = client.submit(&config()).expect_err("refused");
    assert_eq!(refused, ClientError::Refused { status: 400, words: "insufficient budget".to_owned() });
    assert_eq!(played.join().expect("played").len(), 1);
}

#[test]
fn a_busy_server_is_asked_as_often_as_patience_lasts() {
    let busy = || Some((503, r#"{"detail":"the server is stopping"}"#.to_owned()));
    let (client, played) = playing(vec![busy(), busy(), busy()]);
    let ClientError::Unreachable { why, .. } = client.budget().expect_err("busy") else { panic!("unreachable") };
    assert_eq!(why, "the server is stopping");
    assert_eq!(played.join().expect("played").len(), 3);
}

#[test]
fn another_program_s_answer_is_not_understood() {
    let (client, _played) = playing(vec![Some((200, "<html>".to_owned()))]);
    assert!(matches!(client.budget(), Err(ClientError::NotUnderstood { .. })));
}

#[test]
fn keys_of_any_characters_stand_in_a_query() {
    let answer = Some((200, r#"{"loss": 3.5, "total_flops_used": 1e16}"#.to_owned()));
    let (client, played) = playing(vec![answer]);
    let client = Client::new(client.url(), "ssh-rsa AA+b/c== me@here");
    let query = LossQuery {
        d_model: 256,
        num_layers: 6,
        num_heads: 4,
        batch_size: 128,
        learning_rate: 1e-3,
        train_flops: 1e16,
    };
    assert_eq!(client.loss(&query).expect("answered").loss, 3.5);
    let asked = played.join().expect("played");
    assert!(
        asked[0].contains("train_flops=10000000000000000&api_key=ssh-rsa%20AA%2Bb%2Fc%3D%3D%20me%40here"),
        "{asked:?}"
    );
}
