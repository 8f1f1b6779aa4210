//! Loops over rows with the widest vectors that the processor has.
//!
//! The program is built for any x86-64; a loop run through [`widest`] is also compiled
//! for AVX2 and AVX-512, and the processor decides at run time. All versions do the
//! same additions and multiplications in the same order, so they give the same bits:
//! rows are independent, and sums are kept in [`LANES`] parts on every processor.

#![expect(clippy::inline_always, reason = "loops over rows are compiled once for each width of vectors, whole")]

use pulp::{Arch, Simd, WithSimd};

/// Rows in a block. Loops over one are long enough to be vectorised and need no check of bounds.
pub const BLOCK: usize = 16;

/// One number for each row of a block.
pub type Block = [f64; BLOCK];

/// Parts that every sum over rows is kept in.
pub const LANES: usize = 8;

/// Work to be done with the widest vectors there are. Its `run` and all it calls must be `#[inline(always)]`, or they
/// are compiled for the narrowest.
pub trait Work {
    /// What comes out.
    type Output;
    /// Does it.
    fn run(self) -> Self::Output;
}

struct Dispatched<W>(W);

impl<W: Work> WithSimd for Dispatched<W> {
    type Output = W::Output;
    #[inline(always)]
    fn with_simd<S: Simd>(self, _simd: S) -> W::Output {
        self.0.run()
    }
}

/// Does `work` with the widest vectors that this processor has.
pub fn widest<W: Work>(work: W) -> W::Output {
    #[cfg(test)]
    if let Some(width) = forced::WIDTH.get() {
        return width.dispatch(Dispatched(work));
    }
    Arch::new().dispatch(Dispatched(work))
}

/// Adds up the parts of a sum, always in one order.
#[inline(always)]
pub fn total(parts: [f64; LANES]) -> f64 {
    let [a, b, c, d, e, f, g, h] = parts;
    ((a + e) + (c + g)) + ((b + f) + (d + h))
}

/// [`total`] of a sum that a whole loop was spent on.
///
/// The compiler is not to look back from here: it would arrange that loop by these few additions, in pairs of lanes.
#[inline(always)]
pub fn total_apart(parts: [f64; LANES]) -> f64 {
    total(std::hint::black_box(parts))
}

/// The blocks that hold `values`, filled up with `filler`.
pub fn blocks(values: impl ExactSizeIterator<Item = f64>, filler: f64) -> Vec<Block> {
    let mut blocks = vec![[filler; BLOCK]; values.len().div_ceil(BLOCK)];
    for (place, value) in blocks.as_flattened_mut().iter_mut().zip(values) {
        *place = value;
    }
    blocks
}

/// Tests may ask for narrower vectors than there are, to see that nothing but the time depends on them.
#[cfg(test)]
pub mod forced {
    use std::cell::Cell;

    use pulp::Arch;

    thread_local! {
        pub(super) static WIDTH: Cell<Option<Arch>> = const { Cell::new(None) };
    }

    /// Every width that this processor has, with a name: plain x86-64 first.
    pub fn widths() -> Vec<(&'static str, Arch)> {
        #[cfg(target_arch = "x86_64")]
        {
            use pulp::x86::{V3, V4};
            let wider =
                [V3::try_new().map(|v3| ("AVX2", Arch::V3(v3))), V4::try_new().map(|v4| ("AVX-512", Arch::V4(v4)))];
            [("plain", Arch::Scalar)].into_iter().chain(wider.into_iter().flatten()).collect()
        }
        #[cfg(not(target_arch = "x86_64"))]
        vec![("plain", Arch::Scalar), ("widest", Arch::new())]
    }

    /// Does `what` with vectors of this width, as far as it stays on this thread.
    pub fn with<T>(width: Arch, what: impl FnOnce() -> T) -> T {
        WIDTH.set(Some(width));
        let done = what();
        WIDTH.set(None);
        done
    }
}
