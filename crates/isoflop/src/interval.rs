//! Intervals and robust spreads from resampled values.

/// One over the median of |z| for a standard normal z: turns a median deviation into a standard deviation.
pub const MEDIAN_TO_SD: f64 = 1.4826;

/// The median of `values`, which are put in partial order; NaN of none.
pub fn median(values: &mut [f64]) -> f64 {
    if values.is_empty() { f64::NAN } else { quantile(values, 0.5) }
}

/// The ends of the central interval at `level`, by linear interpolation between order statistics.
///
/// None if fewer than `needed(level)` values are finite: the ends would be the extremes themselves.
pub fn central(values: &mut Vec<f64>, level: f64) -> Option<(f64, f64)> {
    values.retain(|v| v.is_finite());
    if values.len() < needed(level) {
        return None;
    }
    let tail = 0.5 * (1.0 - level);
    Some((quantile(values, tail), quantile(values, 1.0 - tail)))
}

/// Values needed so that each tail holds at least five of them.
pub fn needed(level: f64) -> usize {
    // 1 − 0.9 is a hair below 0.1, which must not ask for one more.
    (10.0 / (1.0 - level) - 1e-6).ceil() as usize
}

/// The p-quantile of `values`, which are put in partial order on the way.
fn quantile(values: &mut [f64], p: f64) -> f64 {
    let position = p * (values.len() - 1) as f64;
    let (whole, part) = (position.floor() as usize, position.fract());
    let (_, &mut low, above) = values.select_nth_unstable_by(whole, f64::total_cmp);
    let high = above.iter().copied().min_by(f64::total_cmp).unwrap_or(low);
    low + part * (high - low)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ends_interpolate_between_order_statistics() {
        for (level, low, high) in [(0.9, 5.0, 95.0), (0.87, 6.5, 93.5)] {
            let mut values: Vec<f64> = (0..=100).rev().map(f64::from).collect();
            let (found_low, found_high) = central(&mut values, level).expect("101 values");
            assert!((found_low - low).abs() < 1e-9 && (found_high - high).abs() < 1e-9, "{found_low}, {found_high}");
        }
    }

    #[test]
    fn too_few_finite_values_form_no_interval() {
        let mut values = vec![f64::NAN; 1000];
        values.extend(std::iter::repeat_n(1.0, needed(0.9) - 1));
        assert_eq!(central(&mut values, 0.9), None);
    }
}
