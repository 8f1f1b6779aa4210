//! One fit's choices, made ready for searching: what moves, how far, and in which coordinates.
//!
//! The amplitude of a power is the loss that its term contributes where x = 1, far from
//! any run, so it lies on a ridge with its exponent: A and α of E + A/N^α + B/D^β are
//! correlated by more than 0.99. Searches move the amplitude where the runs are instead,
//! A·x̄^−α at the mean of ln x, and the ridge is gone. A law that has other ridges is [`Recast`]. Coefficients leave
//! as the paper has them.

use super::newton::{Search, Theta};
use super::objective::{Objective, Prior, Residual};
use crate::law::{COEFFICIENTS_MAX, Law, Origin, Power, Recast, Scale, Starts, Term};
use crate::robust::RobustLoss;
use crate::rows::{At, INPUTS, Input, Row, Rows};

/// Steps after which a search gives up.
pub const STEPS: usize = 400;

/// A term that contributes less than this share of the smallest loss where the runs are, or a floor below it, is gone.
const GONE: f64 = 1e-9;
/// A floor below this share of the smallest loss is none: less than any noise, and a long way down in its logarithm.
const NO_FLOOR: f64 = 1e-3;
/// No term contributes more than this many times the largest loss where the runs are.
const ABOVE: f64 = 1e3;
/// What rounding does to a residual of logarithms, squared.
const ROUNDING: f64 = 1e-31;

/// Everything that the searches of one law on one table share.
pub struct Setup<'a> {
    /// The law, as it is published.
    pub law: &'a dyn Law,
    /// ρ.
    pub robust: &'a dyn RobustLoss,
    /// r.
    pub residual: Residual,
    /// Terms beside the sum.
    pub priors: &'a [Prior],
    /// The coefficients that do not move, where they are known, on the scale that is searched.
    pub fixed: &'a [Option<f64>],
    /// Where searches may start, in the paper's coordinates.
    starts: Starts<'a>,
    free: Vec<bool>,
    bounds: Vec<(f64, f64)>,
    strides: Vec<f64>,
    /// Subtracted from the inputs; 0 where the law has no terms to shift.
    centre: [f64; INPUTS],
    /// How each coefficient changes with that.
    moves: Vec<Move>,
    /// The coefficients that are searched, where they are not the law's own.
    recast: Option<&'static Recast>,
    rounding: f64,
}

impl<'a> Setup<'a> {
    /// The setup for `law` on `rows`, and the rows in the coordinates of its searches.
    pub fn new(
        law: &'a dyn Law,
        rows: &[Row],
        robust: &'a dyn RobustLoss,
        residual: Residual,
        priors: &'a [Prior],
        fixed: &'a [Option<f64>],
    ) -> (Self, Rows) {
        let pinned = |k: usize| fixed[k].is_some() || priors.iter().any(|prior| prior.place == k);
        let moves = moves(law);
        // A coefficient that would be another number elsewhere stays where it, or its limits, are given.
        let limited = |k: usize| law.coefficients()[k].scale == Scale::Log && law.coefficients()[k].is_limited();
        let shifted = moves.iter().enumerate().all(|(k, how)| matches!(how, Move::Stays) || !(pinned(k) || limited(k)));
        let mut centre = [0.0; INPUTS];
        if shifted {
            let total: f64 = rows.iter().map(|row| row.weight).sum();
            for &input in law.movable() {
                centre[input as usize] = rows.iter().map(|row| row.weight * row.at.of(input)).sum::<f64>() / total;
            }
        }
        let recast = law.recast().filter(|recast| (0..fixed.len()).all(|k| recast.kept.contains(&k) || !pinned(k)));
        let searched = recast.map_or(law, |recast| recast.law);
        let losses = || rows.iter().filter(|row| row.weight > 0.0).map(|row| row.ln_loss);
        let (least, most) = (losses().fold(f64::INFINITY, f64::min), losses().fold(f64::NEG_INFINITY, f64::max));
        let mut bounds: Vec<(f64, f64)> = searched.coefficients().iter().map(|c| c.bounds).collect();
        if shifted {
            for term in law.terms() {
                let gone = if term.power.is_some() { GONE } else { NO_FLOOR };
                let (low, high) = bounds[term.amplitude];
                let kept = if limited(term.amplitude) { (low, high) } else { (f64::NEG_INFINITY, f64::INFINITY) };
                bounds[term.amplitude] = (kept.0.max(least + gone.ln()), kept.1.min(most + ABOVE.ln()));
            }
        }
        let stride = |scale| match scale {
            Scale::Log => 2.0,
            Scale::Linear => 0.5,
        };
        let setup = Self {
            law,
            robust,
            residual,
            priors,
            fixed,
            starts: Starts::new(law, &Rows::new(rows)),
            free: fixed.iter().map(Option::is_none).collect(),
            bounds,
            strides: searched.coefficients().iter().map(|c| stride(c.scale)).collect(),
            centre,
            moves,
            recast,
            rounding: ROUNDING
                * rows.len() as f64
                * if residual == Residual::Linear { most.exp().powi(2) } else { 1.0 },
        };
        let moved: Vec<Row> = rows.iter().map(|row| Row { at: setup.shift(row.at), ..*row }).collect();
        let rows = Rows::new(&moved);
        (setup, rows)
    }

    /// A place in the coordinates of the searches.
    fn shift(&self, at: At) -> At {
        At { ln: std::array::from_fn(|i| at.ln[i] - self.centre[i]) }
    }

    /// The law in the coefficients and coordinates of the searches.
    pub fn searched_law(&self) -> &'a dyn Law {
        self.recast.map_or(self.law, |recast| recast.law)
    }

    /// The search over `rows` of this table, or of one resampled from it.
    pub fn search<'s>(&'s self, rows: &'s Rows) -> Search<'s> {
        Search {
            objective: Objective {
                law: self.searched_law(),
                rows,
                free: &self.free,
                robust: self.robust,
                residual: self.residual,
                priors: self.priors,
                hold: None,
            },
            bounds: &self.bounds,
            strides: &self.strides,
            steps: STEPS,
            rounding: self.rounding,
        }
    }

    /// Where searches may start, in the paper's coordinates.
    pub fn starts(&self) -> &Starts<'a> {
        &self.starts
    }

    /// Which coefficients move.
    pub fn free(&self) -> &[bool] {
        &self.free
    }

    /// The floors that move, unless somebody has said how small they may be.
    pub(super) fn floors(&self) -> impl Iterator<Item = usize> {
        let floors = self.law.terms().iter().filter(|term| term.power.is_none()).map(|term| term.amplitude);
        let coefficients = self.law.coefficients();
        floors.filter(|&k| self.free[k] && coefficients[k].scale == Scale::Log && !coefficients[k].is_limited())
    }

    /// Within which limits, in the coordinates of the searches.
    pub fn bounds(&self) -> &[(f64, f64)] {
        &self.bounds
    }

    /// The limits of a coefficient as the paper has it; none where the searches move another number in its stead.
    pub fn published_bounds(&self, k: usize) -> Option<(f64, f64)> {
        (self.recast.is_none() && self.moves[k] == Move::Stays).then(|| self.bounds[k])
    }

    /// Number of coefficients.
    pub fn count(&self) -> usize {
        self.free.len()
    }

    /// θ as the paper has it, from that of the searches.
    pub fn as_published(&self, theta: &Theta) -> Theta {
        self.translate(&self.recast.map_or(*theta, |recast| (recast.published)(theta)), 1.0)
    }

    /// θ of the searches, from that of the paper, with the fixed coefficients put in their places.
    pub fn as_searched(&self, theta: &[f64]) -> Theta {
        let mut padded = [0.0; COEFFICIENTS_MAX];
        padded[..theta.len()].copy_from_slice(theta);
        for (value, fixed) in padded.iter_mut().zip(self.fixed) {
            *value = fixed.unwrap_or(*value);
        }
        let theta = self.translate(&padded, -1.0);
        self.recast.map_or(theta, |recast| (recast.searched)(&theta))
    }

    /// Coefficients as they are where inputs are counted from `sign` times the centre.
    fn translate(&self, theta: &Theta, sign: f64) -> Theta {
        let mut translated = *theta;
        for (k, how) in self.moves.iter().enumerate() {
            let centre = |input: Input| sign * self.centre[input as usize];
            match *how {
                Move::Stays => {}
                Move::Amplitude(power) => translated[k] += theta[power.exponent] * centre(power.input),
                Move::Factor(power) => translated[k] *= (-theta[power.exponent] * centre(power.input)).exp(),
                Move::Place(input) => translated[k] += centre(input),
            }
        }
        translated
    }
}

/// How a coefficient changes where the logarithm of an input is counted from its mean.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Move {
    /// Not at all.
    Stays,
    /// ln A = ln A′ + α·x̄, for A·x^−α.
    Amplitude(Power),
    /// s = s′·x̄^−q, for s·x^q.
    Factor(Power),
    /// ln d = ln d′ + x̄, for a place d on the axis.
    Place(Input),
}

/// How each coefficient of a law changes.
fn moves(law: &dyn Law) -> Vec<Move> {
    let mut moves: Vec<Move> = law
        .coefficients()
        .iter()
        .map(|coefficient| match coefficient.origin {
            Origin::Loss(power) => Move::Amplitude(power),
            Origin::One(power) => Move::Factor(power),
            Origin::Among(input) => Move::Place(input),
            Origin::Zero | Origin::LeastLoss => Move::Stays,
        })
        .collect();
    for Term { amplitude, power } in law.terms() {
        moves[*amplitude] = power.map_or(Move::Stays, Move::Amplitude);
    }
    if law.movable().is_empty() { vec![Move::Stays; moves.len()] } else { moves }
}
