//! The questions of the 2024 and 2025 protocol.

use isoflop_api::{LossQuery, TRAIN_FLOPS, read_api_key};

const GOOD: [(&str, &str); 7] = [
    ("d_model", "1024"),
    ("num_layers", "24"),
    ("num_heads", "16"),
    ("batch_size", "128"),
    ("learning_rate", "0.001"),
    ("train_flops", "1e+16"),
    ("api_key", "ssh-rsa AAAA+/= me@here"),
];

fn with(name: &str, value: &str) -> Result<LossQuery, String> {
    let pairs = GOOD.map(|(key, good)| (key, if key == name { value } else { good }));
    LossQuery::read(&pairs).map_err(|refusal| refusal.to_string())
}

#[test]
fn all_spellings_of_a_number_are_one_question() {
    let query = with("", "").expect("a good question");
    assert_eq!(query.train_flops, 1e16);
    for (name, value) in [
        ("train_flops", "10000000000000000"),
        ("train_flops", "1e16"),
        ("train_flops", "10000000000000000.0"),
        ("learning_rate", "1e-3"),
        ("d_model", "1024.0"),
        ("num_layers", " 24"),
    ] {
        let spelled = with(name, value).expect("the same question");
        assert_eq!((spelled.digest(), &spelled), (query.digest(), &query));
    }
    assert_ne!(with("num_heads", "2").expect("another question").digest(), query.digest());
    assert_eq!(read_api_key(&GOOD), Ok("ssh-rsa AAAA+/= me@here"));
}

#[test]
fn the_ends_of_the_ranges_are_inside() {
    for (name, least, most) in [("d_model", 64, 1024), ("num_layers", 2, 24), ("num_heads", 2, 16)] {
        assert!(with(name, &least.to_string()).is_ok() && with(name, &most.to_string()).is_ok());
        for outside in [least - 1, most + 1] {
            let words = format!("{name} must be in range [{least}, {most}], got {outside}");
            assert_eq!(with(name, &outside.to_string()), Err(words));
        }
    }
    for rate in ["0.0001", "1e-4", "0.001"] {
        assert!(with("learning_rate", rate).is_ok());
    }
    assert_eq!(
        with("learning_rate", "0.00101"),
        Err("learning_rate must be in range [0.0001, 0.001], got 0.00101".to_owned())
    );
    assert!(TRAIN_FLOPS.iter().all(|flops| with("train_flops", &flops.to_string()).is_ok()));
    assert!(with("train_flops", "2e16").expect_err("not in the list").ends_with("1e18], got 2e16"));
    assert_eq!(with("batch_size", "64"), Err("batch_size must be one of [128, 256], got 64".to_owned()));
}

#[test]
fn what_is_no_question_is_named() {
    assert_eq!(with("d_model", "9999"), Err("d_model must be in range [64, 1024], got 9999".to_owned()));
    assert_eq!(with("d_model", "-1e2"), Err("d_model must be an integer, got \"-1e2\"".to_owned()));
    assert_eq!(with("train_flops", "nan"), Err("train_flops must be a number, got \"nan\"".to_owned()));
    let long = "9".repeat(5000);
    assert!(with("num_heads", &long).expect_err("too long").len() < 200);
    for (missing, _) in GOOD {
        let pairs: Vec<_> = GOOD.into_iter().filter(|(name, _)| *name != missing).collect();
        let words = if missing == "api_key" {
            read_api_key(&pairs).expect_err("absent").to_string()
        } else {
            LossQuery::read(&pairs).expect_err("absent").to_string()
        };
        assert_eq!(words, format!("{missing} is required"));
    }
}
