//! `isoflop final`: the final submission.

use clap::Args;

use crate::exit::{BAD_DATA, DONE, Failure};
use crate::server::Connection;
use crate::{config_file, terminal};

/// Show your final submission, or save one: a configuration and the loss that you predict for it.
#[derive(Debug, Args)]
#[command(name = "final", after_help = EXAMPLES)]
pub struct Final {
    /// File with the configuration; - is standard input
    #[arg(value_name = "CONFIG", requires = "loss")]
    pub config: Option<String>,
    /// Loss that it will end at, nats per token
    #[arg(long, value_name = "LOSS", requires = "config", allow_negative_numbers = true, value_parser = loss)]
    pub loss: Option<f64>,
    #[command(flatten)]
    pub connection: Connection,
    /// Print JSON instead of words
    #[arg(long, help_heading = "Output")]
    pub json: bool,
}

const EXAMPLES: &str = "\
Examples:
  isoflop final
  isoflop final large.json --loss 2.91";

fn loss(text: &str) -> Result<f64, String> {
    let value = text.parse::<f64>().ok().filter(|value| value.is_finite());
    value.ok_or_else(|| "a finite number is needed".to_owned())
}

/// Shows or saves.
pub fn run(command: &Final) -> Result<u8, Failure> {
    let saved = match (&command.config, command.loss) {
        (Some(path), Some(loss)) => {
            let configs = config_file::read(path)?;
            let [config] = &configs[..] else {
                let sentence = format!("{path}: holds {} configurations; one is needed", configs.len());
                return Err(Failure::told(BAD_DATA, sentence, ""));
            };
            Some(command.connection.client()?.save_final_submission(config, loss)?)
        }
        _ => command.connection.client()?.final_submission()?,
    };
    let text = match &saved {
        _ if command.json => serde_json::to_string_pretty(&saved).map_err(std::io::Error::other)? + "\n",
        None => "Nothing is submitted yet: isoflop final CONFIG --loss LOSS\n".to_owned(),
        Some(saved) => {
            let config = &saved.training_config;
            let params = isoflop::units::Params(config.params_without_embedding() as f64);
            let tokens = isoflop::units::Tokens(config.total_train_tokens as f64);
            format!(
                "{params} parameters on {tokens} tokens, predicted loss {} · saved {}\n",
                saved.predicted_final_loss, saved.submitted_at
            )
        }
    };
    terminal::print(&text)?;
    Ok(DONE)
}
