//! What a user stakes: the body of `POST /final_submission`.

use std::sync::Arc;

use crate::fault::{Bound, Fault};
use crate::fields::Fields;
use crate::issue::Issue;
use crate::json::Json;
use crate::lax::float;
use crate::place::Place;
use crate::{Request, TrainingConfig};

/// A configuration for the large run, and where its loss will end.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FinalSubmissionRequest {
    /// What is to be trained.
    #[cfg_attr(feature = "openapi", schema(value_type = TrainingConfig))]
    pub training_config: Arc<TrainingConfig>,
    /// The loss it is said to end at, nats per token: positive and finite.
    #[cfg_attr(feature = "openapi", schema(exclusive_minimum = 0))]
    pub predicted_final_loss: f64,
}

impl Request for FinalSubmissionRequest {
    fn read(input: &Json, place: &Place) -> Result<Self, Vec<Issue>> {
        const READ: &str = "closing reports what is absent";
        let mut fields = Fields::open(input, place)?;
        let training_config = fields.nested("training_config", TrainingConfig::read);
        let predicted_final_loss = fields.required("predicted_final_loss", loss);
        fields.close()?;
        Ok(Self {
            training_config: Arc::new(training_config.expect(READ)),
            predicted_final_loss: predicted_final_loss.expect(READ),
        })
    }
}

fn loss(value: &Json) -> Result<f64, Fault> {
    let loss = float(value)?;
    if loss.is_infinite() && loss > 0.0 {
        Err(Fault::FiniteNumber)
    } else if loss > 0.0 {
        Ok(loss)
    } else {
        Err(Fault::GreaterThan(Bound::Float(0.0)))
    }
}
