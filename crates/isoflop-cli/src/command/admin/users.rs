//! `isoflop admin user` and `admin budget`.

use clap::{Args, Subcommand};
use isoflop_server::http::operator::{Adjustment, Imported, NewUser, RosterIssue, UserLine};
use serde_json::Value;

use super::call::Call;
use super::keys::{line, told, warn};
use super::words::{amount, moment, short};
use crate::exit::{BAD_DATA, Failure, USAGE};
use crate::terminal::{Align, Columns};

#[derive(Debug, Subcommand)]
pub enum User {
    /// Add a user; their key is printed once
    Add {
        /// Their name in every list
        name: String,
        /// Their key, if it is not to be made by the server: the stock client of the course wants 8 digits
        #[arg(long, value_name = "KEY")]
        key: Option<String>,
    },
    /// Add everybody in a roster, or nobody: CSV with a line name or name,key for each; keys are printed once
    Import {
        /// The roster; - is standard input
        #[arg(value_name = "FILE")]
        file: String,
    },
    /// Give a user a new key; the one before it is no key any more
    Rotate {
        /// Whose
        name: String,
        /// The new key, if it is not to be made by the server
        #[arg(long, value_name = "KEY")]
        key: Option<String>,
    },
    /// Show everybody with their budgets, runs and final submissions
    List,
}

/// Give a user more to spend, or less
#[derive(Clone, Debug, Args)]
pub struct Budget {
    /// Whose
    name: String,
    /// Training time, seconds: +3600 or -600
    #[arg(long, value_name = "±SECONDS", allow_negative_numbers = true, value_parser = finite, required_unless_present = "flops")]
    seconds: Option<f64>,
    /// Compute, FLOPs: +1e17
    #[arg(long, value_name = "±FLOPS", allow_negative_numbers = true, value_parser = finite, conflicts_with = "seconds")]
    flops: Option<f64>,
    /// Why, for the audit log
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// Name of this adjustment: said again under the same name, it is done once
    #[arg(long, value_name = "NAME")]
    once: Option<String>,
}

fn finite(text: &str) -> Result<f64, String> {
    let number = text.parse::<f64>().ok().filter(|number| number.is_finite());
    number.ok_or_else(|| "a finite number is needed, such as +3600 or -600".to_owned())
}

pub fn run(call: &Call, command: &User) -> Result<u8, Failure> {
    match command {
        User::Add { name, key } => told(call, call.post("users", &NewUser { name: name.clone(), key: key.clone() })?),
        User::Rotate { name, key } => {
            told(call, call.post("users/key", &NewUser { name: name.clone(), key: key.clone() })?)
        }
        User::Import { file } => import(call, file),
        User::List => call.tell(call.get("users", &[])?, |users: Vec<UserLine>| table(&users)),
    }
}

pub fn budget(call: &Call, command: &Budget) -> Result<u8, Failure> {
    let Budget { name, seconds, flops, reason, once } = command.clone();
    let asked = Adjustment { name, seconds, flops, reason, once };
    call.tell(call.post("users/budget", &asked)?, |user: UserLine| {
        format!(
            "{}: {} of {} s left, {} of {} FLOPs left\n",
            user.name,
            amount(user.remaining_seconds),
            amount(user.budget_seconds),
            amount(user.remaining_flops),
            amount(user.budget_flops)
        )
    })
}

fn import(call: &Call, file: &str) -> Result<u8, Failure> {
    let read = if file == "-" { std::io::read_to_string(std::io::stdin()) } else { std::fs::read_to_string(file) };
    let roster = read.map_err(|error| {
        let code = if error.kind() == std::io::ErrorKind::NotFound { USAGE } else { BAD_DATA };
        Failure::told(code, format!("{file}: {error}"), "")
    })?;
    let (status, text) = call.text(call.send("users/import", "text/csv", roster.as_bytes())?)?;
    let value: Value = serde_json::from_str(&text).unwrap_or_default();
    if let Ok(issues) = serde_json::from_value::<Vec<RosterIssue>>(value["detail"]["issues"].clone()) {
        return Err(faulty(file, &issues));
    }
    let value = call.judge(status, &text)?;
    let weak = value["users"].as_array().into_iter().flatten().filter(|user| user["warning"].is_string()).count();
    if weak > 0 {
        warn(Some(&format!("{weak} of these keys can be found by trying; let them be made where you can")));
    }
    call.tell(value, |imported: Imported| imported.users.iter().map(line).collect())
}

/// Every place that is wrong; the first is the sentence.
fn faulty(file: &str, issues: &[RosterIssue]) -> Failure {
    let told = |issue: &RosterIssue| format!("{file}:{}:{}: {}", issue.line, issue.column, issue.message);
    let mut lines = issues.iter().map(told);
    let sentence = lines.next().unwrap_or_else(|| format!("{file}: the roster cannot be read"));
    let rest = lines.fold(String::new(), |text, line| text + "       " + &line + "\n");
    Failure::Told {
        code: BAD_DATA,
        sentence,
        below: format!("{rest}hint: nobody was added; mend it and import it again\n"),
    }
}

fn table(users: &[UserLine]) -> String {
    use Align::{Left, Right};
    let mut columns = Columns::new(&[Left, Right, Right, Right, Right, Right, Right, Left]);
    columns.strong(["user", "used s", "of s", "FLOPs", "of", "runs", "live", "final"].map(ToOwned::to_owned));
    for user in users {
        columns.row([
            short(&user.name, 18),
            amount(user.used_seconds),
            amount(user.budget_seconds),
            amount(user.used_flops),
            amount(user.budget_flops),
            user.experiments.to_string(),
            (user.queued + user.running).to_string(),
            user.final_submitted_at.map_or_else(|| "–".to_owned(), |at| moment(&at.to_string())),
        ]);
    }
    columns.lines().join("\n") + "\n"
}
