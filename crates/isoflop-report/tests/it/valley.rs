//! The parabola of one budget, for the fixture.

use isoflop::analysis::Valley;
use isoflop::units::Flops;

/// Least squares of a parabola in ln N, by the normal equations about the mean.
fn parabola(points: &[(f64, f64)]) -> impl Fn(f64) -> f64 + use<> {
    let mean = points.iter().map(|p| p.0.ln()).sum::<f64>() / points.len() as f64;
    let mut rows = [[0.0; 4]; 3];
    for &(n, loss) in points {
        let x = n.ln() - mean;
        let powers = [1.0, x, x * x];
        for i in 0..3 {
            for j in 0..3 {
                rows[i][j] += powers[i] * powers[j];
            }
            rows[i][3] += powers[i] * loss;
        }
    }
    for i in 0..3 {
        for k in 0..3 {
            if k != i {
                let factor = rows[k][i] / rows[i][i];
                let pivot = rows[i];
                rows[k].iter_mut().zip(pivot).for_each(|(cell, p)| *cell -= factor * p);
            }
        }
    }
    let [a, b, c] = [0, 1, 2].map(|i| rows[i][3] / rows[i][i]);
    move |n: f64| {
        let x = n.ln() - mean;
        a + b * x + c * x * x
    }
}

/// The valley and its minimum, by looking at 400 sizes.
pub fn valley(c: f64, points: &[(f64, f64)]) -> (Valley, (f64, f64)) {
    let curve = parabola(points);
    let (low, high) = (points[0].0.ln(), points[points.len() - 1].0.ln());
    let at = |i: usize| (low + (high - low) * i as f64 / 399.0).exp();
    let points: Vec<(f64, f64)> = (0..400).map(|i| (at(i), curve(at(i)))).collect();
    let best = points.iter().copied().min_by(|a, b| a.1.total_cmp(&b.1)).expect("400 points");
    let valley = Valley { compute: Flops(c), points: points.into_iter().step_by(6).collect() };
    (valley, best)
}
