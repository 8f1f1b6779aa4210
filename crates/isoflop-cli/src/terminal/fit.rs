//! The answer of `isoflop fit` in words: the answer first, then the law it rests on, then what could be wrong.

use isoflop::analysis::Estimate;
use isoflop::law::Scale;
use isoflop::parametric::{FitData, FitReport, FittedCoefficient, LawForecast, ModeReport, Options};
use isoflop::run::Role;
use isoflop::units::{plain, times};
use isoflop_report::words;
use unicode_width::UnicodeWidthStr;

use super::{Align, Columns, STRONG, WIDTH, warnings, wrapped};

/// The whole answer but what was read, and the command that makes it again.
pub fn text(report: &FitReport, options: &Options) -> String {
    let mut text = distrust(report);
    if !report.answers.is_empty() {
        text += &report.answers.iter().map(|answer| wrapped(answer, "", "  ")).collect::<String>();
        text.push('\n');
    }
    text += &law(report);
    text += &coefficients(report, options);
    text += &wrapped(&objective(report), "  ", "    ");
    text += &other_minima(report);
    text.push('\n');
    text += &forecasts(report);
    text += &choices(report);
    text += &wrapped(&intervals(report, options), "", "");
    if !report.warnings.is_empty() {
        text.push('\n');
        text += &warnings::text(&report.warnings);
    }
    text
}

/// What has to be read before any number, where the fit is not to be trusted.
fn distrust(report: &FitReport) -> String {
    let said = match report.status {
        "underdetermined" => format!(
            "The table does not determine the law: {} fit alike at other values. Do not quote the numbers below.",
            joined(&report.status_coefficients)
        ),
        "iteration-limit" | "stalled" => {
            "The search did not reach the bottom. Do not quote the numbers below.".to_string()
        }
        _ => return String::new(),
    };
    // Wrapped first, styled after: the escape codes have no width.
    format!("{STRONG}{}{STRONG:#}\n\n", wrapped(&said, "", "").trim_end())
}

fn joined(names: &[String]) -> String {
    match names {
        [] => "some coefficients".to_string(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// The law's name, equation and source.
fn law(report: &FitReport) -> String {
    let head = wrapped(&format!("{}   {}", report.law, report.equation), "", "    ");
    let mut text = head.replacen(&report.law, &format!("{STRONG}{}{STRONG:#}", report.law), 1);
    if !report.source.is_empty() {
        text += &wrapped(&report.source, "  ", "    ");
    }
    if let Some(stage) = &report.first_stage {
        text += &wrapped(&format!("First {stage}; the rest then to all."), "  ", "    ");
    }
    text
}

fn coefficients(report: &FitReport, options: &Options) -> String {
    let mut columns = Columns::new(&[Align::Left, Align::Right, Align::Left, Align::Right]);
    let level = format!("{} interval", words::level(report.level));
    columns.row(["", "", level.as_str(), "standard error"].map(String::from));
    for (place, coefficient) in report.coefficients.iter().enumerate() {
        let (value, interval) = said(coefficient);
        let given = options.fixed.iter().any(|(fixed, _)| *fixed == place);
        let held = if given { "given" } else { "from the first stage" };
        let bound = report.status == "at-bound" && report.status_coefficients.contains(&coefficient.name);
        let interval = match interval {
            _ if coefficient.fixed => held.to_string(),
            interval if bound => format!("{interval} at its bound"),
            interval => interval,
        };
        let error = coefficient.std_error.map_or(String::new(), |error| significant(error, 2));
        columns.row([coefficient.name.clone(), value, interval, error]);
    }
    columns.lines().join("\n") + "\n"
}

/// A coefficient and its interval, in the digits that the interval earns.
fn said(coefficient: &FittedCoefficient) -> (String, String) {
    let value = coefficient.value;
    if coefficient.fixed {
        return (shortest(value), String::new());
    }
    let width = match (coefficient.low, coefficient.high) {
        (Some(low), Some(high)) => Some(high - low),
        _ => coefficient.std_error,
    };
    let place = width.filter(|width| *width > 0.0).map_or(magnitude(value) - 3, |width| magnitude(width) - 1);
    // Where amplitudes are uncertain by orders of magnitude, each end has digits of its own.
    let fewest = |number: f64| if coefficient.scale == Scale::Log { magnitude(number) - 1 } else { i32::MAX };
    let say = |number: f64| to_place(number, place.min(fewest(number)).max(magnitude(number) - DIGITS + 1));
    let interval = match (coefficient.low, coefficient.high) {
        (Some(low), Some(high)) => format!("[{}, {}]", say(low), say(high)),
        (Some(low), None) => format!("from {}", say(low)),
        (None, Some(high)) => format!("up to {}", say(high)),
        (None, None) => String::new(),
    };
    (to_place(value, place.min(magnitude(value) - 1).max(magnitude(value) - DIGITS + 1)), interval)
}

/// Digits that a coefficient is written in at most.
const DIGITS: i32 = 6;

/// The power of ten of the leading digit.
fn magnitude(value: f64) -> i32 {
    if value == 0.0 || !value.is_finite() { 0 } else { value.abs().log10().floor() as i32 }
}

/// A number written down to a power of ten.
fn to_place(value: f64, place: i32) -> String {
    let plain = value == 0.0 || (1e-3..1e6).contains(&value.abs());
    if plain {
        let decimals = usize::try_from(-place).unwrap_or(0);
        let step = 10f64.powi(place.max(0));
        return if place > 0 { format!("{:.0}", (value / step).round() * step) } else { format!("{value:.decimals$}") };
    }
    let digits = usize::try_from(magnitude(value) - place).unwrap_or(0);
    format!("{value:.digits$e}")
}

/// A number in so many digits.
fn significant(value: f64, digits: i32) -> String {
    to_place(value, magnitude(value) - digits + 1)
}

/// A given number as it was given, or in six digits.
fn shortest(value: f64) -> String {
    let (exact, mut rounded) = (value.to_string(), significant(value, DIGITS));
    if rounded.contains('.') && !rounded.contains('e') {
        rounded.truncate(rounded.trim_end_matches('0').trim_end_matches('.').len());
    }
    if exact.len() <= rounded.len() { exact } else { rounded }
}

/// "objective 0.00101827401780 = sum of huber:0.001 of ln L residuals over 240 runs; 6 of 6 starts agree; converged"
fn objective(report: &FitReport) -> String {
    let residual = match report.residual {
        "linear" => "L",
        "log-plus-one" => "ln(1 + L)",
        _ => "ln L",
    };
    let weighted = report.data.columns.iter().any(|used| used.role == Role::Weight);
    let sum = if weighted { "weighted sum" } else { "sum" };
    let starts = report.starts;
    let followed = if starts.polished < starts.tried {
        format!("{} of the best {} of {} starts agree", starts.agreed, starts.polished, starts.tried)
    } else if starts.tried == 1 {
        "one start".to_string()
    } else {
        format!("{} of {} starts agree", starts.agreed, starts.tried)
    };
    let status = match report.status {
        "converged" => "converged".to_string(),
        "iteration-limit" => "not converged: out of steps".to_string(),
        "stalled" => "not converged: stalled".to_string(),
        "at-bound" => format!("{} at the bound", joined(&report.status_coefficients)),
        _ => format!("{} not determined", joined(&report.status_coefficients)),
    };
    format!(
        "objective {} = {sum} of {} of {residual} residuals over {} {}; {} search: {followed}; {status}",
        summed(report.objective),
        report.robust_loss,
        report.rows,
        report.data.rows_are,
        report.search,
    )
}

/// An objective in the digits that refits of others agree to; what is left of a table without noise in fewer.
fn summed(objective: f64) -> String {
    if objective < 1e-15 { format!("{objective:.2e}") } else { significant(objective, 12) }
}

/// Share above the lowest objective up to which another minimum is told.
const NEAR: f64 = 0.05;

/// The other minima that fit nearly as well.
fn other_minima(report: &FitReport) -> String {
    let above = |mode: &ModeReport| mode.objective / report.objective - 1.0;
    let mut text = String::new();
    for mode in report.modes.iter().skip(1).filter(|mode| report.objective > 0.0 && above(mode) <= NEAR) {
        let values: Vec<String> = report
            .coefficients
            .iter()
            .zip(&mode.coefficients)
            .map(|(coefficient, value)| format!("{} {}", coefficient.name, significant(*value, 4)))
            .collect();
        let starts = if mode.reached_by == 1 { "1 start".to_string() } else { format!("{} starts", mode.reached_by) };
        let said = format!("also, {:.2} % above, by {starts}: {}", 100.0 * above(mode), values.join(", "));
        text += &wrapped(&said, "  ", "    ");
    }
    text
}

/// The forecasts: what to train, then what loss to expect.
fn forecasts(report: &FitReport) -> String {
    if report.forecasts.is_empty() {
        return String::new();
    }
    let mut text = String::new();
    if report.forecasts.iter().any(|forecast| forecast.params.is_some()) {
        let fits = |table: &Vec<String>| table.iter().all(|line| line.width() <= WIDTH);
        let table = Some(optima(report, true)).filter(fits).unwrap_or_else(|| optima(report, false));
        text += &format!("{STRONG}Compute-optimal{STRONG:#}\n{}\n\n", table.join("\n"));
    }
    let with = if report.forecasts[0].compute.is_some() { "at the compute-optimal size" } else { "along the axis" };
    let with = if text.is_empty() && report.forecasts[0].compute.is_some() { "of each budget" } else { with };
    let mut columns = Columns::new(&[Align::Right, Align::Right, Align::Left, Align::Left, Align::Left]);
    columns.row(
        [if report.forecasts[0].compute.is_some() { "C" } else { "x" }, "", "law", "one new run", ""].map(String::from),
    );
    for forecast in &report.forecasts {
        if !forecast.loss.value.is_finite() {
            columns.row([place(forecast), "–".into(), "no valley on this budget".into(), String::new(), String::new()]);
            continue;
        }
        let (law, run) = (words::loss(&forecast.loss), words::loss(&forecast.loss_new_run));
        let interval = |said: words::Said| said.interval.unwrap_or_default();
        columns.row([place(forecast), law.value.clone(), interval(law), interval(run), reach(forecast, &report.data)]);
    }
    text + &format!("{STRONG}Loss{STRONG:#} {with}\n{}\n\n", columns.lines().join("\n"))
}

/// The best N and D of each budget; the interval of their ratio only where there is room for it.
fn optima(report: &FitReport, whole: bool) -> Vec<String> {
    let mut columns =
        Columns::new(&[Align::Right, Align::Right, Align::Left, Align::Right, Align::Left, Align::Right, Align::Left]);
    columns.row(["C", "N*", "", "D*", "", "D/N", ""].map(String::from));
    let cell = |estimate: &Option<Estimate>| {
        let said = estimate.as_ref().map(words::count);
        said.map_or(["–".to_string(), String::new()], |said| [said.value, said.interval.unwrap_or_default()])
    };
    for forecast in &report.forecasts {
        let ([n, n_in], [d, d_in]) = (cell(&forecast.params), cell(&forecast.tokens));
        let [ratio, ratio_in] = cell(&forecast.tokens_per_param);
        let ratio_in = if whole { ratio_in } else { String::new() };
        columns.row([place(forecast), n, n_in, d, d_in, ratio, ratio_in]);
    }
    columns.lines()
}

fn place(forecast: &LawForecast) -> String {
    let along_axis = || plain(forecast.axis.unwrap_or(f64::NAN));
    forecast.compute.map_or_else(along_axis, |compute| compute.to_string())
}

/// How far a forecast reaches beyond the table.
fn reach(forecast: &LawForecast, data: &FitData) -> String {
    let at = data.largest * forecast.reach;
    if forecast.reach > 1.0 + 1e-9 {
        format!("{} the largest", times(forecast.reach))
    } else if at < data.smallest * (1.0 - 1e-9) {
        format!("{} below the smallest", times(data.smallest / at))
    } else {
        "inside the data".to_string()
    }
}

/// What other choices cost.
fn choices(report: &FitReport) -> String {
    if report.choices.is_empty() {
        return String::new();
    }
    let mut columns =
        Columns::new(&[Align::Right, Align::Right, Align::Right, Align::Right, Align::Left, Align::Right, Align::Left]);
    columns.row(["N", "D", "C", "loss", "", "waste", ""].map(String::from));
    for choice in &report.choices {
        let loss = words::loss(&choice.loss);
        let ends = choice.waste.low.zip(choice.waste.high);
        let known = choice.waste.value.is_finite();
        columns.row([
            choice.params.to_string(),
            choice.tokens.to_string(),
            choice.compute.to_string(),
            loss.value,
            loss.interval.unwrap_or_default(),
            if known { words::percent(choice.waste.value) } else { "–".to_string() },
            ends.map_or(String::new(), |(low, high)| format!("[{}, {}]", words::percent(low), words::percent(high))),
        ]);
    }
    let title = format!("{STRONG}Choices{STRONG:#}, and the share of their compute that the best size would save");
    format!("{title}\n{}\n\n", columns.lines().join("\n"))
}

/// How the intervals were formed.
fn intervals(report: &FitReport, options: &Options) -> String {
    let moved = report.coefficients.iter().any(|c| c.low.is_some() || c.high.is_some());
    if !moved {
        let why = match report.status {
            _ if report.coefficients.iter().all(|c| c.fixed) => "every coefficient is given",
            "underdetermined" => "the table does not determine the law",
            _ if options.resamples == 0 => "--resamples 0",
            _ => "too few refits, or a law that the table hardly bounds",
        };
        return format!("No intervals: {why}.");
    }
    let mut said =
        format!("Intervals: {}, {}: {}", words::level(report.level), report.interval, options.interval.label());
    if report.refits.total > 0 {
        said += &format!("; {} refits", report.refits.total);
        if report.refits.unconverged > 0 {
            said += &format!(", {} of them not converged", report.refits.unconverged);
        }
        said += &match report.data.grouped_by {
            "clusters" => format!(", {} clusters", report.data.groups),
            "budgets" => format!(", within {} groups of budgets", report.data.groups),
            _ => String::new(),
        };
        said += &format!(", seed {}", report.seed);
    }
    if report.first_stage.is_some() {
        said += "; they take the first stage as known";
    }
    said + "."
}
