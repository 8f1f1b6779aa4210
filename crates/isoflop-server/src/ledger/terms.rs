//! What is granted to everyone, and how long a silence is borne.

/// The settings that rules read. They are given at every start and are no part of the books.
#[derive(Clone, Debug, PartialEq)]
pub struct Terms {
    /// What each user may spend of training time, seconds.
    pub budget_seconds: f64,
    /// What each user may spend of compute, FLOPs.
    pub budget_flops: f64,
    /// Runs that wait, for each user.
    pub max_queued: usize,
    /// Runs with workers at once, of all users.
    pub max_running: usize,
    /// A lease ends this long after the worker's last word, seconds.
    pub lease_seconds: f64,
    /// The same for a run that was handed out by hand: such workers speak once a minute, and not while they compile.
    pub dispatched_lease_seconds: f64,
    /// A run that was lost this often fails.
    pub max_lost: u32,
    /// A run whose worker still speaks of it after this share of its seconds…
    pub overrun_share: f64,
    /// …and this many more is over. The clock of a worker starts when it has compiled, that of the books before.
    pub overrun_seconds: f64,
}

impl Default for Terms {
    fn default() -> Self {
        Self {
            budget_seconds: 43_200.0,
            budget_flops: 2e18,
            max_queued: 10_000,
            max_running: 100,
            lease_seconds: 60.0,
            dispatched_lease_seconds: 1_800.0,
            max_lost: 3,
            overrun_share: 1.05,
            overrun_seconds: 600.0,
        }
    }
}
