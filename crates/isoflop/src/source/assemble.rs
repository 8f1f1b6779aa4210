//! Rows into runs: the numbers checked, the missing one derived, the conventions settled.

use std::ops::ControlFlow;

use super::cell::Cell;
use super::columns::{self, ColumnMap};
use super::condition::Condition;
use super::error::{ReadError, ReadErrorKind};
use super::finding::{Finding, underivable};
use super::input::Input;
use super::{ReadOptions, Row, SAMPLE, Source, names};
use crate::progress::Progress;
use crate::run::{ComputeRule, Conventions, LossUnit, ParamsCount, Provenance, Role, Run, RunFlag, RunTable};
use crate::units::{Flops, Loss, Params, Tokens, params_afforded, six_nd, tokens_bought};

/// Rows between two looks at the progress.
const STRIDE: usize = 4096;
/// C and 6ND count as equal when they differ by less, relatively: tables round their numbers.
const ROUNDING: f64 = 1e-6;

/// Reads all rows of `input` into a table.
pub(super) fn assemble(
    source: &dyn Source,
    input: &Input,
    options: &ReadOptions,
    progress: &dyn Progress,
) -> Result<RunTable, ReadError> {
    let plan = Plan::new(source, input, options, SAMPLE).or_else(|error| match error.kind {
        // A record may lack a key that a later one has: look at all before giving up.
        ReadErrorKind::Columns | ReadErrorKind::Condition => Plan::new(source, input, options, usize::MAX),
        _ => Err(error),
    })?;
    let wanted: Vec<&str> = plan.wanted.iter().map(String::as_str).collect();
    let mut reading = Reading { runs: Vec::new(), unusable: Vec::new(), agree: true, rows: 0, told: 0 };
    progress.begin("reading", input.bytes.len() as u64);
    source.visit(input, &wanted, &mut |row| {
        reading.tell(row.offset, &input.path, progress)?;
        reading.row(&plan, source, input, row)?;
        Ok(ControlFlow::Continue(()))
    })?;
    progress.advance(input.bytes.len().saturating_sub(reading.told) as u64);
    reading.table(&plan, source, input, options)
}

/// What to read.
struct Plan {
    map: ColumnMap,
    condition: Option<Condition>,
    /// The columns of the quantities, of the name, and of the condition, each once.
    wanted: Vec<String>,
    /// Where each column of `map.uses` stands in `wanted`.
    uses: Vec<usize>,
    /// Where the column of the name stands in `wanted`.
    name: Option<usize>,
}

impl Plan {
    fn new(source: &dyn Source, input: &Input, options: &ReadOptions, records: usize) -> Result<Self, ReadError> {
        let columns = source.columns(input, records)?;
        if columns.is_empty() {
            return Err(ReadError::new(ReadErrorKind::Malformed, &input.path, "holds no runs"));
        }
        let map = columns::map(source, input, &columns, &options.columns)?;
        let mut wanted = Vec::new();
        let uses = map.uses.iter().map(|used| place(&mut wanted, &used.column)).collect();
        let name = map.name.as_deref().map(|name| place(&mut wanted, name));
        let condition = options.condition.as_deref();
        let condition = condition.map(|text| Condition::new(text, &columns, &mut wanted)).transpose()?;
        Ok(Self { map, condition, wanted, uses, name })
    }
}

/// Where `column` stands among the columns wanted; it is added if it is not there.
pub(super) fn place(wanted: &mut Vec<String>, column: &str) -> usize {
    wanted.iter().position(|known| known == column).unwrap_or_else(|| {
        wanted.push(column.to_string());
        wanted.len() - 1
    })
}

/// A table in the making.
struct Reading {
    runs: Vec<Run>,
    unusable: Vec<(usize, String)>,
    /// Whether C = 6ND held in every run so far.
    agree: bool,
    rows: usize,
    /// Bytes that the progress knows of.
    told: usize,
}

impl Reading {
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

    fn row(&mut self, plan: &Plan, source: &dyn Source, input: &Input, row: Row<'_>) -> Result<(), ReadError> {
        let mut quantities = [None; 4];
        let mut unfit = None;
        for (used, place) in plan.map.uses.iter().zip(&plan.uses) {
            let Some(cell) = row.cells.get(*place) else { continue };
            match cell.quantity(used.factor) {
                Ok(value) => quantities[used.role as usize] = Some(value),
                Err(why) => unfit = unfit.or(Some(Finding { used, cell, why })),
            }
        }
        derive(&mut quantities, plan.map.derived);
        let name = plan.name.and_then(|place| run_name(row.cells.get(place)?));
        let mut flag = None;
        if let Some(condition) = &plan.condition
            && !condition.holds(row.cells, quantities, row.line)?
        {
            flag = Some(RunFlag::Where { condition: condition.text.clone() });
        }
        let [Some(params), Some(tokens), Some(compute), Some(loss)] = quantities else {
            if flag.is_none() {
                let underivable = || underivable(plan.map.derived, input, row);
                return Err(unfit.map_or_else(underivable, |finding| finding.error(source, input, row)));
            }
            let seen =
                unfit.map_or_else(|| underivable(plan.map.derived, input, row).message, |finding| finding.seen());
            self.unusable.push((row.line, seen));
            return Ok(());
        };
        // Runs that no fit uses do not decide how the others were counted.
        self.agree &= flag.is_some() || (compute / six_nd(Params(params), Tokens(tokens)).0 - 1.0).abs() <= ROUNDING;
        let (params, tokens, compute, loss) = (Params(params), Tokens(tokens), Flops(compute), Loss(loss));
        self.runs.push(Run { line: row.line, name, params, tokens, compute, loss, flag });
        Ok(())
    }

    fn table(
        self,
        plan: &Plan,
        source: &dyn Source,
        input: &Input,
        options: &ReadOptions,
    ) -> Result<RunTable, ReadError> {
        if self.rows == 0 {
            return Err(ReadError::new(ReadErrorKind::Malformed, &input.path, "has a header and no runs"));
        }
        let column = |role| plan.map.uses.iter().find(|used| used.role == role).map(|used| used.column.as_str());
        let six_nd = plan.map.derived.is_some() || self.agree;
        let conventions = Conventions {
            params: options
                .params_count
                .unwrap_or_else(|| column(Role::Params).map_or(ParamsCount::Unstated, names::params_count)),
            compute: if six_nd { ComputeRule::SixNd } else { ComputeRule::Measured },
            loss: options
                .loss_unit
                .unwrap_or_else(|| column(Role::Loss).map_or(LossUnit::NatsPerTokenAssumed, names::loss_unit)),
        };
        let provenance = Provenance {
            path: input.path.clone(),
            sha256: input.sha256.clone(),
            format: source.name().to_string(),
            columns: plan.map.uses.clone(),
            derived: plan.map.derived,
            condition: options.condition.clone(),
            unusable: self.unusable,
        };
        RunTable::new(self.runs, conventions, provenance)
            .map_err(|invalid| ReadError::new(ReadErrorKind::Value, &input.path, invalid.to_string()))
    }
}

/// Fills in the quantity that no column holds, where the other two give a number that can be one.
fn derive(quantities: &mut [Option<f64>; 4], derived: Option<Role>) {
    let [params, tokens, compute, _] = *quantities;
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
