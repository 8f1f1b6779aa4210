//! The table and its conventions in words.

use isoflop::analysis::DataSummary;
use isoflop::run::{ComputeRule, Conventions, LossUnit, ParamsCount, Role};
use isoflop::units::Flops;

/// The unit of the loss, and whether it was assumed: for axes and headings.
pub const fn loss_unit(unit: LossUnit) -> &'static str {
    match unit {
        LossUnit::NatsPerToken => "nats per token",
        LossUnit::NatsPerTokenAssumed => "nats per token, assumed",
        LossUnit::BitsPerByte => "bits per byte",
    }
}

/// What N counts.
pub const fn params_count(params: ParamsCount) -> &'static str {
    match params {
        ParamsCount::Total => "all parameters, embeddings included",
        ParamsCount::NonEmbedding => "parameters without embeddings",
        ParamsCount::Unstated => "parameters as the file counts them (embeddings in or out: it does not say)",
    }
}

/// How C was counted.
pub const fn compute_rule(compute: ComputeRule) -> &'static str {
    match compute {
        ComputeRule::SixNd => "6·N·D",
        ComputeRule::Measured => "the file's own count, which differs from 6·N·D",
    }
}

/// How N, C and L were counted, in one sentence.
pub fn conventions(conventions: &Conventions) -> String {
    format!(
        "N: {}. {}. Loss in {}.",
        params_count(conventions.params),
        match conventions.compute {
            ComputeRule::SixNd => "C = 6·N·D",
            ComputeRule::Measured => "C as the file counts it, which is not 6·N·D",
        },
        loss_unit(conventions.loss)
    )
}

/// Which column was read as what: `params ← parameters, compute ← compute_budget × 1e9; tokens derived: D = C / 6N`.
pub fn columns(data: &DataSummary) -> String {
    let mut said: Vec<String> = Vec::new();
    for used in &data.columns {
        let factor = if used.factor == 1.0 { String::new() } else { format!(" × {}", Flops(used.factor)) };
        said.push(format!("{} ← {}{factor}", used.role.word(), used.column));
    }
    let read = said.join(", ");
    match data.derived {
        None => read,
        Some(role) => format!("{read}; {} derived: {}", role.word(), derivation(role)),
    }
}

const fn derivation(role: Role) -> &'static str {
    match role {
        Role::Params => "N = C / 6D",
        Role::Tokens => "D = C / 6N",
        Role::Compute => "C = 6·N·D",
        // None of these follows from the others.
        Role::Loss | Role::UniqueTokens | Role::Weight | Role::Axis | Role::Cluster => role.word(),
    }
}

/// The budgets: `9 budgets, 6e18 to 3e21 FLOPs`.
pub fn budgets(data: &DataSummary) -> String {
    match (data.profiles.first(), data.profiles.last()) {
        (Some(first), Some(last)) if data.profiles.len() > 1 => {
            format!("{} budgets, {} to {} FLOPs", data.budgets, first.compute, last.compute)
        }
        (Some(only), _) => format!("1 budget, {} FLOPs", only.compute),
        _ => "no budgets".to_string(),
    }
}
