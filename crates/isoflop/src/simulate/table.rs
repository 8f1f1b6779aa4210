//! Which runs a simulated table has: its budgets, and the model sizes of each.

use super::{Scatter, SimulateError, rows};
use crate::law::Law;
use crate::rows::{At, Input};
use crate::units::{Flops, Loss, Params, Tokens, tokens_bought};

/// Runs that a simulated table may have at most.
pub const RUNS_MAX: usize = 10_000_000;

/// Losses outside are those of coefficients that over- or underflow.
const LOSSES: std::ops::Range<f64> = 1e-300..1e300;

/// Largest standard deviation of ln L: noise as large as the loss itself.
pub const NOISE_MAX: f64 = 1.0;

/// Which model sizes each budget is spent on.
#[derive(Clone, Debug, PartialEq)]
pub enum Sizes {
    /// Log-evenly around the law's own optimum of each budget.
    Around {
        /// How many; at least one.
        count: usize,
        /// From this factor below the centre to this factor above it; above 1.
        spread: f64,
        /// The centre over the optimum: 1 for a grid that knows where it is, 3 for models three times too large.
        off_centre: f64,
    },
    /// The same in every budget.
    Given(Vec<Params>),
}

impl Sizes {
    const fn count(&self) -> usize {
        match self {
            Self::Around { count, .. } => *count,
            Self::Given(sizes) => sizes.len(),
        }
    }
}

/// One simulated run; no N and D where the law runs along one axis, and x for C.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Simulated {
    /// N.
    pub params: Option<Params>,
    /// D = C/6N.
    pub tokens: Option<Tokens>,
    /// C.
    pub compute: Flops,
    /// L.
    pub loss: Loss,
}

/// Refuses a number that is not finite or does not hold up.
fn must(what: &'static str, value: f64, holds: bool, needed: &'static str) -> Result<(), SimulateError> {
    if value.is_finite() && holds { Ok(()) } else { Err(SimulateError::Number { what, value, needed }) }
}

/// A table of runs: on each of `budgets` the models of `sizes`, D = C/6N, their losses by `law` at θ (on the scale that
/// is searched) with noise. A law along one axis has one run at each x of `budgets`, and no sizes.
///
/// The same arguments give the same bytes.
///
/// ```
/// use isoflop::law;
/// use isoflop::simulate::{Scatter, Sizes, Tails, table};
/// use isoflop::units::Flops;
///
/// let chinchilla = law::law("chinchilla").expect("a law");
/// let theta = [1.69_f64.ln(), 406.4_f64.ln(), 410.7_f64.ln(), 0.34, 0.28];
/// let sizes = Sizes::Around { count: 7, spread: 4.0, off_centre: 1.0 };
/// let scatter = Scatter { sd: 0.005, tails: Tails::Normal };
/// let runs = table(chinchilla, &theta, &[Flops(1e19), Flops(1e21)], &sizes, scatter, 0)?;
/// assert_eq!(runs.len(), 14);
/// # Ok::<(), isoflop::simulate::SimulateError>(())
/// ```
///
/// # Errors
/// [`SimulateError`]: numbers that make no sense, or a law that has no such runs.
pub fn table(
    law: &dyn Law,
    theta: &[f64],
    budgets: &[Flops],
    sizes: &Sizes,
    scatter: Scatter,
    seed: u64,
) -> Result<Vec<Simulated>, SimulateError> {
    must("the noise", scatter.sd, (0.0..=NOISE_MAX).contains(&scatter.sd), "it is a share of the loss, from 0 to 1")?;
    if budgets.is_empty() {
        return Err(SimulateError::None { what: "budgets" });
    }
    for budget in budgets {
        must("a budget", budget.0, budget.0 > 0.0, "it is positive and finite")?;
    }
    let on_axis = law.inputs().contains(&Input::Axis);
    let each = if on_axis { 1 } else { sizes.count() };
    if budgets.len().checked_mul(each).is_none_or(|runs| runs > RUNS_MAX) {
        return Err(SimulateError::TooMany { budgets: budgets.len(), sizes: each });
    }
    let mut runs: Vec<Simulated> = Vec::with_capacity(budgets.len() * each);
    for &compute in budgets {
        if on_axis {
            runs.push(Simulated { params: None, tokens: None, compute, loss: Loss(0.0) });
            continue;
        }
        for params in sizes_of(law, theta, compute, sizes)? {
            let tokens = tokens_bought(compute, params);
            if !(params.0 >= 1.0 && tokens.0 >= 1.0) {
                return Err(SimulateError::NoRun { budget: compute, params, tokens });
            }
            runs.push(Simulated { params: Some(params), tokens: Some(tokens), compute, loss: Loss(0.0) });
        }
    }
    let place = |run: &Simulated| match (run.params, run.tokens) {
        (Some(params), Some(tokens)) => At::allocation(params.0.ln(), tokens.0.ln()),
        _ => At::axis(run.compute.0.ln()),
    };
    let places: Vec<At> = runs.iter().map(place).collect();
    for (run, row) in runs.iter_mut().zip(rows(law, theta, &places, scatter, seed)) {
        run.loss = Loss(row.ln_loss.exp());
        if !LOSSES.contains(&run.loss.0) {
            let place = match (run.params, run.tokens) {
                (Some(params), Some(tokens)) => format!("{params} parameters and {tokens} tokens"),
                _ => format!("x = {}", run.compute),
            };
            return Err(SimulateError::Loss { place });
        }
    }
    Ok(runs)
}

/// The model sizes of one budget.
fn sizes_of(law: &dyn Law, theta: &[f64], compute: Flops, sizes: &Sizes) -> Result<Vec<Params>, SimulateError> {
    let (count, spread, off_centre) = match sizes {
        Sizes::Given(sizes) if sizes.is_empty() => return Err(SimulateError::None { what: "sizes" }),
        Sizes::Given(sizes) => {
            for size in sizes {
                must("a model size", size.0, size.0 > 0.0, "it is positive and finite")?;
            }
            return Ok(sizes.clone());
        }
        Sizes::Around { count: 0, .. } => return Err(SimulateError::None { what: "sizes" }),
        Sizes::Around { count, spread, off_centre } => (*count, *spread, *off_centre),
    };
    must("the spread", spread, spread > 1.0, "it is a factor above 1")?;
    must("the centre", off_centre, off_centre > 0.0, "it is a positive factor")?;
    let ln_product = (compute.0 / crate::units::FLOPS_PER_PARAM_TOKEN).ln();
    let best = law.optimum(theta, ln_product).filter(|[n, d]| n.is_finite() && d.is_finite());
    let [ln_best, _] = best.ok_or(SimulateError::NoValley { budget: compute })?;
    let centre = ln_best + off_centre.ln();
    let share = |i: usize| if count == 1 { 0.0 } else { 2.0 * i as f64 / (count - 1) as f64 - 1.0 };
    Ok((0..count).map(|i| Params((centre + share(i) * spread.ln()).exp())).collect())
}

/// `count` budgets from `low` to `high`, log-evenly, both ends included and exact.
///
/// # Errors
/// Ends that are not positive and finite or not in order, or fewer than two budgets.
pub fn ladder(low: Flops, high: Flops, count: usize) -> Result<Vec<Flops>, SimulateError> {
    must("a budget", low.0, low.0 > 0.0, "it is positive and finite")?;
    must("a budget", high.0, high.0 > low.0, "it has to be above the lowest")?;
    must("the number of budgets", count as f64, count >= 2, "a ladder has 2 or more")?;
    if count > RUNS_MAX {
        return Err(SimulateError::TooMany { budgets: count, sizes: 1 });
    }
    let (ln_low, step) = (low.0.ln(), (high.0 / low.0).ln() / (count - 1) as f64);
    let budget = |i: usize| match i {
        0 => low,
        i if i == count - 1 => high,
        i => Flops((ln_low + step * i as f64).exp()),
    };
    Ok((0..count).map(budget).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::law::law;
    use crate::simulate::Tails;

    const QUIET: Scatter = Scatter { sd: 0.0, tails: Tails::Normal };
    const AROUND: Sizes = Sizes::Around { count: 5, spread: 4.0, off_centre: 1.0 };

    fn chinchilla() -> (&'static dyn Law, [f64; 5]) {
        (law("chinchilla").unwrap(), [1.69_f64.ln(), 406.4_f64.ln(), 410.7_f64.ln(), 0.34, 0.28])
    }

    #[test]
    fn sizes_stand_log_evenly_around_the_best_one() {
        let (law, theta) = chinchilla();
        let runs = table(law, &theta, &[Flops(1e21)], &AROUND, QUIET, 0).unwrap();
        let sizes: Vec<f64> = runs.iter().map(|run| run.params.unwrap().0).collect();
        let best = law.optimum(&theta, (1e21_f64 / 6.0).ln()).unwrap()[0].exp();
        for (size, factor) in sizes.iter().zip([0.25, 0.5, 1.0, 2.0, 4.0]) {
            assert!((size / (best * factor) - 1.0).abs() < 1e-12);
        }
        assert!(runs.iter().all(|run| run.loss.0 >= runs[2].loss.0), "the best size has the lowest loss");
        let written = 1.69 + 406.4 / sizes[0].powf(0.34) + 410.7 / (1e21 / 6.0 / sizes[0]).powf(0.28);
        assert!((runs[0].loss.0 / written - 1.0).abs() < 1e-12);
        let off = Sizes::Around { count: 1, spread: 4.0, off_centre: 3.0 };
        let run = table(law, &theta, &[Flops(1e21)], &off, QUIET, 0).unwrap()[0];
        assert!((run.params.unwrap().0 / (3.0 * best) - 1.0).abs() < 1e-12);
        assert!((6.0 * run.params.unwrap().0 * run.tokens.unwrap().0 / 1e21 - 1.0).abs() < 1e-15);
    }

    #[test]
    fn noise_is_as_large_as_asked_whatever_its_shape() {
        let (law, theta) = chinchilla();
        let budgets = ladder(Flops(1e18), Flops(1e22), 4000).unwrap();
        let quiet = table(law, &theta, &budgets, &AROUND, QUIET, 0).unwrap();
        let sizes = |sd: f64, tails: Tails| -> Vec<f64> {
            let noisy = table(law, &theta, &budgets, &AROUND, Scatter { sd, tails }, 1).unwrap();
            noisy.iter().zip(&quiet).map(|(a, b)| (a.loss.0 / b.loss.0).ln().abs()).collect()
        };
        let beyond = |sizes: &[f64], by: f64| sizes.iter().filter(|r| **r > by).count() as f64 / sizes.len() as f64;
        let normal = sizes(0.01, Tails::Normal);
        let sd = (normal.iter().map(|r| r * r).sum::<f64>() / normal.len() as f64).sqrt();
        assert!((sd / 0.01 - 1.0).abs() < 0.02, "{sd}");
        let heavy = beyond(&sizes(0.01, Tails::Heavy), 0.026);
        assert!((0.015..0.025).contains(&heavy), "{heavy} of heavy tails beyond 2.6 sd");
        assert!(beyond(&normal, 0.026) < 0.012);
    }

    #[test]
    fn a_law_along_one_axis_has_one_run_at_each_place() {
        let frontier = law("frontier").unwrap();
        let runs = table(frontier, &[0.5, 3.0, 0.1], &[Flops(1.0), Flops(1e4)], &AROUND, QUIET, 0).unwrap();
        assert_eq!((runs.len(), runs[0].params), (2, None));
        assert!((runs[0].loss.0 - (0.5_f64.exp() + 3.0_f64.exp())).abs() < 1e-12);
    }

    #[test]
    fn what_makes_no_sense_is_told() {
        let (law, theta) = chinchilla();
        let told = |budgets: &[f64], sizes: Sizes, sd: f64| {
            let budgets: Vec<Flops> = budgets.iter().copied().map(Flops).collect();
            let scatter = Scatter { sd, tails: Tails::Normal };
            table(law, &theta, &budgets, &sizes, scatter, 0).expect_err("makes no sense").to_string()
        };
        let around = |count, spread, off_centre| Sizes::Around { count, spread, off_centre };
        for (said, part) in [
            (told(&[], AROUND, 0.0), "no budgets"),
            (told(&[-1.0], AROUND, 0.0), "a budget cannot be -1"),
            (told(&[f64::NAN], AROUND, 0.0), "a budget cannot be NaN"),
            (told(&[f64::INFINITY], AROUND, 0.0), "a budget cannot be inf"),
            (told(&[1e21], around(0, 4.0, 1.0), 0.0), "no sizes"),
            (told(&[1e21], around(3, 1.0, 1.0), 0.0), "the spread cannot be 1"),
            (told(&[1e21], around(3, f64::NAN, 1.0), 0.0), "the spread cannot be NaN"),
            (told(&[1e21], around(3, 4.0, 0.0), 0.0), "the centre cannot be 0"),
            (told(&[1e21], around(usize::MAX, 4.0, 1.0), 0.0), "more than 10 million"),
            (told(&[1e21], Sizes::Given(vec![]), 0.0), "no sizes"),
            (told(&[1e21], Sizes::Given(vec![Params(f64::NAN)]), 0.0), "a model size cannot be NaN"),
            (told(&[1e21], Sizes::Given(vec![Params(1e22)]), 0.0), "both have to be 1 or more"),
            (told(&[1e3], around(3, 1e4, 1.0), 0.0), "both have to be 1 or more"),
            (told(&[1e21], AROUND, -0.1), "the noise cannot be -0.1"),
            (told(&[1e21], AROUND, f64::NAN), "the noise cannot be NaN"),
            (told(&[1e21], AROUND, 2.0), "the noise cannot be 2"),
        ] {
            assert!(said.contains(part), "{said}");
        }
        let wrong = |theta: &[f64]| table(law, theta, &[Flops(1e21)], &AROUND, QUIET, 0).expect_err("no such law");
        assert!(wrong(&[0.5, 6.0, 6.0, -0.3, 0.3]).to_string().contains("no best model size at 1e21"));
        assert!(wrong(&[800.0, 6.0, 6.0, 0.3, 0.3]).to_string().contains("not a positive finite number"));
    }

    #[test]
    fn ladders_have_exact_ends() {
        let ladder = |low, high, count| super::ladder(Flops(low), Flops(high), count);
        let budgets = ladder(1e18, 1e22, 5).unwrap();
        assert!(budgets[0].0 == 1e18 && budgets[4].0 == 1e22 && (budgets[2].0 / 1e20 - 1.0).abs() < 1e-12);
        for (low, high, count) in
            [(0.0, 1.0, 3), (2.0, 1.0, 3), (1.0, f64::INFINITY, 3), (1.0, 2.0, 1), (1.0, 2.0, usize::MAX)]
        {
            assert!(ladder(low, high, count).is_err());
        }
    }
}
