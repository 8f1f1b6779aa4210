//! Model size or dataset size against compute: optima, laws, band, targets.

use isoflop::analysis::{Analysis, ApproachResult, Forecast, LawEstimate};
use isoflop::run::RunTable;
use isoflop::units::Flops;

use crate::draw::place::spread;
use crate::draw::scene::Shape;
use crate::draw::{Anchor, Axis, Label, Marker, Paint, Rect, Stroke, font, path};
use crate::figure::chart::{Chart, MARGIN, Scale, TEXT, WIDTH};
use crate::figure::key::{BAND_OPACITY, Key, POINT, Swatch, hollow};
use crate::figure::quantity::Quantity;
use crate::figure::{Figure, Plot, lead, reasons};
use crate::words;

/// Every law is drawn at least this far, so that figures of different sweeps compare.
const FARTHEST: f64 = 1e24;
/// Most other approaches drawn; further ones stand in the tables.
const MOST_OTHERS: usize = 7;
/// Size of the names of approaches at the ends of their lines.
const NAME: f64 = 24.0;

/// The chart of one of the two quantities.
pub(crate) struct LawChart(pub(crate) Quantity);

/// The law of an approach that is not the lead, with its looks.
struct Other<'a> {
    result: &'a ApproachResult,
    law: &'a LawEstimate,
    paint: Paint,
    marker: Marker,
}

impl Plot for LawChart {
    fn name(&self) -> &'static str {
        self.0.name
    }

    fn draw(&self, _runs: &RunTable, analysis: &Analysis) -> Option<Figure> {
        let quantity = &self.0;
        let lead = lead(analysis)?;
        let law = (quantity.law)(lead);
        if law.is_none() && optima(quantity, lead).is_empty() {
            return None;
        }
        let others = others(quantity, analysis, lead);
        let finding = finding(quantity, lead);
        let data = reach_of_data(analysis, quantity, lead);
        let farthest = lead.forecasts.iter().map(|forecast| forecast.compute.0).fold(FARTHEST, f64::max);
        let across = Axis::logarithmic([data.0, data.1, if law.is_some() { farthest } else { data.1 }], 0.03);
        let up = heights(quantity, lead, &others, &across, farthest);
        let aside = aside(lead, law, &others);
        let mut chart = Chart::new(
            &finding,
            &keys(quantity, lead),
            Scale { axis: across, name: "Training compute C (FLOPs)", say: words::tick_flops },
            Scale { axis: up, name: quantity.axis, say: words::tick_count },
            aside,
        );
        band(&mut chart, quantity, lead);
        for other in &others {
            line(&mut chart, other.law, data, Stroke::new(other.paint, 2.5).faded(0.9));
        }
        if let Some(law) = law {
            line(&mut chart, law, data, Stroke::new(Paint::Lead, 5.0));
        }
        points(&mut chart, quantity, lead);
        targets(&mut chart, quantity, lead);
        names(&mut chart, lead, law, &others);
        Some(Figure::new(quantity.name, &finding, caption(quantity, analysis, lead), chart.scene))
    }
}

fn finding(quantity: &Quantity, lead: &ApproachResult) -> String {
    let Some(law) = (quantity.law)(lead) else {
        return format!("No law for {}: too few budgets with a clear minimum", quantity.noun);
    };
    let law = format!("{} ∝ C^{{{:.2}}}", quantity.symbol, law.exponent.value);
    match farthest(lead) {
        Some(forecast) => {
            let said = words::count((quantity.of_forecast)(forecast)).value;
            format!("{law}: {said} at {}", forecast.compute)
        }
        None => law,
    }
}

/// The forecast at the largest budget asked for.
fn farthest(lead: &ApproachResult) -> Option<&Forecast> {
    lead.forecasts.iter().max_by(|a, b| a.compute.0.total_cmp(&b.compute.0))
}

/// (C, value, flag words) of every optimum that has a value.
fn optima(quantity: &Quantity, lead: &ApproachResult) -> Vec<(Flops, f64, Option<&'static str>)> {
    let there = lead.optima.iter().filter_map(|optimum| Some((optimum, (quantity.of_optimum)(optimum)?)));
    there
        .map(|(optimum, value)| (optimum.compute, value, optimum.flag.map(isoflop::analysis::OptimumFlag::words)))
        .collect()
}

/// The smallest and the largest compute of the data.
fn reach_of_data(analysis: &Analysis, quantity: &Quantity, lead: &ApproachResult) -> (f64, f64) {
    let of_profiles = analysis.data.profiles.iter().map(|profile| profile.compute.0);
    let of_optima = optima(quantity, lead).into_iter().map(|(compute, ..)| compute.0);
    let all = of_profiles.chain(of_optima);
    all.fold((f64::INFINITY, 0.0), |(low, high), c| (low.min(c), high.max(c)))
}

fn others<'a>(quantity: &Quantity, analysis: &'a Analysis, lead: &ApproachResult) -> Vec<Other<'a>> {
    const MARKERS: [Marker; 5] = [Marker::Square, Marker::Up, Marker::Diamond, Marker::Down, Marker::Plus];
    let rest = analysis.approaches.iter().filter(|result| result.name != lead.name);
    let with_law = rest.filter_map(|result| Some((result, (quantity.law)(result)?)));
    let look = |(i, (result, law))| Other { result, law, paint: Paint::Other(i), marker: MARKERS[i % MARKERS.len()] };
    with_law.take(MOST_OTHERS).enumerate().map(look).collect()
}

/// The axis that shows the lead with its band, and other laws unless they stray by more than a decade.
fn heights(quantity: &Quantity, lead: &ApproachResult, others: &[Other<'_>], across: &Axis, farthest: f64) -> Axis {
    let ends = [across.low(), farthest, across.high()];
    let mut values: Vec<f64> = optima(quantity, lead).iter().map(|point| point.1).collect();
    if let Some(law) = (quantity.law)(lead) {
        values.extend(ends.map(|c| law.at(Flops(c))));
        values.extend(lead.forecasts.iter().map(|forecast| (quantity.of_forecast)(forecast).value));
    }
    values.retain(|value| *value > 0.0 && value.is_finite());
    let (low, high) = values.iter().fold((f64::INFINITY, 0.0_f64), |(low, high), v| (low.min(*v), high.max(*v)));
    let near = |value: &f64| *value > low / 10.0 && *value < high * 10.0;
    values.extend(others.iter().flat_map(|other| ends.map(|c| other.law.at(Flops(c)))).filter(near));
    values.extend(lead.band.iter().flat_map(|point| <[f64; 2]>::from((quantity.of_band)(point))).filter(near));
    Axis::logarithmic(values, 0.04)
}

/// Room for the names at the ends of the lines.
fn aside(lead: &ApproachResult, law: Option<&LawEstimate>, others: &[Other<'_>]) -> f64 {
    if law.is_none() || others.is_empty() {
        return 12.0;
    }
    let names = others.iter().map(|other| other.result.name).chain([lead.name]);
    let widest = names.map(|name| font::width(name, NAME, font::Weight::Medium)).fold(0.0, f64::max);
    (widest + 62.0).min(360.0)
}

fn keys(quantity: &Quantity, lead: &ApproachResult) -> Vec<Key> {
    let optima = optima(quantity, lead);
    let mut keys = Vec::new();
    if optima.iter().any(|(.., flag)| flag.is_none()) {
        keys.push(Key::new(Swatch::Point(Marker::Circle, Paint::Lead), "optimum of a budget"));
    }
    let drawn = lead.optima.iter().filter(|optimum| (quantity.of_optimum)(optimum).is_some());
    for reason in reasons(drawn) {
        keys.push(Key::new(Swatch::Hollow(Paint::Lead), format!("not used: {reason}")));
    }
    if (quantity.law)(lead).is_some() {
        keys.push(Key::new(Swatch::Dashed(Paint::Lead), format!("{}, dashed beyond the data", lead.name)));
    }
    if lead.band.len() > 1 {
        keys.push(Key::new(Swatch::Band(Paint::Lead), "interval"));
    }
    keys
}

fn caption(quantity: &Quantity, analysis: &Analysis, lead: &ApproachResult) -> String {
    let mut caption = format!("The best {} at each budget by {} ({})", quantity.noun, lead.name, lead.label);
    if (quantity.law)(lead).is_some() {
        caption += ", and the law through it";
    }
    caption += ".";
    if lead.band.len() > 1 {
        caption += &format!(" The band is its {} interval.", words::level(analysis.level));
    }
    let laws = analysis.approaches.iter().filter(|result| (quantity.law)(result).is_some()).count();
    if laws > 1 {
        caption += " Thin lines are the laws of the other approaches.";
    }
    if laws > MOST_OTHERS + 1 {
        caption += &format!(" Only the first {MOST_OTHERS} of them are drawn.");
    }
    caption
}

fn band(chart: &mut Chart, quantity: &Quantity, lead: &ApproachResult) {
    let mut sides: Vec<(f64, f64, f64)> = lead
        .band
        .iter()
        .map(|point| {
            let (low, high) = (quantity.of_band)(point);
            (chart.x.at(point.compute.0), chart.y.at(low), chart.y.at(high))
        })
        .collect();
    sides.retain(|(x, low, high)| x.is_finite() && low.is_finite() && high.is_finite());
    sides.sort_by(|a, b| a.0.total_cmp(&b.0));
    chart.scene.fill(path::band(&sides, &chart.area), Paint::Lead, BAND_OPACITY);
}

/// A law: solid inside the data, dashed beyond.
fn line(chart: &mut Chart, law: &LawEstimate, data: (f64, f64), stroke: Stroke) {
    let (x, y, area) = (chart.x, chart.y, chart.area);
    let at = |c: f64| (x.at(c), y.at(law.at(Flops(c))));
    let (low, high) = (chart.x.low(), chart.x.high());
    let pieces = [(low, data.0, true), (data.0, data.1, false), (data.1, high, true)];
    for (from, to, beyond) in pieces {
        // A power law is straight on these axes.
        let path = path::line([at(from), at(to)], &area);
        let stroke = if beyond { stroke.dashed(stroke.width * 2.4, stroke.width * 2.2) } else { stroke };
        chart.scene.line(path, stroke);
    }
    for c in chart.x.steps(low, high, 60) {
        let (x, y) = at(c);
        chart.places.avoid(Rect::about(x, y, 14.0));
    }
}

fn points(chart: &mut Chart, quantity: &Quantity, lead: &ApproachResult) {
    for (compute, value, flag) in optima(quantity, lead) {
        let (x, y) = chart.at((compute.0, value));
        if !chart.shows((x, y)) {
            continue;
        }
        chart.places.avoid(Rect::about(x, y, 24.0));
        let said = format!("{compute} FLOPs: {} = {}", quantity.symbol, words::tick_count(value));
        match flag {
            None => chart.scene.shape(Shape {
                path: path::marker(Marker::Circle, x, y, POINT),
                fill: Some((Paint::Lead, 1.0)),
                stroke: Some(Stroke::new(Paint::Paper, 2.5)),
                hint: Some(said),
            }),
            Some(flag) => hollow(&mut chart.scene, x, y, Paint::Lead, Some(format!("{said}; not used: {flag}"))),
        }
    }
}

/// A guide line at each budget asked for, with the value at its end.
fn targets(chart: &mut Chart, quantity: &Quantity, lead: &ApproachResult) {
    let mut asked: Vec<&Forecast> = lead.forecasts.iter().collect();
    // The farthest first: it is the one that the title tells.
    asked.sort_by(|a, b| b.compute.0.total_cmp(&a.compute.0));
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
        let label = |x, y, anchor| Label::new(text.as_str(), x, y, anchor, TEXT).medium();
        let above = (0..9).map(|row| label(x - 20.0, y - 6.0 - 17.0 * f64::from(row), Anchor::End));
        let below = (0..5).map(|row| label(x + 20.0, y + 40.0 + 17.0 * f64::from(row), Anchor::Start));
        let before = (0..5).map(|row| label(x - 12.0, y + 60.0 + 17.0 * f64::from(row), Anchor::End));
        let area = chart.area;
        if let Some(label) = chart.places.choose(above.chain(below).chain(before), &area) {
            chart.scene.text(label);
        }
    }
}

/// The names of all approaches beside the ends of their lines, moved apart, with leaders.
fn names(chart: &mut Chart, lead: &ApproachResult, law: Option<&LawEstimate>, others: &[Other<'_>]) {
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
