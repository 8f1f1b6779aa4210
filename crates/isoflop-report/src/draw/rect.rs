//! Rectangles: plot areas, and the boxes that labels occupy.

/// A rectangle in pixels of the scene; y grows downwards.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rect {
    /// Left edge.
    pub left: f64,
    /// Top edge.
    pub top: f64,
    /// Right edge.
    pub right: f64,
    /// Bottom edge.
    pub bottom: f64,
}

impl Rect {
    /// The square of side `size` about a point.
    pub(crate) fn about(x: f64, y: f64, size: f64) -> Self {
        let half = size / 2.0;
        Rect { left: x - half, top: y - half, right: x + half, bottom: y + half }
    }

    /// Whether two rectangles share more than an edge.
    pub fn overlaps(&self, other: &Rect) -> bool {
        self.left < other.right && other.left < self.right && self.top < other.bottom && other.top < self.bottom
    }

    /// Whether `other` lies inside, edges included.
    pub fn holds(&self, other: &Rect) -> bool {
        self.left <= other.left && self.top <= other.top && self.right >= other.right && self.bottom >= other.bottom
    }
}
