//! The server itself: drained, audited, exported, backed up, looked over, rehearsed.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use isoflop_server::http::operator::{AuditPage, Draining};
use isoflop_server::preflight::{Found, Grade, Preflight as Seen};
use isoflop_server::rehearsal::{Plan, Rehearsed};
use serde_json::json;

use super::call::Call;
use super::words::{amount, duration, moment};
use crate::exit::{DONE, Failure, NO};
use crate::terminal::wrapped;

/// Hand out no more runs; those that go on end as usual
#[derive(Debug, Args)]
pub struct Drain {
    /// Hand them out again
    #[arg(long)]
    off: bool,
}

/// Show what operators did: who, when, what and why, the last first
#[derive(Debug, Args)]
pub struct Audit {
    /// At most this many
    #[arg(long, value_name = "N", default_value = "50")]
    limit: usize,
    /// Those before the event of this number
    #[arg(long, value_name = "NUMBER")]
    before: Option<i64>,
}

/// What can be exported.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum What {
    /// Every run with its configuration and losses.
    Experiments,
    /// Every user with their budgets.
    Users,
    /// Everything that happened.
    Events,
}

/// The form of an export.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    /// With a heading.
    Csv,
    /// An object a line.
    Jsonl,
}

/// Write all runs, users or events to a file
#[derive(Debug, Args)]
pub struct Export {
    /// Which of them
    what: What,
    /// Its form
    #[arg(long, value_name = "FORM", default_value = "csv")]
    format: Format,
    /// File that is not there yet [default: standard output]
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// Copy the database to a file here, while the server goes on
#[derive(Debug, Args)]
pub struct Backup {
    /// File that is not there yet
    file: PathBuf,
}

/// Look over everything that a course needs; exits with 1 if something will not do
#[derive(Debug, Args)]
pub struct Preflight {}

/// Play a course in advance: how long runs would wait, who runs out of budget, what is refused
#[derive(Debug, Args)]
pub struct Rehearsal {
    /// Users
    #[arg(long, value_name = "N", default_value = "50")]
    users: usize,
    /// What each submits
    #[arg(long, value_name = "N", default_value = "40")]
    submissions: usize,
    /// How long they have, hours
    #[arg(long, value_name = "HOURS", default_value = "168", value_parser = hours)]
    hours: f64,
    /// Runs at once [default: as many as the server trains]
    #[arg(long, value_name = "N")]
    places: Option<usize>,
    /// Where randomness starts
    #[arg(long, value_name = "SEED", default_value = "0")]
    seed: u64,
}

pub fn drain(call: &Call, Drain { off }: &Drain) -> Result<u8, Failure> {
    call.tell(call.post("drain", &Draining { on: !off })?, |Draining { on }| {
        if on { "No run is handed out any more.\n".to_owned() } else { "Runs are handed out.\n".to_owned() }
    })
}

pub fn audit(call: &Call, Audit { limit, before }: &Audit) -> Result<u8, Failure> {
    let mut query = vec![("limit", limit.to_string())];
    query.extend(before.map(|before| ("before", before.to_string())));
    call.tell(call.get("audit", &query)?, |page: AuditPage| {
        let mut text = String::new();
        for entry in &page.entries {
            let deed = &entry.deed;
            let what = if deed.what.is_empty() { String::new() } else { format!(", {}", deed.what) };
            let why = if deed.reason.is_empty() { String::new() } else { format!(": {}", deed.reason) };
            let line = format!("{}  {}: {}{what}{why}", moment(&entry.at.to_string()), deed.actor, deed.action);
            text += &wrapped(&line, "", "             ");
        }
        text + &page.next.map_or_else(String::new, |next| format!("those that follow: --before {next}\n"))
    })
}

pub fn export(call: &Call, Export { what, format, output }: &Export) -> Result<u8, Failure> {
    let name = |value: Option<clap::builder::PossibleValue>| value.map(|value| value.get_name().to_owned());
    let (what, format) = (name(what.to_possible_value()), name(format.to_possible_value()));
    let query = [("format", format.unwrap_or_default())];
    let bytes = call.save(&format!("export/{}", what.unwrap_or_default()), &query, output.as_deref())?;
    saved(call, output.as_ref(), bytes)
}

pub fn backup(call: &Call, Backup { file }: &Backup) -> Result<u8, Failure> {
    let bytes = call.save("backup", &[], Some(file))?;
    saved(call, Some(file), bytes)
}

fn saved(call: &Call, file: Option<&PathBuf>, bytes: u64) -> Result<u8, Failure> {
    let Some(file) = file else { return Ok(DONE) };
    let file = file.display().to_string();
    call.tell(json!({ "file": file, "bytes": bytes }), |_: serde_json::Value| format!("{file}: {bytes} bytes\n"))
}

pub fn preflight(call: &Call, _: &Preflight) -> Result<u8, Failure> {
    let value = call.post("preflight", &json!({}))?;
    let ready = value["ready"] == true;
    call.tell(value, |seen: Seen| {
        let lines: String = seen.checks.iter().map(line).collect();
        let said = match seen.grade {
            Grade::Ok => "Everything is ready.",
            Grade::Warning => "Ready, but look at what is marked with !.",
            Grade::Failure => "Not ready: mend what is marked with !!.",
        };
        format!("{lines}\n{said}\n")
    })?;
    Ok(if ready { DONE } else { NO })
}

fn line(found: &Found) -> String {
    let mark = match found.grade {
        Grade::Ok => "  ",
        Grade::Warning => " !",
        Grade::Failure => "!!",
    };
    let advice = found.advice.as_ref().map(|advice| format!("; {advice}")).unwrap_or_default();
    wrapped(&format!("{mark} {:<14} {}{advice}", found.check, found.message), "", "                  ")
}

pub fn rehearsal(call: &Call, command: &Rehearsal) -> Result<u8, Failure> {
    let Rehearsal { users, submissions, hours, places, seed } = command;
    let plan = Plan { users: *users, submissions: *submissions, hours: *hours, places: *places, seed: *seed };
    call.tell(call.post("rehearsal", &plan)?, |rehearsed: Rehearsed| told(&rehearsed))
}

fn told(it: &Rehearsed) -> String {
    let plan = &it.plan;
    let places = plan.places.unwrap_or_default();
    let refused = it.over_budget + it.duplicates + it.queue_full;
    let lines = [
        format!(
            "{} users, {} submissions each in {}, {places} runs at once, seed {}; {}",
            plan.users,
            plan.submissions,
            duration(plan.hours * 3600.0),
            plan.seed,
            it.world
        ),
        String::new(),
        format!(
            "submissions   {} accepted, {refused} refused: {} over budget, {} twice the same, {} in a full queue",
            it.accepted, it.over_budget, it.duplicates, it.queue_full
        ),
        format!("runs          {} completed, {} timed out, {} failed", it.completed, it.timed_out, it.failed),
        format!(
            "budget        {:.0} % used by the average user; {} of {} used all of it",
            100.0 * it.budget_used,
            it.users_out_of_budget,
            plan.users
        ),
        format!(
            "queue         at most {} runs waited, after {}",
            it.longest_queue,
            duration(it.longest_queue_at_hours * 3600.0)
        ),
        format!(
            "waiting       half of the runs {} or less, 95 % {}, all {}",
            duration(it.median_wait_seconds),
            duration(it.p95_wait_seconds),
            duration(it.longest_wait_seconds)
        ),
        format!(
            "machines      {:.0} % of their time in use, {:.1} runs an hour; the last was over after {}",
            100.0 * it.places_used,
            it.runs_per_hour,
            duration(it.over_at_hours * 3600.0)
        ),
        format!(
            "server        {} events a second on this machine, without its disk",
            amount(it.events_per_second.round())
        ),
    ];
    lines
        .iter()
        .map(|line| if line.is_empty() { "\n".to_owned() } else { wrapped(line, "", "              ") })
        .collect()
}

fn hours(text: &str) -> Result<f64, String> {
    let value = text.parse::<f64>().ok().filter(|value| *value > 0.0 && *value <= 1e5);
    value.ok_or_else(|| "a number above 0 and at most 100000 is needed".to_owned())
}
