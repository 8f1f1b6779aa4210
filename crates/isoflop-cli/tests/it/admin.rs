//! `isoflop admin` against `isoflop serve`.

use std::io::{BufRead, BufReader};
use std::process::{Child, Stdio};

use unicode_width::UnicodeWidthStr;

use crate::program::{Ended, Place, command, run};

/// A server in a folder of its own, and the folder that commands run in.
struct Served {
    place: Place,
    server: Child,
    url: String,
    operator: String,
    user: String,
}

impl Served {
    fn start(options: &str) -> Self {
        let place = Place::new();
        let words = format!("serve --listen 127.0.0.1:0 --log off {options}");
        let mut server = command(&place.path(""), &words).stdout(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(server.stdout.take().unwrap()).lines().map(Result::unwrap);
        let url = lines.next().unwrap().split_whitespace().last().unwrap().to_owned();
        let keys: Vec<String> = lines.take(4).map(|line| line.split_whitespace().last().unwrap().to_owned()).collect();
        let [user, operator] = [1, 2].map(|line: usize| keys[line].clone());
        Self { place, server, url, operator, user }
    }

    fn admin(&self, words: &str) -> Ended {
        let mut command = command(&self.place.path(""), &format!("admin {words}"));
        command.env("ISOFLOP_URL", &self.url).env("ISOFLOP_OPERATOR_KEY", &self.operator);
        let ended = run(command.env("ISOFLOP_OPERATOR_NAME", "Grâce").env_remove("USER"));
        for line in ended.out.lines().filter(|_| !words.contains("json") && !words.contains("export")) {
            assert!(line.width() <= 80, "{words}: {} columns\n{line}", line.width());
        }
        ended
    }

    fn ok(&self, words: &str) -> String {
        let ended = self.admin(words);
        assert_eq!((ended.code, ended.err.as_str()), (0, ""), "{words}: {ended:?}");
        ended.out
    }

    fn refused(&self, words: &str, code: i32) -> String {
        let ended = self.admin(words);
        assert_eq!((ended.code, ended.out.as_str()), (code, ""), "{words}: {ended:?}");
        ended.err
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

#[test]
fn a_course_is_run_from_the_command_line() {
    let served = Served::start("--world quiet");
    assert!(served.ok("user add Ada").starts_with("Ada: isoflop-"));
    let weak = served.admin("user add Alan --key 06123456");
    assert_eq!((weak.code, weak.out.as_str()), (0, "Alan: the key that was given\n"));
    assert_eq!(weak.err, "warning: this key can be found by trying; let one be made where you can\n");
    assert!(served.refused("user add Ada", 1).contains("there is a user \"Ada\" already"));

    served.place.file("roster.csv", "name,key\nKurt\nAda\nEmmy,1234\n");
    let told = served.refused("user import roster.csv", 3);
    assert!(told.contains("error: roster.csv:3:1: there is a user \"Ada\" already\n"), "{told}");
    assert!(told.contains("       roster.csv:4:6: a key has at least 8 characters\n"), "{told}");
    served.place.file("roster.csv", "Kurt\nEmmy\n");
    assert_eq!(served.ok("user import roster.csv").lines().count(), 2);
    assert!(served.ok("user rotate Emmy").starts_with("Emmy: isoflop-"));
    let list = served.ok("user list");
    assert!(list.contains("student") && list.lines().count() == 6, "{list}");
    let json = served.admin("user list --json").json();
    assert_eq!(json.as_array().map(Vec::len), Some(5));

    let told = served.ok("budget Ada --seconds +3600 --reason 'a late start'");
    assert_eq!(told, "Ada: 46800 of 46800 s left, 2e18 of 2e18 FLOPs left\n");
    let told = served.ok("budget Ada --flops -1e18 --reason 'a mistake'");
    assert_eq!(told, "Ada: 46800 of 46800 s left, 1e18 of 1e18 FLOPs left\n");
    assert!(served.refused("budget Adda --seconds 1 --reason x", 1).contains("did you mean \"Ada\"?"));

    served.ok("finals deadline 2999-06-01T12:00:00-07:00");
    let told =
        "Final submissions are open, with the deadline 2999-06-01T19:00:00Z. 0 of 5 users\nhave one; 0 launched.\n";
    assert_eq!(served.ok("finals"), told);
    assert!(served.refused("finals deadline tomorrow", 2).contains("\"tomorrow\" is not a moment"));
    assert!(served.ok("finals freeze").contains("are frozen"));
    assert!(served.ok("finals open").contains("are open. 0 of 5"));
    assert_eq!(served.ok("finals launch"), "0 final runs were launched\n");
    assert_eq!(served.ok("leaderboard"), "Nobody has a final submission.\n");
    assert_eq!(served.ok("finals scores"), "Nobody has a final submission.\n");
    assert!(served.ok("truth").starts_with("At 43200 seconds the best run has "));
    assert_eq!(served.ok("drain"), "No run is handed out any more.\n");
    assert_eq!(served.ok("drain --off"), "Runs are handed out.\n");
    let audit = served.ok("audit");
    assert!(audit.contains("Grâce: adjust budget, Ada: +3600 seconds: a late start"), "{audit}");
    assert!(served.ok("worker-key rotate").starts_with("worker: isoflop-"));
    let ready = served.ok("preflight");
    assert!(ready.contains(" ! keys of users") && ready.contains("Ready, but look"), "{ready}");
    let played = served.ok("rehearsal --users 5 --submissions 10 --hours 5 --places 2");
    assert!(played.starts_with("5 users, 10 submissions each in 5.0 h, 2 runs at once, seed 0"), "{played}");
}

#[test]
fn runs_are_seen_exported_and_backed_up() {
    let served = Served::start("--no-workers");
    let config = r#"{"architecture_config": {"attention_bias": false, "head_dim": 64, "hidden_size": 256,
        "intermediate_size": 704, "num_attention_heads": 4, "num_hidden_layers": 4, "num_key_value_heads": 4,
        "rms_norm_eps": 1e-6, "rope_theta": 10000, "tie_word_embeddings": false, "dtype": "bfloat16",
        "vocab_size": 32000}, "optimizer_config": {}, "train_batch_size": 64, "val_batch_size": 64, "n_evals": 4,
        "total_train_tokens": 13107200, "max_runtime_seconds": 600}"#;
    let request = ureq::post(format!("{}/submit", served.url)).header("X-API-Key", &served.user);
    request.content_type("application/json").send(config).unwrap();
    let list = served.ok("experiments --user student");
    assert!(list.contains("queued") && list.contains("13.1M"), "{list}");
    assert!(served.refused("experiments --status done", 1).contains("status is \"done\", expected one of queued"));
    assert_eq!(served.ok("dispatch 1 --run-id by-hand"), "experiment 1 is run by-hand now\n");
    assert_eq!(served.ok("requeue 1"), "experiment 1 of student: queued, costs 600 seconds\n");
    assert!(served.refused("refund 1 --reason x", 1).contains("has not ended; cancel it first"));
    assert_eq!(served.ok("cancel 1"), "experiment 1 of student: cancelled, costs 0 seconds\n");
    assert!(served.refused("cancel 2", 1).contains("no experiment 2"));

    let csv = served.ok("export experiments");
    assert!(csv.starts_with("experiment_id,user,") && csv.lines().count() == 2, "{csv}");
    served.ok("export events --format jsonl -o events.jsonl");
    let events = std::fs::read_to_string(served.place.path("events.jsonl")).unwrap();
    assert!(events.lines().all(|line| serde_json::from_str::<serde_json::Value>(line).is_ok()));
    assert!(served.refused("export users -o events.jsonl", 2).contains("events.jsonl"), "nothing is overwritten");
    served.ok("backup copy.db");
    let copied = std::fs::read(served.place.path("copy.db")).unwrap();
    assert!(copied.starts_with(b"SQLite format 3\0"));
    assert!(served.refused("truth", 1).contains("nobody knows the truth"));
}

#[test]
fn what_goes_wrong_has_its_exit_code() {
    let served = Served::start("--no-workers");
    let told = served.refused("--operator-key isoflop-wrong user list", 1);
    assert!(told.contains("error: invalid operator key\nhint: give the operator key with"), "{told}");
    let told = served.refused("--key isoflop-wrong backup copy.db", 1);
    assert!(told.contains("invalid operator key") && !served.place.path("copy.db").exists(), "{told}");
    let told = served.refused("--url http://127.0.0.1:9 user list", 5);
    assert!(
        told.contains("error: http://127.0.0.1:9 does not answer") && told.contains("hint: is it running"),
        "{told}"
    );
    assert!(served.refused("user import nowhere.csv", 2).contains("nowhere.csv"));
    let ended = run(command(&served.place.path(""), "admin user list").env_remove("ISOFLOP_OPERATOR_KEY"));
    assert!(ended.code == 2 && ended.err.contains("no operator key was given"), "{ended:?}");
    let ended = run(&mut command(&served.place.path(""), "admin budget Ada --reason x"));
    assert_eq!(ended.code, 2, "{ended:?}");
}
