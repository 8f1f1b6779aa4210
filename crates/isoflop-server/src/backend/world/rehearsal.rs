//! All of a run before it is played: its evaluations, when each is done, and how it ends.

use isoflop_api::FailReason;

use super::recipe::Recipe;
use super::{World, draw};
use crate::backend::{Outcome, Work};

/// More evaluations than anybody looks at would fill the server's memory, at a user's wish.
const MOST_EVALUATIONS: u64 = 100_000;

/// A run, known to its end.
#[derive(Clone, Debug, PartialEq)]
pub struct Rehearsal {
    /// When each evaluation is done, seconds as charged.
    pub at_seconds: Vec<f64>,
    /// What it finds, nats per token.
    pub val_losses: Vec<f64>,
    /// How the run ends.
    pub outcome: Outcome,
}

impl World {
    /// What becomes of a run: the same whenever it is asked.
    pub fn rehearse(&self, work: &Work) -> Rehearsal {
        match work {
            Work::Training(config) => self.training(&self.recipe(work), config.max_runtime_seconds),
            Work::Query(query) => {
                let val_losses = vec![self.answer(query)];
                let used_seconds = self.settings.speed.run(&self.recipe(work));
                let outcome = Outcome::Completed { used_seconds, val_losses: val_losses.clone() };
                Rehearsal { at_seconds: vec![used_seconds], val_losses, outcome }
            }
        }
    }

    fn training(&self, recipe: &Recipe, limit: f64) -> Rehearsal {
        let speed = self.settings.speed;
        if let Some(failure) = self.refuses(recipe) {
            // It is told at the first step.
            return Rehearsal::failed(speed.step(recipe).min(limit), failure);
        }
        let jitter = (speed.jitter.0 * draw::normal(self.settings.seed, "time", &recipe.luck)).exp();
        let end = speed.run(recipe) * jitter;
        let surface = self.surface();
        let diverged = surface.diverges(recipe).then(|| draw::uniform(self.settings.seed, "divergence", &recipe.luck));
        let last = end.min(limit).min(end * diverged.unwrap_or(1.0));
        let count = recipe.evaluations as f64;
        let done = (1..=recipe.evaluations).map(|i| i as f64 / count).take_while(|share| share * end <= last);
        let (mut at_seconds, mut val_losses) = (Vec::new(), Vec::new());
        for share in done {
            at_seconds.push(share * end);
            val_losses.push(surface.loss_at(recipe, share) * self.luck(recipe, share));
        }
        let outcome = if end.min(end * diverged.unwrap_or(1.0)) > limit {
            let reason = FailReason::Timeout { partial_val_losses: val_losses.clone() };
            Outcome::Failed { used_seconds: limit, reason }
        } else if diverged.is_some() {
            let step = (recipe.steps() * last / end).ceil();
            let failure = format!("the loss is not a number at step {step}: the run diverged");
            Outcome::Failed { used_seconds: last, reason: FailReason::Unexpected { failure } }
        } else {
            Outcome::Completed { used_seconds: end, val_losses: val_losses.clone() }
        };
        Rehearsal { at_seconds, val_losses, outcome }
    }

    /// What the trainer would say at once.
    pub(super) fn refuses(&self, recipe: &Recipe) -> Option<String> {
        let failures = &self.settings.failures;
        if recipe.vocabulary < failures.vocabulary {
            let (has, needs) = (recipe.vocabulary, failures.vocabulary);
            return Some(format!("the data have tokens up to {}, and vocab_size is {has}", needs - 1));
        }
        if recipe.evaluations > MOST_EVALUATIONS {
            let asked = recipe.evaluations;
            return Some(format!("n_evals is {asked}: a simulated run is evaluated {MOST_EVALUATIONS} times at most"));
        }
        let largest = failures.largest_params?.0;
        (recipe.all_params > largest).then(|| {
            format!("out of memory: {:.3e} parameters, and there is room for {largest:.3e}", recipe.all_params)
        })
    }

    /// By what an evaluation's loss is off.
    pub(super) fn luck(&self, recipe: &Recipe, share: f64) -> f64 {
        let noise = self.settings.noise;
        let of_run = noise.run.0 * draw::normal(self.settings.seed, "run", &recipe.luck);
        let key = format!("{} {share}", recipe.luck);
        let of_evaluation = noise.evaluation.0 * draw::normal(self.settings.seed, "evaluation", &key);
        (of_run + of_evaluation).exp()
    }
}

impl Rehearsal {
    fn failed(used_seconds: f64, failure: String) -> Self {
        let outcome = Outcome::Failed { used_seconds, reason: FailReason::Unexpected { failure } };
        Self { at_seconds: Vec::new(), val_losses: Vec::new(), outcome }
    }
}
