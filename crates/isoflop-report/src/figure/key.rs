//! The key of a figure: rows of swatches and words under its title.

use crate::draw::colour::RAMP_STEPS;
use crate::draw::{Anchor, Label, Marker, Paint, Scene, Stroke, font, path};

/// What a key entry shows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Swatch {
    /// Dots along the ramp of budgets.
    Ramp,
    /// A filled point.
    Point(Marker, Paint),
    /// A hollow point.
    Hollow(Paint),
    /// An oblique cross.
    Cross,
    /// A solid line.
    Line(Paint),
    /// A line solid at first and dashed after.
    Dashed(Paint),
    /// A light area.
    Band(Paint),
}

/// One entry.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Key {
    pub(crate) swatch: Swatch,
    pub(crate) words: String,
}

impl Key {
    pub(crate) fn new(swatch: Swatch, words: impl Into<String>) -> Self {
        Key { swatch, words: words.into() }
    }
}

const SIZE: f64 = 24.0;
const ROW: f64 = 36.0;
const BETWEEN: f64 = 34.0;
/// Opacity of every band, light enough that grid lines and curves show through.
pub(crate) const BAND_OPACITY: f64 = 0.16;
/// Radius of a point that stands for an optimum.
pub(crate) const POINT: f64 = 9.0;

impl Swatch {
    fn width(self) -> f64 {
        match self {
            Swatch::Ramp => 86.0,
            Swatch::Point(..) | Swatch::Hollow(_) | Swatch::Cross => 20.0,
            Swatch::Line(_) | Swatch::Band(_) => 44.0,
            Swatch::Dashed(_) => 62.0,
        }
    }

    fn draw(self, scene: &mut Scene, x: f64, y: f64) {
        let end = x + self.width();
        match self {
            Swatch::Ramp => {
                for i in 0..6 {
                    let dot = path::dots([(x + 8.0 + 14.0 * f64::from(i), y)]);
                    let step = usize::try_from(i).unwrap_or(0) * (RAMP_STEPS - 1) / 5;
                    scene.line(dot, Stroke::new(Paint::Ramp(step), 13.0));
                }
            }
            Swatch::Point(marker, paint) => scene.fill(path::marker(marker, x + 10.0, y, POINT), paint, 1.0),
            Swatch::Hollow(paint) => hollow(scene, x + 10.0, y, paint, None),
            Swatch::Cross => scene.line(path::crosses([(x + 10.0, y)], 7.0), Stroke::new(Paint::Faint, 2.5)),
            Swatch::Line(paint) => scene.line(format!("M{x} {y}H{end}"), Stroke::new(paint, 4.0)),
            Swatch::Dashed(paint) => {
                let middle = x + 27.0;
                scene.line(format!("M{x} {y}H{middle}"), Stroke::new(paint, 4.5));
                scene.line(format!("M{} {y}H{end}", middle + 9.0), Stroke::new(paint, 4.5).dashed(9.0, 9.0));
            }
            Swatch::Band(paint) => {
                let (top, bottom) = (path::number(y - 10.0), path::number(y + 10.0));
                scene.fill(format!("M{x} {top}H{end}V{bottom}H{x}Z"), paint, BAND_OPACITY);
            }
        }
    }
}

/// A hollow point, filled with paper so that lines do not cross it.
pub(crate) fn hollow(scene: &mut Scene, x: f64, y: f64, paint: Paint, hint: Option<String>) {
    scene.shape(crate::draw::scene::Shape {
        path: path::marker(Marker::Circle, x, y, POINT - 0.5),
        fill: Some((Paint::Paper, 1.0)),
        stroke: Some(Stroke::new(paint, 3.0)),
        hint,
    });
}

/// Draws the entries in rows between `left` and `right`, the first row's middle at `y`; returns where the next row would be.
pub(crate) fn draw(scene: &mut Scene, keys: &[Key], left: f64, right: f64, y: f64) -> f64 {
    let (mut x, mut y) = (left, y);
    for key in keys {
        let words = font::width(&key.words, SIZE, font::Weight::Regular);
        let width = key.swatch.width() + 10.0 + words;
        if x > left && x + width > right {
            (x, y) = (left, y + ROW);
        }
        key.swatch.draw(scene, x, y);
        let at = x + key.swatch.width() + 10.0;
        scene.text(Label::new(key.words.clone(), at, y + 8.0, Anchor::Start, SIZE).paint(Paint::Muted));
        x += width + BETWEEN;
    }
    if keys.is_empty() { y } else { y + ROW }
}
