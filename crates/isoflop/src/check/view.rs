//! What checks see: a table, the fits of the approaches, or one fitted law.

use crate::analysis::ApproachResult;
use crate::analyze::Fitted;
use crate::noise::Noise;
use crate::profile::Profile;
use crate::run::RunTable;

/// What a check of the table sees.
pub(crate) struct DataView<'a> {
    pub table: &'a RunTable,
    pub profiles: &'a [Profile],
    pub noise: Noise,
}

/// What a check of the fits sees.
pub(crate) struct FitView<'a> {
    pub data: &'a DataView<'a>,
    pub fitted: &'a [Fitted],
    pub results: &'a [ApproachResult],
    pub recommended: Option<&'static str>,
    /// The best of the approaches that look at one budget at a time.
    pub lead: Option<&'static str>,
    pub level: f64,
}

impl FitView<'_> {
    /// The result of the approach to quote.
    pub(super) fn recommended(&self) -> Option<&ApproachResult> {
        self.results.iter().find(|result| Some(result.name) == self.recommended)
    }

    /// What was found by, and the result of, the best approach that looks at one budget at a time.
    pub(super) fn lead(&self) -> Option<(&Fitted, &ApproachResult)> {
        self.by_name(self.lead?)
    }

    /// The same for an approach by name.
    pub(super) fn by_name(&self, name: &str) -> Option<(&Fitted, &ApproachResult)> {
        let at = self.results.iter().position(|r| r.name == name)?;
        Some((self.fitted.get(at)?, &self.results[at]))
    }
}

/// What a check of one law fitted to one table sees.
pub(crate) struct LawView<'a> {
    pub table: crate::parametric::Table<'a>,
    pub observed: &'a crate::parametric::Observed,
    pub fit: &'a crate::fit::Fit<'a>,
    pub report: &'a crate::parametric::FitReport,
}
