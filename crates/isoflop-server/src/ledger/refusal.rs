//! Why not.

use isoflop_api::Timestamp;

use super::{Balance, ExperimentId, Purse};

/// The rule that says no, with its numbers.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Refusal {
    /// More than is left.
    #[error("insufficient budget: {asked} asked for, {} left", balance.left())]
    OverBudget {
        /// Of which.
        purse: Purse,
        /// What the run may cost.
        asked: f64,
        /// What there is.
        balance: Balance,
    },
    /// This user's experiment of this number stands for this configuration.
    #[error("experiment {0} is of this configuration")]
    AlreadySubmitted(ExperimentId),
    /// Ids of users come from these books.
    #[error("no user {0}")]
    UnknownUser(u32),
    /// No such experiment, or none that may be seen.
    #[error("no experiment {0}")]
    UnknownExperiment(ExperimentId),
    /// It waits for a worker, or it is over.
    #[error("experiment {0} is not running")]
    NotRunning(ExperimentId),
    /// What it costs is not settled yet.
    #[error("experiment {0} has not ended; cancel it first")]
    NotEnded(ExperimentId),
    /// It is over in another way.
    #[error("experiment {0} has ended already")]
    AlreadyEnded(ExperimentId),
    /// Another attempt has taken its place.
    #[error("run {run_id} no longer has experiment {experiment}")]
    AnotherRun {
        /// Of which experiment.
        experiment: ExperimentId,
        /// The attempt that spoke.
        run_id: String,
    },
    /// Only what waits can be handed out.
    #[error("experiment {0} is not queued")]
    NotQueued(ExperimentId),
    /// Nothing is handed out.
    #[error("the server is draining: nothing is handed out; isoflop admin drain --off ends that")]
    Draining,
    /// As many go on as may.
    #[error("{0} runs are with workers already; that many may be")]
    AllPlacesTaken(usize),
    /// Each attempt has a name of its own.
    #[error("an earlier attempt of experiment {experiment} was called {run_id}; give this one another name")]
    RunIdTaken {
        /// Of which experiment.
        experiment: ExperimentId,
        /// The name.
        run_id: String,
    },
    /// Who does not say which attempt they end must be known by its losses, where there was another before.
    #[error("experiment {0} was handed out again, and this end neither names its attempt nor goes on from its losses")]
    Unnamed(ExperimentId),
    /// Names are unique.
    #[error("there is a user \"{0}\" already")]
    NameTaken(String),
    /// A name must say something.
    #[error("a user needs a name")]
    NoName,
    /// Keys are unique.
    #[error("this key is somebody's already")]
    KeyTaken,
    /// Too many wait.
    #[error("{0} runs wait already; that many may")]
    QueueFull(usize),
    /// Amounts are finite numbers, and what is asked for is not negative.
    #[error("{0} is not an amount")]
    NotAnAmount(f64),
    /// What is spent or reserved cannot be taken.
    #[error("{amount} cannot be taken: {left} are left, the rest is spent or reserved")]
    NotLeft {
        /// To be taken.
        amount: f64,
        /// What there is.
        left: f64,
    },
    /// A name stands for one adjustment.
    #[error("\"{0}\" was another adjustment; give this one another name")]
    AlreadyGranted(String),
    /// Nothing is accepted any more.
    #[error("final submissions are closed")]
    FinalsFrozen,
    /// It is too late.
    #[error("final submissions closed at {0}")]
    TooLate(Timestamp),
}
