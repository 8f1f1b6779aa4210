//! What is written on a chart of a law: values at the targets, names at the ends of lines.

use isoflop::analysis::{ApproachResult, Forecast, LawEstimate};
use isoflop::units::Flops;

use crate::draw::place::spread;
use crate::draw::scene::Shape;
use crate::draw::{Anchor, Label, Marker, Paint, Rect, Stroke, font, path};
use crate::figure::chart::{Chart, MARGIN, TEXT, WIDTH};
use crate::figure::key::POINT;
use crate::figure::law_chart::Other;
use crate::figure::quantity::Quantity;
use crate::words;

/// Size of the names of approaches at the ends of their lines.
const NAME: f64 = 24.0;

/// A guide line at each budget asked for, with the value at its end.
pub(super) fn targets(chart: &mut Chart, quantity: &Quantity, lead: &ApproachResult) {
    let mut asked: Vec<&Forecast> = lead.forecasts.iter().collect();
    // The farthest has the first choice of a place, as it is the one that the title tells; then from the left.
    asked.sort_by(|a, b| a.compute.0.total_cmp(&b.compute.0));
    if let Some(farthest) = asked.pop() {
        asked.insert(0, farthest);
    }
    let mut written = Vec::new();
    for forecast in asked {
        let estimate = (quantity.of_forecast)(forecast);
        let (x, y) = chart.at((forecast.compute.0, estimate.value));
        if !chart.shows((x, y)) {
            continue;
        }
        let guide = format!("M{} {}V{}", path::number(x), path::number(chart.area.bottom), path::number(y));
        chart.scene.line(guide, Stroke::new(Paint::Muted, 2.0).dashed(2.0, 6.0));
        chart.scene.shape(Shape {
            path: path::marker(Marker::Diamond, x, y, POINT + 2.0),
            fill: Some((Paint::Ink, 1.0)),
            stroke: Some(Stroke::new(Paint::Paper, 2.5)),
            hint: Some(format!("{} at {} FLOPs: {}", quantity.symbol, forecast.compute, words::count(estimate))),
        });
        chart.places.avoid(Rect::about(x, y, 28.0));
        written.push((format!("{}: {}", forecast.compute, words::count(estimate).value), x, y));
    }
    for (text, x, y) in written {
        let label = |x, y, anchor| Label::new(text.as_str(), x, y, anchor, TEXT).medium().rimmed();
        let above = (0..10).map(|row| label(x - 20.0, y - 8.0 - 17.0 * f64::from(row), Anchor::End));
        let below = (0..6).map(|row| label(x + 20.0, y + 40.0 + 17.0 * f64::from(row), Anchor::Start));
        let area = chart.area;
        if let Some(label) = chart.places.choose(above.chain(below), &area) {
            // A label that had to move away keeps a leader to its point.
            if (label.y - y).abs() > 2.0 * TEXT {
                let (to, side) = (label.y - 9.0, (label.x - x).signum() * 12.0);
                let leader = path::line([(x + side, to), (x + side * 0.4, to), (x, y)], &area);
                chart.scene.line(leader, Stroke::new(Paint::Muted, 1.5));
            }
            chart.scene.text(label);
        }
    }
}

/// The names of all approaches beside the ends of their lines, moved apart, with leaders.
pub(super) fn names(chart: &mut Chart, lead: &ApproachResult, law: Option<&LawEstimate>, others: &[Other<'_>]) {
    let Some(law) = law.filter(|_| !others.is_empty()) else { return };
    let mut all = vec![(lead.name, law, Paint::Lead, Marker::Circle)];
    all.extend(others.iter().map(|other| (other.result.name, other.law, other.paint, other.marker)));
    let end = chart.x.high();
    let area = chart.area;
    let ends: Vec<f64> =
        all.iter().map(|(_, law, ..)| chart.y.at(law.at(Flops(end))).clamp(area.top, area.bottom)).collect();
    let heights = spread(&ends, NAME + 8.0, area.top + 6.0, area.bottom - 6.0);
    for (((name, _, paint, marker), from), to) in all.into_iter().zip(ends).zip(heights) {
        let (near, far) = (path::number(area.right + 2.0), path::number(area.right + 30.0));
        let leader = format!("M{near} {}L{far} {}", path::number(from), path::number(to));
        chart.scene.line(leader, Stroke::new(paint, 1.8).faded(0.8));
        chart.scene.fill(path::marker(marker, area.right + 38.0, to, 7.5), paint, 1.0);
        let x = area.right + 54.0;
        // A name too long for its room is set smaller.
        let room = WIDTH - MARGIN / 2.0 - x;
        let size = (NAME * room / font::width(name, NAME, font::Weight::Medium).max(1.0)).min(NAME);
        let label = Label::new(name, x, to + 8.0, Anchor::Start, size).paint(paint);
        chart.scene.text(if name == lead.name { label.medium() } else { label });
    }
}

/// Room for the names at the ends of the lines.
pub(super) fn aside(lead: &ApproachResult, law: Option<&LawEstimate>, others: &[Other<'_>]) -> f64 {
    if law.is_none() || others.is_empty() {
        return 12.0;
    }
    let names = others.iter().map(|other| other.result.name).chain([lead.name]);
    let widest = names.map(|name| font::width(name, NAME, font::Weight::Medium)).fold(0.0, f64::max);
    (widest + 62.0).min(360.0)
}
