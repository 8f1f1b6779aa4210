//! Variable projection: at fixed exponents a sum of powers is linear in its amplitudes.
//!
//! Over a grid of exponents the amplitudes are solved for by weighted least squares of
//! L (the weights make it one of ln L where that is the residual), which leaves two
//! dimensions to search instead of five; every valley of that surface is a start.
//!
//! Source: Golub and Pereyra 1973, doi:10.1137/0710036; for this law Czech et al. 2026, arXiv:2603.22339.

#![expect(clippy::inline_always, reason = "loops over rows are compiled once for each width of vectors, whole")]
#![expect(clippy::needless_range_loop, reason = "lanes and coefficients index several arrays at once")]

use super::Starts;
use crate::fit::cholesky::solve_lanes;
use crate::fit::newton::Theta;
use crate::fit::objective::Residual;
use crate::fit::setup::Setup;
use crate::law::{COEFFICIENTS_MAX, Law, Power};
use crate::robust::Bend;
use crate::rows::Rows;
use crate::wide::{BLOCK, Block, LANES, Work, total_apart, widest};

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

/// The residual sum of squares of every cell and the amplitudes, those that would be negative left out.
struct Cells<'a> {
    projection: &'a Projection,
    sums: &'a Sums,
    /// Values of the second exponent.
    width: usize,
    out: &'a mut [(f64, [f64; TERMS_MAX])],
}

impl Work for Cells<'_> {
    type Output = ();
    #[inline(always)]
    fn run(self) {
        // The number of terms is known when each is compiled, or their sums would not stay in registers.
        const { assert!(TERMS_MAX == 4) };
        match self.projection.terms.len() {
            1 => self.of_terms::<1>(),
            2 => self.of_terms::<2>(),
            3 => self.of_terms::<3>(),
            _ => self.of_terms::<4>(),
        }
    }
}

impl Cells<'_> {
    #[inline(always)]
    fn of_terms<const K: usize>(self) {
        let last = self.out.len() - 1;
        for from in (0..=last).step_by(LANES) {
            let cells = std::array::from_fn(|lane| (from + lane).min(last));
            let solved =
                solve::<K>(self.projection, self.sums, cells.map(|cell| [cell / self.width, cell % self.width]));
            for (out, solved) in self.out[from..].iter_mut().zip(solved) {
                *out = solved;
            }
        }
    }
}

/// Several cells, a lane each.
#[inline(always)]
fn solve<const K: usize>(
    projection: &Projection,
    sums: &Sums,
    cells: [[usize; 2]; LANES],
) -> [(f64, [f64; TERMS_MAX]); LANES] {
    let terms = &projection.terms;
    let at = |term: usize, lane: usize| terms[term].exponent.map_or(0, |e| cells[lane][e]);
    let mut matrix = [[[0.0; LANES]; K]; K];
    let mut right = [[0.0; LANES]; K];
    let mut moving = [[false; LANES]; K];
    for a in 0..K {
        moving[a] = [terms[a].fixed.is_none(); LANES];
        for lane in 0..LANES {
            right[a][lane] = sums.loss[a][at(a, lane)];
        }
        for b in 0..=a {
            let (pairs, size) = (&sums.pairs[a * (a + 1) / 2 + b], terms[b].columns.len());
            for lane in 0..LANES {
                matrix[a][b][lane] = pairs[at(a, lane) * size + at(b, lane)];
            }
        }
    }
    let fixed: [f64; TERMS_MAX] = std::array::from_fn(|a| terms.get(a).and_then(|term| term.fixed).unwrap_or(0.0));
    let mut rest = [sums.loss_squared; LANES];
    let mut target = right;
    for a in (0..K).filter(|&a| terms[a].fixed.is_some()) {
        for lane in 0..LANES {
            rest[lane] -= 2.0 * fixed[a] * right[a][lane] - fixed[a] * fixed[a] * matrix[a][a][lane];
        }
    }
    for a in 0..K {
        for lane in 0..LANES {
            let mut known = 0.0;
            for b in 0..K {
                known += matrix[a.max(b)][a.min(b)][lane] * fixed[b];
            }
            target[a][lane] -= known;
        }
    }
    loop {
        let (found, upwards) = solve_lanes(&matrix, &moving, &target);
        let mut over = true;
        for lane in 0..LANES {
            let mut worst = None;
            for a in 0..K {
                let negative = upwards[lane] && moving[a][lane] && found[a][lane] <= 0.0;
                if negative && worst.is_none_or(|worst: usize| found[a][lane] < found[worst][lane]) {
                    worst = Some(a);
                }
            }
            if let Some(worst) = worst {
                moving[worst][lane] = false;
                over = false;
            }
        }
        if over {
            let mut solved = [(f64::INFINITY, fixed); LANES];
            for lane in (0..LANES).filter(|&lane| upwards[lane]) {
                solved[lane].0 = rest[lane];
                for a in (0..K).filter(|&a| moving[a][lane]) {
                    solved[lane].1[a] = found[a][lane];
                    solved[lane].0 -= found[a][lane] * target[a][lane];
                }
            }
            return solved;
        }
    }
}

/// Weighted sums of products of columns.
struct Sums {
    loss_squared: f64,
    /// Of each term and value: Σ ω·L·u.
    loss: Vec<Vec<f64>>,
    /// Of each pair of terms (a ≥ b), and the values of both: Σ ω·u·v.
    pairs: Vec<Vec<f64>>,
}

impl Sums {
    fn new(projection: &Projection, weights: &[Block]) -> Self {
        let omega = times(&projection.weight, weights);
        let loss = times(&omega, &projection.loss);
        let terms = &projection.terms;
        let mut pairs = Vec::new();
        for (a, left) in terms.iter().enumerate() {
            let weighted: Vec<Vec<Block>> = left.columns.iter().map(|column| times(&omega, column)).collect();
            for right in &terms[..=a] {
                // Terms of one exponent only ever meet at the same value of it.
                let same = left.exponent.is_some() && left.exponent == right.exponent;
                let mut sums = vec![0.0; weighted.len() * right.columns.len()];
                widest(Dots { left: &weighted, right: &right.columns, same, out: &mut sums });
                pairs.push(sums);
            }
        }
        let with_loss = |columns: &[Vec<Block>]| {
            let mut sums = vec![0.0; columns.len()];
            widest(Dots { left: std::slice::from_ref(&loss), right: columns, same: false, out: &mut sums });
            sums
        };
        Self {
            loss_squared: with_loss(std::slice::from_ref(&projection.loss))[0],
            loss: terms.iter().map(|term| with_loss(&term.columns)).collect(),
            pairs,
        }
    }
}

fn times(a: &[Block], b: &[Block]) -> Vec<Block> {
    a.iter().zip(b).map(|(a, b)| std::array::from_fn(|lane| a[lane] * b[lane])).collect()
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

/// Σ u·v of every column on the left with every one on the right, or only with that of its own place.
struct Dots<'a> {
    left: &'a [Vec<Block>],
    right: &'a [Vec<Block>],
    same: bool,
    out: &'a mut [f64],
}

/// Columns that one is multiplied with at a time: a sum has to wait for its own last addition, but not for others'.
const ABREAST: usize = 4;

impl Work for Dots<'_> {
    type Output = ();
    #[inline(always)]
    fn run(self) {
        let width = self.right.len();
        if self.same {
            for (i, (u, v)) in self.left.iter().zip(self.right).enumerate() {
                [self.out[i * width + i]] = dots(u, [v]);
            }
            return;
        }
        // Those on the right stay in the processor's nearest memory while all on the left go by.
        let (few, rest) = self.right.as_chunks::<ABREAST>();
        for (j, v) in few.iter().enumerate() {
            for (i, u) in self.left.iter().enumerate() {
                let at = i * width + j * ABREAST;
                self.out[at..at + ABREAST].copy_from_slice(&dots(u, v.each_ref().map(Vec::as_slice)));
            }
        }
        for (j, v) in rest.iter().enumerate() {
            for (i, u) in self.left.iter().enumerate() {
                [self.out[i * width + few.len() * ABREAST + j]] = dots(u, [v]);
            }
        }
    }
}

/// Σ u·v for several v.
#[inline(always)]
fn dots<const N: usize>(u: &[Block], v: [&[Block]; N]) -> [f64; N] {
    let u = u.as_flattened().as_chunks::<LANES>().0;
    let v = v.map(|v| &v.as_flattened().as_chunks::<LANES>().0[..u.len()]);
    let mut sums = [[0.0; LANES]; N];
    for part in 0..u.len() {
        for n in 0..N {
            let v = &v[n][part];
            for lane in 0..LANES {
                sums[n][lane] += u[part][lane] * v[lane];
            }
        }
    }
    sums.map(total_apart)
}
