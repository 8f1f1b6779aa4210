//! Everybody's runs.

use clap::Args;
use isoflop_server::http::operator::{Dispatch as Asked, Reason, RunLine, RunPage};

use super::call::Call;
use super::words::{amount, count, loss, moment, short};
use crate::exit::Failure;
use crate::terminal::{Align, Columns};

/// List everybody's runs, the last first
#[derive(Debug, Args)]
pub struct Experiments {
    /// Of this user
    #[arg(long, value_name = "NAME")]
    user: Option<String>,
    /// In this state: queued, running, completed, failed, lost or cancelled
    #[arg(long, value_name = "STATE")]
    status: Option<String>,
    /// For this: own, or final, which trains final submissions
    #[arg(long, value_name = "PURPOSE")]
    purpose: Option<String>,
    /// At most this many
    #[arg(long, value_name = "N", default_value = "50")]
    limit: usize,
    /// Those before the run of this number
    #[arg(long, value_name = "ID")]
    before: Option<u64>,
}

/// Let a run that is over cost nothing
#[derive(Debug, Args)]
pub struct Refund {
    /// Its number
    id: u64,
    /// Why, for the audit log
    #[arg(long, value_name = "TEXT")]
    reason: String,
}

/// Stop a run, or take it from the queue; what it used is charged
#[derive(Debug, Args)]
pub struct Cancel {
    /// Its number
    id: u64,
    /// Why, for the audit log
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
}

/// Take a run from its worker and queue it again; that is not held against it
#[derive(Debug, Args)]
pub struct Requeue {
    /// Its number
    id: u64,
    /// Why, for the audit log
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
}

/// Hand a queued run to a worker that was started by hand, such as the reference worker of the course
#[derive(Debug, Args)]
pub struct Dispatch {
    /// Its number
    id: u64,
    /// What the worker calls its run
    #[arg(long, value_name = "TEXT")]
    run_id: String,
}

pub fn list(call: &Call, command: &Experiments) -> Result<u8, Failure> {
    let Experiments { user, status, purpose, limit, before } = command;
    let mut query = vec![("limit", limit.to_string())];
    let given = [("user", user), ("status", status), ("purpose", purpose)];
    query.extend(given.into_iter().filter_map(|(name, value)| value.clone().map(|value| (name, value))));
    query.extend(before.map(|id| ("before", id.to_string())));
    call.tell(call.get("experiments", &query)?, |page: RunPage| {
        let shown = page.experiments.len();
        let more = match page.next {
            Some(id) => format!("{shown} of {}; those that follow: --before {id}\n", page.matching),
            None => String::new(),
        };
        table(&page.experiments) + &more
    })
}

pub fn refund(call: &Call, Refund { id, reason }: &Refund) -> Result<u8, Failure> {
    done(call, *id, "refund", reason)
}

pub fn cancel(call: &Call, Cancel { id, reason }: &Cancel) -> Result<u8, Failure> {
    done(call, *id, "cancel", reason.as_deref().unwrap_or_default())
}

pub fn requeue(call: &Call, Requeue { id, reason }: &Requeue) -> Result<u8, Failure> {
    done(call, *id, "requeue", reason.as_deref().unwrap_or_default())
}

pub fn dispatch(call: &Call, Dispatch { id, run_id }: &Dispatch) -> Result<u8, Failure> {
    let value = call.post(&format!("experiments/{id}/dispatch"), &Asked { run_id: run_id.clone() })?;
    call.tell(value, |()| format!("experiment {id} is run {run_id} now\n"))
}

fn done(call: &Call, id: u64, what: &str, reason: &str) -> Result<u8, Failure> {
    let value = call.post(&format!("experiments/{id}/{what}"), &Reason { reason: reason.to_owned() })?;
    call.tell(value, |run: RunLine| {
        let RunLine { user, status, charge, charge_unit, .. } = run;
        format!("experiment {id} of {user}: {status}, costs {} {charge_unit}\n", amount(charge))
    })
}

fn table(runs: &[RunLine]) -> String {
    use Align::{Left, Right};
    let mut columns = Columns::new(&[Right, Left, Left, Left, Right, Right, Right, Right]);
    columns.strong(["id", "user", "state", "queued", "N", "D", "cost", "loss"].map(ToOwned::to_owned));
    for run in runs {
        let state = if run.purpose == "final" { format!("{}*", run.status) } else { run.status.clone() };
        columns.row([
            run.experiment_id.to_string(),
            short(&run.user, 16),
            state,
            moment(&run.queued_at.to_string()),
            count(run.params),
            count(run.tokens),
            amount(run.charge),
            loss(run.loss),
        ]);
    }
    let finals = runs.iter().any(|run| run.purpose == "final");
    columns.lines().join("\n") + if finals { "\n* trains a final submission\n" } else { "\n" }
}
