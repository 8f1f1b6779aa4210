//! Experiments as a person reads them.

use isoflop_api::{Experiment, FailReason, Optimizer, Status, TrainingConfig};

use super::{Align, Columns};

/// Characters of a failure that fit into a row.
const REASON: usize = 28;

/// A row for each: number, state, loss, size, tokens, learning rate.
pub fn table(experiments: &[Experiment]) -> String {
    let mut columns = Columns::new(&[Align::Right, Align::Left, Align::Right, Align::Right, Align::Right, Align::Left]);
    let heads = ["id", "state", "loss", "params", "tokens", "learning rate"];
    columns.strong(heads.map(str::to_owned));
    for experiment in experiments {
        let config = &experiment.training_config;
        columns.row([
            experiment.experiment_id.to_string(),
            state(&experiment.status),
            losses(&experiment.status).last().map_or("-".to_owned(), |loss| format!("{loss:.4}")),
            isoflop::units::Params(config.params_without_embedding() as f64).to_string(),
            isoflop::units::Tokens(config.total_train_tokens as f64).to_string(),
            learning_rate(config).to_string(),
        ]);
    }
    columns.lines().join("\n") + "\n"
}

/// How far it is, in a word or two.
pub fn state(status: &Status) -> String {
    match status {
        Status::Queued { .. } => "queued".to_owned(),
        Status::Running { .. } => "running".to_owned(),
        Status::Completed { .. } => "completed".to_owned(),
        Status::Failed { reason: FailReason::Timeout { .. }, .. } => "failed: timeout".to_owned(),
        Status::Failed { reason: FailReason::Unexpected { failure }, .. } => {
            let short: String = failure.lines().next().unwrap_or_default().chars().take(REASON).collect();
            let cut = if short.len() < failure.len() { "…" } else { "" };
            format!("failed: {short}{cut}")
        }
    }
}

/// Whether nothing more will become of it.
pub fn has_ended(status: &Status) -> bool {
    matches!(status, Status::Completed { .. } | Status::Failed { .. })
}

/// The losses that are known.
pub fn losses(status: &Status) -> &[f64] {
    match status {
        Status::Running { val_losses, .. } | Status::Completed { val_losses, .. } => val_losses,
        Status::Failed { reason: FailReason::Timeout { partial_val_losses }, .. } => partial_val_losses,
        Status::Queued { .. } | Status::Failed { .. } => &[],
    }
}

/// The highest learning rate.
pub fn learning_rate(config: &TrainingConfig) -> f64 {
    match &config.optimizer_config {
        Optimizer::AdamW(adamw) => adamw.lr_scheduler.peak_value,
        Optimizer::Sgd(sgd) => sgd.lr_scheduler.peak_value,
    }
}
