//! The backends by name: what `--backend simulated:quiet` means.

use isoflop::excerpt::Excerpt;
use isoflop::near;
use isoflop::progress::Quiet;
use isoflop::source::{ReadOptions, read};

use super::world::{self, WORLDS, World, WorldError};
use super::{Program, Recorded, Simulated, TrainingBackend};

/// A kind of backend, made from what stands behind the colon.
pub struct BackendKind {
    /// Its name, before the colon.
    pub name: &'static str,
    /// What stands behind the colon, in a word.
    pub argument: &'static str,
    /// What it is, in a line.
    pub about: &'static str,
    /// Makes it.
    pub make: fn(&str) -> Result<Box<dyn TrainingBackend>, ChoiceError>,
}

/// Every kind, in the order of help.
pub const BACKENDS: &[BackendKind] = &[
    BackendKind {
        name: "simulated",
        argument: "[WORLD[,pace=SECONDS]]",
        about: "a known law with noise: the name of a world, or a TOML file; as slow as `pace`, real seconds each",
        make: simulated,
    },
    BackendKind {
        name: "recorded",
        argument: "TABLE[,within=DISTANCE]",
        about: "the nearest run of a table, at most DISTANCE away in (ln N, ln D), 0.25 unless told",
        make: recorded,
    },
    BackendKind {
        name: "command",
        argument: "PROGRAM ARGUMENTS…",
        about: "a program that hears the configuration and prints its losses: docs/training-command.md",
        make: command,
    },
];

/// Why there is no such backend.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{message}")]
pub struct ChoiceError {
    /// What was found and what was expected.
    pub message: String,
    /// The place in a file, where one is at fault.
    pub excerpt: Option<Box<Excerpt>>,
    /// One thing to do about it.
    pub hint: Option<String>,
}

impl ChoiceError {
    fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), excerpt: None, hint: None }
    }
}

impl From<WorldError> for ChoiceError {
    fn from(error: WorldError) -> Self {
        Self { message: error.to_string(), excerpt: error.excerpt, hint: None }
    }
}

/// Makes a backend from text such as `simulated:quiet`, `recorded:runs.csv` or `command:python train.py`.
///
/// # Errors
/// What is wrong with the text, or with the file that it names.
pub fn backend(text: &str) -> Result<Box<dyn TrainingBackend>, ChoiceError> {
    let (name, argument) = text.split_once(':').unwrap_or((text, ""));
    let names = || BACKENDS.iter().map(|kind| kind.name);
    match BACKENDS.iter().find(|kind| kind.name == name) {
        Some(kind) => (kind.make)(argument),
        None => Err(unknown("backend", name, names())),
    }
}

/// No such name; perhaps another was meant.
fn unknown(what: &str, found: &str, names: impl ExactSizeIterator<Item = &'static str> + Clone) -> ChoiceError {
    let message = format!("\"{found}\" is no {what}; there are {}", near::listed(names.clone()));
    let hint = near::nearest(found, names).map(|near| format!("did you mean {near}"));
    ChoiceError { hint, ..ChoiceError::new(message) }
}

/// What stands before `,KEY=`, and the number behind it.
fn with_number<'a>(argument: &'a str, key: &str) -> Result<(&'a str, Option<f64>), ChoiceError> {
    let Some((before, number)) = argument.rsplit_once(&format!(",{key}=")) else { return Ok((argument, None)) };
    match number.parse::<f64>() {
        Ok(value) if value.is_finite() && value >= 0.0 => Ok((before, Some(value))),
        _ => Err(ChoiceError::new(format!("{key} is \"{number}\", expected a number of at least 0"))),
    }
}

fn simulated(argument: &str) -> Result<Box<dyn TrainingBackend>, ChoiceError> {
    let (name, pace) = with_number(argument, "pace")?;
    let names = || WORLDS.iter().map(|world| world.name);
    let is_file = std::path::Path::new(name).extension().is_some_and(|end| end.eq_ignore_ascii_case("toml"));
    let mut world = match world::named(if name.is_empty() { WORLDS[0].name } else { name }) {
        Some(world) => world,
        None if is_file => World::read(name)?,
        None => {
            let error = unknown("world", name, names());
            let hint = error.hint.clone().or(Some("a world of your own is a file that ends with .toml".to_string()));
            return Err(ChoiceError { hint, ..error });
        }
    };
    if let Some(pace) = pace {
        world.settings.pace = world::Pace::try_from(pace).map_err(|said| ChoiceError::new(format!("pace: {said}")))?;
    }
    Ok(Box::new(Simulated::new(world)))
}

fn recorded(argument: &str) -> Result<Box<dyn TrainingBackend>, ChoiceError> {
    let (path, within) = with_number(argument, "within")?;
    if path.is_empty() {
        return Err(ChoiceError::new("recorded: needs a table of runs, as in recorded:runs.csv"));
    }
    let runs = read(path, &ReadOptions::default(), &Quiet).map_err(|error| ChoiceError {
        message: error.to_string(),
        excerpt: error.excerpt,
        hint: error.hint,
    })?;
    let mut recorded = Recorded::new(runs);
    recorded.within = within.unwrap_or(recorded.within);
    Ok(Box::new(recorded))
}

fn command(argument: &str) -> Result<Box<dyn TrainingBackend>, ChoiceError> {
    let words = shlex::split(argument)
        .ok_or_else(|| ChoiceError::new(format!("a quotation mark is left open in the command {argument}")))?;
    if words.is_empty() {
        return Err(ChoiceError::new("command: needs a program, as in \"command:python train.py\""));
    }
    is_there(&words[0])?;
    Ok(Box::new(Program::new(words)))
}

/// Says no where a program is not there: else every run of everybody would fail on it.
///
/// # Errors
/// It is not.
pub fn is_there(program: &str) -> Result<(), ChoiceError> {
    if can_start(program) {
        return Ok(());
    }
    let hint = Some("is it installed, and on the PATH of this process".to_owned());
    Err(ChoiceError { hint, ..ChoiceError::new(format!("{program}: there is no such program")) })
}

fn can_start(program: &str) -> bool {
    if program.contains(std::path::MAIN_SEPARATOR) {
        return std::path::Path::new(program).is_file();
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
}
