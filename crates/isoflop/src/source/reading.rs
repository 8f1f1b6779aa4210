//! Rows into numbers, checked one by one; the condition asked; what is wrong told.

use std::ops::ControlFlow;

use super::cell::Cell;
use super::error::{ReadError, ReadErrorKind};
use super::finding::{Finding, underivable};
use super::input::Input;
use super::plan::Plan;
use super::{Row, Source};
use crate::progress::Progress;
use crate::run::{Role, RunFlag};
use crate::units::{Flops, Params, Tokens, params_afforded, six_nd, tokens_bought};

/// Rows between two looks at the progress.
const STRIDE: usize = 4096;

/// The numbers of one row, each in the place of its role; absent where the row has no usable one.
pub(super) type Quantities = [Option<f64>; Role::Cluster as usize];

/// What one row holds.
pub(super) struct Values {
    pub line: usize,
    pub quantities: Quantities,
    /// 1 where no column says.
    pub weight: f64,
    pub name: Option<Box<str>>,
    pub cluster: Option<Box<str>>,
    pub flag: Option<RunFlag>,
}

/// All rows of a table, made into what its reader wants.
pub(super) struct Reading<T> {
    pub made: Vec<T>,
    /// Rows that the condition leaves out and that hold no usable numbers: line, and what was found.
    pub unusable: Vec<(usize, String)>,
    rows: usize,
    /// Bytes that the progress knows of.
    told: usize,
}

/// Reads all rows by `plan`. `make` gives none for a row that lacks a quantity.
pub(super) fn read<T>(
    plan: &Plan,
    source: &dyn Source,
    input: &Input,
    progress: &dyn Progress,
    mut make: impl FnMut(Values) -> Option<T>,
) -> Result<Reading<T>, ReadError> {
    let wanted: Vec<&str> = plan.wanted.iter().map(String::as_str).collect();
    let mut reading = Reading { made: Vec::new(), unusable: Vec::new(), rows: 0, told: 0 };
    progress.begin("reading", input.bytes.len() as u64);
    source.visit(input, &wanted, &mut |row| {
        reading.tell(row.offset, &input.path, progress)?;
        reading.row(plan, source, input, row, &mut make)?;
        Ok(ControlFlow::Continue(()))
    })?;
    progress.advance(input.bytes.len().saturating_sub(reading.told) as u64);
    if reading.rows == 0 {
        return Err(ReadError::new(ReadErrorKind::Malformed, &input.path, "has a header and no runs"));
    }
    Ok(reading)
}

impl<T> Reading<T> {
    fn tell(&mut self, offset: usize, path: &str, progress: &dyn Progress) -> Result<(), ReadError> {
        self.rows += 1;
        if self.rows.is_multiple_of(STRIDE) {
            progress.advance(offset.saturating_sub(self.told) as u64);
            self.told = offset.max(self.told);
        }
        if self.rows % STRIDE == 1 && progress.interrupted() {
            return Err(ReadError::new(ReadErrorKind::Interrupted, path, "interrupted"));
        }
        Ok(())
    }

    fn row(
        &mut self,
        plan: &Plan,
        source: &dyn Source,
        input: &Input,
        row: Row<'_>,
        make: &mut impl FnMut(Values) -> Option<T>,
    ) -> Result<(), ReadError> {
        let mut quantities: Quantities = Default::default();
        let mut cluster = None;
        let mut unfit = None;
        for (used, place) in plan.map.uses.iter().zip(&plan.uses) {
            let Some(cell) = row.cells.get(*place) else { continue };
            let fit = match used.role {
                Role::Cluster => cell.label().map(|label| cluster = Some(label)),
                Role::Weight => cell.weight().map(|weight| quantities[Role::Weight as usize] = Some(weight)),
                role => cell.quantity(used.factor).map(|value| quantities[role as usize] = Some(value)),
            };
            if let Err(why) = fit {
                unfit = unfit.or(Some(Finding { used, cell, why }));
            }
        }
        derive(&mut quantities, plan.map.derived);
        let name = plan.name.and_then(|place| run_name(row.cells.get(place)?));
        let mut flag = None;
        if let Some(condition) = &plan.condition
            && !condition.holds(row.cells, &quantities, row.line)?
        {
            flag = Some(RunFlag::Where { condition: condition.text.clone() });
        }
        let left_out = flag.is_some();
        let weight = quantities[Role::Weight as usize].unwrap_or(1.0);
        let values = Values { line: row.line, quantities, weight, name, cluster, flag };
        let made = if unfit.is_none() { make(values) } else { None };
        if let Some(made) = made {
            self.made.push(made);
        } else if left_out {
            let underivable = || underivable(plan.map.derived, input, row).message;
            self.unusable.push((row.line, unfit.map_or_else(underivable, |finding| finding.seen())));
        } else {
            let underivable = || underivable(plan.map.derived, input, row);
            return Err(unfit.map_or_else(underivable, |finding| finding.error(source, input, row)));
        }
        Ok(())
    }
}

/// Fills in the quantity that no column holds, where the other two give a number that can be one.
fn derive(quantities: &mut Quantities, derived: Option<Role>) {
    let [params, tokens, compute, ..] = *quantities;
    let value = match (derived, params, tokens, compute) {
        (Some(Role::Compute), Some(n), Some(d), _) => six_nd(Params(n), Tokens(d)).0,
        (Some(Role::Tokens), Some(n), _, Some(c)) => tokens_bought(Flops(c), Params(n)).0,
        (Some(Role::Params), _, Some(d), Some(c)) => params_afforded(Flops(c), Tokens(d)).0,
        _ => return,
    };
    if let Some(role) = derived
        && value.is_finite()
        && value > 0.0
    {
        quantities[role as usize] = Some(value);
    }
}

fn run_name(cell: &Cell<'_>) -> Option<Box<str>> {
    match cell {
        Cell::Text(text) => Some(text.as_ref().into()),
        Cell::Untyped(text) => Some((*text).into()),
        Cell::Number(number) => Some(number.to_string().into()),
        Cell::Bool(_) | Cell::Missing | Cell::Nested => None,
    }
}
