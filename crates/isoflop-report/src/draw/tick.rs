//! Where an axis has ticks, and which of them are labelled.

/// A tick: where, and its label unless it is a minor one.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Tick {
    /// Value on the axis.
    pub(crate) value: f64,
    /// What it says.
    pub(crate) label: Option<String>,
}

/// Fewest labels that let a reader place a point between them.
const FEWEST: usize = 3;

/// Ticks of a logarithmic axis from `low` to `high`, whose labels `say` writes and `fits` accepts.
///
/// Whole decades where there are enough of them, every second or third where
/// all would be too many, and round numbers inside decades where there are too
/// few.
pub(crate) fn logarithmic(low: f64, high: f64, say: fn(f64) -> String, fits: impl Fn(&[Tick]) -> bool) -> Vec<Tick> {
    let mut best: Option<Vec<Tick>> = None;
    for stride in [6, 4, 3, 2, 1] {
        let ticks = labelled(decades(low, high, stride), say);
        if fits(&ticks) {
            best = Some(ticks);
        }
    }
    let enough = |ticks: &Option<Vec<Tick>>| ticks.as_ref().is_some_and(|ticks| ticks.len() >= FEWEST);
    for steps in [&[1.0, 3.0][..], &[1.0, 2.0, 5.0], &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0]] {
        if !enough(&best) {
            let ticks = labelled(in_decades(low, high, steps), say);
            if fits(&ticks) && ticks.len() > best.as_ref().map_or(0, Vec::len) {
                best = Some(ticks);
            }
        }
    }
    let mut ticks = if enough(&best) { best.unwrap_or_default() } else { labelled(round(low, high, 5.0), say) };
    if high / low < 1e7 {
        let named: Vec<f64> = ticks.iter().map(|tick| tick.value).collect();
        let minor = in_decades(low, high, &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0]);
        let unnamed = minor.into_iter().filter(|value| named.iter().all(|n| (n / value - 1.0).abs() > 1e-9));
        ticks.extend(unnamed.map(|value| Tick { value, label: None }));
    }
    ticks
}

/// Ticks of a linear axis.
pub(crate) fn linear(low: f64, high: f64) -> Vec<Tick> {
    let values = round(low, high, 6.0);
    let step = values.get(1).zip(values.first()).map_or(1.0, |(b, a)| b - a);
    // The fewest decimals that write every step in full.
    let in_full = |d: &usize| {
        let scaled = step * 10f64.powf(*d as f64);
        (scaled - scaled.round()).abs() < 1e-6 * scaled
    };
    let decimals = (0..13).find(in_full).unwrap_or(12);
    values.into_iter().map(|value| Tick { value, label: Some(format!("{value:.decimals$}")) }).collect()
}

fn labelled(values: Vec<f64>, say: fn(f64) -> String) -> Vec<Tick> {
    values.into_iter().map(|value| Tick { value, label: Some(say(value)) }).collect()
}

/// 10^e for every e that is a multiple of `stride`.
fn decades(low: f64, high: f64, stride: i32) -> Vec<f64> {
    exponents(low, high).filter(|e| e % stride == 0).map(power).filter(|v| within(*v, low, high)).collect()
}

/// Every m·10^e for m in `steps`.
fn in_decades(low: f64, high: f64, steps: &[f64]) -> Vec<f64> {
    exponents(low, high)
        .flat_map(|e| steps.iter().map(move |m| m * power(e)))
        .filter(|v| within(*v, low, high))
        .collect()
}

#[expect(clippy::cast_possible_truncation, reason = "the exponent of an f64 fits an i32")]
fn exponents(low: f64, high: f64) -> impl Iterator<Item = i32> {
    low.log10().floor() as i32..=high.log10().ceil() as i32
}

/// 10^e to the last bit, which `powi` does not promise.
fn power(e: i32) -> f64 {
    format!("1e{e}").parse().unwrap_or(f64::INFINITY)
}

fn within(value: f64, low: f64, high: f64) -> bool {
    value >= low * (1.0 - 1e-9) && value <= high * (1.0 + 1e-9)
}

/// About `count` multiples of 1, 2, 2.5 or 5 times a power of ten.
fn round(low: f64, high: f64, count: f64) -> Vec<f64> {
    let rough = (high - low) / count;
    if !(rough.is_finite() && rough > 0.0) {
        return vec![low];
    }
    let size = 10f64.powf(rough.log10().floor());
    let step =
        [1.0, 2.0, 2.5, 5.0, 10.0].map(|m| m * size).into_iter().find(|step| *step >= rough).unwrap_or(10.0 * size);
    let first = (low / step).ceil();
    let past = (high / step + 1e-9).floor();
    let mut values = Vec::new();
    let mut i = first;
    while i <= past && values.len() < 20 {
        values.push(i * step);
        i += 1.0;
    }
    values
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(low: f64, high: f64, most: usize) -> Vec<String> {
        let say = |v: f64| format!("{v:e}");
        let ticks = logarithmic(low, high, say, |ticks| ticks.len() <= most);
        ticks.into_iter().filter_map(|tick| tick.label).collect()
    }

    #[test]
    fn every_span_has_a_few_labels() {
        assert_eq!(labels(3e18, 2e24, 8), ["1e19", "1e20", "1e21", "1e22", "1e23", "1e24"]);
        assert_eq!(labels(1e8, 4e9, 8), ["1e8", "3e8", "1e9", "3e9"]);
        assert_eq!(labels(1e3, 1e15, 8), ["1e4", "1e6", "1e8", "1e10", "1e12", "1e14"]);
        for span in [1.001, 1.05, 1.3, 2.0, 5.0, 10.0, 30.0, 1e3, 1e6, 1e12] {
            let said = labels(7.3e8, 7.3e8 * span, 8);
            assert!((2..=8).contains(&said.len()), "span {span}: {said:?}");
        }
    }

    #[test]
    fn linear_labels_differ() {
        for (low, high) in [(2.3, 7.2), (2.31, 2.32), (0.0, 0.75), (1.0, 250.0), (0.9, 2.2)] {
            let said: Vec<_> = linear(low, high).into_iter().filter_map(|tick| tick.label).collect();
            let mut unique = said.clone();
            unique.dedup();
            assert!(said.len() >= 3 && said == unique, "{said:?}");
        }
    }
}
