//! Randomness that depends on what is drawn for, and on nothing else.

use sha2::{Digest, Sha256};

/// A number in (0, 1) for this seed, purpose and key: the same on every machine, for ever.
pub(super) fn uniform(seed: u64, purpose: &str, key: &str) -> f64 {
    // Lengths keep ("ab", "c") and ("a", "bc") apart.
    let text = format!("{seed}\n{}\n{purpose}\n{key}", purpose.len());
    let hash = Sha256::digest(text.as_bytes());
    let bits = u64::from_be_bytes(hash[..8].try_into().expect("a hash has 32 bytes")) >> 11;
    (bits as f64 + 0.5) / (1u64 << 53) as f64
}

/// A number from the standard normal distribution, by Box and Muller's transform.
pub(super) fn normal(seed: u64, purpose: &str, key: &str) -> f64 {
    let radius = (-2.0 * uniform(seed, purpose, &format!("{key} radius")).ln()).sqrt();
    radius * (std::f64::consts::TAU * uniform(seed, purpose, &format!("{key} angle"))).cos()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_have_their_distribution() {
        let drawn: Vec<f64> = (0..4000).map(|i| normal(7, "a test", &i.to_string())).collect();
        let mean = drawn.iter().sum::<f64>() / 4000.0;
        let variance = drawn.iter().map(|z| (z - mean).powi(2)).sum::<f64>() / 4000.0;
        assert!(mean.abs() < 0.05 && (variance - 1.0).abs() < 0.07, "{mean}, {variance}");
        assert_eq!(uniform(1, "a", "b"), uniform(1, "a", "b"));
        assert_ne!(uniform(1, "a", "b"), uniform(2, "a", "b"));
        assert_ne!(uniform(1, "ab", "c"), uniform(1, "a", "bc"));
    }
}
