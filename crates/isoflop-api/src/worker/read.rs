//! Reads what workers say as pydantic does: a diverged run's losses may be `NaN`, but not `null`.

use super::{Finish, WorkerEvent};
use crate::fault::Fault;
use crate::fields::{Fields, list};
use crate::issue::Issue;
use crate::json::Json;
use crate::lax::{finite, float, lossy_text, nullable, text};
use crate::place::Place;
use crate::{FailReason, Request};

const READ: &str = "closing reports what is absent";

impl Request for WorkerEvent {
    fn read(input: &Json, place: &Place) -> Result<Self, Vec<Issue>> {
        const FORMS: [&str; 4] = ["run_started", "validation_loss", "run_heartbeat", "preempted"];
        const EXPECTED: &str = "'run_started', 'validation_loss', 'run_heartbeat', 'preempted'";
        let form = tag(input, place, "log_type", &FORMS, EXPECTED)?;
        let place = place.field(form);
        let mut fields = Fields::open(input, &place)?;
        let run_id = fields.required("run_id", text);
        match form {
            "run_started" => {
                let wandb_path = fields.required("wandb_path", nullable(text));
                close_tagged(fields, "log_type")?;
                Ok(Self::RunStarted { run_id: run_id.expect(READ), wandb_path: wandb_path.expect(READ) })
            }
            "validation_loss" => {
                let val_losses = fields.nested("val_losses", losses);
                close_tagged(fields, "log_type")?;
                Ok(Self::ValidationLoss { run_id: run_id.expect(READ), val_losses: val_losses.expect(READ) })
            }
            "run_heartbeat" => {
                let elapsed_seconds = fields.required("elapsed_seconds", finite);
                close_tagged(fields, "log_type")?;
                Ok(Self::RunHeartbeat { run_id: run_id.expect(READ), elapsed_seconds: elapsed_seconds.expect(READ) })
            }
            _ => {
                close_tagged(fields, "log_type")?;
                Ok(Self::Preempted { run_id: run_id.expect(READ) })
            }
        }
    }
}

impl Request for Finish {
    /// The reference tries both forms here, without looking at the tag first, and lists what is wrong with each.
    fn read(input: &Json, place: &Place) -> Result<Self, Vec<Issue>> {
        let mut issues = match read_completed(input, &place.field("CompletedPayload")) {
            Ok(completed) => return Ok(completed),
            Err(issues) => issues,
        };
        read_failed(input, &place.field("FailedPayload")).map_err(|others| {
            issues.extend(others);
            issues
        })
    }
}

fn read_completed(input: &Json, place: &Place) -> Result<Finish, Vec<Issue>> {
    let mut fields = Fields::open(input, place)?;
    let used_runtime_seconds = fields.required("used_runtime_seconds", finite);
    let val_losses = fields.nested("val_losses", losses);
    fields.required("result_type", |value| word(value, "completed", "'completed'"));
    fields.close()?;
    Ok(Finish::Completed {
        used_runtime_seconds: used_runtime_seconds.expect(READ),
        val_losses: val_losses.expect(READ),
    })
}

fn read_failed(input: &Json, place: &Place) -> Result<Finish, Vec<Issue>> {
    let mut fields = Fields::open(input, place)?;
    let used_runtime_seconds = fields.required("used_runtime_seconds", finite);
    let reason = fields.nested("reason", read_reason);
    fields.required("result_type", |value| word(value, "failed", "'failed'"));
    fields.close()?;
    Ok(Finish::Failed { used_runtime_seconds: used_runtime_seconds.expect(READ), reason: reason.expect(READ) })
}

fn read_reason(input: &Json, place: &Place) -> Result<FailReason, Vec<Issue>> {
    let form = tag(input, place, "reason", &["timeout", "unexpected"], "'timeout', 'unexpected'")?;
    let place = place.field(form);
    let mut fields = Fields::open(input, &place)?;
    if form == "timeout" {
        let partial_val_losses = fields.nested("partial_val_losses", losses);
        close_tagged(fields, "reason")?;
        Ok(FailReason::Timeout { partial_val_losses: partial_val_losses.expect(READ) })
    } else {
        let failure = fields.required("failure", lossy_text);
        close_tagged(fields, "reason")?;
        Ok(FailReason::Unexpected { failure: failure.expect(READ) })
    }
}

fn losses(value: &Json, place: &Place) -> Result<Vec<f64>, Vec<Issue>> {
    list(value, place, float)
}

fn word(value: &Json, wanted: &str, quoted: &'static str) -> Result<(), Fault> {
    if matches!(value, Json::Text(text) if text == wanted) { Ok(()) } else { Err(Fault::Literal(quoted)) }
}

/// Which form an object says it has; `expected` is the list of forms in words.
fn tag(
    input: &Json,
    place: &Place,
    discriminator: &'static str,
    forms: &[&'static str],
    expected: &'static str,
) -> Result<&'static str, Vec<Issue>> {
    let issue = |fault| vec![Issue::new(fault, input, place)];
    if !matches!(input, Json::Object(_)) {
        return Err(issue(Fault::NotAnObject));
    }
    let value = input.get(discriminator).ok_or_else(|| issue(Fault::TagNotFound(discriminator)))?;
    let form = forms.iter().find(|form| matches!(value, Json::Text(text) if text == *form));
    form.copied().ok_or_else(|| issue(Fault::TagInvalid { discriminator, tag: value.python_text(), expected }))
}

/// Closes an object whose tag has been read before its fields.
fn close_tagged(mut fields: Fields, discriminator: &'static str) -> Result<(), Vec<Issue>> {
    fields.required(discriminator, |_| Ok(()));
    fields.close()
}
