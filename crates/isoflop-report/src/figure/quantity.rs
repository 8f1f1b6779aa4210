//! What a law gives at a budget: the model size, or the dataset size.

use isoflop::analysis::{ApproachResult, BandPoint, Estimate, Forecast, LawEstimate, Optimum, OptimumFlag};
use isoflop::units::Flops;

/// One of the two, and where an analysis keeps it.
#[derive(Clone, Copy)]
pub(crate) struct Quantity {
    /// Name of the figure and its files.
    pub(crate) name: &'static str,
    /// "model size".
    pub(crate) noun: &'static str,
    /// Name of the axis.
    pub(crate) axis: &'static str,
    /// N* or D*.
    pub(crate) symbol: &'static str,
    pub(crate) of_optimum: fn(&Optimum) -> Option<f64>,
    pub(crate) law: fn(&ApproachResult) -> Option<&LawEstimate>,
    pub(crate) of_forecast: fn(&Forecast) -> &Estimate,
    pub(crate) of_band: fn(&BandPoint) -> (f64, f64),
}

impl Quantity {
    /// (C, value, why it is left out of the law) of every optimum that has a value.
    pub(crate) fn optima(&self, lead: &ApproachResult) -> Vec<(Flops, f64, Option<&'static str>)> {
        let there = lead.optima.iter().filter_map(|optimum| Some((optimum, (self.of_optimum)(optimum)?)));
        there.map(|(optimum, value)| (optimum.compute, value, optimum.flag.map(OptimumFlag::words))).collect()
    }
}

/// N*.
pub(crate) const MODEL_SIZE: Quantity = Quantity {
    name: "model-size",
    noun: "model size",
    axis: "Model size N (parameters)",
    symbol: "N*",
    of_optimum: |optimum| optimum.params.map(|n| n.0),
    law: |result| result.params_law.as_ref(),
    of_forecast: |forecast| &forecast.params,
    of_band: |point| point.params,
};

/// D*.
pub(crate) const DATASET_SIZE: Quantity = Quantity {
    name: "dataset-size",
    noun: "dataset size",
    axis: "Dataset size D (tokens)",
    symbol: "D*",
    of_optimum: |optimum| optimum.tokens.map(|d| d.0),
    law: |result| result.tokens_law.as_ref(),
    of_forecast: |forecast| &forecast.tokens,
    of_band: |point| point.tokens,
};
