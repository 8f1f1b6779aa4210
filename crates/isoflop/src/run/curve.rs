//! Learning curves: the loss along one axis.

use super::{InvalidRun, LossUnit, Provenance, RunFlag, duplicates};
use crate::units::Loss;

/// One point of a learning curve.
#[derive(Clone, Debug, PartialEq)]
pub struct CurvePoint {
    /// Where the point stands in its file: the line, or the record number where a format has no lines.
    pub line: usize,
    /// x, what the curve runs along: tokens, compute, examples, steps.
    pub x: f64,
    /// L, the loss there.
    pub loss: Loss,
    /// How much the point counts in a fit: 1 unless a column was named for it.
    pub weight: f64,
    /// What the point belongs to, where a column was named for it.
    pub cluster: Option<Box<str>>,
    /// Why the point is left out of fits, if it is. A flagged point is never deleted.
    pub flag: Option<RunFlag>,
}

/// Losses along one axis, and where they came from.
///
/// Invariant: every point has positive, finite x and L, and a finite weight of
/// at least 0. It is checked here once; no numeric code checks again.
#[derive(Clone, Debug, PartialEq)]
pub struct Curve {
    points: Vec<CurvePoint>,
    /// What x is: the name of its column.
    pub axis: String,
    /// The unit of the loss.
    pub loss_unit: LossUnit,
    /// Where the points came from.
    pub provenance: Provenance,
}

impl Curve {
    /// A curve of `points`, in the order given. Exact repeats and points without weight are flagged, not removed.
    ///
    /// # Errors
    /// [`InvalidRun`] if x or L of any point is not positive and finite, or its weight not a weight.
    pub fn new(
        mut points: Vec<CurvePoint>,
        axis: String,
        loss_unit: LossUnit,
        provenance: Provenance,
    ) -> Result<Self, InvalidRun> {
        for point in &points {
            InvalidRun::check(point.line, [("x", point.x), ("loss", point.loss.0)], point.weight)?;
        }
        for point in points.iter_mut().filter(|point| point.weight == 0.0) {
            point.flag.get_or_insert(RunFlag::NoWeight);
        }
        duplicates::flag(&mut points);
        Ok(Self { points, axis, loss_unit, provenance })
    }

    /// All points, flagged ones included, in file order.
    pub fn points(&self) -> &[CurvePoint] {
        &self.points
    }

    /// The points that fits may use.
    pub fn used(&self) -> impl Iterator<Item = &CurvePoint> {
        self.points.iter().filter(|point| point.flag.is_none())
    }
}

impl duplicates::Repeatable<2> for CurvePoint {
    fn bits(&self) -> [u64; 2] {
        [self.x, self.loss.0].map(f64::to_bits)
    }

    fn line(&self) -> usize {
        self.line
    }

    fn flag(&mut self) -> &mut Option<RunFlag> {
        &mut self.flag
    }
}
