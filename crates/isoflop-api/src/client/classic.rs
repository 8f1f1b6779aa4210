//! The protocol of 2024 and 2025: a loss for a question, charged by the FLOP.

use serde::{Deserialize, Serialize};

use super::call::{Answer, Call};
use super::{Client, ClientError};
use crate::LossQuery;

/// The answer to a question.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Loss {
    /// Nats per token.
    pub loss: f64,
    /// Everything spent so far, FLOPs; not told if the answer was known here.
    #[serde(default)]
    pub total_flops_used: Option<f64>,
}

/// A question that was asked, with its answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PreviousRun {
    /// The question.
    #[serde(flatten)]
    pub query: LossQuery,
    /// Nats per token.
    pub loss: f64,
}

impl Client {
    /// The loss of a run. One that was asked for before is known here, or free.
    ///
    /// # Errors
    /// [`ClientError::Refused`] if a number is out of its bounds or the budget is too small.
    pub fn loss(&self, query: &LossQuery) -> Result<Loss, ClientError> {
        let digest = query.digest();
        if let Some(loss) = self.known(&digest) {
            return Ok(Loss { loss, total_flops_used: None });
        }
        let pairs = [
            ("d_model", query.d_model.to_string()),
            ("num_layers", query.num_layers.to_string()),
            ("num_heads", query.num_heads.to_string()),
            ("batch_size", query.batch_size.to_string()),
            ("learning_rate", query.learning_rate.to_string()),
            // The reference took an integer.
            ("train_flops", format!("{:.0}", query.train_flops)),
        ];
        let answer: Loss = self.ask("/loss", &pairs)?.read()?;
        self.keep(&digest, &answer.loss);
        Ok(answer)
    }

    /// Everything spent so far, FLOPs.
    ///
    /// # Errors
    /// [`ClientError::Refused`] if the key is unknown.
    pub fn total_flops_used(&self) -> Result<f64, ClientError> {
        let answer = self.ask("/total_flops_used", &[])?;
        let status = answer.status;
        match answer.read() {
            // The protocol refuses to say zero.
            Err(ClientError::Refused { words, .. }) if status == 422 && words.contains("No queries") => Ok(0.0),
            other => other,
        }
    }

    /// Every question that was answered, oldest first.
    ///
    /// # Errors
    /// Any [`ClientError`].
    pub fn previous_runs(&self) -> Result<Vec<PreviousRun>, ClientError> {
        #[derive(Deserialize)]
        struct Previous {
            previous_runs: Vec<PreviousRun>,
        }
        let Previous { previous_runs } = self.ask("/previous_runs", &[])?.read()?;
        for run in &previous_runs {
            self.keep(&run.query.digest(), &run.loss);
        }
        Ok(previous_runs)
    }

    fn ask(&self, path: &str, pairs: &[(&str, String)]) -> Result<Answer, ClientError> {
        let mut query = pairs.to_vec();
        query.push(("api_key", self.key.clone()));
        let call = Call { path, query: &query, key: None, body: None };
        call.send(&self.agent, &self.base, &self.patience)
    }
}
