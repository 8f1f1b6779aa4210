//! How far a run's loss lies from a smooth profile.
//!
//! Each profile is fitted with a polynomial of high degree in ln N, which follows
//! any valley; what it leaves is noise. Pooled over budgets that gives the
//! standard deviation of one run. A table whose losses follow a smooth formula
//! to rounding leaves nothing: it was computed, not trained.

use crate::polynomial::Polynomial;
use crate::profile::Profile;

/// Terms of the smooth curve: degree 6, or fewer where a profile has fewer sizes.
const TERMS_AT_MOST: usize = 7;

/// Below this share of the loss, residuals are rounding. Real runs repeat to about 1e-3 of
/// their loss, and the noise of the best-kept sweeps is hundreds of times this threshold.
pub const ROUNDING_LEVEL: f64 = 1e-5;

/// The noise of one run where a table cannot show its own: 0.3 % of L, typical of published sweeps.
pub const USUAL_SHARE: f64 = 0.003;

/// Degrees of freedom below which the residuals are too few to speak of noise.
const FREEDOM_NEEDED: usize = 3;

/// The noise of a table.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Noise {
    /// Standard deviation of one run's loss, where the table shows it.
    pub sd: Option<f64>,
    /// Whether the losses follow a smooth formula to rounding.
    pub noise_free: bool,
}

impl Noise {
    /// Standard deviation of a run with this loss: the table's own, else [`USUAL_SHARE`] of the loss.
    pub fn sd_at(&self, loss: f64) -> f64 {
        self.sd.unwrap_or(USUAL_SHARE * loss)
    }
}

/// Estimates the noise of `profiles` from what smooth curves leave.
///
/// Replicates (runs of equal N in one budget) count in full, as no curve can follow them apart.
pub fn estimate(profiles: &[Profile]) -> Noise {
    let (mut squares, mut relative, mut freedom) = (0.0, 0.0, 0);
    for profile in profiles {
        let terms = profile.sizes.distinct.saturating_sub(1).min(TERMS_AT_MOST);
        let Some(residual) = residual_sum(profile, terms) else { continue };
        let mean = profile.loss.iter().sum::<f64>() / profile.len() as f64;
        squares += residual;
        relative += residual / (mean * mean);
        freedom += profile.len() - terms;
    }
    if freedom < FREEDOM_NEEDED {
        return Noise { sd: None, noise_free: false };
    }
    let freedom = freedom as f64;
    Noise { sd: Some((squares / freedom).sqrt()), noise_free: (relative / freedom).sqrt() < ROUNDING_LEVEL }
}

/// Residual sum of squares of a profile about a polynomial of `terms` terms; none below three, which fit no valley.
fn residual_sum(profile: &Profile, terms: usize) -> Option<f64> {
    fn of<const K: usize>(profile: &Profile) -> Option<f64> {
        let ones = vec![1.0; profile.len()];
        let fit = Polynomial::<K>::fit(&profile.sizes.scaled, &profile.loss, &ones)?;
        Some(fit.residual_sum(&profile.sizes.scaled, &profile.loss, &ones))
    }
    match terms {
        3 => of::<3>(profile),
        4 => of::<4>(profile),
        5 => of::<5>(profile),
        6 => of::<6>(profile),
        7 => of::<7>(profile),
        _ => None,
    }
}
