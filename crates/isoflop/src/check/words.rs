//! Lists and counts in the sentences of checks.

use crate::units::Flops;

/// Budgets in a sentence: "3e15, 6e15 and 1e16", at most five by name.
pub(super) fn list(budgets: &[Flops]) -> String {
    const NAMED: usize = 5;
    let mut words: Vec<String> = budgets.iter().take(NAMED).map(ToString::to_string).collect();
    if budgets.len() > NAMED {
        words.push(format!("{} more", budgets.len() - NAMED));
    }
    joined(&words)
}

/// "a", "a and b", "a, b and c".
pub(super) fn joined<S: AsRef<str>>(words: &[S]) -> String {
    let words: Vec<&str> = words.iter().map(AsRef::as_ref).collect();
    match words[..] {
        [] => String::new(),
        [only] => only.to_string(),
        [ref rest @ .., last] => format!("{} and {last}", rest.join(", ")),
    }
}

/// "1 budget", "3 budgets".
pub(super) fn counted(count: usize, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}
