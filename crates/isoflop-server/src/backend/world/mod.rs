//! Simulated worlds: where every run's loss follows from a law that only operators know.
//!
//! A world is a TOML file: a law with its coefficients, what badly chosen hyper-parameters cost, noise, failures, and
//! how long runs take. `docs/worlds.md` has every key. A world given by name is one of [`WORLDS`].

mod clock;
mod draw;
mod error;
mod recipe;
mod registry;
mod rehearsal;
mod settings;
mod surface;
#[cfg(test)]
mod tests;
mod tree;
mod truth;
mod value;

use isoflop::law::{LAWS, Law, Scale};
use isoflop::near;
use isoflop::rows::Input;
use isoflop_api::LossQuery;

pub use error::WorldError;
pub use recipe::Recipe;
pub use registry::{NamedWorld, WORLDS, named};
pub use rehearsal::Rehearsal;
pub use settings::{Protocol, Settings};
pub use truth::{Budget, Truth};
pub use value::Pace;

use self::surface::Surface;
use super::Work;

/// A world, read and found to make sense.
pub struct World {
    /// What its file says.
    pub settings: Settings,
    law: &'static dyn Law,
    theta: Vec<f64>,
}

impl World {
    /// Reads a world; `path` is what errors call it.
    ///
    /// # Errors
    /// The first thing that is wrong, with its place.
    pub fn parse(path: &str, text: &str) -> Result<Self, WorldError> {
        let settings: Settings = toml::from_str(text).map_err(|error| WorldError::from_toml(path, text, &error))?;
        let name = &settings.law.name;
        let law = LAWS.iter().copied().find(|law| law.name() == name.get_ref()).ok_or_else(|| {
            let names = || LAWS.iter().filter(|law| is_surface(**law)).map(|law| law.name());
            let meant = near::nearest(name.get_ref(), names()).map(|name| format!("; did you mean {name}?"));
            let expected = names().collect::<Vec<_>>().join(", ");
            let found = format!("found \"{}\", expected a law: {expected}", name.get_ref());
            WorldError::at(path, text, name.span(), found + &meant.unwrap_or_default())
        })?;
        if !is_surface(law) {
            let message = format!("found {}, expected a law of parameters and tokens", law.name());
            return Err(WorldError::at(path, text, name.span(), message));
        }
        let theta = coefficients(law, &settings).map_err(|(span, said)| WorldError::at(path, text, span, said))?;
        Ok(Self { settings, law, theta })
    }

    /// Reads the world in a file.
    ///
    /// # Errors
    /// As [`parse`](Self::parse), or why the file cannot be read.
    pub fn read(path: &str) -> Result<Self, WorldError> {
        let text = std::fs::read_to_string(path).map_err(|error| WorldError::whole(path, error.to_string()))?;
        Self::parse(path, &text)
    }

    /// What this world knows of a run.
    pub fn recipe(&self, work: &Work) -> Recipe {
        match work {
            Work::Training(config) => Recipe::of_config(&self.settings, config),
            Work::Query(query) => Recipe::of_query(&self.settings, query),
        }
    }

    /// The loss that a recipe ends at but for noise, nats per token.
    pub fn loss(&self, recipe: &Recipe) -> f64 {
        self.surface().loss(recipe)
    }

    /// How long a run takes, seconds as charged.
    pub fn seconds(&self, recipe: &Recipe) -> f64 {
        self.settings.speed.run(recipe)
    }

    /// The best peak learning rate of a recipe; none where every one is as good.
    pub fn best_learning_rate(&self, recipe: &Recipe) -> Option<f64> {
        self.surface().best_rate(recipe)
    }

    /// The answer to a question.
    fn answer(&self, query: &LossQuery) -> f64 {
        let asked = recipe::fields(query);
        let surface = |fields| self.answer_of_surface(&Recipe::of_fields(&self.settings, fields));
        let loss = match self.settings.surrogate {
            Some(forest) => tree::answer(forest, self.settings.seed, asked, &surface),
            None => surface(asked),
        };
        loss * self.luck(&Recipe::of_query(&self.settings, query), 1.0)
    }

    /// Also of a run that diverges, which has learnt nothing: this protocol knows no failed runs.
    fn answer_of_surface(&self, recipe: &Recipe) -> f64 {
        let surface = self.surface();
        if surface.diverges(recipe) { self.settings.law.initial_loss.0 } else { surface.loss(recipe) }
    }

    /// The share of the run after which attempt `attempt`, from 0, loses its machine, if it does.
    pub(super) fn loses_machine(&self, digest: &str, attempt: u32) -> Option<f64> {
        let draw = |purpose| draw::uniform(self.settings.seed, purpose, &format!("{digest} {attempt}"));
        (draw("machine lost") < self.settings.failures.infrastructure.0).then(|| draw("when lost"))
    }

    fn surface(&self) -> Surface<'_> {
        Surface { settings: &self.settings, law: self.law, theta: &self.theta }
    }
}

/// Whether a law needs to know N and D and nothing else.
fn is_surface(law: &dyn Law) -> bool {
    law.inputs() == [Input::Params, Input::Tokens]
}

/// The coefficients on the law's own scale, or the place and the words of what is wrong.
fn coefficients(law: &dyn Law, settings: &Settings) -> Result<Vec<f64>, (std::ops::Range<usize>, String)> {
    let given = settings.law.coefficients.get_ref();
    let names = || law.coefficients().iter().map(|coefficient| coefficient.name.as_ref());
    if let Some(unknown) = given.keys().find(|key| !names().any(|name| name == key.get_ref())) {
        let meant = near::nearest(unknown.get_ref(), names()).map(|name| format!("; did you mean {name}?"));
        let expected = names().collect::<Vec<_>>().join(", ");
        let said = format!("found \"{}\", expected the coefficients of {}: {expected}", unknown.get_ref(), law.name());
        return Err((unknown.span(), said + &meant.unwrap_or_default()));
    }
    law.coefficients()
        .iter()
        .map(|coefficient| {
            let found = given.iter().find(|(key, _)| key.get_ref() == coefficient.name.as_ref());
            let Some((_, value)) = found else {
                let span = settings.law.coefficients.span();
                return Err((span, format!("{} of {} is missing", coefficient.name, law.name())));
            };
            let theta = coefficient.searched(*value.get_ref());
            let (low, high) = coefficient.bounds;
            if (low..=high).contains(&theta) {
                return Ok(theta);
            }
            let expected = match coefficient.scale {
                Scale::Log => "a number above 0".to_string(),
                Scale::Linear => format!("a number from {low} to {high}"),
            };
            Err((value.span(), format!("found {}, expected {expected}", value.get_ref())))
        })
        .collect()
}
