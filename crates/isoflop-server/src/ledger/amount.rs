//! Sums of charges, exact: they come out the same in whatever order they were made.
//!
//! A sum of `f64` depends on the order of its terms, so that only adding up every run of a user at each submission
//! would give the same number live and replayed, and a purse could be overdrawn by a rounding. Whole numbers of a tiny
//! unit are added and taken away without a trace, so the sum is kept with the user, and a submission costs the same
//! with ten runs as with ten thousand.

use std::ops::{AddAssign, SubAssign};

use super::Purse;

/// A whole number of a purse's unit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Amount(i128);

/// No purse holds more, so that no sum overflows: 4.6·10¹⁸ s, 1.3·10³³ FLOP.
const MOST: Amount = Amount(i128::MAX / 2);

impl Purse {
    /// The largest budget: a million years, a million times the compute that anybody has spent on a model.
    pub const fn most(self) -> f64 {
        match self {
            Self::Seconds => 1e14,
            Self::Flops => 1e32,
        }
    }

    /// Units in a second or a FLOP: fine enough for every digit of a charge of a second, and coarse enough for sums of
    /// every charge that there is.
    fn units(self) -> f64 {
        match self {
            Self::Seconds => 2_f64.powi(64),
            Self::Flops => 2_f64.powi(16),
        }
    }
}

impl Amount {
    /// `amount` of the purse's seconds or FLOPs, to the unit below; nothing if it is no number.
    pub fn of(purse: Purse, amount: f64) -> Self {
        // Scaling by a power of two is exact, and the conversion saturates.
        Self((amount * purse.units()) as i128)
    }

    /// The nearest number of seconds or FLOPs.
    pub fn nearest(self, purse: Purse) -> f64 {
        self.0 as f64 / purse.units()
    }

    /// What is used of `total` as it is told, and what is left, as the reference works it out: of numbers as they are
    /// told. All of it can be spent, and then `total` is used, to the digit.
    pub(super) fn used_and_left(self, purse: Purse, total: f64) -> (f64, f64) {
        /// Whoever spends the rest as it was told may be above by its rounding.
        const DUST: f64 = 4.0 * f64::EPSILON;
        let (total, used) = (total.min(MOST.nearest(purse)), self.nearest(purse));
        let used = if used > total && used - total <= DUST * total { total } else { used };
        (used, total - used)
    }
}

impl AddAssign for Amount {
    fn add_assign(&mut self, other: Self) {
        self.0 += other.0;
    }
}

impl SubAssign for Amount {
    fn sub_assign(&mut self, other: Self) {
        self.0 -= other.0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_forget_nothing_and_leave_no_dust() {
        let mut used = Amount::default();
        let charges = [0.1, 1.0 / 3.0, 43_200.0, 1e-3, 12.34];
        for charge in charges {
            used += Amount::of(Purse::Seconds, charge);
        }
        for charge in &charges[..4] {
            used -= Amount::of(Purse::Seconds, *charge);
        }
        assert_eq!(used.nearest(Purse::Seconds), 12.34);
    }

    #[test]
    fn all_that_is_left_can_be_spent_and_no_more() {
        let tenth = Amount::of(Purse::Seconds, 0.1);
        let mut used = tenth;
        while used.used_and_left(Purse::Seconds, 1.0).1 >= 0.1 {
            used += tenth;
        }
        used += Amount::of(Purse::Seconds, used.used_and_left(Purse::Seconds, 1.0).1);
        assert_eq!(used.used_and_left(Purse::Seconds, 1.0), (1.0, 0.0));
    }

    #[test]
    fn the_rest_as_it_was_told_is_never_more_than_there_is() {
        let mut used = Amount::default();
        for charge in [5504.49, 218.671, 2746.8, 34_730.039_000_000_004] {
            assert!(used.used_and_left(Purse::Seconds, 43_200.0).1 >= charge);
            used += Amount::of(Purse::Seconds, charge);
        }
        assert_eq!(used.used_and_left(Purse::Seconds, 43_200.0), (43_200.0, 0.0));
    }

    #[test]
    fn compute_of_any_size_fits() {
        let mut used = Amount::of(Purse::Flops, 3e17);
        used += Amount::of(Purse::Flops, 1e13);
        assert_eq!(used.used_and_left(Purse::Flops, 2e18), (3.0001e17, 1.69999e18));
        assert!(used.used_and_left(Purse::Flops, f64::INFINITY).1 > 1e33);
    }
}
