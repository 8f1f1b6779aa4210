//! The answer of `isoflop analyze` in words: the answer first, then what could be wrong, then the detail.

use std::path::Path;

use isoflop::analysis::{Analysis, ApproachResult, Forecast};
use isoflop::units::Flops;
use isoflop_report::words;

use super::{Align, Columns, STRONG, WIDTH, data, warnings, wrapped};

/// Budgets listed per approach; the rest is in `--json`.
const BUDGETS_LISTED: usize = 12;

/// The whole answer but its last lines.
pub fn text(analysis: &Analysis, asked: usize) -> String {
    let mut text = data::text(&analysis.data);
    text.push('\n');
    if let Some(recommended) = analysis.recommended_result() {
        for at in recommended.forecasts.iter().map(|f| f.compute) {
            text += &forecasts(analysis, at);
        }
        text += &laws(analysis);
        text += &wrapped(&format!("{}: {}.", recommended.name, analysis.recommended_because), "  ", "  ");
        text += &wrapped(&intervals(analysis, recommended, asked), "  ", "  ");
        text.push('\n');
        for answer in &analysis.answers {
            text += &wrapped(answer, "", "  ");
        }
    } else {
        text += &wrapped("No law: too few budgets have an optimum inside their grid of sizes.", "", "  ");
    }
    if !analysis.warnings.is_empty() {
        text.push('\n');
        text += &warnings::text(&analysis.warnings);
    }
    text.push('\n');
    text += &optima(analysis);
    text
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
    let Some(reach) = analysis.approaches.iter().find_map(of).map(|f| f.reach) else { return String::new() };
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
            if quoted { "◂ use" } else { "" }.to_string(),
            params.value,
            params.interval.unwrap_or_default(),
            tokens.value,
            tokens.interval.unwrap_or_default(),
            words::ratio(forecast.tokens_per_param),
        ];
        if quoted { columns.strong(cells) } else { columns.row(cells) }
    }
    format!("{STRONG}At {at} FLOPs{STRONG:#}, {}\n{}\n\n", words::reach(reach), columns.lines().join("\n"))
}

fn laws(analysis: &Analysis) -> String {
    let mut columns = Columns::new(&[Align::Left, Align::Left, Align::Left, Align::Left, Align::Left, Align::Right]);
    columns.row(["", "N* = k·C^a", "a", "D* = k·C^b", "b", "R²"].map(String::from));
    for result in &analysis.approaches {
        let (Some(params), Some(tokens)) = (result.params_law, result.tokens_law) else { continue };
        let (a, b) = (words::exponent(&params.exponent), words::exponent(&tokens.exponent));
        let cells = [
            result.name.to_string(),
            format!("{}·C^{}", words::coefficient(&params.coefficient).value, a.value),
            a.interval.unwrap_or_default(),
            format!("{}·C^{}", words::coefficient(&tokens.coefficient).value, b.value),
            b.interval.unwrap_or_default(),
            format!("{:.4}", params.r2),
        ];
        if Some(result.name) == analysis.recommended { columns.strong(cells) } else { columns.row(cells) }
    }
    format!("{STRONG}Laws{STRONG:#}\n{}\n", columns.lines().join("\n"))
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
