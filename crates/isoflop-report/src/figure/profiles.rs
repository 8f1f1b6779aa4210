//! IsoFLOP profiles: loss against model size, one curve per budget.

use isoflop::analysis::{Analysis, ApproachResult, Optimum, Valley};
use isoflop::run::RunTable;
use isoflop::units::Loss;

use crate::draw::scene::Shape;
use crate::draw::{Anchor, Axis, Label, Marker, Paint, Rect, Stroke, path};
use crate::figure::chart::{Chart, Scale, TEXT, WIDTH};
use crate::figure::key::{Key, POINT, Swatch, hollow};
use crate::figure::runs_drawn::{RunsDrawn, evenly, runs_drawn};
use crate::figure::{Figure, Plot, lead, not_used};
use crate::words;

/// Most budgets whose curves are drawn.
const MOST_CURVES: usize = 64;
/// Most budgets that are labelled.
const MOST_LABELS: usize = 12;
/// How many are labelled where there are more.
const FEW_LABELS: usize = 7;
/// Losses further apart than this, as a ratio, get a logarithmic axis.
const WIDE: f64 = 8.0;

/// Loss against model size.
pub(crate) struct Profiles;

impl Plot for Profiles {
    fn name(&self) -> &'static str {
        "profiles"
    }

    fn draw(&self, runs: &RunTable, analysis: &Analysis) -> Option<Figure> {
        let drawn = runs_drawn(runs, &analysis.data);
        if drawn.drawn == 0 {
            return None;
        }
        let lead = lead(analysis);
        let finding = finding(analysis, lead);
        let mut chart = chart(&finding, analysis, &drawn, lead);
        let budgets = drawn.by_budget.len();
        let shown = evenly(budgets, MOST_CURVES);
        let crosses = drawn.flagged.iter().map(|&run| chart.at(run)).filter(|&at| chart.shows(at));
        let crosses = path::crosses(crosses.collect::<Vec<_>>(), 6.0);
        chart.scene.line(crosses, Stroke::new(Paint::Faint, 2.0).faded(0.8));
        for &i in &shown {
            budget(&mut chart, &drawn.by_budget[i], valley(analysis, lead, i), Paint::of_budget(i, budgets));
        }
        // Many minima get smaller points, so that they do not grow into a bar.
        let radius = if shown.len() > 16 { 0.7 * POINT } else { POINT + 1.0 };
        for &i in &shown {
            if let Some(optimum) = lead.and_then(|lead| lead.optima.get(i)) {
                minimum(&mut chart, optimum, Paint::of_budget(i, budgets), radius);
            }
        }
        labels(&mut chart, analysis, lead, &drawn, &shown);
        Some(Figure::new("profiles", &finding, caption(&drawn, lead, shown.len()), chart.scene))
    }
}

/// The best size at the smallest and the largest budget that have one.
fn finding(analysis: &Analysis, lead: Option<&ApproachResult>) -> String {
    let used: Vec<&Optimum> = lead.map(used).unwrap_or_default();
    match (used.first(), used.last()) {
        (Some(Optimum { params: Some(n), compute, .. }), Some(Optimum { params: Some(last), compute: at, .. })) => {
            if used.len() == 1 {
                format!("Best model at {compute} FLOPs: {n} parameters")
            } else {
                if (last.0 / n.0).ln().abs() < 0.02 {
                    return format!("Best model is {n} at {compute} and {last} at {at} FLOPs");
                }
                let moves = if last.0 < n.0 { "shrinks" } else { "grows" };
                format!("Best model {moves} from {n} at {compute} to {last} at {at} FLOPs")
            }
        }
        _ => format!("No budget of {} has a clear best model size", analysis.data.budgets),
    }
}

/// The highest loss shown: a few runs far above all others would flatten every valley.
fn ceiling(drawn: &RunsDrawn) -> f64 {
    const TIMES_THE_MEDIAN: f64 = 5.0;
    let mut losses: Vec<f64> = drawn.by_budget.iter().flatten().map(|run| run.1).collect();
    losses.sort_by(f64::total_cmp);
    match (losses.first(), losses.get(losses.len() / 2)) {
        (Some(lowest), Some(median)) if median > lowest => lowest + TIMES_THE_MEDIAN * (median - lowest),
        _ => f64::INFINITY,
    }
}

fn used(lead: &ApproachResult) -> Vec<&Optimum> {
    lead.optima.iter().filter(|optimum| optimum.params.is_some() && optimum.flag.is_none()).collect()
}

/// The curve of budget `i`: matched by C, because an approach may have curves for some budgets only.
fn valley<'a>(analysis: &Analysis, lead: Option<&'a ApproachResult>, i: usize) -> Option<&'a Valley> {
    let compute = analysis.data.profiles.get(i)?.compute;
    lead?.valleys.iter().find(|valley| (valley.compute.0 / compute.0 - 1.0).abs() < 1e-9)
}

fn chart(finding: &str, analysis: &Analysis, drawn: &RunsDrawn, lead: Option<&ApproachResult>) -> Chart {
    let used = drawn.by_budget.iter().flatten();
    let none_used = drawn.drawn == drawn.flagged.len();
    let points: Vec<(f64, f64)> = used.chain(drawn.flagged.iter().filter(|_| none_used)).copied().collect();
    let curves = lead.into_iter().flat_map(|lead| &lead.valleys).flat_map(|valley| &valley.points);
    let sizes = points.iter().chain(curves.clone()).map(|point| point.0);
    let highest = points.iter().map(|point| point.1).fold(0.0, f64::max).min(ceiling(drawn));
    // A curve may shoot up past its runs; the runs decide what is shown.
    let losses = points.iter().chain(curves).map(|point| point.1).filter(|loss| *loss <= highest);
    let lowest = points.iter().map(|point| point.1).fold(f64::INFINITY, f64::min);
    let wide = highest / lowest > WIDE;
    let up = if wide { Axis::logarithmic(losses, 0.05) } else { Axis::linear(losses, 0.05) };
    let name = format!("Final loss ({})", words::loss_unit(analysis.data.conventions.loss));
    let across =
        Scale { axis: Axis::logarithmic(sizes, 0.04), name: "Model size N (parameters)", say: words::tick_count };
    Chart::new(finding, &keys(drawn, lead), across, Scale { axis: up, name: &name, say: words::tick_count }, 76.0)
}

fn keys(drawn: &RunsDrawn, lead: Option<&ApproachResult>) -> Vec<Key> {
    let mut keys = Vec::new();
    if drawn.by_budget.len() > 1 {
        keys.push(Key::new(Swatch::Ramp, "runs, by budget (FLOPs)"));
    }
    if let Some(lead) = lead {
        let there: Vec<&Optimum> = lead.optima.iter().filter(|optimum| optimum.params.is_some()).collect();
        if there.iter().any(|optimum| optimum.flag.is_none()) {
            keys.push(Key::new(Swatch::Point(Marker::Circle, Paint::Ink), format!("minimum ({})", lead.name)));
        }
        keys.extend(not_used(there.into_iter()).map(|why| Key::new(Swatch::Hollow(Paint::Ink), why)));
    }
    if !drawn.flagged.is_empty() {
        keys.push(Key::new(Swatch::Cross, "run left out"));
    }
    keys
}

fn caption(drawn: &RunsDrawn, lead: Option<&ApproachResult>, shown: usize) -> String {
    let mut caption = vec!["Loss against model size, one colour per compute budget; every point is a run.".to_string()];
    if let Some(lead) = lead.filter(|lead| !lead.valleys.is_empty()) {
        caption.push(format!("Curves and minima are those of {} ({}).", lead.name, lead.label));
    }
    if shown < drawn.by_budget.len() {
        caption.push(format!("Curves of {shown} of {} budgets are drawn.", drawn.by_budget.len()));
    }
    let ceiling = ceiling(drawn);
    match drawn.by_budget.iter().flatten().filter(|run| run.1 > ceiling).count() {
        0 => {}
        1 => caption.push("One run of higher loss lies above the frame.".to_string()),
        above => caption.push(format!("{above} runs of higher loss lie above the frame.")),
    }
    if drawn.drawn < drawn.total {
        caption.push(format!("{} of {} runs are drawn, evenly taken in file order.", drawn.drawn, drawn.total));
    }
    caption.join(" ")
}

/// The curve and the runs of one budget.
fn budget(chart: &mut Chart, runs: &[(f64, f64)], valley: Option<&Valley>, paint: Paint) {
    let curve: &[(f64, f64)] = valley.map_or(runs, |valley| &valley.points);
    let pixels: Vec<(f64, f64)> = curve.iter().map(|&point| chart.at(point)).collect();
    let stroke = if valley.is_some() { Stroke::new(paint, 3.5) } else { Stroke::new(paint, 2.0).faded(0.6) };
    chart.scene.line(path::line(pixels.iter().copied(), &chart.area), stroke);
    let dots: Vec<(f64, f64)> = runs.iter().map(|&run| chart.at(run)).filter(|&at| chart.shows(at)).collect();
    for &(x, y) in pixels.iter().chain(&dots) {
        chart.places.avoid(Rect::about(x, y, 12.0));
    }
    // Many runs get smaller points, so that they do not grow together.
    let size = if dots.len() > 200 { 6.0 } else { 11.0 };
    chart.scene.line(path::dots(dots), Stroke::new(paint, size));
}

fn minimum(chart: &mut Chart, optimum: &Optimum, paint: Paint, radius: f64) {
    let (Some(n), Some(loss)) = (optimum.params, optimum.loss) else { return };
    let at = chart.at((n.0, loss.0));
    if !chart.shows(at) {
        return;
    }
    let said = format!("{} FLOPs: N* = {n}, loss {}", optimum.compute, Loss(loss.0));
    chart.places.avoid(Rect::about(at.0, at.1, 26.0));
    match optimum.flag {
        None => chart.scene.shape(Shape {
            path: path::marker(Marker::Circle, at.0, at.1, radius),
            fill: Some((Paint::Ink, 1.0)),
            stroke: Some(Stroke::new(Paint::Paper, 2.0)),
            hint: Some(said),
        }),
        Some(flag) => hollow(&mut chart.scene, at.0, at.1, paint, Some(format!("{said}; not used: {}", flag.words()))),
    }
}

/// Writes budgets at the ends of their curves.
fn labels(chart: &mut Chart, analysis: &Analysis, lead: Option<&ApproachResult>, drawn: &RunsDrawn, shown: &[usize]) {
    // The ends of the ramp first: if room is short, they say most.
    let mut order: Vec<usize> = evenly(shown.len(), if shown.len() > MOST_LABELS { FEW_LABELS } else { MOST_LABELS })
        .into_iter()
        .map(|k| shown[k])
        .collect();
    let last = order.pop();
    order.splice(0..0, last);
    let frame = Rect { right: WIDTH - 8.0, top: chart.area.top - 10.0, ..chart.area };
    for i in order {
        let Some(profile) = analysis.data.profiles.get(i) else { continue };
        let curve = valley(analysis, lead, i).map_or(&drawn.by_budget[i], |valley| &valley.points);
        // The ends that are seen: a curve may leave through the top.
        let mut seen = curve.iter().map(|&point| chart.at(point)).filter(|&at| chart.shows(at));
        let Some((x0, y0)) = seen.next() else { continue };
        let (x1, y1) = seen.next_back().unwrap_or((x0, y0));
        let label = |x: f64, y: f64, anchor| Label::new(profile.compute.to_string(), x, y, anchor, TEXT).rimmed();
        let candidates = [
            label(x1 + 12.0, y1 + 9.0, Anchor::Start),
            label(x1 + 12.0, y1 - 10.0, Anchor::Start),
            label(x1 + 12.0, y1 + 27.0, Anchor::Start),
            label(x1, y1 - 16.0, Anchor::Middle),
            label(x0 - 12.0, y0 + 9.0, Anchor::End),
            label(x0, y0 - 16.0, Anchor::Middle),
        ];
        if let Some(label) = chart.places.choose(candidates, &frame) {
            chart.scene.text(label);
        }
    }
}
