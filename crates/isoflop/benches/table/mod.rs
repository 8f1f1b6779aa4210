//! The table, law and start that every benchmark here fits: those of `bench/peers/surface_data.py`.

use isoflop::fit::Setup;
use isoflop::fit::newton::Theta;
use isoflop::fit::objective::Residual;
use isoflop::law::law;
use isoflop::progress::Quiet;
use isoflop::robust::Huber;
use isoflop::rows::{At, Row, Rows};
use isoflop::source::{ReadOptions, read};

/// Where the published law has its coefficients: ln E, ln A, ln B, α, β. A good start, 0.4 % above the minimum.
const START: [(f64, bool); 5] = [(1.8172, true), (482.01, true), (2085.43, true), (0.3478, false), (0.3658, false)];
/// What every job works on.
pub struct Fits<'a> {
    /// The choices of the fit.
    pub setup: Setup<'a>,
    /// The 240 runs.
    pub rows: Rows,
    /// A good start.
    pub start: Theta,
}

/// Calls `what` with the table, the law and the start.
pub fn with_fits(what: impl FnOnce(&Fits)) {
    let robust = Huber { delta: 1e-3 };
    let chinchilla = law("chinchilla").expect("it is registered");
    let fixed = [None; START.len()];
    let (setup, rows) = Setup::new(chinchilla, &runs(), &robust, Residual::Log, &[], &fixed);
    let start = setup.as_searched(&START.map(|(value, log)| if log { f64::ln(value) } else { value }));
    what(&Fits { setup, rows, start });
}

/// The 240 runs: without the five highest losses, D = C/6N.
fn runs() -> Vec<Row> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../testdata/chinchilla-fig4-epoch/svg_extracted_data.csv");
    let table = read(path, &ReadOptions::default(), &Quiet).expect("it is a table of runs");
    let mut losses: Vec<f64> = table.runs().iter().map(|run| run.loss.0).collect();
    losses.sort_by(f64::total_cmp);
    let fifth = losses[losses.len() - 5];
    let row = |params: f64, compute: f64, loss: f64| {
        let at = At::allocation(params.ln(), (compute / (6.0 * params)).ln());
        Row { at, ln_loss: loss.ln(), weight: 1.0 }
    };
    let kept = table.runs().iter().filter(|run| run.loss.0 < fifth);
    kept.map(|run| row(run.params.0, run.compute.0, run.loss.0)).collect()
}
