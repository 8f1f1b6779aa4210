//! The published grid of starts, for replaying published protocols.

use super::Starts;
use crate::fit::newton::Theta;
use crate::fit::setup::Setup;
use crate::law::{COEFFICIENTS_MAX, Law};
use crate::robust::Bend;
use crate::rows::Rows;

/// Every combination of the starts that the law's own paper lists: 4,500 for `chinchilla`.
///
/// Source: Hoffmann et al. 2022, appendix D.3 (arXiv:2203.15556).
pub struct HoffmannGrid;

impl Starts for HoffmannGrid {
    fn name(&self) -> &'static str {
        "hoffmann-grid"
    }

    fn label(&self) -> &'static str {
        "every combination of the published starts (4,500 for chinchilla)"
    }

    fn source(&self) -> &'static str {
        "Hoffmann et al. 2022, appendix D.3 (arXiv:2203.15556)"
    }

    fn suits(&self, law: &dyn Law) -> Result<(), &'static str> {
        let listed = law.coefficients().iter().all(|c| !c.grid.is_empty());
        if listed { Ok(()) } else { Err("its paper lists no grid of starts") }
    }

    fn starts(&self, setup: &Setup, _rows: &Rows) -> Vec<Theta> {
        let mut starts = vec![[0.0; COEFFICIENTS_MAX]];
        for (k, coefficient) in setup.law.coefficients().iter().enumerate() {
            let values = if setup.free()[k] { coefficient.grid } else { &[0.0] };
            let with = |start: &Theta, value: f64| {
                let mut start = *start;
                start[k] = value;
                start
            };
            starts = starts.iter().flat_map(|start| values.iter().map(move |&value| with(start, value))).collect();
        }
        starts.iter().map(|start| setup.as_searched(&start[..setup.count()])).collect()
    }

    fn first(&self) -> Bend {
        Bend::Majorant
    }
}
