//! The best N and D of a law on a budget.
//!
//! With N·D fixed, ln L along x = ln N has one valley for every law of this project where it has been fitted. Outside,
//! a law may do anything: Farseer's falls again towards models of one token.

use super::{Law, Term};
use crate::rows::{At, Input};

/// Places along ln N that are looked at before the valley is followed.
const LOOKS: usize = 96;

/// Models of fewer parameters, and fewer tokens, are not looked at.
const SMALLEST: f64 = 0.0;

/// The golden section.
const GOLDEN: f64 = 0.618_033_988_749_894_8;

/// (ln N*, ln D*) with ln N + ln D = `ln_product`; none where there is no valley.
pub(super) fn of<L: Law + ?Sized>(law: &L, theta: &[f64], ln_product: f64) -> Option<[f64; 2]> {
    if !ln_product.is_finite() {
        return None;
    }
    closed(law.terms(), theta, ln_product).or_else(|| searched(law, theta, ln_product))
}

/// The lowest of the valleys that are seen; the ends of what is looked at are none.
fn searched<L: Law + ?Sized>(law: &L, theta: &[f64], ln_product: f64) -> Option<[f64; 2]> {
    let inputs = law.inputs();
    if !inputs.contains(&Input::Params) || !inputs.contains(&Input::Tokens) {
        return None;
    }
    let loss = |x: f64| law.ln_loss(theta, At::allocation(x, ln_product - x));
    let step = (ln_product - 2.0 * SMALLEST) / LOOKS as f64;
    let place = |i: usize| SMALLEST + step * i as f64;
    let seen: Vec<f64> = (0..=LOOKS).map(|i| loss(place(i))).collect();
    let valleys = (1..LOOKS).filter(|&i| seen[i] < seen[i - 1] && seen[i] <= seen[i + 1]);
    let lowest = valleys.min_by(|&a, &b| seen[a].total_cmp(&seen[b]))?;
    let x = golden(&loss, place(lowest - 1), place(lowest + 1));
    Some([x, ln_product - x])
}

/// The closed form of E + A/N^α + B/D^β: αA·N^−α = βB·D^−β at the optimum.
///
/// N* = G·(ND)^(β/(α+β)), G = (αA/(βB))^(1/(α+β)). Source: Hoffmann et al. 2022, equation 4 (arXiv:2203.15556).
fn closed(terms: &[Term], theta: &[f64], ln_product: f64) -> Option<[f64; 2]> {
    let mut powers = terms.iter().filter_map(|term| Some((theta[term.amplitude], term.power?)));
    let (one, other) = (powers.next()?, powers.next()?);
    if powers.next().is_some() {
        return None;
    }
    let ((a, n), (b, d)) = match (one.1.input, other.1.input) {
        (Input::Params, Input::Tokens) => (one, other),
        (Input::Tokens, Input::Params) => (other, one),
        _ => return None,
    };
    let (alpha, beta) = (theta[n.exponent], theta[d.exponent]);
    if alpha <= 0.0 || beta <= 0.0 {
        return None;
    }
    let ln_params = (alpha.ln() + a - beta.ln() - b + beta * ln_product) / (alpha + beta);
    Some([ln_params, ln_product - ln_params])
}

/// The lowest point of a valley between two places.
fn golden(f: &dyn Fn(f64) -> f64, low: f64, high: f64) -> f64 {
    let (mut low, mut high) = (low, high);
    let (mut left, mut right) = (high - GOLDEN * (high - low), low + GOLDEN * (high - low));
    let (mut at_left, mut at_right) = (f(left), f(right));
    // The loss is flat at its lowest point: closer than the square root of a rounding error it shows no slope.
    while high - low > 1e-8 {
        if at_left <= at_right {
            (high, right, at_right) = (right, left, at_left);
            left = high - GOLDEN * (high - low);
            at_left = f(left);
        } else {
            (low, left, at_left) = (left, right, at_right);
            right = low + GOLDEN * (high - low);
            at_right = f(right);
        }
    }
    0.5 * (low + high)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::law::LAWS;

    #[test]
    fn closed_forms_are_what_the_search_finds() {
        let mut compared = 0;
        for law in LAWS {
            let count = law.coefficients().len();
            for share in [0.2, 0.4, 0.7] {
                // E, A and B, then exponents, that put the valley where it is looked for.
                let mut theta: Vec<f64> = law.coefficients().iter().map(|c| c.searched(0.3 + 0.2 * share)).collect();
                theta[count - 1] *= 1.0 + share;
                // A floor so low that the valley's bottom is not lost in its rounding.
                theta[0] = -60.0;
                for ln_product in [30.0, 45.0, 60.0] {
                    let Some(closed) = closed(law.terms(), &theta, ln_product) else { continue };
                    let searched = searched(*law, &theta, ln_product).expect("a valley");
                    assert!((closed[0] - searched[0]).abs() < 1e-6, "{}: {closed:?}, {searched:?}", law.name());
                    assert_eq!(searched[0] + searched[1], ln_product);
                    compared += 1;
                }
            }
        }
        assert!(compared >= 2 * 9, "{compared}: chinchilla and tied have closed forms");
    }

    #[test]
    fn a_law_without_a_valley_has_no_optimum() {
        let law = crate::law::law("kaplan").expect("a law");
        // A model that is always too small: what more tokens bring is lost in it.
        assert_eq!(law.optimum(&[200.0, 0.5, -60.0, 0.5], 45.0), None);
        assert_eq!(law.optimum(&[30.0, 0.1, 30.0, 0.1], f64::INFINITY), None);
        let along = crate::law::law("frontier").expect("a law");
        assert_eq!(along.optimum(&[0.0, 5.0, 0.3], 45.0), None);
    }
}
