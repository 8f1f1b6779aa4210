//! What a worker says of an end, made fit for the books: finite, not negative, and not too long.

use isoflop_api::{FailReason, Finish};

use super::{Cause, End};

/// Longer failures lose their middle, bytes.
pub const LONGEST_FAILURE: usize = 64 * 1024;

/// An end as it is written down.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Said {
    pub used_seconds: f64,
    /// Validation losses, if it says them.
    pub losses: Option<Vec<f64>>,
    pub end: End,
}

impl Said {
    /// A run whose losses are no numbers any more has diverged, whatever its worker calls it.
    pub(super) fn of(finish: &Finish) -> Self {
        match finish {
            Finish::Completed { used_runtime_seconds, val_losses } => {
                let (losses, diverged) = finite(val_losses);
                let failure = format!("diverged: validation loss {} is not a finite number", losses.len() + 1);
                let failed = End::Failed { reason: FailReason::Unexpected { failure }, cause: Cause::Run };
                let end = if diverged { failed } else { End::Completed };
                Self { used_seconds: seconds(*used_runtime_seconds), losses: Some(losses), end }
            }
            Finish::Failed { used_runtime_seconds, reason } => {
                let used_seconds = seconds(*used_runtime_seconds);
                let (losses, reason) = match reason {
                    FailReason::Timeout { partial_val_losses } => {
                        let (losses, _) = finite(partial_val_losses);
                        (Some(losses.clone()), FailReason::Timeout { partial_val_losses: losses })
                    }
                    FailReason::Unexpected { failure } => {
                        (None, FailReason::Unexpected { failure: shortened(failure) })
                    }
                };
                Self { used_seconds, losses, end: End::Failed { reason, cause: Cause::Run } }
            }
        }
    }
}

/// The losses before the first that is no finite number, and whether there is one.
pub(super) fn finite(losses: &[f64]) -> (Vec<f64>, bool) {
    let kept: Vec<f64> = losses.iter().copied().take_while(|loss| loss.is_finite()).collect();
    let diverged = kept.len() < losses.len();
    (kept, diverged)
}

/// Time is charged, so what is said of it must be a time.
fn seconds(said: f64) -> f64 {
    if said.is_nan() { 0.0 } else { said.clamp(0.0, 1e12) }
}

/// The beginning and the end of a long text: what it was doing, and what went wrong.
pub(super) fn shortened(text: &str) -> String {
    if text.len() <= LONGEST_FAILURE {
        return text.to_owned();
    }
    let half = LONGEST_FAILURE / 2 - 64;
    let head = &text[..text.floor_char_boundary(half)];
    let tail = &text[text.ceil_char_boundary(text.len() - half)..];
    format!("{head}\n… {} bytes left out …\n{tail}", text.len() - head.len() - tail.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_failures_keep_both_ends() {
        let text = format!("first{}last\0", "é".repeat(1 << 20));
        let short = shortened(&text);
        assert!(short.len() <= LONGEST_FAILURE && short.starts_with("firsté") && short.ends_with("élast\0"));
        assert_eq!(shortened("as it is"), "as it is");
    }

    #[test]
    fn a_diverged_run_keeps_what_was_finite() {
        let losses = vec![4.0, 3.5, f64::NAN, 3.0];
        let said = Said::of(&Finish::Completed { used_runtime_seconds: -3.0, val_losses: losses });
        assert_eq!((said.used_seconds, said.losses), (0.0, Some(vec![4.0, 3.5])));
        assert!(matches!(said.end, End::Failed { cause: Cause::Run, .. }));
    }
}
