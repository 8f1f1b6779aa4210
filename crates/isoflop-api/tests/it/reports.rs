//! What workers say, beyond what the reference can read.

use isoflop_api::{FailReason, Finish, PathNumber, Request, WorkerEvent, read_body, read_experiment_id, read_request};

fn read<T: Request>(body: &str) -> T {
    let json = read_body(Some("application/json"), body.as_bytes()).expect("JSON");
    read_request(&json).unwrap_or_else(|issues| panic!("{issues:?}"))
}

#[test]
fn a_diverged_run_can_say_so() {
    let said =
        r#"{"log_type":"validation_loss","run_id":"r","val_losses":[4.5,NaN,null,Infinity,"nan",-Infinity,1e999]}"#;
    let WorkerEvent::ValidationLoss { run_id, val_losses } = read(said) else { panic!("another event") };
    assert_eq!(run_id, "r");
    assert_eq!(val_losses[0], 4.5);
    assert!(val_losses[1].is_nan() && val_losses[2].is_nan() && val_losses[4].is_nan());
    assert_eq!((val_losses[3], val_losses[5], val_losses[6]), (f64::INFINITY, f64::NEG_INFINITY, f64::INFINITY));

    let said = r#"{"result_type":"completed","used_runtime_seconds":12,"val_losses":[NaN]}"#;
    let Finish::Completed { used_runtime_seconds, val_losses } = read(said) else { panic!("another end") };
    assert_eq!(used_runtime_seconds, 12.0);
    assert!(val_losses[0].is_nan());
}

#[test]
fn every_report_is_read() {
    let wandb_path = Some("team/run".to_owned());
    let started = WorkerEvent::RunStarted { run_id: "r".to_owned(), wandb_path };
    assert_eq!(read::<WorkerEvent>(r#"{"run_id":"r","wandb_path":"team/run","log_type":"run_started"}"#), started);
    let alive = WorkerEvent::RunHeartbeat { run_id: "r".to_owned(), elapsed_seconds: 60.5 };
    assert_eq!(read::<WorkerEvent>(r#"{"log_type":"run_heartbeat","run_id":"r","elapsed_seconds":"60.5"}"#), alive);
    let away = WorkerEvent::Preempted { run_id: "r".to_owned() };
    assert_eq!(read::<WorkerEvent>(r#"{"log_type":"preempted","run_id":"r"}"#), away);
    for reason in [
        FailReason::Timeout { partial_val_losses: vec![4.5] },
        FailReason::Unexpected { failure: "out of memory\u{0}".to_owned() },
    ] {
        let finish = Finish::Failed { used_runtime_seconds: -0.5, reason };
        assert_eq!(read::<Finish>(&serde_json::to_string(&finish).expect("JSON")), finish);
    }
}

#[test]
fn numbers_beyond_every_experiment_are_numbers() {
    let huge = "9".repeat(30);
    assert!(read_experiment_id(&huge, PathNumber::Positive).is_ok_and(|number| number > i64::MAX / 4));
    assert!(read_experiment_id(&format!("-{huge}"), PathNumber::Any).is_ok_and(|number| number < 0));
    assert_eq!(read_experiment_id("1_0.0", PathNumber::Positive), Ok(10));
    assert!(
        read_experiment_id("0", PathNumber::Positive).is_err() && read_experiment_id("0", PathNumber::Any) == Ok(0)
    );
}
