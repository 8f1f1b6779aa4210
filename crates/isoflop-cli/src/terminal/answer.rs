//! The answer of `isoflop analyze` in words: the answer first, then what could be wrong, then the detail.

use std::path::Path;

use isoflop::analysis::{Analysis, ApproachResult, Forecast, LawEstimate};
use isoflop::units::Flops;
use isoflop_report::words;

use super::{Align, Columns, STRONG, WIDTH, data, warnings, wrapped};

/// The mark of the recommended approach.
const USE: &str = "◂ use";

/// Budgets listed per approach; the rest is in `--json`.
const BUDGETS_LISTED: usize = 12;

/// The approach that the course recommends: its answer is always said, beside the one to quote.
const ASKED_FOR: &str = "best-run";

/// The whole answer but its last lines.
pub fn text(analysis: &Analysis, asked: usize) -> String {
    let mut text = data::text(&analysis.data);
    text.push('\n');
    if let Some(recommended) = analysis.recommended_result() {
        text += &sentences(analysis);
        text.push('\n');
        for at in recommended.forecasts.iter().map(|f| f.compute) {
            text += &forecasts(analysis, at);
        }
        text += &law("Model size", "N* = k·C^a", analysis, |result| result.params_law);
        text += &law("Dataset size", "D* = k·C^b", analysis, |result| result.tokens_law);
        let why = format!("Use {}: {}.", recommended.name, analysis.recommended_because);
        text += &wrapped(&format!("{why} {}", intervals(analysis, recommended, asked)), "", "");
    } else {
        text += &wrapped("No law can be fitted; the reasons are below.", "", "");
    }
    if !analysis.warnings.is_empty() {
        text.push('\n');
        text += &warnings::text(&analysis.warnings);
    }
    text.push('\n');
    text += &optima(analysis);
    text
}

/// The answers of the recommended approach and of the one the course asks for; the tables below hold the others.
fn sentences(analysis: &Analysis) -> String {
    let said = |name: &str| {
        let label = analysis.approaches.iter().find(|r| r.name == name).map(|r| format!("({}).", r.label));
        analysis.answers.iter().filter(move |answer| label.as_deref().is_some_and(|label| answer.ends_with(label)))
    };
    let quoted = analysis.recommended.unwrap_or(ASKED_FOR);
    let others = (quoted != ASKED_FOR).then_some(ASKED_FOR);
    said(quoted).chain(others.into_iter().flat_map(said)).map(|answer| wrapped(answer, "", "  ")).collect()
}

/// Where the report is, and the command that makes all this again.
pub fn whereabouts(folder: Option<&Path>, remake: &str) -> String {
    let report = folder.map_or(String::new(), |folder| {
        let (page, figures) = (folder.join("index.html"), folder.join("figures"));
        format!("Report  {}   figures  {}\n", page.display(), figures.display())
    });
    format!("\n{report}Remake  {remake}\n")
}

fn intervals(analysis: &Analysis, recommended: &ApproachResult, asked: usize) -> String {
    let refits = recommended.refits;
    let fewer = if refits.total < asked {
        format!(" (not {asked}: the table is large; --resamples sets another number)")
    } else {
        String::new()
    };
    format!(
        "Intervals: {} from {}{fewer}, seed {}.",
        words::level(analysis.level),
        words::refits(&refits),
        analysis.seed
    )
}

/// One line per approach for one budget.
fn forecasts(analysis: &Analysis, at: Flops) -> String {
    let of =
        |result: &ApproachResult| -> Option<Forecast> { result.forecasts.iter().find(|f| f.compute == at).copied() };
    let mut columns =
        Columns::new(&[Align::Left, Align::Left, Align::Right, Align::Left, Align::Right, Align::Left, Align::Right]);
    let heading = ["", "", "N*", "", "D*", "", "D/N"].map(String::from);
    columns.row(heading);
    for result in &analysis.approaches {
        let Some(forecast) = of(result) else { continue };
        let (params, tokens) = (words::count(&forecast.params), words::count(&forecast.tokens));
        let quoted = Some(result.name) == analysis.recommended;
        let cells = [
            result.name.to_string(),
            if quoted { USE } else { "" }.to_string(),
            params.value,
            params.interval.unwrap_or_default(),
            tokens.value,
            tokens.interval.unwrap_or_default(),
            words::ratio(forecast.tokens_per_param),
        ];
        if quoted { columns.strong(cells) } else { columns.row(cells) }
    }
    format!("{STRONG}At {at} FLOPs{STRONG:#}, {}\n{}\n\n", words::reach(at, &analysis.data), columns.lines().join("\n"))
}

/// One line per approach for one law.
fn law(title: &str, form: &str, analysis: &Analysis, of: fn(&ApproachResult) -> Option<LawEstimate>) -> String {
    let mut columns = Columns::new(&[Align::Left, Align::Left, Align::Left, Align::Left, Align::Left]);
    columns.row(["", "", "", "exponent", "R²"].map(String::from));
    for result in &analysis.approaches {
        let Some(law) = of(result) else { continue };
        let exponent = words::exponent(&law.exponent);
        let quoted = Some(result.name) == analysis.recommended;
        let cells = [
            result.name.to_string(),
            if quoted { USE } else { "" }.to_string(),
            format!("{}·C^{}", words::coefficient(&law.coefficient).value, exponent.value),
            exponent.interval.unwrap_or_default(),
            format!("{:.4}", law.r2),
        ];
        if quoted { columns.strong(cells) } else { columns.row(cells) }
    }
    format!("{STRONG}{title}{STRONG:#}  {form}\n{}\n\n", columns.lines().join("\n"))
}

/// The optimum of each budget by each approach, two approaches beside each other.
fn optima(analysis: &Analysis) -> String {
    let mut text = format!("{STRONG}Optimum of each budget{STRONG:#}  (C, N, D, loss; * left out of the law)\n");
    for pair in analysis.approaches.chunks(2) {
        let blocks: Vec<Vec<String>> = pair.iter().map(block).collect();
        let height = blocks.iter().map(Vec::len).max().unwrap_or(0);
        for i in 0..height {
            let cell = |block: &Vec<String>| format!("{:<1$}", block.get(i).map_or("", String::as_str), WIDTH / 2);
            text += blocks.iter().map(cell).collect::<String>().trim_end();
            text.push('\n');
        }
    }
    let mut flags: Vec<&str> =
        analysis.approaches.iter().flat_map(|r| &r.optima).filter_map(|o| Some(o.flag?.words())).collect();
    flags.sort_unstable();
    flags.dedup();
    if !flags.is_empty() {
        text += &wrapped(&format!("* {}", flags.join("; ")), "  ", "    ");
    }
    text
}

fn block(result: &ApproachResult) -> Vec<String> {
    let mut columns = Columns::new(&[Align::Right; 5]);
    for optimum in result.optima.iter().take(BUDGETS_LISTED) {
        let or_dash = |text: Option<String>| text.unwrap_or_else(|| "–".to_string());
        columns.row([
            optimum.compute.to_string(),
            or_dash(optimum.params.map(|n| n.to_string())),
            or_dash(optimum.tokens.map(|d| d.to_string())),
            or_dash(optimum.loss.map(|l| l.to_string())),
            if optimum.flag.is_some() { "*" } else { "" }.to_string(),
        ]);
    }
    let mut lines = vec![format!("  {}", result.label)];
    lines.extend(columns.lines());
    if result.optima.len() > BUDGETS_LISTED {
        lines.push(format!("  {} more in --json", result.optima.len() - BUDGETS_LISTED));
    }
    lines
}
