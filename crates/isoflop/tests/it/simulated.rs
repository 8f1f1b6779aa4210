//! Tables drawn from a known law, for tests of statistics.

use isoflop::run::{ComputeRule, Conventions, LossUnit, ParamsCount, Provenance, Run, RunTable};
use isoflop::units::{Flops, Loss, Params, tokens_bought};
use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::{Rng, SeedableRng};

/// L = E + A·N^−α + B·D^−β with C = 6ND, and a grid of runs on it.
#[derive(Clone, Copy, Debug)]
pub struct World {
    /// α.
    pub alpha: f64,
    /// β.
    pub beta: f64,
    /// Number of budgets, from 1e18 to 1e20.
    pub budgets: usize,
    /// Sizes per budget.
    pub sizes: usize,
    /// Half the range of ln N in each budget.
    pub half_width: f64,
    /// The grid's centre less ln N*, at the smallest and at the largest budget.
    pub off_centre: (f64, f64),
    /// Standard deviation of a run's loss, as a share of it.
    pub noise: f64,
    /// Runs of each size and budget.
    pub seeds: usize,
}

/// A clean sweep: a symmetric law, centred grids, six budgets over two decades, little noise.
pub const CLEAN: World = World {
    alpha: 0.35,
    beta: 0.35,
    budgets: 6,
    sizes: 8,
    half_width: 1.5,
    off_centre: (0.0, 0.0),
    noise: 0.002,
    seeds: 1,
};

/// Besiroglu et al. 2024 (arXiv:2404.10102).
const E: f64 = 1.8172;
const A: f64 = 482.01;
const B: f64 = 2085.43;

impl World {
    /// ln N*(C).
    pub fn ln_optimum(&self, compute: f64) -> f64 {
        ((self.alpha * A / (self.beta * B)).ln() + self.beta * (compute / 6.0).ln()) / (self.alpha + self.beta)
    }

    /// The budgets.
    pub fn computes(&self) -> impl Iterator<Item = f64> {
        let steps = (self.budgets.max(2) - 1) as f64;
        (0..self.budgets).map(move |i| 1e18 * 100f64.powf(i as f64 / steps))
    }

    /// The runs, their noise drawn with `seed`.
    pub fn runs(&self, seed: u64) -> Vec<Run> {
        let mut random = Xoshiro256PlusPlus::seed_from_u64(seed);
        let mut runs = Vec::new();
        for (i, compute) in self.computes().enumerate() {
            let along = i as f64 / (self.budgets.max(2) - 1) as f64;
            let center = self.ln_optimum(compute) + self.off_centre.0 + along * (self.off_centre.1 - self.off_centre.0);
            for j in 0..self.sizes * self.seeds {
                let u = 2.0 * (j / self.seeds) as f64 / (self.sizes.max(2) - 1) as f64 - 1.0;
                let params = Params((center + self.half_width * u).exp());
                let tokens = tokens_bought(Flops(compute), params);
                let loss = E + A * params.0.powf(-self.alpha) + B * tokens.0.powf(-self.beta);
                let loss = Loss(loss * (1.0 + self.noise * normal(&mut random)));
                let line = runs.len() + 2;
                runs.push(Run {
                    line,
                    name: None,
                    params,
                    tokens,
                    compute: Flops(compute),
                    loss,
                    unique_tokens: None,
                    weight: 1.0,
                    cluster: None,
                    flag: None,
                });
            }
        }
        runs
    }

    /// The table of those runs.
    pub fn table(&self, seed: u64) -> RunTable {
        table_of(self.runs(seed))
    }
}

/// A table of these runs, by C = 6ND.
pub fn table_of(runs: Vec<Run>) -> RunTable {
    let conventions =
        Conventions { params: ParamsCount::Unstated, compute: ComputeRule::SixNd, loss: LossUnit::NatsPerTokenAssumed };
    let provenance = Provenance {
        path: "simulated".into(),
        sha256: String::new(),
        format: "none".into(),
        columns: Vec::new(),
        derived: None,
        condition: None,
        unusable: Vec::new(),
    };
    RunTable::new(runs, conventions, provenance).expect("positive and finite runs")
}

/// A standard normal number (Box and Muller 1958).
fn normal(random: &mut Xoshiro256PlusPlus) -> f64 {
    let mut uniform = || (random.next_u64() >> 11) as f64 / (1u64 << 53) as f64;
    (-2.0 * (1.0 - uniform()).ln()).sqrt() * (std::f64::consts::TAU * uniform()).cos()
}
