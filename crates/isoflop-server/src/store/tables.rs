//! Tables that people and exports read, kept beside the events and never read by the program.

use rusqlite::{Transaction, params};

use super::StoreError;
use crate::backend::Work;
use crate::ledger::{End, Experiment, ExperimentId, Ledger, State, UserId};

/// Creates what is missing. `events` is the truth; the rest can be made from it.
pub(super) const CREATE: &str = "
    create table if not exists events (seq integer primary key, at integer not null, event text not null);
    create table if not exists words (name text primary key, value text not null);
    create table if not exists users (
        id integer primary key, name text not null, extra_seconds real not null, extra_flops real not null,
        final_config text, predicted_final_loss real, final_submitted_at text
    );
    create table if not exists experiments (
        id integer primary key, user text not null, protocol text not null, purpose text not null,
        status text not null, queued_at text not null, started_at text, ended_at text, attempts integer not null,
        run_id text, used_seconds real, charge real not null, failure text, last_loss real, losses text not null,
        config text not null
    );
";

pub(super) fn show(
    transaction: &Transaction,
    ledger: &Ledger,
    experiments: impl IntoIterator<Item = ExperimentId>,
    users: impl IntoIterator<Item = UserId>,
) -> Result<(), StoreError> {
    let mut statement = transaction.prepare_cached(
        "insert or replace into experiments values (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14,?15,?16)",
    )?;
    for run in experiments.into_iter().filter_map(|id| ledger.experiment(id)) {
        let row = Row::of(run);
        statement.execute(params![
            run.id.cast_signed(), // numbers of runs stay far below 2^63
            ledger.user(run.user).name,
            row.protocol,
            word(&run.purpose),
            row.status,
            run.queued.to_string(),
            row.started,
            row.ended,
            i64::try_from(run.attempts()).expect("attempts are few"),
            row.run_id,
            row.used_seconds,
            run.charge,
            row.failure,
            run.losses.last(),
            json(&run.losses),
            row.config,
        ])?;
    }
    let mut statement = transaction.prepare_cached("insert or replace into users values (?1,?2,?3,?4,?5,?6,?7)")?;
    for id in users {
        let user = ledger.user(id);
        let last_word = user.last_word.as_ref();
        statement.execute(params![
            id.0,
            user.name,
            user.extra_seconds,
            user.extra_flops,
            last_word.map(|word| json(&word.config)),
            last_word.map(|word| word.predicted_loss),
            last_word.map(|word| word.saved.to_string()),
        ])?;
    }
    Ok(())
}

/// What a row says of a run beside its plain fields.
struct Row {
    protocol: &'static str,
    config: String,
    status: &'static str,
    started: Option<String>,
    ended: Option<String>,
    run_id: Option<String>,
    used_seconds: Option<f64>,
    failure: Option<String>,
}

impl Row {
    fn of(run: &Experiment) -> Self {
        let (protocol, config) = match &run.work {
            Work::Training(config) => ("2026", json(config)),
            Work::Query(query) => ("2025", json(query)),
        };
        let mut row = Self {
            protocol,
            config,
            status: "queued",
            started: None,
            ended: None,
            run_id: None,
            used_seconds: None,
            failure: None,
        };
        match &run.state {
            State::Queued => {}
            State::Running { started, lease } => {
                row.status = "running";
                row.started = Some(started.to_string());
                row.run_id = Some(lease.run_id.clone());
            }
            State::Ended { started, ended, run_id, used_seconds, end } => {
                row.started = Some(started.to_string());
                row.ended = Some(ended.to_string());
                row.run_id = Some(run_id.clone());
                row.used_seconds = Some(*used_seconds);
                row.status = match end {
                    End::Completed => "completed",
                    End::Failed { .. } => "failed",
                };
                if let End::Failed { reason, .. } = end {
                    row.failure = Some(json(reason));
                }
            }
        }
        row
    }
}

fn json(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).expect("records become JSON")
}

fn word(value: &impl serde::Serialize) -> String {
    json(value).trim_matches('"').to_owned()
}
