//! Somebody who submits, at random.

use isoflop_api::{AdamW, Architecture, Dtype, LrSchedule, Optimizer, TrainingConfig};

/// Random numbers that are the same for a seed, for ever: `SplitMix64`, Steele et al. 2014.
pub(super) struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// From 0 to below 1.
    pub fn share(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn one_of<T: Copy>(&mut self, among: &[T]) -> T {
        among[(self.next() % among.len() as u64) as usize]
    }
}

/// The smallest run that makes sense.
pub fn tiny() -> TrainingConfig {
    config(2, 128, 128, 8, 3e-3, 600.0)
}

/// A valid configuration as people try them: models of 1 to 100 million parameters on 20 to 500 million tokens, with
/// a limit from two minutes to two hours that need not suffice.
pub(super) fn drawn(dice: &mut Dice) -> TrainingConfig {
    let layers = 2 + (dice.share() * 10.0) as u64;
    let width = 64 * (2 + (dice.share() * 10.0) as u64);
    let batch = dice.one_of(&[32, 64, 128, 256]);
    let tokens = 2e7 * 25_f64.powf(dice.share());
    let steps_each = (tokens / (512.0 * batch as f64) / 16.0).ceil() as u64;
    let rate = 1e-4 * 30_f64.powf(dice.share());
    let limit = dice.one_of(&[120.0, 300.0, 600.0, 1200.0, 1800.0, 3600.0, 7200.0]);
    config(layers, width, batch, steps_each, rate, limit)
}

/// With `steps_each` steps before each of 16 evaluations.
fn config(layers: u64, width: u64, batch: u64, steps_each: u64, rate: f64, limit: f64) -> TrainingConfig {
    TrainingConfig {
        architecture_config: Architecture {
            attention_bias: false,
            head_dim: 64,
            hidden_size: width,
            intermediate_size: width * 8 / 3,
            num_attention_heads: width / 64,
            num_hidden_layers: layers,
            num_key_value_heads: width / 64,
            rms_norm_eps: 1e-6,
            rope_theta: 10_000,
            tie_word_embeddings: false,
            dtype: Dtype::Bfloat16,
            vocab_size: 32_000,
        },
        optimizer_config: Optimizer::AdamW(AdamW {
            lr_scheduler: LrSchedule { peak_value: rate, ..LrSchedule::default() },
            ..AdamW::default()
        }),
        train_batch_size: batch,
        val_batch_size: 128,
        n_evals: 16,
        total_train_tokens: 512 * batch * 16 * steps_each,
        max_runtime_seconds: limit,
        model_seed: 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use isoflop_api::{read_body, read_request, to_wire};

    #[test]
    fn what_is_drawn_is_valid() {
        let mut dice = Dice::new(0);
        for config in (0..200).map(|_| drawn(&mut dice)).chain([tiny()]) {
            let body = read_body(Some("application/json"), &to_wire(&config)).expect("JSON");
            assert_eq!(read_request::<TrainingConfig>(&body), Ok(config));
        }
    }
}
