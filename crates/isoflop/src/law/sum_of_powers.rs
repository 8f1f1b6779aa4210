//! Laws that are sums of powers: L = Σₖ exp(tₖ), each tₖ linear in the coefficients.
//!
//! Of such a law everything follows from its terms: predictions, first and second
//! derivatives, amplitudes by linear least squares at fixed exponents, the optimum.
//! With pₖ = exp(tₖ)/L and Tₖ = ∂tₖ/∂θ (ones, and −ln x):
//!
//! ∂ln L/∂θ = J = Σ pₖTₖ and ∂²ln L/∂θ² = Σ pₖTₖTₖᵀ − `JJᵀ`.

use std::marker::PhantomData;

use super::{Coefficient, Law, Normal, Predicted, RowSlopes, Term};
use crate::elementary::{exp, exps, ln, lns};
use crate::robust::Bend;
use crate::rows::{At, Input, Rows};
use crate::wide::{BLOCK, Block, LANES, Work, total_apart, widest};

/// What the author of a sum of K powers with P coefficients writes.
pub trait SumOfPowers<const K: usize, const P: usize>: Send + Sync + 'static {
    /// Name on the command line.
    const NAME: &'static str;
    /// The equation, readable.
    const EQUATION: &'static str;
    /// Author, year, equation, arXiv id.
    const SOURCE: &'static str;
    /// The unknowns.
    const COEFFICIENTS: &'static [Coefficient; P];
    /// The terms.
    const TERMS: [Term; K];
    /// The inputs of the terms.
    const INPUTS: &'static [Input] = &[Input::Params, Input::Tokens];
}

/// A sum of powers as a [`Law`].
pub struct Powers<L, const K: usize, const P: usize>(PhantomData<fn() -> L>);

impl<L: SumOfPowers<K, P>, const K: usize, const P: usize> Powers<L, K, P> {
    /// The law.
    pub const LAW: Self = Self(PhantomData);
}

/// tₖ at one place.
#[inline(always)]
fn exponent<const P: usize>(term: Term, theta: &[f64; P], ln: impl Fn(Input) -> f64) -> f64 {
    match term.power {
        Some(power) => theta[term.amplitude] - theta[power.exponent] * ln(power.input),
        None => theta[term.amplitude],
    }
}

/// ln L̂ and the shares pₖ of all rows.
struct Predict<'a, L, const K: usize, const P: usize> {
    theta: [f64; P],
    rows: &'a Rows,
    out: &'a mut Predicted,
    law: PhantomData<fn() -> L>,
}

impl<L: SumOfPowers<K, P>, const K: usize, const P: usize> Work for Predict<'_, L, K, P> {
    type Output = ();
    #[inline(always)]
    fn run(self) {
        let Predict { theta, rows, out, .. } = self;
        // The floor is the same in every row.
        let constant: [f64; K] = std::array::from_fn(|k| match L::TERMS[k].power {
            Some(_) => 0.0,
            None => exp(theta[L::TERMS[k].amplitude]),
        });
        let shares = out.parts.as_chunks_mut::<K>().0.iter_mut();
        for (block, (ln_loss, shares)) in out.ln_loss.iter_mut().zip(shares).enumerate() {
            let x = rows.block(block);
            // Everything stays here until it is known: the compiler can then see that nothing written is read again.
            let mut powers = constant.map(|constant| [constant; BLOCK]);
            for k in 0..K {
                if let Some(power) = L::TERMS[k].power {
                    let (ln_x, mut these) = (x[power.input as usize], [0.0; BLOCK]);
                    for lane in 0..LANES {
                        let of = |row: usize| exponent(L::TERMS[k], &theta, |_| ln_x[row]);
                        [these[lane], these[LANES + lane]] = exps([of(lane), of(LANES + lane)]);
                    }
                    powers[k] = these;
                }
            }
            let (mut logarithms, mut parts) = ([0.0; BLOCK], [[0.0; BLOCK]; K]);
            for lane in 0..LANES {
                let mut sums = [powers[0][lane], powers[0][LANES + lane]];
                for k in 1..K {
                    sums[0] += powers[k][lane];
                    sums[1] += powers[k][LANES + lane];
                }
                let one_over = [1.0 / sums[0], 1.0 / sums[1]];
                for k in 0..K {
                    parts[k][lane] = powers[k][lane] * one_over[0];
                    parts[k][LANES + lane] = powers[k][LANES + lane] * one_over[1];
                }
                [logarithms[lane], logarithms[LANES + lane]] = lns(sums);
            }
            (*shares, *ln_loss) = (parts, logarithms);
        }
    }
}

/// Gradient and second derivatives from the slopes of each row.
struct Accumulate<'a, L, const K: usize, const P: usize> {
    rows: &'a Rows,
    shares: &'a [Block],
    slopes: RowSlopes<'a>,
    law: PhantomData<fn() -> L>,
}

/// The parts of sums over rows.
type Parts = [f64; LANES];

/// The part of a block that begins at row `from`.
#[inline(always)]
fn part(block: &Block, from: usize) -> &Parts {
    block[from..].first_chunk().expect("a block is whole parts")
}

/// A short loop, written out. Left to itself the compiler does that too late or not at all, and what the loop adds to
/// is kept in memory instead of registers.
macro_rules! unrolled {
    ($i:ident < $count:ident, $body:block) => {
        unrolled!($i < $count, $body, 0 1 2 3 4 5 6 7 8 9 10 11)
    };
    ($i:ident < $count:ident, $body:block, $($at:literal)*) => {
        $(if $at < $count {
            let $i = $at;
            $body
        })*
    };
}

/// Adds to every number of a part.
#[inline(always)]
fn add(to: &mut Parts, of: impl Fn(usize) -> f64) {
    for lane in 0..LANES {
        to[lane] += of(lane);
    }
}

impl<L: SumOfPowers<K, P>, const K: usize, const P: usize> Accumulate<'_, L, K, P> {
    /// Whether a coefficient belongs to one term only. That term's own first derivative is then the law's.
    const ALONE: [bool; P] = {
        let mut terms = [0; P];
        let mut k = 0;
        while k < K {
            terms[L::TERMS[k].amplitude] += 1;
            if let Some(power) = L::TERMS[k].power {
                terms[power.exponent] += 1;
            }
            k += 1;
        }
        let mut alone = [false; P];
        let mut a = 0;
        while a < P {
            alone[a] = terms[a] == 1;
            a += 1;
        }
        alone
    };

    #[inline(always)]
    fn sums<const CURVED: bool>(&self) -> Normal {
        let mut gradient = [[0.0; LANES]; P];
        let mut outer = [[[0.0; LANES]; P]; P];
        let mut own = [[[0.0; LANES]; 3]; K];
        let shares = self.shares.as_chunks::<K>().0;
        let slopes = self.slopes.pull.iter().zip(self.slopes.bend);
        for (block, (shares, (pull, bend))) in shares.iter().zip(slopes).enumerate() {
            let x = self.rows.block(block);
            // Every step is done for a whole part before the next: so each becomes a few wide instructions.
            for from in (0..BLOCK).step_by(LANES) {
                let (pull, mut bend) = (*part(pull, from), *part(bend, from));
                let mut j = [[0.0; LANES]; P];
                unrolled!(k < K, {
                    let term = L::TERMS[k];
                    let share = part(&shares[k], from);
                    add(&mut j[term.amplitude], |lane| share[lane]);
                    if CURVED && !Self::ALONE[term.amplitude] {
                        add(&mut own[k][0], |lane| pull[lane] * share[lane]);
                    }
                    if let Some(power) = term.power {
                        let ln_x = part(x[power.input as usize], from);
                        let steep: Parts = std::array::from_fn(|lane| share[lane] * ln_x[lane]);
                        add(&mut j[power.exponent], |lane| -steep[lane]);
                        if CURVED {
                            if !Self::ALONE[power.exponent] {
                                add(&mut own[k][1], |lane| pull[lane] * steep[lane]);
                            }
                            add(&mut own[k][2], |lane| pull[lane] * steep[lane] * ln_x[lane]);
                        }
                    }
                });
                if CURVED {
                    add(&mut bend, |lane| -pull[lane]);
                }
                unrolled!(a < P, {
                    add(&mut gradient[a], |lane| pull[lane] * j[a][lane]);
                    for b in 0..=a {
                        add(&mut outer[a][b], |lane| bend[lane] * j[a][lane] * j[b][lane]);
                    }
                });
            }
        }
        let mut normal = Normal::ZERO;
        for a in 0..P {
            normal.gradient[a] = total_apart(gradient[a]);
            for b in 0..=a {
                normal.hessian[a][b] = total_apart(outer[a][b]);
            }
        }
        if CURVED {
            for (term, own) in L::TERMS.iter().zip(own) {
                let [level, steep, steeper] = own.map(total_apart);
                let alone =
                    |coefficient: usize, own| if Self::ALONE[coefficient] { normal.gradient[coefficient] } else { own };
                normal.hessian[term.amplitude][term.amplitude] += alone(term.amplitude, level);
                if let Some(power) = term.power {
                    let (high, low) = (power.exponent.max(term.amplitude), power.exponent.min(term.amplitude));
                    normal.hessian[high][low] += alone(power.exponent, -steep);
                    normal.hessian[power.exponent][power.exponent] += steeper;
                }
            }
        }
        for a in 0..P {
            for b in 0..a {
                normal.hessian[b][a] = normal.hessian[a][b];
            }
        }
        normal
    }
}

impl<L: SumOfPowers<K, P>, const K: usize, const P: usize> Work for Accumulate<'_, L, K, P> {
    type Output = Normal;
    #[inline(always)]
    fn run(self) -> Normal {
        // Each way its own loop, so that none asks in every row.
        match self.slopes.which {
            Bend::Exact => self.sums::<true>(),
            Bend::Majorant => self.sums::<false>(),
        }
    }
}

impl<L: SumOfPowers<K, P>, const K: usize, const P: usize> Law for Powers<L, K, P> {
    fn name(&self) -> &str {
        L::NAME
    }

    fn equation(&self) -> &str {
        L::EQUATION
    }

    fn source(&self) -> &str {
        L::SOURCE
    }

    fn coefficients(&self) -> &[Coefficient] {
        L::COEFFICIENTS
    }

    fn inputs(&self) -> &[Input] {
        L::INPUTS
    }

    fn terms(&self) -> &[Term] {
        const { &L::TERMS }
    }

    fn movable(&self) -> &[Input] {
        L::INPUTS
    }

    fn ln_loss(&self, theta: &[f64], at: At) -> f64 {
        let theta: &[f64; P] = theta.try_into().expect("one number per coefficient");
        ln(L::TERMS.iter().map(|&term| exp(exponent(term, theta, |input| at.of(input)))).sum())
    }

    fn predict(&self, theta: &[f64], rows: &Rows, out: &mut Predicted) {
        self.prepare(theta, rows, out);
    }

    fn prepare(&self, theta: &[f64], rows: &Rows, out: &mut Predicted) {
        out.resize(rows.blocks(), K);
        let theta = theta.try_into().expect("one number per coefficient");
        widest(Predict::<L, K, P> { theta, rows, out, law: PhantomData });
    }

    fn knows_curvature(&self, _wanted: &[bool]) -> bool {
        true
    }

    fn normal(&self, rows: &Rows, prepared: &Predicted, slopes: RowSlopes<'_>) -> Normal {
        widest(Accumulate::<L, K, P> { rows, shares: &prepared.parts, slopes, law: PhantomData })
    }
}
