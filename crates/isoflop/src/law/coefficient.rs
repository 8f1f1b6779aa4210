//! One unknown of a law: its name, how it is searched, and where searches for it start.

use std::borrow::Cow;

use serde::Serialize;

use super::Power;
use crate::rows::Input;

/// How a coefficient is searched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scale {
    /// As its logarithm: it is positive.
    Log,
    /// As it is.
    Linear,
}

/// What the starts of a coefficient are measured from, where no one range suits the units of every table.
///
/// With u between [`Coefficient::starts`], x₀ the least x of the rows and L₀ their largest loss, which a falling
/// law has there; [`Starts`](super::Starts) does the sum.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Origin {
    /// Nothing: θ = u.
    Zero,
    /// The least loss: θ = u + ln min L. A floor starts below every loss where u < 0.
    LeastLoss,
    /// The range of an input: θ = ln x₀ + u·ln(max x / x₀). A place starts among the rows where 0 < u < 1.
    Among(Input),
    /// The loss at x₀: `θ = u + ln L₀ + θ[exponent]·ln x₀`, so that `exp(θ)·x^−θ[exponent]` starts at eᵘ of it.
    Loss(Power),
    /// One at x₀: `θ = u·x₀^−θ[exponent]`, so that `θ·x^θ[exponent]` starts at u.
    One(Power),
}

/// One unknown of a law. Ranges and starts are on the scale that is searched: logarithms for [`Scale::Log`].
#[derive(Clone, Debug, PartialEq)]
pub struct Coefficient {
    /// Its name in the paper: "alpha".
    pub name: Cow<'static, str>,
    /// How it is searched.
    pub scale: Scale,
    /// It is never taken beyond these.
    pub bounds: (f64, f64),
    /// Searches start between these, measured from `origin`.
    pub starts: (f64, f64),
    /// What `starts` are measured from.
    pub origin: Origin,
    /// The starts of the published grid, where there is one.
    pub grid: &'static [f64],
}

/// ln of an amplitude of any size.
const ANY_SIZE: (f64, f64) = (-60.0, 200.0);

impl Coefficient {
    /// A positive amplitude of any size, searched as its logarithm.
    pub const fn amplitude(name: &'static str, starts: (f64, f64), grid: &'static [f64]) -> Self {
        let name = Cow::Borrowed(name);
        Self { name, scale: Scale::Log, bounds: ANY_SIZE, starts, origin: Origin::Zero, grid }
    }

    /// An exponent.
    pub const fn exponent(name: &'static str, grid: &'static [f64]) -> Self {
        let (name, bounds) = (Cow::Borrowed(name), (EXPONENT_MIN, EXPONENT_MAX));
        Self { name, scale: Scale::Linear, bounds, starts: (0.05, 1.2), origin: Origin::Zero, grid }
    }

    /// A positive number whose logarithm is searched within `bounds`.
    pub const fn positive(name: &'static str, bounds: (f64, f64), starts: (f64, f64)) -> Self {
        let name = Cow::Borrowed(name);
        Self { name, scale: Scale::Log, bounds, starts, origin: Origin::Zero, grid: &[] }
    }

    /// A number of either sign.
    pub const fn signed(name: &'static str, bounds: (f64, f64), starts: (f64, f64)) -> Self {
        let name = Cow::Borrowed(name);
        Self { name, scale: Scale::Linear, bounds, starts, origin: Origin::Zero, grid: &[] }
    }

    /// The same with starts measured from something in the rows.
    #[must_use]
    pub const fn starts_from(mut self, origin: Origin) -> Self {
        self.origin = origin;
        self
    }

    /// The same with starts between these.
    #[must_use]
    pub const fn starts_between(mut self, starts: (f64, f64)) -> Self {
        self.starts = starts;
        self
    }

    /// Whether its bounds say more than those of an amplitude of any size: somebody means them.
    pub fn is_limited(&self) -> bool {
        self.bounds.0 > ANY_SIZE.0 || self.bounds.1 < ANY_SIZE.1
    }

    /// The coefficient as it is reported, from the scale it is searched on.
    pub fn shown(&self, theta: f64) -> f64 {
        match self.scale {
            Scale::Log => theta.exp(),
            Scale::Linear => theta,
        }
    }

    /// The scale it is searched on, from the coefficient as it is reported.
    pub fn searched(&self, value: f64) -> f64 {
        match self.scale {
            Scale::Log => value.ln(),
            Scale::Linear => value,
        }
    }
}

/// Exponents are searched between these: outside, a power is a constant or a step.
pub const EXPONENT_MIN: f64 = 1e-3;
/// See [`EXPONENT_MIN`].
pub const EXPONENT_MAX: f64 = 5.0;
