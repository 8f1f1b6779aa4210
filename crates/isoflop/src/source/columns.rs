//! Which column is which quantity.

use std::ops::ControlFlow;

use super::error::{ReadError, ReadErrorKind};
use super::input::Input;
use super::names::{self, RUN_NAMES};
use super::near::{listed, nearest, normalised};
use super::{ColumnChoice, SAMPLE, Source};
use crate::run::{ColumnUse, Role};

/// The columns that a table is read from.
pub(super) struct ColumnMap {
    /// The column of each quantity that has one.
    pub uses: Vec<ColumnUse>,
    /// The quantity that no column holds.
    pub derived: Option<Role>,
    /// The column that names the runs.
    pub name: Option<String>,
}

/// Every quantity, in the order in which tables are told.
pub(super) const ROLES: [Role; 4] = [Role::Params, Role::Tokens, Role::Compute, Role::Loss];

/// A column that may hold a quantity, and how well its name fits.
struct Candidate<'a> {
    role: Role,
    column: &'a str,
    fit: names::Fit,
}

/// Finds the columns of `input` by their names, or as `choice` says.
///
/// # Errors
/// Of kind `Columns` for a chosen column that is not there, a quantity that two
/// columns fit equally well, no loss, or fewer than two of N, D and C.
pub(super) fn map(
    source: &dyn Source,
    input: &Input,
    columns: &[String],
    choice: &ColumnChoice,
) -> Result<ColumnMap, ReadError> {
    let mut uses = Vec::new();
    for (role, wanted) in ROLES.iter().zip([&choice.params, &choice.tokens, &choice.compute, &choice.loss]) {
        if let Some(wanted) = wanted {
            let column = chosen(input, columns, wanted, &format!("--{}-column", role.word()))?;
            uses.push(ColumnUse { role: *role, column, factor: names::factor(*role, wanted) });
        }
    }
    for role in ROLES {
        if uses.iter().any(|used| used.role == role) {
            continue;
        }
        let free = columns.iter().filter(|column| uses.iter().all(|used| used.column != **column));
        let candidates: Vec<Candidate> =
            free.filter_map(|column| Some(Candidate { role, column, fit: names::fit(role, column)? })).collect();
        if let Some(best) = best(source, input, candidates)? {
            uses.push(ColumnUse { role, column: best.column.to_string(), factor: best.fit.factor });
        }
    }
    uses.sort_by_key(|used| ROLES.iter().position(|role| *role == used.role));
    let derived = absent(input, columns, &uses)?;
    let name = match &choice.name {
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
    if candidates.len() > 1 {
        let columns: Vec<&str> = candidates.iter().map(|candidate| candidate.column).collect();
        let numeric = numeric(source, input, &columns)?;
        // A label such as "standard" in a column called param_count is no model size,
        // unless nothing else could be: then the bad value is what to tell.
        if numeric.contains(&true) {
            let mut numeric = numeric.into_iter();
            candidates.retain(|_| numeric.next().unwrap_or(false));
        }
    }
    let Some(tier) = candidates.iter().map(|candidate| candidate.fit.tier).min() else { return Ok(None) };
    candidates.retain(|candidate| candidate.fit.tier == tier);
    if let [first, _, ..] = candidates.as_slice() {
        let names = listed(candidates.iter().map(|candidate| candidate.column));
        let word = first.role.word();
        let message = format!("{} columns could be the {word}: {names}", candidates.len());
        let error = ReadError::new(ReadErrorKind::Columns, &input.path, message);
        return Err(error.hint(format!("choose one with --{word}-column {}", quoted(first.column))));
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
fn absent(input: &Input, columns: &[String], uses: &[ColumnUse]) -> Result<Option<Role>, ReadError> {
    let missing = |role: &Role| uses.iter().all(|used| used.role != *role);
    let there = listed(columns.iter().map(String::as_str));
    if missing(&Role::Loss) {
        let message = format!("no column looks like the loss; there are {there}");
        return Err(ReadError::new(ReadErrorKind::Columns, &input.path, message).hint(option(columns, Role::Loss)));
    }
    let absent: Vec<Role> = ROLES.into_iter().filter(missing).collect();
    let [first, second, ..] = absent.as_slice() else { return Ok(absent.first().copied()) };
    let message = if absent.len() == 3 {
        format!("no column looks like params, tokens or compute, and two of them are needed; there are {there}")
    } else {
        let (first, second) = (first.word(), second.word());
        format!("no column looks like {first} or {second}, and one of them is needed; there are {there}")
    };
    let likely = absent.iter().find(|role| lookalike(columns, **role).is_some()).unwrap_or(first);
    Err(ReadError::new(ReadErrorKind::Columns, &input.path, message).hint(option(columns, *likely)))
}

/// How to say which column holds `role`.
fn option(columns: &[String], role: Role) -> String {
    let word = role.word();
    if let Some(column) = lookalike(columns, role) {
        return format!("if it is \"{column}\", add --{word}-column {}", quoted(column));
    }
    format!(
        "say which with --{word}-column NAME, or rename it to one of {}",
        listed(names::spoken(role).iter().copied())
    )
}

/// The column whose name is spelled most like a known name of `role`.
fn lookalike(columns: &[String], role: Role) -> Option<&str> {
    let free = |column: &&str| ROLES.iter().all(|other| names::fit(*other, column).is_none());
    let mut words = names::plain_names(role).iter().filter(|name| name.len() > 1);
    words.find_map(|name| nearest(name, columns.iter().map(String::as_str).filter(free)))
}

/// A name as a shell takes it.
fn quoted(name: &str) -> String {
    let plain = name.chars().all(|c| c.is_alphanumeric() || "_-./:,+".contains(c));
    if plain && !name.is_empty() { name.to_string() } else { format!("'{}'", name.replace('\'', r"'\''")) }
}
