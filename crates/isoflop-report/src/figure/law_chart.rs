//! Model size or dataset size against compute: optima, laws, band, targets.

use isoflop::analysis::{Analysis, ApproachResult, LawEstimate};
use isoflop::run::RunTable;
use isoflop::units::Flops;

use crate::draw::scene::Shape;
use crate::draw::{Axis, Marker, Paint, Rect, Stroke, path};
use crate::figure::chart::{Chart, Scale};
use crate::figure::key::{BAND_OPACITY, POINT, hollow};
use crate::figure::quantity::Quantity;
use crate::figure::runs_drawn::evenly;
use crate::figure::{Figure, Plot, law_labels, law_words, lead, measured};
use crate::words;

/// Laws are drawn as far as they were asked, and to here where they were asked nothing.
const FARTHEST: f64 = 1e24;
/// Most other approaches drawn; further ones stand in the tables.
pub(super) const MOST_OTHERS: usize = 7;
/// Most optima drawn.
pub(super) const MANY_POINTS: usize = 48;

/// The chart of one of the two quantities.
pub(crate) struct LawChart(pub(crate) Quantity);

/// The law of an approach that is not the lead, with its looks.
pub(super) struct Other<'a> {
    pub(super) result: &'a ApproachResult,
    pub(super) law: &'a LawEstimate,
    pub(super) paint: Paint,
    pub(super) marker: Marker,
}

impl Plot for LawChart {
    fn name(&self) -> &'static str {
        self.0.name
    }

    fn draw(&self, _runs: &RunTable, analysis: &Analysis) -> Option<Figure> {
        let quantity = &self.0;
        let lead = lead(analysis)?;
        let seen = measured(analysis, lead);
        let law = (quantity.law)(lead);
        if law.is_none() && quantity.optima(seen).is_empty() {
            return None;
        }
        let others = others(quantity, analysis, lead);
        let finding = law_words::finding(quantity, lead);
        let data = reach_of_data(analysis, quantity, seen);
        let asked = lead.forecasts.iter().map(|forecast| forecast.compute.0).reduce(f64::max);
        let farthest = asked.unwrap_or(FARTHEST);
        let across = Axis::logarithmic([data.0, data.1, if law.is_some() { farthest } else { data.1 }], 0.03);
        let up = heights(quantity, lead, seen, &others, &across, farthest);
        let aside = law_labels::aside(lead, law, &others);
        let mut chart = Chart::new(
            &finding,
            &law_words::keys(quantity, lead, seen),
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
        points(&mut chart, quantity, seen);
        law_labels::targets(&mut chart, quantity, lead);
        law_labels::names(&mut chart, lead, law, &others);
        Some(Figure::new(quantity.name, &finding, law_words::caption(quantity, analysis, lead, seen), chart.scene))
    }
}

/// The smallest and the largest compute of the data.
fn reach_of_data(analysis: &Analysis, quantity: &Quantity, seen: &ApproachResult) -> (f64, f64) {
    let of_profiles = analysis.data.profiles.iter().map(|profile| profile.compute.0);
    let of_optima = quantity.optima(seen).into_iter().map(|(compute, ..)| compute.0);
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
fn heights(
    quantity: &Quantity,
    lead: &ApproachResult,
    seen: &ApproachResult,
    others: &[Other<'_>],
    across: &Axis,
    farthest: f64,
) -> Axis {
    let ends = [across.low(), farthest, across.high()];
    let mut values: Vec<f64> = quantity.optima(seen).iter().map(|point| point.1).collect();
    if let Some(law) = (quantity.law)(lead) {
        values.extend(ends.map(|c| law.at(Flops(c))));
        values.extend(lead.forecasts.iter().map(|forecast| (quantity.of_forecast)(forecast).value));
    }
    values.retain(|value| *value > 0.0 && value.is_finite());
    let (low, high) = values.iter().fold((f64::INFINITY, 0.0_f64), |(low, high), v| (low.min(*v), high.max(*v)));
    let near = |value: &f64| *value > low / 10.0 && *value < high * 10.0;
    values.extend(others.iter().flat_map(|other| ends.map(|c| other.law.at(Flops(c)))).filter(near));
    // Optima nearly alike would look like a slope if their digits filled the axis.
    let middle = (low * high).sqrt();
    values.extend([middle / 1.5, middle * 1.5]);
    // Room above the last target for what is written there.
    values.push(high * (high / low).powf(0.1));
    values.extend(lead.band.iter().flat_map(|point| <[f64; 2]>::from((quantity.of_band)(point))).filter(near));
    Axis::logarithmic(values, 0.04)
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
    for step in 0..60 {
        let c = low * (high / low).powf(f64::from(step) / 59.0);
        let (x, y) = at(c);
        chart.places.avoid(Rect::about(x, y, 14.0));
    }
}

fn points(chart: &mut Chart, quantity: &Quantity, seen: &ApproachResult) {
    let optima = quantity.optima(seen);
    let radius = if optima.len() > MANY_POINTS / 2 { 0.7 * POINT } else { POINT };
    for i in evenly(optima.len(), MANY_POINTS) {
        let (compute, value, flag) = optima[i];
        let (x, y) = chart.at((compute.0, value));
        if !chart.shows((x, y)) {
            continue;
        }
        chart.places.avoid(Rect::about(x, y, 24.0));
        let said = format!("{compute} FLOPs: {} = {}", quantity.symbol, words::tick_count(value));
        match flag {
            None => chart.scene.shape(Shape {
                path: path::marker(Marker::Circle, x, y, radius),
                fill: Some((Paint::Lead, 1.0)),
                stroke: Some(Stroke::new(Paint::Paper, 2.5)),
                hint: Some(said),
            }),
            Some(flag) => hollow(&mut chart.scene, x, y, Paint::Lead, Some(format!("{said}; not used: {flag}"))),
        }
    }
}
