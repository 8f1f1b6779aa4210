//! Final submissions, their scores, and the truth.

use clap::{Args, Subcommand};
use isoflop_server::http::operator::{Board, Deadline, Finals as Told, Launched, Score, TruthTold};
use serde_json::json;

use super::call::Call;
use super::words::{amount, count, loss, share, short};
use crate::exit::{Failure, USAGE};
use crate::terminal::{Align, Columns, wrapped};

/// Final submissions: until when they may be changed, their training and their scores
#[derive(Debug, Args)]
pub struct Finals {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Nobody may change theirs any more
    Freeze,
    /// Everybody may change theirs again; the deadline is taken away
    Open,
    /// The moment after which nobody may change theirs
    Deadline {
        /// In RFC 3339, such as 2026-06-01T23:59:00Z; or none
        #[arg(value_name = "TIME")]
        time: String,
    },
    /// Freeze them and train each; the house pays. Those that were lost or cancelled are trained again
    Launch,
    /// Show how good they were, by name
    Scores(Budgeted),
}

/// What a final run may take.
#[derive(Debug, Args)]
struct Budgeted {
    /// What a final run may take, for its waste in a simulated world, seconds [default: a user's budget]
    #[arg(long, value_name = "SECONDS")]
    seconds: Option<f64>,
}

/// Show final submissions, the best first
#[derive(Debug, Args)]
pub struct Leaderboard {
    /// What is compared: loss, prediction or waste
    #[arg(long, value_name = "WHAT", default_value = "loss", value_parser = ["loss", "prediction", "waste"], hide_possible_values = true)]
    by: String,
    #[command(flatten)]
    budgeted: Budgeted,
}

/// Show the compute-optimal answer of the simulated world; users never see it
#[derive(Debug, Args)]
pub struct Truth {
    /// At this many seconds [default: a user's budget]
    #[arg(long, value_name = "SECONDS")]
    seconds: Option<f64>,
    /// At this many FLOPs
    #[arg(long, value_name = "FLOPS", conflicts_with = "seconds")]
    flops: Option<f64>,
}

pub fn run(call: &Call, Finals { command }: &Finals) -> Result<u8, Failure> {
    let value = match command {
        None => call.get("finals", &[])?,
        Some(Command::Freeze) => call.post("finals/freeze", &json!({}))?,
        Some(Command::Open) => call.post("finals/open", &json!({}))?,
        Some(Command::Deadline { time }) => call.post("finals/deadline", &deadline(time)?)?,
        Some(Command::Launch) => {
            return call.tell(call.post("finals/launch", &json!({}))?, |launched: Launched| {
                match launched.experiments.len() {
                    1 => "1 final run was launched\n".to_owned(),
                    count => format!("{count} final runs were launched\n"),
                }
            });
        }
        Some(Command::Scores(budgeted)) => return board(call, "finals/scores", &budgeted.query()),
    };
    call.tell(value, |finals: Told| state(&finals))
}

pub fn leaderboard(call: &Call, Leaderboard { by, budgeted }: &Leaderboard) -> Result<u8, Failure> {
    let mut query = budgeted.query();
    query.push(("by", by.clone()));
    board(call, "leaderboard", &query)
}

pub fn truth(call: &Call, Truth { seconds, flops }: &Truth) -> Result<u8, Failure> {
    let mut query = Vec::new();
    query.extend(seconds.map(|seconds| ("seconds", seconds.to_string())));
    query.extend(flops.map(|flops| ("flops", flops.to_string())));
    call.tell(call.get("truth", &query)?, |truth: TruthTold| {
        let rate = truth.learning_rate.map_or_else(String::new, |rate| format!(", peak learning rate {rate:.2e}"));
        let text = format!(
            "At {} {} the best run has {} parameters on {} tokens and ends at loss {:.4}; its batch is {} tokens{rate}.",
            amount(truth.budget),
            truth.budget_unit,
            count(truth.params),
            count(truth.tokens),
            truth.loss,
            amount(truth.batch_tokens),
        );
        wrapped(&text, "", "")
    })
}

impl Budgeted {
    fn query(&self) -> Vec<(&'static str, String)> {
        self.seconds.iter().map(|seconds| ("seconds", seconds.to_string())).collect()
    }
}

fn deadline(time: &str) -> Result<Deadline, Failure> {
    if time == "none" {
        return Ok(Deadline { at: None });
    }
    let hint = "write it as 2026-06-01T23:59:00Z, or 2026-06-01T23:59:00-07:00; none takes it away";
    let at = serde_json::from_value(json!(time));
    let at =
        at.map_err(|_| Failure::told(USAGE, format!("\"{time}\" is not a moment in RFC 3339, or too far away"), hint))?;
    Ok(Deadline { at: Some(at) })
}

fn state(finals: &Told) -> String {
    let until = finals.deadline.map_or_else(String::new, |at| format!(", with the deadline {at}"));
    let open = match finals {
        Told { frozen: true, .. } => "frozen",
        Told { open: true, .. } => "open",
        _ => "closed",
    };
    let Told { submitted, users, launched, .. } = finals;
    let text =
        format!("Final submissions are {open}{until}. {submitted} of {users} users have one; {launched} launched.");
    wrapped(&text, "", "")
}

fn board(call: &Call, path: &str, query: &[(&str, String)]) -> Result<u8, Failure> {
    call.tell(call.get(path, query)?, |board: Board| {
        if board.scores.is_empty() {
            return "Nobody has a final submission.\n".to_owned();
        }
        let budget = format!("waste is counted in {} seconds\n", amount(board.budget_seconds));
        table(&board.scores) + if board.simulated { &budget } else { "" }
    })
}

fn table(scores: &[Score]) -> String {
    use Align::{Left, Right};
    let mut columns = Columns::new(&[Right, Left, Left, Right, Right, Right, Right, Right]);
    columns.strong(["", "user", "state", "loss", "predicted", "off by", "waste", "N"].map(ToOwned::to_owned));
    for score in scores {
        columns.row([
            score.rank.map_or_else(String::new, |rank| rank.to_string()),
            short(&score.user, 18),
            score.status.clone(),
            loss(score.actual_loss),
            loss(Some(score.predicted_loss)),
            share(score.prediction_error),
            share(score.waste),
            count(score.params),
        ]);
    }
    columns.lines().join("\n") + "\n"
}
