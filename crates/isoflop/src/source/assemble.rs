//! Rows into runs and into points of a curve: the conventions settled, the whole checked.

use super::error::{ReadError, ReadErrorKind};
use super::goal::Goal;
use super::input::Input;
use super::plan::Plan;
use super::reading::{self, Values};
use super::{ReadOptions, Source, names};
use crate::progress::Progress;
use crate::run::{ComputeRule, Conventions, Curve, CurvePoint, InvalidRun, LossUnit, ParamsCount, Role, Run, RunTable};
use crate::units::{Flops, Loss, Params, Tokens, six_nd};

/// C and 6ND count as equal when they differ by less, relatively: tables round their numbers.
const ROUNDING: f64 = 1e-6;

/// Reads all rows of `input` into a table.
pub(super) fn table(
    source: &dyn Source,
    input: &Input,
    options: &ReadOptions,
    progress: &dyn Progress,
) -> Result<RunTable, ReadError> {
    let plan = Plan::new(source, input, options, Goal::Runs)?;
    // Whether C = 6ND holds in every run.
    let mut agree = true;
    let reading = reading::read(&plan, source, input, progress, |values| {
        let run = run(values)?;
        // Runs that no fit uses do not decide how the others were counted.
        agree &= run.flag.is_some() || (run.compute.0 / six_nd(run.params, run.tokens).0 - 1.0).abs() <= ROUNDING;
        Some(run)
    })?;
    let column = |role| plan.column(role);
    let six_nd = plan.map.derived.is_some() || agree;
    let conventions = Conventions {
        params: options
            .params_count
            .unwrap_or_else(|| column(Role::Params).map_or(ParamsCount::Unstated, names::params_count)),
        compute: if six_nd { ComputeRule::SixNd } else { ComputeRule::Measured },
        loss: loss_unit(&plan, options),
    };
    let provenance = plan.provenance(source, input, reading.unusable);
    RunTable::new(reading.made, conventions, provenance).map_err(|invalid| refused(input, &invalid))
}

/// Reads all rows of `input` into a curve along `axis`, or along the axis that the names tell.
pub(super) fn curve(
    source: &dyn Source,
    input: &Input,
    axis: Option<&str>,
    options: &ReadOptions,
    progress: &dyn Progress,
) -> Result<Curve, ReadError> {
    let plan = Plan::new(source, input, options, Goal::Curve { axis })?;
    let reading = reading::read(&plan, source, input, progress, point)?;
    let axis = plan.column(Role::Axis).unwrap_or_default().to_string();
    let provenance = plan.provenance(source, input, reading.unusable);
    Curve::new(reading.made, axis, loss_unit(&plan, options), provenance).map_err(|invalid| refused(input, &invalid))
}

fn run(values: Values) -> Option<Run> {
    let quantity = |role: Role| values.quantities[role as usize];
    Some(Run {
        line: values.line,
        params: Params(quantity(Role::Params)?),
        tokens: Tokens(quantity(Role::Tokens)?),
        compute: Flops(quantity(Role::Compute)?),
        loss: Loss(quantity(Role::Loss)?),
        unique_tokens: quantity(Role::UniqueTokens).map(Tokens),
        weight: values.weight,
        name: values.name,
        cluster: values.cluster,
        flag: values.flag,
    })
}

fn point(values: Values) -> Option<CurvePoint> {
    let quantity = |role: Role| values.quantities[role as usize];
    Some(CurvePoint {
        line: values.line,
        x: quantity(Role::Axis)?,
        loss: Loss(quantity(Role::Loss)?),
        weight: values.weight,
        cluster: values.cluster,
        flag: values.flag,
    })
}

/// The unit of the loss, as the user says, or else as its column's name does.
fn loss_unit(plan: &Plan, options: &ReadOptions) -> LossUnit {
    let by_name = || plan.column(Role::Loss).map_or(LossUnit::NatsPerTokenAssumed, names::loss_unit);
    options.loss_unit.unwrap_or_else(by_name)
}

fn refused(input: &Input, invalid: &InvalidRun) -> ReadError {
    ReadError::new(ReadErrorKind::Value, &input.path, invalid.to_string())
}
