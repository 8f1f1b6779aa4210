//! What a trainer has said of its run, whoever reads it: a pipe, or the file of a job.

use std::ops::ControlFlow;
use std::time::Instant;

use super::line::Line;

/// More losses than anyone evaluates.
const LOSSES_MAX: usize = 1_000_000;
/// A line longer than this is no line, bytes: a million losses fit.
pub(crate) const LINE_MAX: usize = 16 << 20;

/// What a trainer says that ends its run.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum LastWord {
    /// Its time is over.
    TimeOver,
    /// It diverged, or what it says is no such line.
    Failed(String),
}

/// What has been said.
#[derive(Debug, Default)]
pub(crate) struct Heard {
    /// Finite losses, in their order.
    pub losses: Vec<f64>,
    /// Seconds of training, as the trainer counts them, and when it said so.
    pub elapsed: Option<(f64, Instant)>,
}

impl Heard {
    /// Takes in a line, without its end; continues with whether it said anything.
    pub fn hear(&mut self, text: &str) -> ControlFlow<LastWord, bool> {
        let line = match Line::parse(text) {
            Ok(Some(line)) => line,
            Ok(None) => return ControlFlow::Continue(false),
            Err(failure) => return ControlFlow::Break(LastWord::Failed(failure)),
        };
        if let Some(seconds) = line.elapsed_seconds {
            self.elapsed = Some((seconds, Instant::now()));
        }
        if let Some(losses) = line.val_losses {
            self.losses.clear();
            losses.into_iter().try_for_each(|loss| self.add(loss))?;
        }
        line.val_loss.into_iter().try_for_each(|loss| self.add(loss))?;
        if line.timed_out { ControlFlow::Break(LastWord::TimeOver) } else { ControlFlow::Continue(true) }
    }

    fn add(&mut self, loss: Option<f64>) -> ControlFlow<LastWord> {
        let count = self.losses.len() + 1;
        match loss.filter(|loss| loss.is_finite()) {
            None => {
                let failure = format!("the validation loss is not a number at evaluation {count}: the run diverged");
                ControlFlow::Break(LastWord::Failed(failure))
            }
            Some(_) if count > LOSSES_MAX => {
                ControlFlow::Break(LastWord::Failed(format!("more than {LOSSES_MAX} losses")))
            }
            Some(loss) => {
                self.losses.push(loss);
                ControlFlow::Continue(())
            }
        }
    }
}

/// A trainer printed a line of more than [`LINE_MAX`].
pub(crate) fn too_long() -> LastWord {
    LastWord::Failed("the trainer printed a line of more than 16 MB".to_string())
}
