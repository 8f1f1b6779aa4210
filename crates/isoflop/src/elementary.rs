//! exp and ln as polynomials without branches.
//!
//! The standard library's call the platform's, one number at a time, and differ in
//! the last bit between platforms. These are plain additions and multiplications, so
//! a loop over rows becomes as wide as the processor's vectors, and gives the same
//! bits everywhere: no fused multiply-add, which older processors have not got.
//! Both are within two units in the last place of the true value.

#![expect(clippy::inline_always, reason = "loops over rows are compiled once for each width of vectors, whole")]

use std::f64::consts::LOG2_E;

/// Largest argument of [`exp`]: a sum of a few such powers is still finite. Larger ones count as this.
pub const EXP_MAX: f64 = 700.0;
/// Smallest argument of [`exp`]: below, the power would not be a normal number. Smaller ones count as this.
pub const EXP_MIN: f64 = -708.0;

/// ln 2 in two parts; the first has so few digits that its product with an exponent is exact.
const LN_2: [f64; 2] = [6.931_471_803_691_238e-1, 1.908_214_929_270_587_7e-10];
/// 1.5·2⁵²: adding it rounds to an integer, which then stands in the lowest bits.
const ROUND: f64 = 6_755_399_441_055_744.0;
/// (eʳ − 1 − r) / r² on |r| ≤ ln 2 / 2, highest power first; interpolated at Chebyshev's nodes, relative error 1.6e-17.
const EXP: [f64; 10] = [
    2.510_037_592_918_592_4e-8,
    2.762_007_600_563_138e-7,
    2.755_726_848_010_692_7e-6,
    2.480_152_132_210_459e-5,
    1.984_126_986_304_067_6e-4,
    1.388_888_891_719_689e-3,
    8.333_333_333_300_645e-3,
    4.166_666_666_662_416e-2,
    1.666_666_666_666_666_8e-1,
    5.000_000_000_000_001e-1,
];
/// (2·artanh s − 2s) / s³ in s² on s ≤ (√2 − 1)/(√2 + 1), highest power first; relative error of the logarithm 4.6e-18.
const LN: [f64; 7] = [
    1.461_645_010_424_341_7e-1,
    1.533_172_149_073_864_3e-1,
    1.818_289_125_565_508_7e-1,
    2.222_221_113_474_973_5e-1,
    2.857_142_862_597_576e-1,
    3.999_999_999_989_950_4e-1,
    6.666_666_666_666_67e-1,
];
/// Bits of √½.
const ROOT_HALF: u64 = 0x3fe6_a09e_667f_3bcd;
/// The bits of a number that hold its sign and exponent.
const EXPONENT: u64 = 0xfff0_0000_0000_0000;
/// Bits of 2⁵²: an integer below 2⁵² in the lowest bits of this is 2⁵² more than itself.
const TWO_52: u64 = 0x4330_0000_0000_0000;
/// The exponent's bias.
const BIAS: u64 = 1023;

/// The larger; the second where either is NaN.
#[inline(always)]
pub fn larger(a: f64, b: f64) -> f64 {
    if a > b { a } else { b }
}

/// The smaller; the second where either is NaN.
#[inline(always)]
pub fn smaller(a: f64, b: f64) -> f64 {
    if a < b { a } else { b }
}

/// eˣ, with x held within [`EXP_MIN`] and [`EXP_MAX`].
#[inline(always)]
pub fn exp(x: f64) -> f64 {
    let [power] = exps([x]);
    power
}

/// [`exp`] of several numbers side by side.
///
/// A step waits for the one before it, but not for those of the other numbers, so several take hardly longer than one.
#[inline(always)]
pub fn exps<const N: usize>(x: [f64; N]) -> [f64; N] {
    let x = x.map(|x| smaller(larger(x, EXP_MIN), EXP_MAX));
    let shifted = x.map(|x| x * LOG2_E + ROUND);
    let mut r = x;
    for i in 0..N {
        let k = shifted[i] - ROUND;
        r[i] = x[i] - k * LN_2[0] - k * LN_2[1];
    }
    let mut q = [EXP[0]; N];
    for c in &EXP[1..] {
        for i in 0..N {
            q[i] = q[i] * r[i] + c;
        }
    }
    let mut power = q;
    for i in 0..N {
        power[i] = q[i] * r[i] * r[i] + r[i] + 1.0;
        // The integer k, from the lowest bits of `shifted`, goes to the exponent.
        power[i] = f64::from_bits(power[i].to_bits().wrapping_add(shifted[i].to_bits() << 52));
    }
    power
}

/// ln x of a positive normal x; some finite number for any other.
#[inline(always)]
pub fn ln(x: f64) -> f64 {
    let [logarithm] = lns([x]);
    logarithm
}

/// [`ln`] of several numbers side by side, as [`exps`] does it.
#[inline(always)]
pub fn lns<const N: usize>(x: [f64; N]) -> [f64; N] {
    let above = x.map(|x| x.to_bits().wrapping_sub(ROOT_HALF));
    let (mut s, mut k) = (x, x);
    for i in 0..N {
        // x = 2ᵏ·m with m between √½ and √2.
        let m = f64::from_bits(x[i].to_bits().wrapping_sub(above[i] & EXPONENT));
        let biased = above[i].wrapping_add(BIAS << 52) >> 52;
        k[i] = f64::from_bits(biased | TWO_52) - (f64::from_bits(TWO_52) + BIAS as f64);
        s[i] = (m - 1.0) / (m + 1.0);
    }
    let z = s.map(|s| s * s);
    let mut q = [LN[0]; N];
    for c in &LN[1..] {
        for i in 0..N {
            q[i] = q[i] * z[i] + c;
        }
    }
    for i in 0..N {
        q[i] = s[i] * z[i] * q[i] + k[i] * LN_2[1] + s[i] * 2.0 + k[i] * LN_2[0];
    }
    q
}

/// Below this size [`growth`] is a sum of powers: there its quotients lose their digits.
const GROWTH_SERIES: f64 = 0.5;
/// 1/(k + 3)!, highest first: that sum. The first term that is left out is below 2⁻⁵² of it.
const GROWTH: [f64; 13] = {
    let mut terms = [0.0; 13];
    let mut term = 1.0 / 6.0;
    let mut k = 0;
    while k < terms.len() {
        terms[terms.len() - 1 - k] = term;
        k += 1;
        term /= (k + 3) as f64;
    }
    terms
};

/// (eˣ − 1)/x, 1 at 0, and its first two derivatives.
///
/// With φ₁ the function itself, φ₂ = (φ₁ − 1)/x and φ₃ = (φ₂ − ½)/x they are φ₁ − φ₂ and φ₁ − 2φ₂ + 2φ₃.
#[inline(always)]
pub fn growth(x: f64) -> [f64; 3] {
    // φ₃ = Σ xᵏ/(k + 3)! near 0.
    let near = GROWTH[1..].iter().fold(GROWTH[0], |sum, term| sum * x + term);
    let far = (((exp(x) - 1.0) / x - 1.0) / x - 0.5) / x;
    let third = if x * x < GROWTH_SERIES * GROWTH_SERIES { near } else { far };
    let second = third * x + 0.5;
    let first = second * x + 1.0;
    [first, first - second, first - 2.0 * (second - third)]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Largest relative error against the platform's own over a fine ladder.
    fn worst(ladder: impl Iterator<Item = f64>, ours: fn(f64) -> f64, theirs: fn(f64) -> f64) -> f64 {
        ladder.map(|x| ((ours(x) - theirs(x)) / theirs(x)).abs()).fold(0.0, f64::max)
    }

    #[test]
    fn exp_is_exact_to_two_units_in_the_last_place() {
        assert!(worst((-70_000..70_000).map(|i| f64::from(i) * 0.009_97), exp, f64::exp) < 2.0 * f64::EPSILON);
        assert_eq!((exp(0.0), exp(1e4), exp(-1e4)), (1.0, exp(EXP_MAX), exp(EXP_MIN)));
        assert!(exp(EXP_MIN).is_normal());
    }

    #[test]
    fn growth_and_its_derivatives_are_right_near_0_and_far_from_it() {
        let ladder = || (-400..400).map(|i| 0.01 * f64::from(i) + 0.001);
        assert!(worst(ladder(), |x| growth(x)[0], |x| x.exp_m1() / x) < 1e-14);
        let [value, slope, bend] = growth(0.0);
        assert!(value == 1.0 && slope == 0.5 && (bend - 1.0 / 3.0).abs() < 1e-15);
        for x in ladder() {
            for order in [0, 1] {
                let slope = (growth(x + 1e-5)[order] - growth(x - 1e-5)[order]) / 2e-5;
                assert!((slope - growth(x)[order + 1]).abs() < 1e-9, "derivative {order} at {x}");
            }
        }
    }

    #[test]
    fn ln_is_exact_to_two_units_in_the_last_place() {
        let wide = (-7_000..7_000).map(|i| (f64::from(i) * 0.0997).exp());
        assert!(worst(wide.filter(|x| (x - 1.0).abs() > 1e-3), ln, f64::ln) < 2.0 * f64::EPSILON);
        // Near 1 the logarithm itself vanishes: there the error of what goes in counts.
        let near = (-1_000..1_000).map(|i| 1.0 + f64::from(i) * 1e-7);
        assert!(near.map(|x| (ln(x) - x.ln()).abs()).fold(0.0, f64::max) < f64::EPSILON);
        assert_eq!(ln(1.0), 0.0);
    }
}
