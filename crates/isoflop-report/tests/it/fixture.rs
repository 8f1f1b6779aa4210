//! An analysis made by hand, like the one of `examples/isoflops_curves.json`.

#[path = "valley.rs"]
mod valley;

use isoflop::analysis::{
    Analysis, ApproachResult, BandPoint, DataSummary, Estimate, FlaggedRun, Forecast, LawEstimate, Optimum,
    OptimumFlag, ProfileSummary, Refits, SCHEMA, Severity, Status, Warning,
};
use isoflop::run::{
    ColumnUse, ComputeRule, Conventions, LossUnit, ParamsCount, Provenance, Role, Run, RunFlag, RunTable,
};
use isoflop::units::{Flops, Loss, Params, Tokens, tokens_bought};

pub const REMAKE: &str = "isoflop analyze runs.json --at 1e23 --at 1e24 --seed 0 -o report";
const CURVES: &str = include_str!("../../../../examples/isoflops_curves.json");

/// Whether a file of a report is of a kind, by its extension.
pub fn is(file: &isoflop_report::File, kind: &str) -> bool {
    std::path::Path::new(&file.path).extension().is_some_and(|extension| extension == kind)
}

/// L = 2.69 + 1606.4·N^−0.34 + 3210.7·D^−0.36.
pub fn law(n: f64, c: f64) -> f64 {
    2.69 + 1606.4 * n.powf(-0.34) + 3210.7 * (c / (6.0 * n)).powf(-0.36)
}

pub fn run(line: usize, n: f64, c: f64, loss: f64) -> Run {
    let (params, compute) = (Params(n), Flops(c));
    let (tokens, loss) = (tokens_bought(compute, params), Loss(loss));
    let (name, unique_tokens, weight, cluster, flag) = (None, None, 1.0, None, None);
    Run { line, name, params, tokens, compute, loss, unique_tokens, weight, cluster, flag }
}

pub const CONVENTIONS: Conventions =
    Conventions { params: ParamsCount::Unstated, compute: ComputeRule::SixNd, loss: LossUnit::NatsPerTokenAssumed };

pub fn table(runs: Vec<Run>) -> RunTable {
    let provenance = Provenance {
        path: "runs.json".into(),
        sha256: "9f2a".repeat(16),
        format: "json".into(),
        columns: columns(),
        derived: Some(Role::Tokens),
        condition: None,
        unusable: Vec::new(),
    };
    RunTable::new(runs, CONVENTIONS, provenance).expect("runs of the fixture are valid")
}

fn columns() -> Vec<ColumnUse> {
    [(Role::Params, "parameters"), (Role::Compute, "compute_budget"), (Role::Loss, "final_loss")]
        .map(|(role, column)| ColumnUse { role, column: column.into(), factor: 1.0 })
        .to_vec()
}

/// The runs of the example file.
pub fn example_runs() -> RunTable {
    let rows: Vec<serde_json::Value> = serde_json::from_str(CURVES).expect("the example is JSON");
    let number = |row: &serde_json::Value, key: &str| row[key].as_f64().expect("a number");
    let of_row = |(i, row): (usize, &serde_json::Value)| {
        run(2 + 5 * i, number(row, "parameters"), number(row, "compute_budget"), number(row, "final_loss"))
    };
    table(rows.iter().enumerate().map(of_row).collect())
}

/// The summary of a table whose budgets are its distinct C.
pub fn summary(runs: &RunTable) -> DataSummary {
    let mut budgets: Vec<f64> = runs.used().map(|run| run.compute.0).collect();
    budgets.sort_by(f64::total_cmp);
    budgets.dedup();
    let profile = |&c: &f64| {
        let count = runs.used().filter(|run| run.compute.0 == c).count();
        ProfileSummary { compute: Flops(c), spread: 0.0, runs: count, sizes: count }
    };
    let flagged = runs
        .runs()
        .iter()
        .filter_map(|run| Some(FlaggedRun { line: run.line, reason: run.flag.as_ref()?.to_string() }));
    DataSummary {
        path: runs.provenance.path.clone(),
        sha256: runs.provenance.sha256.clone(),
        format: runs.provenance.format.clone(),
        runs: runs.runs().len(),
        runs_used: runs.used().count(),
        flagged: flagged.collect(),
        budgets: budgets.len(),
        profiles: budgets.iter().map(profile).collect(),
        columns: columns(),
        derived: Some(Role::Tokens),
        condition: None,
        conventions: runs.conventions,
        noise_free: true,
        noise_share: None,
    }
}

fn around(value: f64, share: f64) -> Estimate {
    Estimate { value, low: Some(value * (1.0 - share)), high: Some(value * (1.0 + share)) }
}

/// An approach whose optima are those of the parabola times `bend`, and whose law is N* = k·C^a.
pub fn approach(
    runs: &RunTable,
    name: &'static str,
    label: &'static str,
    (k, a): (f64, f64),
    spread: f64,
    at: &[f64],
) -> ApproachResult {
    let data = summary(runs);
    let (mut optima, mut valleys) = (Vec::new(), Vec::new());
    for profile in &data.profiles {
        let mut points: Vec<(f64, f64)> =
            runs.used().filter(|run| run.compute == profile.compute).map(|run| (run.params.0, run.loss.0)).collect();
        points.sort_by(|x, y| x.0.total_cmp(&y.0));
        let (valley, (mut n, mut loss)) = valley::valley(profile.compute.0, &points);
        if name == "best-run" {
            (n, loss) = points.iter().copied().min_by(|x, y| x.1.total_cmp(&y.1)).expect("runs");
        } else {
            valleys.push(valley);
        }
        optima.push(Optimum {
            compute: profile.compute,
            params: Some(Params(n)),
            tokens: Some(tokens_bought(profile.compute, Params(n))),
            loss: Some(Loss(loss)),
            flag: None,
        });
    }
    let law = |coefficient: f64, exponent: f64| LawEstimate {
        coefficient: around(coefficient, 0.3),
        exponent: around(exponent, spread / 5.0),
        r2: 0.9987,
        points: optima.len(),
    };
    let (params_law, tokens_law) = (law(k, a), law(1.0 / (6.0 * k), 1.0 - a));
    let largest = data.profiles.last().map_or(1.0, |profile| profile.compute.0);
    let forecast = |&c: &f64| {
        let (n, d) = (params_law.at(Flops(c)), tokens_law.at(Flops(c)));
        Forecast {
            compute: Flops(c),
            params: around(n, spread),
            tokens: around(d, spread),
            loss: Some(around(law_loss(n, c), 0.002)),
            tokens_per_param: d / n,
            reach: c / largest,
        }
    };
    let band = |i: i32| {
        let c = 10f64.powf(f64::from(i) / 4.0);
        let share = (0.01 + spread * (c / 3e20).ln().abs() / 8.0).min(0.9);
        let (n, d) = (params_law.at(Flops(c)), tokens_law.at(Flops(c)));
        BandPoint {
            compute: Flops(c),
            params: (n * (1.0 - share), n / (1.0 - share)),
            tokens: (d * (1.0 - share), d / (1.0 - share)),
        }
    };
    ApproachResult {
        name,
        label,
        status: Status::Ok,
        forecasts: at.iter().map(forecast).collect(),
        optima,
        params_law: Some(params_law),
        tokens_law: Some(tokens_law),
        refits: Refits { total: 1000, failed: 3, profiles_failed: 12 },
        valleys,
        band: (72..=97).map(band).collect(),
    }
}

fn law_loss(n: f64, c: f64) -> f64 {
    law(n, c)
}

/// The table of the example and a full analysis of it, at budgets `at`.
pub fn example_at(at: &[f64]) -> (RunTable, Analysis) {
    let runs = example_runs();
    // k such that N*(1e24) is as published for the approach.
    let through = |n: f64, a: f64| (n / 1e24f64.powf(a), a);
    let approaches = vec![
        approach(&runs, "parabola", "parabola in ln N", through(2.981e11, 0.51458), 0.025, at),
        approach(&runs, "best-run", "best run per budget", (1.16341, 0.468683), 0.12, at),
        approach(&runs, "near-valley", "parabola near the valley", through(2.972e11, 0.5141), 0.04, at),
        approach(&runs, "cubic", "cubic in ln N", through(2.71e11, 0.5102), 0.07, at),
        approach(&runs, "akima", "Akima spline", through(3.22e11, 0.5187), 0.09, at),
    ];
    let answers = approaches.iter().flat_map(|result| {
        result.forecasts.iter().map(|forecast| {
            format!(
                "By {}, at {} FLOPs the compute-optimal model has {} parameters trained on {} tokens.",
                result.name,
                forecast.compute,
                Params(forecast.params.value),
                Tokens(forecast.tokens.value)
            )
        })
    });
    let analysis = Analysis {
        schema: SCHEMA,
        version: "0.1.0",
        seed: 0,
        level: 0.9,
        data: summary(&runs),
        answers: answers.collect(),
        approaches,
        law_fit: None,
        recommended: Some("parabola"),
        recommended_because:
            "it uses every run of each profile, and the runs near the valley alone agree to 0.6 % at 1e23".into(),
        warnings: warnings(),
    };
    (runs, analysis)
}

/// The table of the example and a full analysis of it.
pub fn example() -> (RunTable, Analysis) {
    example_at(&[1e23, 1e24])
}

fn warnings() -> Vec<Warning> {
    vec![
        Warning {
            id: "D6",
            severity: Severity::Warn,
            message: "1e24 is 333× beyond your largest budget (3e21). Treat N* as known to about a factor of 2.".into(),
            advice: "Add a profile near 3e22.".into(),
        },
        Warning {
            id: "D12",
            severity: Severity::Inform,
            message: "best-run sits 31 % below parabola at 1e24: taking the lowest run of a coarse grid snaps N* to the grid. It would waste about 4.8 % of C.".into(),
            advice: "Quote parabola.".into(),
        },
    ]
}

/// The example with its largest budget censored, its smallest without a valley, and three runs left out.
pub fn censored() -> (RunTable, Analysis) {
    let (runs, mut analysis) = example();
    let mut changed = runs.runs().to_vec();
    for i in [3, 20, 47] {
        changed[i].flag = Some(RunFlag::Where { condition: "loss < 20".into() });
    }
    for result in &mut analysis.approaches {
        let last = result.optima.len() - 1;
        result.optima[last].flag = Some(OptimumFlag::Edge);
        result.optima[0].flag = Some(OptimumFlag::NoValley);
        result.optima[1] = Optimum {
            params: None,
            tokens: None,
            loss: None,
            flag: Some(OptimumFlag::TooFewSizes),
            ..result.optima[1]
        };
    }
    let runs = table(changed);
    analysis.data = summary(&runs);
    analysis.data.condition = Some("loss < 20".into());
    analysis.warnings.insert(
        0,
        Warning {
            id: "D1",
            severity: Severity::Refuse,
            message: "The optimum at 3e21 is the largest model of its profile, so it is only a bound.".into(),
            advice: "Train two larger models at 3e21.".into(),
        },
    );
    (runs, analysis)
}

/// A synthetic sweep: `budgets` budgets over `decades` decades from 1e17, `sizes` models each.
pub fn sweep(budgets: usize, decades: f64, sizes: usize) -> (RunTable, Analysis) {
    let mut runs = Vec::new();
    for b in 0..budgets {
        let c = 1e17 * 10f64.powf(decades * b as f64 / (budgets.max(2) - 1) as f64);
        let middle = 0.13 * c.powf(0.51);
        for s in 0..sizes {
            let n = middle * 10f64.powf(1.4 * (s as f64 / (sizes.max(2) - 1) as f64 - 0.5));
            runs.push(run(runs.len() + 2, n, c, law(n, c)));
        }
    }
    let runs = table(runs);
    let (_, mut analysis) = example();
    analysis.approaches = vec![approach(&runs, "parabola", "parabola in ln N", (0.13, 0.51), 0.05, &[1e24])];
    analysis.data = summary(&runs);
    (runs, analysis)
}
