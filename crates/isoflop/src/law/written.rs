//! Laws written as any formula over a number type that carries derivatives along.

use std::marker::PhantomData;

use super::{Base, COEFFICIENTS_MAX, Coefficient, Law, Normal, Predicted, Recast, RowSlopes, Term};
use crate::rows::{At, Input, Rows};
use crate::scalar::{Dual, Scalar};
use crate::wide::{BLOCK, Block, LANES, Work, total, widest};

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
    fn ln_loss<S: Scalar>(theta: &[S; P], at: At) -> S;
}

/// A formula as a [`Law`].
pub struct Written<F, const P: usize>(PhantomData<fn() -> F>);

impl<F: Formula<P>, const P: usize> Written<F, P> {
    /// The law.
    pub const LAW: Self = Self(PhantomData);
}

#[inline(always)]
fn at(rows: &Rows, block: usize, lane: usize) -> At {
    At { ln: rows.block(block).map(|x| x[lane]) }
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
        for (block, out) in self.ln_loss.iter_mut().enumerate() {
            for (lane, out) in out.iter_mut().enumerate() {
                *out = F::ln_loss(&self.theta, at(self.rows, block, lane));
            }
        }
    }
}

/// ln L̂ of all rows with its derivatives.
struct Differentiate<'a, F, const P: usize> {
    theta: [f64; P],
    rows: &'a Rows,
    out: &'a mut Predicted,
    law: PhantomData<fn() -> F>,
}

impl<F: Formula<P>, const P: usize> Work for Differentiate<'_, F, P> {
    type Output = ();
    #[inline(always)]
    fn run(self) {
        let theta: [Dual<P>; P] = std::array::from_fn(|k| Dual::coefficient(self.theta[k], k));
        let derivatives = self.out.parts.as_chunks_mut::<P>().0.iter_mut();
        for (block, (ln_loss, by)) in self.out.ln_loss.iter_mut().zip(derivatives).enumerate() {
            for lane in 0..BLOCK {
                let dual = F::ln_loss(&theta, at(self.rows, block, lane));
                ln_loss[lane] = dual.value;
                for k in 0..P {
                    by[k][lane] = dual.by[k];
                }
            }
        }
    }
}

/// Gradient and Σ bend·JJᵀ from the derivatives J of each row.
pub(super) struct Accumulate<'a, const P: usize> {
    pub derivatives: &'a [Block],
    pub slopes: RowSlopes<'a>,
}

impl<const P: usize> Work for Accumulate<'_, P> {
    type Output = Normal;
    #[inline(always)]
    fn run(self) -> Normal {
        let mut gradient = [[0.0; LANES]; P];
        let mut outer = [[[0.0; LANES]; P]; P];
        let rows = self.derivatives.as_chunks::<P>().0.iter().zip(self.slopes.pull.iter().zip(self.slopes.bend));
        for (j, (pull, bend)) in rows {
            for from in (0..BLOCK).step_by(LANES) {
                for a in 0..P {
                    for lane in 0..LANES {
                        gradient[a][lane] += pull[from + lane] * j[a][from + lane];
                    }
                    for b in 0..=a {
                        for lane in 0..LANES {
                            outer[a][b][lane] += bend[from + lane] * j[a][from + lane] * j[b][from + lane];
                        }
                    }
                }
            }
        }
        let mut normal = Normal::ZERO;
        for a in 0..P {
            normal.gradient[a] = total(gradient[a]);
            for b in 0..=a {
                normal.hessian[a][b] = total(outer[a][b]);
                normal.hessian[b][a] = normal.hessian[a][b];
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
        out.resize(rows.blocks(), P);
        let theta = theta.try_into().expect("one number per coefficient");
        widest(Differentiate::<F, P> { theta, rows, out, law: PhantomData });
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

    fn knows_curvature(&self) -> bool {
        false
    }

    fn normal(&self, _rows: &Rows, prepared: &Predicted, slopes: RowSlopes<'_>) -> Normal {
        widest(Accumulate::<P> { derivatives: &prepared.parts, slopes })
    }
}
