//! Tables of what a law forecasts: what to train, what loss to expect, and what other choices cost.

use isoflop::analysis::Estimate;
use isoflop::parametric::{FitData, FitReport, LawForecast};
use isoflop::units::{plain, times};
use isoflop_report::words;
use unicode_width::UnicodeWidthStr;

use super::super::{Align, Columns, STRONG, WIDTH};

/// The forecasts: what to train, then what loss to expect.
pub(super) fn forecasts(report: &FitReport) -> String {
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
pub(super) fn choices(report: &FitReport) -> String {
    if report.choices.is_empty() {
        return String::new();
    }
    let mut columns =
        Columns::new(&[Align::Right, Align::Right, Align::Right, Align::Right, Align::Left, Align::Right, Align::Left]);
    let repeats = report.choices.iter().any(|choice| choice.unique_tokens.is_some());
    columns.row(["N", if repeats { "D (U)" } else { "D" }, "C", "loss", "", "waste", ""].map(String::from));
    for choice in &report.choices {
        let loss = words::loss(&choice.loss);
        let ends = choice.waste.low.zip(choice.waste.high);
        let known = choice.waste.value.is_finite();
        columns.row([
            choice.params.to_string(),
            choice.tokens.to_string() + &choice.unique_tokens.map_or(String::new(), |unique| format!(" ({unique})")),
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
