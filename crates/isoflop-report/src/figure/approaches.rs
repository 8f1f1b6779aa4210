//! The forecasts of N* side by side: one row per approach, with its interval.

use std::fmt::Write;

use isoflop::analysis::{Analysis, ApproachResult, Forecast};
use isoflop::run::RunTable;
use isoflop::units::Params;

use crate::draw::scene::Shape;
use crate::draw::{Anchor, Axis, Label, Marker, Paint, Rect, Stroke, font, path};
use crate::figure::chart::{HEIGHT, MARGIN, TEXT, WIDTH, head};
use crate::figure::key::{Key, POINT, Swatch};
use crate::figure::{Figure, Plot, lead};
use crate::words;

/// Most rows that stay readable.
const MOST_ROWS: usize = 14;

/// Approaches side by side, at the largest budget asked for.
pub(crate) struct Approaches;

impl Plot for Approaches {
    fn name(&self) -> &'static str {
        "approaches"
    }

    fn draw(&self, _runs: &RunTable, analysis: &Analysis) -> Option<Figure> {
        let lead = lead(analysis)?;
        let at = lead.forecasts.iter().map(|forecast| forecast.compute).max_by(|a, b| a.0.total_cmp(&b.0))?;
        let here =
            |result: &'_ ApproachResult| result.forecasts.iter().find(|forecast| forecast.compute == at).copied();
        let rows: Vec<(&ApproachResult, Forecast)> =
            analysis.approaches.iter().filter_map(|result| Some((result, here(result)?))).take(MOST_ROWS).collect();
        let values = || rows.iter().map(|(_, forecast)| forecast.params.value);
        let (least, most) = (values().fold(f64::INFINITY, f64::min), values().fold(0.0, f64::max));
        if rows.is_empty() || !(least > 0.0 && most.is_finite()) {
            return None;
        }
        let finding = if rows.len() == 1 {
            format!("{} puts N* at {} for {at} FLOPs", rows[0].0.name, Params(least))
        } else if most / least < 1.02 {
            format!("All approaches put N* near {} at {at} FLOPs", Params(least))
        } else {
            format!("N* at {at} FLOPs: {} to {}, by approach", Params(least), Params(most))
        };
        let caption = format!(
            "The forecast of N* by each approach at {at} FLOPs, with its {} interval where it has one.",
            words::level(analysis.level)
        );
        let intervals = rows.iter().any(|(_, forecast)| forecast.params.low.is_some());
        let mut keys =
            vec![Key::new(Swatch::Point(Marker::Circle, Paint::Lead), format!("{}, the one to quote", lead.name))];
        if intervals {
            keys.push(Key::new(Swatch::Line(Paint::Muted), format!("{} interval", words::level(analysis.level))));
        }
        let (scene, below) = head(&finding, &keys);
        Some(Figure::new("approaches", &finding, caption, rows_drawn(scene, below, &rows, lead.name)))
    }
}

fn rows_drawn(
    mut scene: crate::draw::Scene,
    below: f64,
    rows: &[(&ApproachResult, Forecast)],
    lead: &str,
) -> crate::draw::Scene {
    let names = rows.iter().map(|(result, _)| font::width(result.name, TEXT, font::Weight::Medium));
    let said: Vec<String> = rows.iter().map(|(_, forecast)| words::count(&forecast.params).to_string()).collect();
    let left = MARGIN + names.fold(0.0, f64::max).min(300.0) + 24.0;
    let widest = said.iter().map(|said| font::width(said, TEXT, font::Weight::Medium)).fold(0.0, f64::max);
    let right = WIDTH - MARGIN - widest - 24.0;
    let (top, bottom) = (below, HEIGHT - 116.0);
    let ends = rows.iter().flat_map(|(_, forecast)| {
        let estimate = forecast.params;
        [Some(estimate.value), estimate.low, estimate.high].into_iter().flatten()
    });
    let axis = Axis::logarithmic(ends, 0.08).along(left, right);
    let mut grid = String::new();
    for tick in axis.ticks_across(words::tick_count, TEXT) {
        let Some(label) = tick.label else { continue };
        let x = axis.at(tick.value);
        let _ = write!(grid, "M{} {}V{}", path::number(x), path::number(top), path::number(bottom));
        scene.text(Label::new(label, x, bottom + 40.0, Anchor::Middle, TEXT));
    }
    scene.line(grid, Stroke::new(Paint::Grid, 1.5));
    let foot = format!("M{} {}H{}", path::number(left), path::number(bottom), path::number(right));
    scene.line(foot, Stroke::new(Paint::Muted, 1.8));
    let middle = f64::midpoint(left, right);
    scene.text(
        Label::new("Model size N* (parameters)", middle, HEIGHT - 30.0, Anchor::Middle, TEXT).paint(Paint::Muted),
    );
    let height = ((bottom - top) / rows.len() as f64).min(110.0);
    for (i, ((result, forecast), said)) in rows.iter().zip(said).enumerate() {
        let y = top + height * (i as f64 + 0.5);
        let ahead = result.name == lead;
        let paint = if ahead { Paint::Lead } else { Paint::Muted };
        let [name, value] = [
            Label::new(result.name, MARGIN, y + 9.0, Anchor::Start, TEXT),
            Label::new(said.clone(), WIDTH - MARGIN, y + 9.0, Anchor::End, TEXT),
        ]
        .map(|label| if ahead { label.medium().paint(Paint::Lead) } else { label });
        scene.text(name);
        scene.text(value);
        let frame = Rect { left, top, right, bottom };
        if let (Some(low), Some(high)) = (forecast.params.low, forecast.params.high) {
            let line = path::line([(axis.at(low), y), (axis.at(high), y)], &frame);
            scene.line(line, Stroke::new(paint, 5.0).faded(0.6));
        }
        scene.shape(Shape {
            path: path::marker(Marker::Circle, axis.at(forecast.params.value), y, POINT + 2.0),
            fill: Some((paint, 1.0)),
            stroke: Some(Stroke::new(Paint::Paper, 2.5)),
            hint: Some(format!("{}: {said}", result.name)),
        });
    }
    scene
}
