//! A law in other coefficients, where the published ones are hard to search.

use super::{COEFFICIENTS_MAX, Law};

/// The same losses from coefficients that do not lie on a bent ridge.
///
/// Searches move these; what is printed, given or known beforehand are the published ones. A law of s·x^q + S, say,
/// is searched in its value and slope where the runs are: with q near 0 any s goes with some S.
///
/// `law` has as many coefficients as the published one, in its order, and the same inputs.
pub struct Recast {
    /// The law in the coefficients that are searched.
    pub law: &'static dyn Law,
    /// The places of coefficients that are the same number in both. One of the others that is given is not searched,
    /// and then the law is searched as it is published.
    pub kept: &'static [usize],
    /// θ that is searched, from the published one.
    pub searched: fn(&[f64; COEFFICIENTS_MAX]) -> [f64; COEFFICIENTS_MAX],
    /// θ as it is published, from the searched one.
    pub published: fn(&[f64; COEFFICIENTS_MAX]) -> [f64; COEFFICIENTS_MAX],
}
