//! Which column is which quantity.

use std::ops::ControlFlow;

use super::error::{ReadError, ReadErrorKind};
use super::goal::Goal;
use super::input::Input;
use super::known_names::{self, RUN_NAMES};
use super::names;
use super::{ColumnChoice, SAMPLE, Source};
use crate::near::{listed, nearest, normalised};
use crate::run::{ColumnUse, Role};

/// The columns that a table is read from.
pub(super) struct ColumnMap {
    /// What each column is read as.
    pub uses: Vec<ColumnUse>,
    /// The quantity that no column holds.
    pub derived: Option<Role>,
    /// The column that names the runs.
    pub name: Option<String>,
}

/// A column that may hold a quantity, and how well its name fits.
struct Candidate<'a> {
    role: Role,
    column: &'a str,
    fit: names::Fit,
}

/// Finds the columns that `goal` needs by their names, or as `choice` says.
///
/// # Errors
/// Of kind `Columns` for a chosen column that is not there, a quantity that two
/// columns fit equally well, or a quantity that `goal` cannot do without.
pub(super) fn map(
    source: &dyn Source,
    input: &Input,
    columns: &[String],
    choice: &ColumnChoice,
    goal: Goal<'_>,
) -> Result<ColumnMap, ReadError> {
    let roles = goal.roles();
    let mut uses = Vec::new();
    for role in roles {
        if let Some(wanted) = goal.chosen(*role, choice) {
            let column = chosen(input, columns, wanted, known_names::option(*role))?;
            uses.push(ColumnUse { role: *role, column, factor: names::factor(*role, wanted) });
        }
    }
    for role in roles {
        if uses.iter().any(|used| used.role == *role) {
            continue;
        }
        // A weight or a cluster may be a quantity as well: all runs of one N are a cluster.
        let taken = |column: &String| {
            uses.iter().any(|used| used.column == *column && !matches!(used.role, Role::Weight | Role::Cluster))
        };
        let free = columns.iter().filter(|column| !taken(column));
        let candidates: Vec<Candidate> = free
            .filter_map(|column| Some(Candidate { role: *role, column, fit: names::fit(*role, column)? }))
            .collect();
        if let Some(best) = best(source, input, candidates)? {
            uses.push(ColumnUse { role: *role, column: best.column.to_string(), factor: best.fit.factor });
        }
    }
    uses.sort_by_key(|used| roles.iter().position(|role| *role == used.role));
    let derived = absent(input, columns, &uses, goal)?;
    let name = match &choice.name {
        _ if !goal.names() => None,
        Some(wanted) => Some(chosen(input, columns, wanted, "--name-column")?),
        None => RUN_NAMES.iter().find_map(|name| columns.iter().find(|column| normalised(column) == *name)).cloned(),
    };
    Ok(ColumnMap { uses, derived, name })
}

/// The column that the user named: exactly, or else ignoring case.
fn chosen(input: &Input, columns: &[String], wanted: &str, option: &str) -> Result<String, ReadError> {
    let exact = columns.iter().find(|column| *column == wanted);
    let found = exact.or_else(|| columns.iter().find(|column| column.to_lowercase() == wanted.to_lowercase()));
    found.cloned().ok_or_else(|| {
        let message =
            format!("no column is named \"{wanted}\"; there are {}", listed(columns.iter().map(String::as_str)));
        let error = ReadError::new(ReadErrorKind::Columns, &input.path, message);
        match nearest(wanted, columns.iter().map(String::as_str)) {
            Some(column) => error.hint(format!("did you mean {option} {}", quoted(column))),
            None => error,
        }
    })
}

/// The one candidate of the best tier.
fn best<'a>(
    source: &dyn Source,
    input: &Input,
    mut candidates: Vec<Candidate<'a>>,
) -> Result<Option<Candidate<'a>>, ReadError> {
    let optional = candidates.iter().any(|candidate| candidate.role == Role::UniqueTokens);
    if candidates.len() > 1 || optional {
        let columns: Vec<&str> = candidates.iter().map(|candidate| candidate.column).collect();
        let numeric = numeric(source, input, &columns)?;
        // A label such as "standard" in a column called param_count is no model size,
        // unless nothing else could be: then the bad value is what to tell. U need not be there at all.
        if optional || numeric.contains(&true) {
            let mut numeric = numeric.into_iter();
            candidates.retain(|_| numeric.next().unwrap_or(false));
        }
    }
    let Some(tier) = candidates.iter().map(|candidate| candidate.fit.tier).min() else { return Ok(None) };
    candidates.retain(|candidate| candidate.fit.tier == tier);
    if let [first, _, ..] = candidates.as_slice() {
        let names = listed(candidates.iter().map(|candidate| candidate.column));
        let message = format!("{} columns could be the {}: {names}", candidates.len(), first.role.word());
        let error = ReadError::new(ReadErrorKind::Columns, &input.path, message);
        return Err(error.hint(format!(
            "choose one with {} {}",
            known_names::option(first.role),
            quoted(first.column)
        )));
    }
    Ok(candidates.pop())
}

/// Whether each of `columns` holds a number in any of the first rows.
fn numeric(source: &dyn Source, input: &Input, columns: &[&str]) -> Result<Vec<bool>, ReadError> {
    let mut numeric = vec![false; columns.len()];
    let mut left = SAMPLE;
    source.visit(input, columns, &mut |row| {
        for (numeric, cell) in numeric.iter_mut().zip(row.cells) {
            *numeric |= cell.number().is_some();
        }
        left -= 1;
        Ok(if left == 0 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
    })?;
    Ok(numeric)
}

/// The quantity that C = 6ND must give, if there is one; an error if too little is known.
fn absent(input: &Input, columns: &[String], uses: &[ColumnUse], goal: Goal<'_>) -> Result<Option<Role>, ReadError> {
    let missing = |role: &Role| goal.roles().contains(role) && uses.iter().all(|used| used.role != *role);
    let there = listed(columns.iter().map(String::as_str));
    if let Some(role) = [Role::Loss, Role::Axis].into_iter().find(missing) {
        let message = format!("no column looks like the {}; there are {there}", role.word());
        return Err(ReadError::new(ReadErrorKind::Columns, &input.path, message).hint(option(columns, role, goal)));
    }
    let absent: Vec<Role> = [Role::Params, Role::Tokens, Role::Compute].into_iter().filter(missing).collect();
    let [first, second, ..] = absent.as_slice() else { return Ok(absent.first().copied()) };
    let message = if absent.len() == 3 {
        format!("no column looks like params, tokens or compute, and two of them are needed; there are {there}")
    } else {
        let (first, second) = (first.word(), second.word());
        format!("no column looks like {first} or {second}, and one of them is needed; there are {there}")
    };
    let likely = absent.iter().find(|role| lookalike(columns, **role, goal).is_some()).unwrap_or(first);
    Err(ReadError::new(ReadErrorKind::Columns, &input.path, message).hint(option(columns, *likely, goal)))
}

/// How to say which column holds `role`.
fn option(columns: &[String], role: Role, goal: Goal<'_>) -> String {
    let option = known_names::option(role);
    if let Some(column) = lookalike(columns, role, goal) {
        return format!("if it is \"{column}\", add {option} {}", quoted(column));
    }
    format!(
        "say which with {option} NAME, or rename it to one of {}",
        listed(known_names::spoken(role).iter().copied())
    )
}

/// The column whose name is spelled most like a known name of `role`.
fn lookalike<'a>(columns: &'a [String], role: Role, goal: Goal<'_>) -> Option<&'a str> {
    let free = |column: &&str| goal.roles().iter().all(|other| names::fit(*other, column).is_none());
    let known = if role == Role::Axis { known_names::AXES.as_slice() } else { &[role] };
    let mut words = known.iter().flat_map(|role| known_names::plain_names(*role)).filter(|name| name.len() > 1);
    words.find_map(|name| nearest(name, columns.iter().map(String::as_str).filter(free)))
}

/// A name as a shell takes it.
fn quoted(name: &str) -> String {
    let plain = name.chars().all(|c| c.is_alphanumeric() || "_-./:,+".contains(c));
    if plain && !name.is_empty() { name.to_string() } else { format!("'{}'", name.replace('\'', r"'\''")) }
}
