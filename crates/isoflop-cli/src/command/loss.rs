//! `isoflop loss`: a question of the 2024 and 2025 protocol.

use clap::Args;
use isoflop_api::LossQuery;

use crate::exit::{DONE, Failure, USAGE};
use crate::server::Connection;
use crate::terminal;

/// Ask a server for the loss of one model at one compute budget, by the course's protocol of 2024 and 2025.
///
/// It is charged by the FLOP. A question that was asked before is free, and is answered from the local file.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES, override_usage = USAGE_LINE)]
pub struct Loss {
    /// Width of the model, 64 to 1024
    #[arg(long, value_name = "D")]
    pub d_model: String,
    /// Layers, 2 to 24
    #[arg(long, value_name = "N")]
    pub num_layers: String,
    /// Heads, 2 to 16
    #[arg(long, value_name = "N")]
    pub num_heads: String,
    /// Sequences in a batch, 128 or 256
    #[arg(long, value_name = "N", default_value = "128")]
    pub batch_size: String,
    /// Highest learning rate, 1e-4 to 1e-3
    #[arg(long, value_name = "RATE")]
    pub learning_rate: String,
    /// Compute, FLOPs: 1, 3 or 6 times a power of ten from 1e13, up to 1e18
    #[arg(long, value_name = "C")]
    pub train_flops: String,
    #[command(flatten)]
    pub connection: Connection,
    /// Print JSON instead of words
    #[arg(long, help_heading = "Output")]
    pub json: bool,
}

// The usual one would not fit a line.
const USAGE_LINE: &str = "isoflop loss --d-model D --num-layers N --num-heads N --learning-rate R --train-flops C";

const EXAMPLES: &str = "\
Examples:
  isoflop loss --d-model 256 --num-layers 6 --num-heads 4 --learning-rate 1e-3 --train-flops 1e16";

/// Asks and tells. What is out of bounds is refused here, as the server would.
pub fn run(command: &Loss) -> Result<u8, Failure> {
    let pairs = [
        ("d_model", &command.d_model),
        ("num_layers", &command.num_layers),
        ("num_heads", &command.num_heads),
        ("batch_size", &command.batch_size),
        ("learning_rate", &command.learning_rate),
        ("train_flops", &command.train_flops),
    ];
    let query = LossQuery::read(&pairs).map_err(|refusal| Failure::told(USAGE, refusal.to_string(), ""))?;
    let answer = command.connection.client()?.loss(&query)?;
    let text = if command.json {
        serde_json::to_string(&answer).map_err(std::io::Error::other)? + "\n"
    } else {
        let used = match answer.total_flops_used {
            Some(used) => format!("{used:.2e} FLOPs used so far"),
            None => "known here, not asked again".to_owned(),
        };
        format!("loss {:.4} nats/token · {used}\n", answer.loss)
    };
    terminal::print(&text)?;
    Ok(DONE)
}
