//! A laid-out figure: paths and labels in the pixels of a fixed frame.

use crate::draw::colour::Paint;
use crate::draw::font::{self, Weight};
use crate::draw::rect::Rect;

/// A drawing of fixed size, ready to be written.
#[derive(Clone, Debug)]
pub(crate) struct Scene {
    pub(crate) width: f64,
    pub(crate) height: f64,
    pub(crate) marks: Vec<Mark>,
}

/// One thing drawn, later ones over earlier ones.
#[derive(Clone, Debug)]
pub(crate) enum Mark {
    Shape(Shape),
    Text(Label),
}

/// A path with its paint.
#[derive(Clone, Debug)]
pub(crate) struct Shape {
    /// SVG path data.
    pub(crate) path: String,
    pub(crate) fill: Option<(Paint, f64)>,
    pub(crate) stroke: Option<Stroke>,
    /// What a pointer resting on it is told; pages only.
    pub(crate) hint: Option<String>,
}

/// How a line is drawn.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stroke {
    pub(crate) paint: Paint,
    pub(crate) width: f64,
    pub(crate) opacity: f64,
    /// Lengths of dash and gap.
    pub(crate) dash: Option<(f64, f64)>,
}

impl Stroke {
    /// A solid, opaque line.
    pub(crate) const fn new(paint: Paint, width: f64) -> Self {
        Stroke { paint, width, opacity: 1.0, dash: None }
    }

    /// The same line in dashes.
    pub(crate) const fn dashed(self, dash: f64, gap: f64) -> Self {
        Stroke { dash: Some((dash, gap)), ..self }
    }

    /// The same line, letting what is below shine through.
    pub(crate) const fn faded(self, opacity: f64) -> Self {
        Stroke { opacity, ..self }
    }
}

/// Which end of a text stands at its point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Anchor {
    Start,
    Middle,
    End,
}

/// A line of text.
#[derive(Clone, Debug)]
pub(crate) struct Label {
    /// The text, raised parts as `^{…}`.
    pub(crate) text: String,
    pub(crate) x: f64,
    /// The baseline.
    pub(crate) y: f64,
    pub(crate) anchor: Anchor,
    pub(crate) size: f64,
    pub(crate) weight: Weight,
    pub(crate) paint: Paint,
    /// Whether a rim of paper keeps lines that cross it from striking it through.
    pub(crate) rim: bool,
}

/// Height above the baseline and depth below it, relative to the size: of digits and capitals, and of a descender.
const ASCENT: f64 = 0.74;
const DESCENT: f64 = 0.22;

impl Label {
    /// A label in ink and regular weight.
    pub(crate) fn new(text: impl Into<String>, x: f64, y: f64, anchor: Anchor, size: f64) -> Self {
        Label { text: text.into(), x, y, anchor, size, weight: Weight::Regular, paint: Paint::Ink, rim: false }
    }

    pub(crate) fn paint(self, paint: Paint) -> Self {
        Label { paint, ..self }
    }

    pub(crate) fn medium(self) -> Self {
        Label { weight: Weight::Medium, ..self }
    }

    /// The label with a rim: for those among the data.
    pub(crate) fn rimmed(self) -> Self {
        Label { rim: true, ..self }
    }

    pub(crate) fn width(&self) -> f64 {
        font::width(&self.text, self.size, self.weight)
    }

    /// The box that its ink stays inside.
    pub(crate) fn bounds(&self) -> Rect {
        let width = self.width();
        let left = match self.anchor {
            Anchor::Start => self.x,
            Anchor::Middle => self.x - width / 2.0,
            Anchor::End => self.x - width,
        };
        Rect { left, top: self.y - ASCENT * self.size, right: left + width, bottom: self.y + DESCENT * self.size }
    }
}

/// The shape of a point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Marker {
    Circle,
    Square,
    Diamond,
    Up,
    Down,
    Plus,
}

impl Scene {
    pub(crate) fn new(width: f64, height: f64) -> Self {
        Scene { width, height, marks: Vec::new() }
    }

    /// Draws a line along a path.
    pub(crate) fn line(&mut self, path: String, stroke: Stroke) {
        self.shape(Shape { path, fill: None, stroke: Some(stroke), hint: None });
    }

    /// Fills a path.
    pub(crate) fn fill(&mut self, path: String, paint: Paint, opacity: f64) {
        self.shape(Shape { path, fill: Some((paint, opacity)), stroke: None, hint: None });
    }

    /// Draws a shape, unless its path is empty.
    pub(crate) fn shape(&mut self, shape: Shape) {
        if !shape.path.is_empty() {
            self.marks.push(Mark::Shape(shape));
        }
    }

    pub(crate) fn text(&mut self, label: Label) {
        self.marks.push(Mark::Text(label));
    }

    /// Every label, in drawing order.
    pub(crate) fn labels(&self) -> impl Iterator<Item = &Label> {
        self.marks.iter().filter_map(|mark| match mark {
            Mark::Text(label) => Some(label),
            Mark::Shape(_) => None,
        })
    }
}
