//! Is everything ready? Each thing that is looked at, what was found, and what to do about it.

use std::net::SocketAddr;
use std::ops::ControlFlow;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use isoflop_api::Timestamp;
use serde::{Deserialize, Serialize};

use crate::auth::is_chosen;
use crate::backend::{Outcome, Work};
use crate::house::House;
use crate::ledger::{Ledger, Owner};
use crate::rehearsal::tiny;

/// How grave it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Grade {
    /// All is well.
    Ok,
    /// It will do, but look at it.
    Warning,
    /// It will not do.
    Failure,
}

/// One thing that was looked at.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Found {
    /// What was looked at.
    pub check: String,
    /// How it is.
    pub grade: Grade,
    /// What was seen.
    pub message: String,
    /// What to do about it.
    pub advice: Option<String>,
}

/// Everything that was looked at.
#[derive(Debug, Serialize, Deserialize)]
pub struct Preflight {
    /// Whether nothing failed.
    pub ready: bool,
    /// The gravest.
    pub grade: Grade,
    /// The server's time.
    pub now: Timestamp,
    /// In the order of looking.
    pub checks: Vec<Found>,
}

/// Below this much room on the disk, bytes.
const LITTLE_ROOM: u64 = 1 << 30;
const NO_ROOM: u64 = 64 << 20;
/// How long a tiny run may take.
const PATIENCE: Duration = Duration::from_mins(1);
/// A machine whose clock says less has lost its battery: 2025.
const LONG_AGO: Timestamp = Timestamp(1_735_689_600_000_000);
/// How far the last event may lie before the machine's time, seconds.
const AHEAD: f64 = 5.0;

impl Preflight {
    /// With what was found.
    pub fn of(checks: Vec<Found>) -> Self {
        let grade = checks.iter().map(|found| found.grade).max().unwrap_or(Grade::Ok);
        Self { ready: grade < Grade::Failure, grade, now: machine_time(), checks }
    }
}

fn found(check: &str, grade: Grade, message: impl Into<String>, advice: &str) -> Found {
    let advice = (grade > Grade::Ok && !advice.is_empty()).then(|| advice.to_owned());
    Found { check: check.to_owned(), grade, message: message.into(), advice }
}

fn machine_time() -> Timestamp {
    let machine = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp(machine.as_micros() as i64)
}

/// Whether an event could be written.
pub fn of_writing(written: bool) -> Found {
    if written {
        return found("database", Grade::Ok, "can be written", "");
    }
    found(
        "database",
        Grade::Failure,
        "cannot be written",
        "look at the server's log; free the disk, or mend its rights",
    )
}

/// What the database says of its file.
pub fn of_file(said: Option<&str>) -> Found {
    match said {
        Some("ok") => found("database file", Grade::Ok, "is whole", ""),
        Some(said) => found("database file", Grade::Failure, said, "restore the last backup"),
        None => found("database file", Grade::Failure, "cannot be read beside the server", "look at the server's log"),
    }
}

/// Who can listen to keys on their way.
pub fn of_address(address: Option<SocketAddr>, through_tls: bool) -> Found {
    match address {
        Some(address) if through_tls => {
            found("address", Grade::Ok, format!("{address}, behind a proxy that speaks TLS"), "")
        }
        Some(address) if !address.ip().is_loopback() => found(
            "address",
            Grade::Warning,
            format!("{address} is public, and this request came without TLS: keys can be read on their way"),
            "put a proxy that speaks TLS before it: docs/operators.md",
        ),
        Some(address) => found("address", Grade::Ok, format!("{address}, this machine only"), ""),
        None => found("address", Grade::Ok, "none", ""),
    }
}

/// What the books show.
pub fn of_books(ledger: &Ledger) -> Vec<Found> {
    let chosen: Vec<Owner> = ledger.keys().filter(|(_, key)| is_chosen(key)).map(|(owner, _)| owner).collect();
    let users = chosen.iter().filter(|owner| matches!(owner, Owner::User(_))).count();
    let mut keys = vec![match users {
        0 => found("keys of users", Grade::Ok, "were all made here", ""),
        count => found(
            "keys of users",
            Grade::Warning,
            format!("{count} of {} were chosen by people and may be weak", ledger.users().count()),
            "rotate those that the stock client does not need: isoflop admin user rotate NAME",
        ),
    }];
    for (owner, name) in [(Owner::Operator, "operator key"), (Owner::Worker, "worker key")] {
        let grade = if chosen.contains(&owner) { Grade::Warning } else { Grade::Ok };
        let said = if grade == Grade::Ok { "was made here" } else { "was chosen by people and may be weak" };
        keys.push(found(name, grade, said, "let one be made: isoflop admin worker-key rotate, operator-key rotate"));
    }
    let users = ledger.users().count();
    let few = if users > 1 { Grade::Ok } else { Grade::Warning };
    keys.push(found("users", few, format!("{users} in the books"), "isoflop admin user import roster.csv"));
    let draining = ledger.draining();
    let grade = if draining { Grade::Warning } else { Grade::Ok };
    let said = if draining { "drained: no run is handed out" } else { "runs are handed out" };
    keys.push(found("queue", grade, said, "isoflop admin drain --off"));
    keys
}

/// What the machine and its backend show; takes as long as a tiny run.
pub fn of_machine(house: &House, last: Timestamp) -> Vec<Found> {
    let mut seen = vec![of_clock(machine_time(), last)];
    #[cfg(unix)]
    seen.extend(of_disk(house));
    seen.push(of_backend(house));
    seen
}

fn of_clock(now: Timestamp, last: Timestamp) -> Found {
    let ahead = last.seconds_since(now);
    let advice = "set the machine's clock, by NTP where you can";
    if now < LONG_AGO {
        found("clock", Grade::Failure, format!("says {now}"), advice)
    } else if ahead > AHEAD {
        found("clock", Grade::Failure, format!("is {ahead:.0} s behind the last event in the books"), advice)
    } else {
        found("clock", Grade::Ok, now.to_string(), "")
    }
}

#[cfg(unix)]
fn of_disk(house: &House) -> Option<Found> {
    let folder = house.database.as_ref()?.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or(std::path::Path::new("."));
    let room = rustix::fs::statvfs(folder).ok()?;
    let free = room.f_bavail.saturating_mul(room.f_frsize);
    let grade = match free {
        ..NO_ROOM => Grade::Failure,
        NO_ROOM..LITTLE_ROOM => Grade::Warning,
        LITTLE_ROOM.. => Grade::Ok,
    };
    let said = format!("{:.1} GB free for the database", free as f64 / 1e9);
    Some(found("disk", grade, said, "make room: a run needs some kilobytes, a backup as much as the database"))
}

fn of_backend(house: &House) -> Found {
    let Some(backend) = &house.backend else {
        let advice = "start some: isoflop worker --url …; or hand runs out with isoflop admin dispatch";
        return found("backend", Grade::Warning, "none here: runs wait for workers elsewhere", advice);
    };
    let (name, start) = (backend.name(), Instant::now());
    let mut patient = |_| if start.elapsed() < PATIENCE { ControlFlow::Continue(()) } else { ControlFlow::Break(()) };
    match backend.train(&Work::Training(tiny().into()), &mut patient) {
        Ok(Outcome::Completed { val_losses, .. }) => {
            let loss = val_losses.last().copied().unwrap_or(f64::NAN);
            let took = start.elapsed().as_secs_f64();
            found("backend", Grade::Ok, format!("{name} trained a tiny run to loss {loss:.3} in {took:.1} s"), "")
        }
        Ok(Outcome::Stopped { .. }) => {
            let said = format!("{name} was still training a tiny run after {} s, and was stopped", PATIENCE.as_secs());
            found("backend", Grade::Warning, said, "that may be how long it takes")
        }
        Ok(Outcome::Failed { reason, .. }) => {
            let said = format!("{name} failed a tiny run: {}", serde_json::to_string(&reason).unwrap_or_default());
            found("backend", Grade::Warning, said, "see whether this configuration should train: 2 layers of width 128")
        }
        Err(why) => found("backend", Grade::Failure, format!("{name}: {why}"), "look at what --backend names"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_public_address_needs_tls() {
        let grade = |address: &str, tls| of_address(address.parse().ok(), tls).grade;
        assert_eq!(grade("0.0.0.0:8000", false), Grade::Warning);
        assert_eq!(grade("0.0.0.0:8000", true), Grade::Ok);
        assert_eq!(grade("127.0.0.1:8000", false), Grade::Ok);
    }

    #[test]
    fn a_clock_that_went_back_is_found() {
        let now = Timestamp::parse("2026-05-01T12:00:00Z").expect("a moment");
        assert_eq!(of_clock(now, now.plus_seconds(-10.0)).grade, Grade::Ok);
        assert_eq!(of_clock(now, now.plus_seconds(60.0)).grade, Grade::Failure);
        assert_eq!(of_clock(Timestamp(0), Timestamp(0)).grade, Grade::Failure);
    }
}
