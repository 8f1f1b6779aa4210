//! Variable projection: at fixed exponents a sum of powers is linear in its amplitudes.
//!
//! Over a grid of exponents the amplitudes are solved for by weighted least squares of
//! L (the weights make it one of ln L where that is the residual), which leaves two
//! dimensions to search instead of five; every valley of that surface is a start.
//!
//! Source: Golub and Pereyra 1973, doi:10.1137/0710036; for this law Czech et al. 2026, arXiv:2603.22339.

#![expect(clippy::inline_always, reason = "loops over rows are compiled once for each width of vectors, whole")]

mod cells;
mod sums;

use cells::Cells;
use sums::Sums;

use super::Starts;
use crate::fit::newton::Theta;
use crate::fit::objective::Residual;
use crate::fit::setup::Setup;
use crate::law::{COEFFICIENTS_MAX, Law, Power};
use crate::robust::Bend;
use crate::rows::Rows;
use crate::wide::{BLOCK, Block, LANES, Work, widest};

/// Rows from which starts are found; of larger tables some rows are taken.
const ENOUGH: usize = 20_000;
/// Values of each exponent in a fit.
const GRID: usize = 32;
/// The smallest and largest of them, spaced evenly in their logarithms.
const RANGE: (f64, f64) = (0.02, 2.5);
/// Starts that go on.
const STARTS: usize = 6;
/// Terms whose amplitudes are solved for.
const TERMS_MAX: usize = 4;

/// The default search of laws that are sums of powers.
pub struct Projected;

impl Starts for Projected {
    fn name(&self) -> &'static str {
        "projected"
    }

    fn label(&self) -> &'static str {
        "amplitudes solved for on a grid of exponents, each valley followed to its bottom"
    }

    fn source(&self) -> &'static str {
        "Golub and Pereyra 1973, doi:10.1137/0710036"
    }

    fn suits(&self, law: &dyn Law) -> Result<(), &'static str> {
        let terms = law.terms();
        if terms.is_empty() {
            return Err("it is not a sum of powers");
        }
        let mut amplitudes: Vec<usize> = terms.iter().map(|term| term.amplitude).collect();
        amplitudes.dedup();
        let separate = amplitudes.len() == terms.len() && terms.len() <= TERMS_MAX && exponents(law).len() <= 2;
        if separate { Ok(()) } else { Err("it has more than two exponents, or terms that share an amplitude") }
    }

    fn starts(&self, setup: &Setup, rows: &Rows) -> Vec<Theta> {
        if rows.len() <= ENOUGH {
            return Projection::new(setup, rows, GRID).starts(setup, rows.weights(), STARTS);
        }
        // A valley is found from some of the rows as well as from all, and every value of the grid has a column of them.
        let every = rows.len().div_ceil(ENOUGH);
        let weights: Vec<f64> =
            rows.iter().enumerate().map(|(i, row)| if i % every == 0 { row.weight } else { 0.0 }).collect();
        let mut some = Rows::default();
        some.gather(rows, &weights, setup.law.inputs());
        Projection::new(setup, &some, GRID).starts(setup, some.weights(), STARTS)
    }

    fn first(&self) -> Bend {
        Bend::Exact
    }
}

/// The exponents of a law, each once.
fn exponents(law: &dyn Law) -> Vec<usize> {
    let mut found = Vec::new();
    for power in law.terms().iter().filter_map(|term| term.power) {
        if !found.contains(&power.exponent) {
            found.push(power.exponent);
        }
    }
    found
}

/// The columns x^−ε of one table for every ε of the grid. They serve all tables resampled from it.
pub struct Projection {
    /// Of each exponent: which coefficient, and its values.
    exponents: Vec<(usize, Vec<f64>)>,
    terms: Vec<TermColumns>,
    /// L and what a residual of it weighs, before the weights of the rows.
    loss: Vec<Block>,
    weight: Vec<Block>,
}

/// One term's columns.
struct TermColumns {
    /// Which exponent of the projection it has; none for the floor.
    exponent: Option<usize>,
    /// One column per value of the exponent; one of ones for the floor.
    columns: Vec<Vec<Block>>,
    /// Its amplitude, where that is fixed.
    fixed: Option<f64>,
    amplitude: usize,
}

impl Projection {
    /// The columns of `rows` over `points` values of each exponent.
    pub fn new(setup: &Setup, rows: &Rows, points: usize) -> Self {
        let (low, high) = RANGE;
        let ratio = |g: usize| low * (high / low).powf(g as f64 / (points - 1) as f64);
        let values = |k: usize| setup.fixed[k].map_or_else(|| (0..points).map(ratio).collect(), |value| vec![value]);
        let exponents: Vec<(usize, Vec<f64>)> = exponents(setup.law).into_iter().map(|k| (k, values(k))).collect();
        let column = |power: Power, value: f64| {
            let mut column = vec![[0.0; BLOCK]; rows.blocks()];
            widest(Powers { exponent: value, ln: rows.input(power.input), out: &mut column });
            column
        };
        let terms = setup
            .law
            .terms()
            .iter()
            .map(|term| {
                let place = |power: Power| exponents.iter().position(|(k, _)| *k == power.exponent);
                let exponent = term.power.and_then(place);
                let columns = match (term.power, exponent) {
                    (Some(power), Some(at)) => exponents[at].1.iter().map(|&value| column(power, value)).collect(),
                    _ => vec![vec![[1.0; BLOCK]; rows.blocks()]],
                };
                let fixed = setup.fixed[term.amplitude].map(f64::exp);
                TermColumns { exponent, columns, fixed, amplitude: term.amplitude }
            })
            .collect();
        let mut loss = vec![[0.0; BLOCK]; rows.blocks()];
        widest(Powers { exponent: -1.0, ln: rows.ln_loss(), out: &mut loss });
        let weigh = |loss: f64| match setup.residual {
            Residual::Log => (loss * loss).recip(),
            Residual::Linear => 1.0,
            Residual::LogPlusOne => (1.0 + loss).powi(-2),
        };
        let weight = loss.iter().map(|block| block.map(weigh)).collect();
        Self { exponents, terms, loss, weight }
    }

    /// The valleys of the projected surface under these weights of the rows, lowest first: at most `most`, at least one.
    pub fn starts(&self, setup: &Setup, weights: &[Block], most: usize) -> Vec<Theta> {
        let sums = Sums::new(self, weights);
        let sizes = [0, 1].map(|e| self.exponents.get(e).map_or(1, |(_, values)| values.len()));
        let mut solved = vec![(f64::INFINITY, [0.0; TERMS_MAX]); sizes[0] * sizes[1]];
        widest(Cells { projection: self, sums: &sums, width: sizes[1], out: &mut solved });
        let mut valleys: Vec<usize> = (0..solved.len())
            .filter(|&cell| {
                let (i, j) = (cell / sizes[1], cell % sizes[1]);
                let near = |at: usize, size: usize| at.saturating_sub(1)..(at + 2).min(size);
                let mut around = near(i, sizes[0]).flat_map(|a| near(j, sizes[1]).map(move |b| a * sizes[1] + b));
                around.all(|other| other == cell || solved[cell].0 <= solved[other].0)
            })
            .collect();
        valleys.sort_by(|&a, &b| solved[a].0.total_cmp(&solved[b].0));
        valleys.truncate(most);
        valleys.iter().map(|&cell| self.theta(setup, [cell / sizes[1], cell % sizes[1]], solved[cell].1)).collect()
    }

    fn theta(&self, setup: &Setup, cell: [usize; 2], amplitudes: [f64; TERMS_MAX]) -> Theta {
        let mut theta = [0.0; COEFFICIENTS_MAX];
        for (k, fixed) in setup.fixed.iter().enumerate() {
            theta[k] = fixed.unwrap_or(0.0);
        }
        for ((k, values), at) in self.exponents.iter().zip(cell) {
            theta[*k] = values[at];
        }
        for (term, amplitude) in self.terms.iter().zip(amplitudes) {
            if term.fixed.is_none() {
                let low = setup.bounds()[term.amplitude].0;
                theta[term.amplitude] = if amplitude > 0.0 { amplitude.ln().max(low) } else { low };
            }
        }
        theta
    }
}

/// x^−exponent of every row.
struct Powers<'a> {
    exponent: f64,
    ln: &'a [Block],
    out: &'a mut [Block],
}

impl Work for Powers<'_> {
    type Output = ();
    #[inline(always)]
    fn run(self) {
        for (out, ln) in self.out.iter_mut().zip(self.ln) {
            let mut powers = [0.0; BLOCK];
            for lane in 0..LANES {
                [powers[lane], powers[LANES + lane]] =
                    crate::elementary::exps([-self.exponent * ln[lane], -self.exponent * ln[LANES + lane]]);
            }
            *out = powers;
        }
    }
}
