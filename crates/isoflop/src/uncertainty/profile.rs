//! Profile likelihood.

use rayon::prelude::*;

use super::bootstrap::student;
use super::delta::Delta;
use super::{Ask, Groups, Method, Quantity, Spread, Spreads};
use crate::fit::newton::Theta;
use crate::fit::objective::{Hold, Room};
use crate::fit::{Fit, noise};
use crate::law::COEFFICIENTS_MAX;
use crate::progress::Progress;
use crate::robust::Bend;

/// How far a quantity can be pushed before the best fit to the runs is worse than noise explains: ends may be open.
///
/// With the quantity held at c the objective rises by ΔF(c); the interval is where 2·ΔF/τ ≤ t², τ = E ψ²/E ψ′. Where
/// runs belong together the objective counts them as if they did not, and t² is larger by v/v₀: the quantity's variance
/// from the sandwich over clusters, and that from independent runs.
///
/// Source: Venzon and Moolgavkar 1988, doi:10.2307/2347496; for clusters Rotnitzky and Jewell 1990,
/// doi:10.1093/biomet/77.3.485.
pub struct Profile;

/// How strongly the quantity is held, in units of what the noise holds it with.
const GRIP: f64 = 1e4;
/// Beyond so many standard errors an end counts as open.
const OPEN: f64 = 50.0;
/// An end is found when its rise is right to this share of t.
const CLOSE: f64 = 1e-3;
/// Fits that an end may take.
const FITS: usize = 40;

impl Method for Profile {
    fn name(&self) -> &'static str {
        "profile"
    }

    fn label(&self) -> &'static str {
        "profile likelihood: ends may be open"
    }

    fn source(&self) -> &'static str {
        "Venzon and Moolgavkar 1988, doi:10.2307/2347496"
    }

    fn spreads(&self, ask: &Ask, quantities: &[Quantity], progress: &dyn Progress) -> Option<Spreads> {
        let delta = Delta.spreads(ask, quantities, progress)?;
        let fit = ask.fit;
        let residuals = fit.residuals();
        let (psi_squared, psi_prime) = noise(&fit.setup, &residuals, &fit.rows);
        let tau = psi_squared / psi_prime;
        let free = fit.setup.free().iter().filter(|free| **free).count();
        let t = student(ask.level, ask.groups.independent().saturating_sub(free));
        let alone = Groups::Budgets(vec![(0..residuals.len()).collect()]);
        let independent = match ask.groups {
            Groups::Budgets(_) => None,
            Groups::Clusters(_) => Some(Delta.spreads(&Ask { groups: &alone, ..*ask }, quantities, progress)?),
        };
        // By how much belonging together makes a quantity less certain.
        let together = |k: usize| {
            let ratio = independent.as_ref().map(|alone| delta.of[k].std_error / alone.of[k].std_error);
            ratio.filter(|ratio| ratio.is_finite() && *ratio > 0.0).unwrap_or(1.0)
        };
        let least = whole(fit, &fit.theta, &mut Room::default());
        progress.begin("profiling", quantities.len() as u64);
        let profiled = |(k, (quantity, known)): (usize, (&Quantity, &Spread))| {
            if progress.interrupted() {
                return None;
            }
            let factor = together(k);
            let (t, unit) = (t * factor, known.std_error / factor);
            let ladder = Ladder { ask, quantity: *quantity, tau, t, unit, least };
            let spread = Spread { low: ladder.end(-1.0), high: ladder.end(1.0), ..*known };
            progress.advance(1);
            Some(spread)
        };
        let of: Vec<Spread> = quantities.par_iter().zip(&delta.of).enumerate().map(profiled).collect::<Option<_>>()?;
        // One new run's noise goes on top of each half of the interval.
        let of_new_run = quantities
            .iter()
            .zip(of.iter().zip(&delta.of).zip(&delta.of_new_run))
            .map(|(quantity, ((own, known), new))| {
                let value = quantity(&fit.setup.as_published(&fit.theta));
                let more = t * t * (new.std_error * new.std_error - known.std_error * known.std_error).max(0.0);
                let wider =
                    |end: Option<f64>, sign: f64| end.map(|end| value + sign * ((end - value).powi(2) + more).sqrt());
                Spread { std_error: new.std_error, low: wider(own.low, -1.0), high: wider(own.high, 1.0) }
            })
            .collect();
        Some(Spreads { of, of_new_run, refits: delta.refits })
    }
}

/// The climb from the fit to one end of one quantity's interval.
struct Ladder<'a> {
    ask: &'a Ask<'a>,
    quantity: Quantity<'a>,
    tau: f64,
    t: f64,
    /// What a step of t is guessed to be, over t: the standard error of the delta method.
    unit: f64,
    /// The objective at the fit, priors included.
    least: f64,
}

/// F(θ) with what is known beforehand: what holds a quantity that the runs do not.
fn whole(fit: &Fit, theta: &Theta, room: &mut Room) -> f64 {
    fit.setup.search(&fit.rows).objective.prepare(&theta[..fit.setup.count()], Bend::Majorant, room)
}

impl Ladder<'_> {
    fn end(&self, sign: f64) -> Option<f64> {
        let fit = self.ask.fit;
        let value = (self.quantity)(&fit.setup.as_published(&fit.theta));
        if !(self.unit.is_finite() && self.unit > 0.0 && value.is_finite()) {
            return None;
        }
        let mut room = Room::default();
        let mut theta = fit.theta;
        // How far out the height is still below t, and from where on it is above: √(2ΔF/τ) grows about linearly.
        let (mut below, mut at_below, mut above) = (0.0, 0.0, None::<(f64, f64)>);
        let mut out = self.t * self.unit;
        for _ in 0..FITS {
            let (found, height) = self.height(&theta, value + sign * out, &mut room);
            if (height / self.t - 1.0).abs() < CLOSE {
                return Some(value + sign * out);
            }
            if height < self.t {
                (below, at_below, theta) = (out, height, found);
            } else {
                above = Some((out, height));
            }
            out = match above {
                Some((above, at_above)) => {
                    let line = below + (above - below) * (self.t - at_below) / (at_above - at_below);
                    // Never so close to an end of the bracket that it cannot shrink.
                    line.clamp(below + 0.05 * (above - below), above - 0.05 * (above - below))
                }
                None => out * (self.t / height.max(0.5 * self.t)).clamp(1.05, 2.0),
            };
            if above.is_none() && out > OPEN * self.unit {
                return None;
            }
        }
        above.map(|(above, _)| value + sign * 0.5 * (below + above))
    }

    /// √(2ΔF/τ) with the quantity held at `c`, and where that is reached.
    fn height(&self, from: &Theta, c: f64, room: &mut Room) -> (Theta, f64) {
        let fit = self.ask.fit;
        let quantity = |theta: &[f64]| {
            let mut padded = [0.0; COEFFICIENTS_MAX];
            padded[..theta.len()].copy_from_slice(theta);
            (self.quantity)(&fit.setup.as_published(&padded))
        };
        let strength = GRIP * self.tau / (self.unit * self.unit);
        let mut search = fit.setup.search(&fit.rows);
        search.objective.hold = Some(Hold { quantity: &quantity, at: c, strength });
        let held = search.descend(from, Bend::Exact, room);
        let rise = whole(fit, &held.theta, room) - self.least;
        (held.theta, (2.0 * rise.max(0.0) / self.tau).sqrt())
    }
}
