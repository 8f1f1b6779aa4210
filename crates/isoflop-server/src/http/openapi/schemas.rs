//! The schemas that have names.

use isoflop_api::{BudgetSummary, Experiment, FinalSubmission, FinalSubmissionRequest, SubmitResponse, TrainingConfig};
use utoipa::ToSchema;
use utoipa::openapi::{Components, ComponentsBuilder, RefOr, Schema};

use super::super::v1;
use super::bodies as own;
use super::closed::closed;

/// The named schemas, and those that they name.
pub(super) fn schemas() -> Components {
    let mut all = Vec::new();
    for add in [
        with_own::<TrainingConfig>,
        with_own::<Experiment>,
        with_own::<SubmitResponse>,
        with_own::<BudgetSummary>,
        with_own::<FinalSubmission>,
        with_own::<FinalSubmissionRequest>,
        with_own::<own::Refusal>,
        with_own::<own::ValidationErrors>,
        with_own::<own::NotSubmitted>,
        with_own::<own::QueryRefusal>,
        with_own::<own::LossAnswer>,
        with_own::<own::PreviousRuns>,
        with_own::<own::LeaseRequest>,
        with_own::<own::Leases>,
        with_own::<own::FinishRequest>,
        with_own::<own::LostRequest>,
        with_own::<own::GiveBackRequest>,
        with_own::<own::GoOn>,
        with_own::<own::Progress>,
        with_own::<v1::Me>,
        with_own::<v1::told::Page>,
        with_own::<v1::told::Told>,
        with_own::<v1::analysis::Figures>,
        with_own::<crate::estimate::Estimate>,
    ] {
        add(&mut all);
    }
    ComponentsBuilder::new().schemas_from_iter(all.into_iter().map(closed)).build()
}

fn with_own<T: ToSchema>(all: &mut Vec<(String, RefOr<Schema>)>) {
    all.push((T::name().into_owned(), T::schema()));
    T::schemas(all);
}
