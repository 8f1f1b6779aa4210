//! `isoflop simulate`: a table of runs that a known law would give.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use isoflop::law::Law;
use isoflop::simulate::{Scatter, Simulated, Sizes, Tails, ladder, table};
use isoflop::units::{Flops, Params};
use serde::Serialize;

use crate::coefficients::{self, Value};
use crate::exit::{DONE, Failure, USAGE};
use crate::{laws, terminal};

/// Draw a table of runs from a law with known coefficients, with noise: to plan a sweep, or to try a method.
///
/// On each budget C the models stand log-evenly around the law's own best size N*, from N*/SPREAD to N*·SPREAD, each
/// on D = C/6N tokens; its loss is the law's, times e to the power of the noise. The table goes to standard output,
/// where isoflop analyze - and isoflop fit - read it.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES, after_long_help = format!("{}\n{EXAMPLES}", laws::help()))]
pub struct Simulate {
    /// Law to draw from: a name of the list that --help ends with
    #[arg(long, value_name = "NAME", default_value = "chinchilla", help_heading = "Law")]
    pub law: String,
    /// Its coefficients, every one of them
    #[arg(long, value_name = "NAME=VALUE,…", required = true, value_delimiter = ',', help_heading = "Law")]
    pub coef: Vec<Value>,
    /// Budgets, in FLOPs: 1e18,1e19,1e20 or LOW..HIGH:COUNT, log-evenly; places x for a law along one axis
    #[arg(long, value_name = "C,…", allow_negative_numbers = true, value_parser = budgets, help_heading = "Grid")]
    pub budgets: Budgets,
    /// How many models on each budget, or which: 100M,200M,400M [default: 7]
    #[arg(long, value_name = "COUNT|N,…", allow_negative_numbers = true, value_parser = sizes, help_heading = "Grid")]
    pub sizes: Option<Chosen>,
    /// Factor from the centre of the sizes to the smallest and the largest [default: 4]
    #[arg(long, value_name = "FACTOR", allow_negative_numbers = true, help_heading = "Grid")]
    pub spread: Option<f64>,
    /// Centre of the sizes over the best size [default: 1]
    #[arg(long, value_name = "FACTOR", allow_negative_numbers = true, help_heading = "Grid")]
    pub off_centre: Option<f64>,
    /// Standard deviation of the noise, as a share of the loss
    #[arg(long, value_name = "SHARE", allow_negative_numbers = true, default_value = "0.005", help_heading = "Noise")]
    pub noise: f64,
    /// Shape of the noise: normal, or heavy with outliers (Student's t with 3 degrees of freedom)
    #[arg(long, value_name = "SHAPE", default_value = "normal", hide_possible_values = true, help_heading = "Noise")]
    pub tails: Shape,
    /// Seed of the noise
    #[arg(long, value_name = "SEED", allow_negative_numbers = true, default_value_t = 0, help_heading = "Noise")]
    pub seed: u64,
    /// Format of the table: csv, json, jsonl
    #[arg(long, value_name = "NAME", default_value = "csv", hide_possible_values = true, help_heading = "Output")]
    pub format: Format,
    /// Write the table into this file
    #[arg(short, long, value_name = "FILE", help_heading = "Output")]
    pub output: Option<PathBuf>,
}

const EXAMPLES: &str = "\
Examples:
  isoflop simulate --coef E=1.7,A=400,B=410,alpha=0.34,beta=0.28 --budgets 1e18..1e21:7 > runs.csv
  isoflop simulate --coef E=2,A=400,B=400,alpha=0.3,beta=0.3 --budgets 1e20 | isoflop check -
  isoflop simulate --coef E=2,A=400,B=400,alpha=0.3,beta=0.3 --budgets 1e20 --sizes 100M,1B
  isoflop simulate --law frontier --coef E=1.7,k=2000,gamma=0.15 --budgets 1e18..1e22:9";

/// The shape of the noise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Shape {
    /// Normal.
    Normal,
    /// With outliers.
    Heavy,
}

/// The format of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Comma-separated, with a header.
    Csv,
    /// A list of objects.
    Json,
    /// One object a line.
    Jsonl,
}

/// Budgets as they are typed. (A `Vec` in its own type: to clap a bare one is an option that may be repeated.)
#[derive(Clone, Debug)]
pub struct Budgets(Vec<Flops>);

/// Model sizes as they are typed.
#[derive(Clone, Debug)]
pub enum Chosen {
    /// So many.
    Count(usize),
    /// These.
    These(Vec<Params>),
}

/// `1e18,1e19` or `1e18..1e21:7`.
fn budgets(text: &str) -> Result<Budgets, String> {
    let budget = |text: &str| text.parse::<Flops>().map_err(|error| error.to_string());
    let Some((low, rest)) = text.split_once("..") else {
        return text.split(',').map(budget).collect::<Result<_, _>>().map(Budgets);
    };
    let Some((high, count)) = rest.split_once(':') else {
        return Err("LOW..HIGH:COUNT is needed, such as 1e18..1e21:7".to_string());
    };
    let count = count.trim().parse().map_err(|_| format!("\"{count}\" is not how many budgets there are"))?;
    ladder(budget(low)?, budget(high)?, count).map(Budgets).map_err(|error| error.to_string())
}

/// A count up to this is how many sizes there are, and a larger number is one size.
const COUNT_MAX: usize = 10_000_000;

/// `7` or `100M,200M`.
fn sizes(text: &str) -> Result<Chosen, String> {
    match text.trim().parse::<usize>() {
        Ok(0) => return Err("1 or more sizes are needed".to_string()),
        Ok(count) if count <= COUNT_MAX => return Ok(Chosen::Count(count)),
        _ => {}
    }
    let these: Result<_, isoflop::units::ParseCountError> = text.split(',').map(str::parse).collect();
    these.map(Chosen::These).map_err(|error| format!("{error}; or how many sizes there are, such as 7"))
}

/// One line of the table; no params and tokens for a law along one axis.
#[derive(Serialize)]
struct Line {
    #[serde(skip_serializing_if = "Option::is_none")]
    params: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tokens: Option<f64>,
    compute: f64,
    loss: f64,
}

impl From<&Simulated> for Line {
    fn from(run: &Simulated) -> Self {
        Self {
            params: run.params.map(|params| params.0),
            tokens: run.tokens.map(|tokens| tokens.0),
            compute: run.compute.0,
            loss: run.loss.0,
        }
    }
}

impl Simulate {
    /// θ of the coefficients given, on the scale that is searched; every one is needed.
    fn theta(&self, law: &dyn Law) -> Result<Vec<f64>, Failure> {
        coefficients::once(self.coef.iter().map(|given| given.name.as_str()))?;
        let mut theta = vec![None; law.coefficients().len()];
        for given in &self.coef {
            let place = coefficients::place(law, &given.name, given.value)?;
            theta[place] = Some(law.coefficients()[place].searched(given.value));
        }
        let missing: Vec<&str> = law
            .coefficients()
            .iter()
            .zip(&theta)
            .filter(|(_, given)| given.is_none())
            .map(|(c, _)| c.name.as_ref())
            .collect();
        if missing.is_empty() {
            return Ok(theta.into_iter().flatten().collect());
        }
        let all: Vec<String> = law.coefficients().iter().map(|c| format!("{}=…", c.name)).collect();
        let sentence = format!("{} also needs {}", law.name(), missing.join(", "));
        Err(Failure::told(USAGE, sentence, &format!("write --coef {}", all.join(","))))
    }

    /// Refuses options about sizes for a law that has none, and those that sizes given one by one leave idle.
    fn sizes(&self, law: &dyn Law) -> Result<Sizes, Failure> {
        let shaped = self.spread.is_some() || self.off_centre.is_some();
        if laws::is_along_axis(law) && (self.sizes.is_some() || shaped) {
            let sentence = format!("{} runs along one axis and has no model sizes", law.name());
            return Err(Failure::told(USAGE, sentence, "leave --sizes, --spread and --off-centre out"));
        }
        Ok(match &self.sizes {
            Some(Chosen::These(_)) if shaped => {
                let sentence = "--spread and --off-centre place sizes that --sizes only counts";
                return Err(Failure::told(USAGE, sentence, "leave them out, or write --sizes 7"));
            }
            Some(Chosen::These(sizes)) => Sizes::Given(sizes.clone()),
            counted => Sizes::Around {
                count: if let Some(Chosen::Count(count)) = counted { *count } else { 7 },
                spread: self.spread.unwrap_or(4.0),
                off_centre: self.off_centre.unwrap_or(1.0),
            },
        })
    }

    fn text(&self, runs: &[Simulated]) -> Result<String, Failure> {
        let json = |line: &Line| serde_json::to_string(line).map_err(std::io::Error::other);
        let mut text = String::new();
        match self.format {
            Format::Csv => {
                let along_axis = runs.first().is_some_and(|run| run.params.is_none());
                text += if along_axis { "compute,loss\n" } else { "params,tokens,compute,loss\n" };
                for run in runs.iter().map(Line::from) {
                    let numbers = [run.params, run.tokens, Some(run.compute), Some(run.loss)];
                    let cells: Vec<String> = numbers.into_iter().flatten().map(written).collect();
                    // Writing to a String cannot fail.
                    let _ = writeln!(text, "{}", cells.join(","));
                }
            }
            Format::Json => {
                for (i, run) in runs.iter().map(Line::from).enumerate() {
                    text += if i == 0 { "[\n  " } else { ",\n  " };
                    text += &json(&run)?;
                }
                text += "\n]\n";
            }
            Format::Jsonl => {
                for run in runs.iter().map(Line::from) {
                    text += &json(&run)?;
                    text.push('\n');
                }
            }
        }
        Ok(text)
    }
}

/// The shortest text that reads back as the same number.
pub fn written(value: f64) -> String {
    if (1e-5..1e16).contains(&value) { value.to_string() } else { format!("{value:e}") }
}

/// Draws and writes.
pub fn run(command: &Simulate) -> Result<u8, Failure> {
    let asked = laws::asked(&command.law)?;
    let law = asked.law();
    let theta = command.theta(law)?;
    let sizes = command.sizes(law)?;
    let tails = match command.tails {
        Shape::Normal => Tails::Normal,
        Shape::Heavy => Tails::Heavy,
    };
    let scatter = Scatter { sd: command.noise, tails };
    let runs = table(law, &theta, &command.budgets.0, &sizes, scatter, command.seed)
        .map_err(|error| Failure::told(USAGE, error.to_string(), ""))?;
    let text = command.text(&runs)?;
    match &command.output {
        None => terminal::print_plain(&text)?,
        Some(path) => {
            put(path, text.as_bytes())?;
            let s = if runs.len() == 1 { "" } else { "s" };
            terminal::print(&format!("{}   {} run{s} · seed {}\n", path.display(), runs.len(), command.seed))?;
        }
    }
    Ok(DONE)
}

/// Writes a file whole or not at all.
pub fn put(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let refuse = |error: &dyn std::fmt::Display| {
        Failure::told(USAGE, format!("{} cannot be written: {error}", path.display()), "name another file with -o")
    };
    if path.is_dir() {
        return Err(refuse(&"it is a folder"));
    }
    let mut name = path.file_name().ok_or_else(|| refuse(&"it names no file"))?.to_os_string();
    name.push(format!(".partial-{}", std::process::id()));
    let partial = path.with_file_name(name);
    fs::write(&partial, bytes).and_then(|()| fs::rename(&partial, path)).map_err(|error| {
        // Whatever was begun is of no use; a failure to remove it has nobody left to tell.
        let _ = fs::remove_file(&partial);
        refuse(&error)
    })
}
