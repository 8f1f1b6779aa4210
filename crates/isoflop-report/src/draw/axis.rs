//! An axis: from values to pixels.

use crate::draw::font::{self, Weight};
use crate::draw::tick::{self, Tick};

/// How values are spread along an axis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Spread {
    Linear,
    Logarithmic,
}

/// A stretch of values laid along a stretch of pixels.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Axis {
    spread: Spread,
    low: f64,
    high: f64,
    from: f64,
    to: f64,
}

/// The least span of a logarithmic axis, as a difference of natural logarithms.
const LEAST_SPAN: f64 = 0.1;
/// Room between two tick labels, in pixels.
const GAP: f64 = 22.0;
/// Most labels on one axis.
const MOST: usize = 8;

impl Axis {
    /// A logarithmic axis that shows all `values` with a margin of `pad` (a share of the span) at each end.
    ///
    /// Values that are no positive numbers are passed over; without any, it runs from 1 to 10.
    pub(crate) fn logarithmic(values: impl IntoIterator<Item = f64>, pad: f64) -> Self {
        // The ends stay well inside f64, so that padding cannot overflow.
        let usable = values.into_iter().filter(|v| *v > 1e-200 && *v < 1e200);
        let (low, high) = ends(usable).unwrap_or((1.0, 10.0));
        let span = (high / low).ln();
        // Values all alike get half a decade about them; nearly alike, enough that ticks of three digits differ.
        let margin = if span > 1e-9 { (pad * span).max((LEAST_SPAN - span) / 2.0) } else { 0.6 };
        let (low, high) = ((low.ln() - margin).exp(), (high.ln() + margin).exp());
        Axis { spread: Spread::Logarithmic, low, high, from: 0.0, to: 1.0 }
    }

    /// A linear axis that shows all `values` with a margin.
    pub(crate) fn linear(values: impl IntoIterator<Item = f64>, pad: f64) -> Self {
        let (low, high) = ends(values.into_iter().filter(|v| v.abs() < 1e200)).unwrap_or((0.0, 1.0));
        let span = if high - low > 1e-9 * high.abs() { high - low } else { (0.1 * high.abs()).max(1e-9) };
        Axis { spread: Spread::Linear, low: low - pad * span, high: high + pad * span, from: 0.0, to: 1.0 }
    }

    /// The same values, with the lowest at pixel `from` and the highest at `to`.
    pub(crate) fn along(self, from: f64, to: f64) -> Self {
        Axis { from, to, ..self }
    }

    pub(crate) fn low(&self) -> f64 {
        self.low
    }

    pub(crate) fn high(&self) -> f64 {
        self.high
    }

    /// The pixel of a value; outside the ends for a value outside.
    pub(crate) fn at(&self, value: f64) -> f64 {
        let share = match self.spread {
            Spread::Linear => (value - self.low) / (self.high - self.low),
            Spread::Logarithmic => (value.ln() - self.low.ln()) / (self.high.ln() - self.low.ln()),
        };
        self.from + share * (self.to - self.from)
    }

    /// Its ticks, with labels of the given size that keep clear of each other side by side.
    pub(crate) fn ticks_across(&self, say: fn(f64) -> String, size: f64) -> Vec<Tick> {
        self.ticks(say, |label| font::width(label, size, Weight::Regular))
    }

    /// Its ticks, with labels of the given size that keep clear of each other one above another.
    pub(crate) fn ticks_up(&self, say: fn(f64) -> String, size: f64) -> Vec<Tick> {
        self.ticks(say, |_| size)
    }

    fn ticks(&self, say: fn(f64) -> String, extent: impl Fn(&str) -> f64) -> Vec<Tick> {
        if self.spread == Spread::Linear {
            return tick::linear(self.low, self.high);
        }
        let fits = |ticks: &[Tick]| {
            let apart = ticks.windows(2).all(|pair| {
                let [a, b] = [&pair[0], &pair[1]];
                let [one, other] = [a, b].map(|tick| tick.label.as_deref().unwrap_or(""));
                let needed = f64::midpoint(extent(one), extent(other)) + GAP;
                one != other && (self.at(b.value) - self.at(a.value)).abs() >= needed
            });
            !ticks.is_empty() && ticks.len() <= MOST && apart
        };
        tick::logarithmic(self.low, self.high, say, fits)
    }
}

fn ends(values: impl Iterator<Item = f64>) -> Option<(f64, f64)> {
    values.fold(None, |ends, v| match ends {
        None => Some((v, v)),
        Some((low, high)) => Some((low.min(v), high.max(v))),
    })
}
