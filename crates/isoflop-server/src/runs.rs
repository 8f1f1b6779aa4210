//! One's own finished runs as a table that `isoflop analyze` reads.

use isoflop_api::{Optimizer, TrainingConfig};

use crate::backend::Work;
use crate::ledger::{End, Experiment, State};
use crate::size::Size;

/// Which protocol a run was asked for in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Protocol {
    /// `GET /loss`.
    Course2025,
    /// `POST /submit`.
    Course2026,
}

impl Protocol {
    /// Of a run.
    pub fn of(work: &Work) -> Self {
        match work {
            Work::Training(_) => Self::Course2026,
            Work::Query(_) => Self::Course2025,
        }
    }

    /// Its year.
    pub fn name(self) -> &'static str {
        match self {
            Self::Course2025 => "2025",
            Self::Course2026 => "2026",
        }
    }

    /// The protocol of that year.
    pub fn named(name: &str) -> Option<Self> {
        [Self::Course2025, Self::Course2026].into_iter().find(|protocol| protocol.name() == name)
    }
}

/// The loss a run ended at, if it did.
pub fn final_loss(run: &Experiment) -> Option<f64> {
    match run.state {
        State::Ended { end: End::Completed, .. } => run.losses.last().copied().filter(|loss| *loss > 0.0),
        _ => None,
    }
}

/// The table; the columns behind the loss are for people.
const HEAD: &str = "run,params_non_embedding,tokens,compute_flops,loss,protocol,layers,width,batch_size,learning_rate,\
                    optimizer,seed,used_seconds\n";

/// The finished runs among `runs` as comma-separated values, with their number.
pub fn table<'a>(runs: impl Iterator<Item = &'a Experiment>) -> (String, usize) {
    let (mut text, mut count) = (HEAD.to_owned(), 0);
    for run in runs {
        let (Some(loss), State::Ended { used_seconds, .. }) = (final_loss(run), &run.state) else { continue };
        let Size { params, tokens, flops } = Size::of(&run.work);
        if params <= 0.0 || tokens <= 0.0 {
            continue;
        }
        let (id, protocol) = (run.id, Protocol::of(&run.work).name());
        text += &format!("{id},{params},{tokens},{flops},{loss},{protocol},{},{used_seconds}\n", recipe(&run.work));
        count += 1;
    }
    (text, count)
}

/// Layers, width, batch, learning rate, optimizer, seed.
fn recipe(work: &Work) -> String {
    match work {
        Work::Training(config) => {
            let TrainingConfig { architecture_config: it, train_batch_size, model_seed, .. } = &**config;
            let (optimizer, schedule) = match &config.optimizer_config {
                Optimizer::AdamW(adamw) => ("adamw", &adamw.lr_scheduler),
                Optimizer::Sgd(sgd) => ("sgd", &sgd.lr_scheduler),
            };
            let (layers, width, rate) = (it.num_hidden_layers, it.hidden_size, schedule.peak_value);
            format!("{layers},{width},{train_batch_size},{rate},{optimizer},{model_seed}")
        }
        Work::Query(query) => {
            format!("{},{},{},{},,", query.num_layers, query.d_model, query.batch_size, query.learning_rate)
        }
    }
}
