//! SVG path data in pixels: clipped lines, bands, points.

use std::fmt::Write;

use crate::draw::rect::Rect;
use crate::draw::scene::Marker;

/// A point nearer than this to the one before it cannot be seen, in pixels.
const UNSEEN: f64 = 1.5;

/// A coordinate to a tenth of a pixel, without a trailing `.0`.
pub(crate) fn number(value: f64) -> String {
    let text = format!("{value:.1}");
    match text.strip_suffix(".0") {
        Some("-0") => "0".to_string(),
        Some(whole) => whole.to_string(),
        None => text,
    }
}

/// A line through `points`, cut where it leaves `clip` and thinned where its points are too close to tell apart.
pub(crate) fn line(points: impl IntoIterator<Item = (f64, f64)>, clip: &Rect) -> String {
    let mut path = String::new();
    let mut pen: Option<(f64, f64)> = None;
    let mut last: Option<(f64, f64)> = None;
    let mut points = points.into_iter().filter(|(x, y)| x.is_finite() && y.is_finite()).peekable();
    while let Some(point) = points.next() {
        let Some(before) = last else {
            last = Some(point);
            continue;
        };
        if points.peek().is_some() && (point.0 - before.0).hypot(point.1 - before.1) < UNSEEN {
            continue;
        }
        last = Some(point);
        let Some((from, to)) = inside(before, point, clip) else {
            pen = None;
            continue;
        };
        if pen != Some(from) {
            let _ = write!(path, "M{} {}", number(from.0), number(from.1));
        }
        let _ = write!(path, "L{} {}", number(to.0), number(to.1));
        pen = Some(to);
    }
    path
}

/// The part of a segment inside a rectangle, after Liang and Barsky (1984).
fn inside(a: (f64, f64), b: (f64, f64), clip: &Rect) -> Option<((f64, f64), (f64, f64))> {
    let (dx, dy) = (b.0 - a.0, b.1 - a.1);
    let (mut enter, mut leave) = (0.0_f64, 1.0_f64);
    for (step, room) in [(-dx, a.0 - clip.left), (dx, clip.right - a.0), (-dy, a.1 - clip.top), (dy, clip.bottom - a.1)]
    {
        if step == 0.0 {
            if room < 0.0 {
                return None;
            }
        } else if step < 0.0 {
            enter = enter.max(room / step);
        } else {
            leave = leave.min(room / step);
        }
    }
    let at = |t: f64| {
        if t == 0.0 {
            a
        } else if t == 1.0 {
            b
        } else {
            (a.0 + t * dx, a.1 + t * dy)
        }
    };
    (enter <= leave).then(|| (at(enter), at(leave)))
}

/// The area between two lines that share their x: `(x, one side, other side)`, held inside `clip`.
pub(crate) fn band(sides: &[(f64, f64, f64)], clip: &Rect) -> String {
    if sides.len() < 2 {
        return String::new();
    }
    let held = |x: f64, y: f64| (x.clamp(clip.left, clip.right), y.clamp(clip.top, clip.bottom));
    let forth = sides.iter().map(|&(x, one, _)| held(x, one));
    let back = sides.iter().rev().map(|&(x, _, other)| held(x, other));
    let mut path = String::new();
    for (i, (x, y)) in forth.chain(back).enumerate() {
        let _ = write!(path, "{}{} {}", if i == 0 { 'M' } else { 'L' }, number(x), number(y));
    }
    path.push('Z');
    path
}

/// Round points, to be drawn as a line with round ends of the width of a point: a dozen bytes each.
pub(crate) fn dots(points: impl IntoIterator<Item = (f64, f64)>) -> String {
    let mut path = String::new();
    for (x, y) in points {
        // A step of no length at all would draw nothing in some renderers.
        let _ = write!(path, "M{} {}h.1", number(x), number(y));
    }
    path
}

/// Oblique crosses.
pub(crate) fn crosses(points: impl IntoIterator<Item = (f64, f64)>, r: f64) -> String {
    let mut path = String::new();
    for (x, y) in points {
        let (side, back) = (number(2.0 * r), number(-2.0 * r));
        let _ = write!(path, "M{} {}l{side} {side}m{back} 0l{side} {back}", number(x - r), number(y - r));
    }
    path
}

/// The outline of one point of radius `r`.
pub(crate) fn marker(marker: Marker, x: f64, y: f64, r: f64) -> String {
    let polygon = |corners: &[(f64, f64)]| {
        let mut path = String::new();
        for (i, (dx, dy)) in corners.iter().enumerate() {
            let _ = write!(path, "{}{} {}", if i == 0 { 'M' } else { 'L' }, number(x + r * dx), number(y + r * dy));
        }
        path + "Z"
    };
    match marker {
        Marker::Circle => {
            let (left, r, across) = (x - r, number(r), number(2.0 * r));
            format!("M{} {}a{r} {r} 0 1 0 {across} 0a{r} {r} 0 1 0 -{across} 0Z", number(left), number(y))
        }
        // Sides chosen so that all shapes cover about the same area.
        Marker::Square => polygon(&[(-0.88, -0.88), (0.88, -0.88), (0.88, 0.88), (-0.88, 0.88)]),
        Marker::Diamond => polygon(&[(0.0, -1.25), (1.25, 0.0), (0.0, 1.25), (-1.25, 0.0)]),
        Marker::Up => polygon(&[(0.0, -1.2), (1.15, 0.85), (-1.15, 0.85)]),
        Marker::Down => polygon(&[(0.0, 1.2), (1.15, -0.85), (-1.15, -0.85)]),
        Marker::Plus => polygon(&[
            (-0.42, -1.2),
            (0.42, -1.2),
            (0.42, -0.42),
            (1.2, -0.42),
            (1.2, 0.42),
            (0.42, 0.42),
            (0.42, 1.2),
            (-0.42, 1.2),
            (-0.42, 0.42),
            (-1.2, 0.42),
            (-1.2, -0.42),
            (-0.42, -0.42),
        ]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FRAME: Rect = Rect { left: 0.0, top: 0.0, right: 100.0, bottom: 100.0 };

    #[test]
    fn a_line_is_cut_at_the_frame() {
        assert_eq!(line([(-50.0, 50.0), (150.0, 50.0)], &FRAME), "M0 50L100 50");
        assert_eq!(line([(-50.0, 50.0), (-10.0, 500.0)], &FRAME), "");
        assert_eq!(line([(10.0, 50.0), (50.0, -50.0), (90.0, 50.0)], &FRAME), "M10 50L30 0M70 0L90 50");
        assert_eq!(line([(10.0, f64::NAN), (20.0, 5.0)], &FRAME), "");
    }

    #[test]
    fn points_too_close_to_see_are_left_out_and_the_last_is_kept() {
        assert_eq!(line([(0.0, 0.0), (0.5, 0.0), (10.0, 0.0), (10.5, 0.0)], &FRAME), "M0 0L10 0L10.5 0");
    }
}
