//! The frame of every figure: title, key, axes with their grid, and the area inside.

use std::fmt::Write;

use crate::draw::place::Places;
use crate::draw::tick::Tick;
use crate::draw::{Anchor, Axis, Label, Paint, Rect, Scene, Stroke, font, path};
use crate::figure::key::{self, Key};

/// Size of every figure; at half of it, in a column of 640 px, the smallest text is 12 px high.
pub(crate) const WIDTH: f64 = 1280.0;
/// See [`WIDTH`].
pub(crate) const HEIGHT: f64 = 800.0;
/// Room left free at every edge.
pub(crate) const MARGIN: f64 = 36.0;
/// Size of labels and ticks.
pub(crate) const TEXT: f64 = 26.0;
const TITLE: f64 = 42.0;

/// An axis with its name and the words of its ticks.
#[derive(Clone, Copy)]
pub(crate) struct Scale<'a> {
    pub(crate) axis: Axis,
    pub(crate) name: &'a str,
    pub(crate) say: fn(f64) -> String,
}

/// A chart ready for its data.
pub(crate) struct Chart {
    pub(crate) scene: Scene,
    pub(crate) x: Axis,
    pub(crate) y: Axis,
    /// The area that the axes span.
    pub(crate) area: Rect,
    pub(crate) places: Places,
}

/// Writes the title and the key; returns the scene and where the rest may start.
pub(crate) fn head(finding: &str, keys: &[Key]) -> (Scene, f64) {
    let mut scene = Scene::new(WIDTH, HEIGHT);
    let room = WIDTH - 2.0 * MARGIN;
    let size = (TITLE * room / font::width(finding, TITLE, font::Weight::Medium).max(1.0)).min(TITLE);
    scene.text(Label::new(finding, MARGIN, 62.0, Anchor::Start, size).medium());
    let below = key::draw(&mut scene, keys, MARGIN, WIDTH - MARGIN, 104.0);
    (scene, below)
}

impl Chart {
    /// A chart with `aside` pixels kept free on the right of its area for labels.
    pub(crate) fn new(finding: &str, keys: &[Key], across: Scale<'_>, up: Scale<'_>, aside: f64) -> Self {
        let (scene, below) = head(finding, keys);
        let (top, bottom) = (below + 40.0, HEIGHT - 116.0);
        let y = up.axis.along(bottom, top);
        let rows = y.ticks_up(up.say, TEXT);
        let widest = rows.iter().filter_map(|tick| tick.label.as_deref());
        let left =
            MARGIN + widest.map(|label| font::width(label, TEXT, font::Weight::Regular)).fold(0.0, f64::max) + 16.0;
        let right = WIDTH - MARGIN - aside;
        let x = across.axis.along(left, right);
        let columns = x.ticks_across(across.say, TEXT);
        let area = Rect { left, top, right, bottom };
        let mut chart = Chart { scene, x, y, area, places: Places::default() };
        chart.grid(&columns, &rows);
        chart.scene.text(Label::new(up.name, MARGIN, top - 22.0, Anchor::Start, TEXT).paint(Paint::Muted));
        let middle = f64::midpoint(left, right);
        chart.scene.text(Label::new(across.name, middle, HEIGHT - 30.0, Anchor::Middle, TEXT).paint(Paint::Muted));
        chart
    }

    fn grid(&mut self, columns: &[Tick], rows: &[Tick]) {
        let Rect { left, top, right, bottom } = self.area;
        let [left, top, right, bottom] = [left, top, right, bottom].map(path::number);
        let (mut lines, mut small) = (String::new(), String::new());
        for tick in columns {
            let (exact, at) = (self.x.at(tick.value), path::number(self.x.at(tick.value)));
            match &tick.label {
                Some(label) => {
                    let _ = write!(lines, "M{at} {top}V{bottom}");
                    let _ = write!(small, "M{at} {bottom}v10");
                    self.scene.text(Label::new(label.as_str(), exact, self.area.bottom + 40.0, Anchor::Middle, TEXT));
                }
                None => {
                    let _ = write!(small, "M{at} {bottom}v6");
                }
            }
        }
        for tick in rows {
            let (exact, at) = (self.y.at(tick.value), path::number(self.y.at(tick.value)));
            match &tick.label {
                Some(label) => {
                    let _ = write!(lines, "M{left} {at}H{right}");
                    self.scene.text(Label::new(label.as_str(), self.area.left - 14.0, exact + 9.0, Anchor::End, TEXT));
                }
                None => {
                    let _ = write!(small, "M{left} {at}h-6");
                }
            }
        }
        self.scene.line(lines, Stroke::new(Paint::Grid, 1.5));
        let _ = write!(small, "M{left} {top}V{bottom}H{right}");
        self.scene.line(small, Stroke::new(Paint::Muted, 1.8));
    }

    /// The pixel of a point.
    pub(crate) fn at(&self, (x, y): (f64, f64)) -> (f64, f64) {
        (self.x.at(x), self.y.at(y))
    }

    /// Whether a point falls inside the area, its edge included.
    pub(crate) fn shows(&self, (x, y): (f64, f64)) -> bool {
        self.area.holds(&Rect { left: x, top: y, right: x, bottom: y })
    }
}
