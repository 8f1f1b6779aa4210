//! Laws written as any formula over a number type that carries derivatives along.

use std::marker::PhantomData;

use super::{Base, COEFFICIENTS_MAX, Coefficient, Law, Normal, Predicted, Recast, RowSlopes, Term};
use crate::dual::{Dual, pair};
use crate::robust::Bend;
use crate::rows::{At, Input, Rows};
use crate::scalar::{Lanes, Scalar};
use crate::wide::{BLOCK, Block, LANES, Work, total_apart, widest};

/// What the author of a law with P coefficients writes.
pub trait Formula<const P: usize>: Send + Sync + 'static {
    /// Name on the command line.
    const NAME: &'static str;
    /// The equation, readable.
    const EQUATION: &'static str;
    /// Author, year, equation, arXiv id.
    const SOURCE: &'static str;
    /// The unknowns.
    const COEFFICIENTS: &'static [Coefficient; P];
    /// What it needs to know of a run.
    const INPUTS: &'static [Input];
    /// The inputs whose logarithms may be counted from another place without leaving the law.
    const MOVABLE: &'static [Input] = &[];
    /// The law that is fitted first, where there is one.
    const BASE: Option<&'static Base> = None;
    /// The law in the coefficients that are searched, where those are not the published ones.
    const RECAST: Option<&'static Recast> = None;
    /// ln L̂. The same text gives predictions with plain numbers and derivatives with dual ones.
    ///
    /// To be marked `#[inline(always)]`, or loops over rows are compiled for the narrowest vectors.
    fn ln_loss<S: Scalar>(theta: &[S; P], at: At<S::Row>) -> S;
}

/// A formula as a [`Law`].
pub struct Written<F, const P: usize>(PhantomData<fn() -> F>);

impl<F: Formula<P>, const P: usize> Written<F, P> {
    /// The law.
    pub const LAW: Self = Self(PhantomData);

    /// Derivatives by the coefficients at these places; the others stay 0.
    fn derive<const K: usize, const S: usize>(places: [usize; K], ask: Ask<'_, P>) -> Normal {
        widest(Derive::<F, P, K, S> { places, ask, law: PhantomData })
    }
}

/// Up to so many coefficients their second derivatives are carried along too. Of a law in two stages no more are left
/// for the second, whose tables are refitted thousands of times; carrying those of all made the program a third larger.
const FEW: usize = 2;
/// How many second derivatives that is.
const FEW_BENDS: usize = FEW * (FEW + 1) / 2;

#[inline(always)]
fn at(rows: &Rows, block: usize, from: usize) -> At<Lanes> {
    At { ln: rows.block(block).map(|x| lanes(x, from)) }
}

/// The lanes of a block from one on.
#[inline(always)]
fn lanes(block: &Block, from: usize) -> Lanes {
    Lanes(*block[from..].first_chunk().expect("a block is whole parts"))
}

/// ln L̂ of all rows.
struct Predict<'a, F, const P: usize> {
    theta: [f64; P],
    rows: &'a Rows,
    ln_loss: &'a mut [Block],
    law: PhantomData<fn() -> F>,
}

impl<F: Formula<P>, const P: usize> Work for Predict<'_, F, P> {
    type Output = ();
    #[inline(always)]
    fn run(self) {
        let theta = self.theta.map(Lanes::constant);
        for (block, out) in self.ln_loss.iter_mut().enumerate() {
            for from in (0..BLOCK).step_by(LANES) {
                out[from..from + LANES].copy_from_slice(&F::ln_loss(&theta, at(self.rows, block, from)).0);
            }
        }
    }
}

/// What derivatives are asked for.
struct Ask<'a, const P: usize> {
    theta: [f64; P],
    rows: &'a Rows,
    slopes: RowSlopes<'a>,
}

/// Gradient and second derivatives of an objective by K of the coefficients.
struct Derive<'a, F, const P: usize, const K: usize, const S: usize> {
    places: [usize; K],
    ask: Ask<'a, P>,
    law: PhantomData<fn() -> F>,
}

impl<F: Formula<P>, const P: usize, const K: usize, const S: usize> Work for Derive<'_, F, P, K, S> {
    type Output = Normal;
    #[inline(always)]
    fn run(self) -> Normal {
        let Ask { theta, rows, slopes } = self.ask;
        let curved = slopes.which == Bend::Exact;
        let mut duals = theta.map(Dual::<K, S>::constant);
        for (slot, &place) in self.places.iter().enumerate() {
            duals[place] = Dual::coefficient(theta[place], slot);
        }
        let zero = Lanes::constant(0.0);
        let (mut gradient, mut outer) = ([zero; K], [[zero; K]; K]);
        for (block, (pull, bend)) in slopes.pull.iter().zip(slopes.bend).enumerate() {
            for from in (0..BLOCK).step_by(LANES) {
                let Dual { by, bends, .. } = F::ln_loss(&duals, at(rows, block, from));
                let (pull, bend) = (lanes(pull, from), lanes(bend, from));
                for a in 0..K {
                    gradient[a] = gradient[a] + pull * by[a];
                    for b in 0..=a {
                        outer[a][b] = outer[a][b] + bend * by[a] * by[b];
                    }
                }
                if S > 0 && curved {
                    for a in 0..K {
                        for b in 0..=a {
                            outer[a][b] = outer[a][b] + pull * bends[pair(a, b)];
                        }
                    }
                }
            }
        }
        let mut normal = Normal::ZERO;
        for (a, &i) in self.places.iter().enumerate() {
            normal.gradient[i] = total_apart(gradient[a].0);
            for (b, &j) in self.places[..=a].iter().enumerate() {
                normal.hessian[i][j] = total_apart(outer[a][b].0);
                normal.hessian[j][i] = normal.hessian[i][j];
            }
        }
        normal
    }
}

impl<F: Formula<P>, const P: usize> Law for Written<F, P> {
    fn name(&self) -> &str {
        F::NAME
    }

    fn equation(&self) -> &str {
        F::EQUATION
    }

    fn source(&self) -> &str {
        F::SOURCE
    }

    fn coefficients(&self) -> &[Coefficient] {
        const { assert!(P <= COEFFICIENTS_MAX) };
        F::COEFFICIENTS
    }

    fn inputs(&self) -> &[Input] {
        F::INPUTS
    }

    fn terms(&self) -> &[Term] {
        &[]
    }

    fn ln_loss(&self, theta: &[f64], at: At) -> f64 {
        F::ln_loss::<f64>(theta.try_into().expect("one number per coefficient"), at)
    }

    fn predict(&self, theta: &[f64], rows: &Rows, out: &mut Predicted) {
        out.resize(rows.blocks(), 0);
        let theta = theta.try_into().expect("one number per coefficient");
        widest(Predict::<F, P> { theta, rows, ln_loss: &mut out.ln_loss, law: PhantomData });
    }

    fn prepare(&self, theta: &[f64], rows: &Rows, out: &mut Predicted) {
        // Most of what is prepared is not differentiated, as a step turns out to be too long.
        self.predict(theta, rows, out);
        out.theta[..P].copy_from_slice(theta);
    }

    fn movable(&self) -> &[Input] {
        F::MOVABLE
    }

    fn base(&self) -> Option<&'static Base> {
        F::BASE
    }

    fn recast(&self) -> Option<&'static Recast> {
        F::RECAST
    }

    fn knows_curvature(&self, wanted: &[bool]) -> bool {
        wanted.iter().filter(|wanted| **wanted).count() <= FEW
    }

    fn normal(&self, rows: &Rows, prepared: &Predicted, slopes: RowSlopes<'_>) -> Normal {
        let theta = *prepared.theta.first_chunk().expect("a law has no more coefficients than there may be");
        let ask = Ask { theta, rows, slopes };
        let mut wanted = (0..P).filter(|&k| slopes.wanted[k]);
        match (wanted.next(), wanted.next(), wanted.next()) {
            (Some(one), other, None) => {
                Self::derive::<FEW, FEW_BENDS>([one, other.unwrap_or(usize::from(one == 0))], ask)
            }
            _ => Self::derive::<P, 0>(std::array::from_fn(|k| k), ask),
        }
    }
}
