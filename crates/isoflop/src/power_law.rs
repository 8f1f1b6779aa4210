//! y = k·C^a, fitted by weighted least squares of ln y on ln C.
//!
//! In logarithms on purpose: a power law fitted in linear space weighs only the
//! largest budgets, and is another answer (25.8·C^0.404 instead of
//! 1.16·C^0.469 on the course's file).

/// ln y = intercept + exponent·ln C.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PowerLaw {
    /// ln k.
    pub intercept: f64,
    /// a.
    pub exponent: f64,
    /// Share of the variance of ln y explained; none of it is left to explain when all y are equal (then 1).
    pub r2: f64,
}

/// One point of a log–log line.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// ln C.
    pub ln_c: f64,
    /// ln y.
    pub ln_y: f64,
    /// Weight, usually 1 or one over the variance of ln y.
    pub weight: f64,
}

impl PowerLaw {
    /// The least-squares line through `points`; none with fewer than two distinct C.
    pub fn fit(points: impl Iterator<Item = Point> + Clone) -> Option<Self> {
        let (mut weight, mut x_mean, mut y_mean) = (0.0, 0.0, 0.0);
        for p in points.clone() {
            weight += p.weight;
            x_mean += p.weight * p.ln_c;
            y_mean += p.weight * p.ln_y;
        }
        x_mean /= weight;
        y_mean /= weight;
        let (mut xx, mut xy, mut yy) = (0.0, 0.0, 0.0);
        for p in points {
            let (dx, dy) = (p.ln_c - x_mean, p.ln_y - y_mean);
            xx += p.weight * dx * dx;
            xy += p.weight * dx * dy;
            yy += p.weight * dy * dy;
        }
        if xx.is_nan() || xx <= 0.0 {
            return None;
        }
        let exponent = xy / xx;
        let r2 = if yy > 0.0 { (xy * xy / (xx * yy)).min(1.0) } else { 1.0 };
        Some(Self { intercept: y_mean - exponent * x_mean, exponent, r2 })
    }

    /// ln y at ln C.
    pub fn ln_at(&self, ln_c: f64) -> f64 {
        self.intercept + self.exponent * ln_c
    }
}
