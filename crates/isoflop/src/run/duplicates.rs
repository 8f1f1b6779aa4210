//! Exact repeats, flagged and not removed.

use super::RunFlag;

/// One row of a table, known by K numbers.
pub(super) trait Repeatable<const K: usize> {
    /// Its numbers to the last bit. What says how a row is used, such as its weight, is not among them.
    fn bits(&self) -> [u64; K];

    /// Where it stands in its file.
    fn line(&self) -> usize;

    /// Why it is left out of fits, if it is.
    fn flag(&mut self) -> &mut Option<RunFlag>;
}

/// Flags every unflagged row whose numbers repeat an earlier unflagged row's to the last bit.
///
/// Sorts short digests of the numbers and looks at the numbers themselves only
/// where digests agree: on a million runs that is ten times faster than sorting
/// by the numbers, which lie all over memory.
pub(super) fn flag<const K: usize, T: Repeatable<K>>(rows: &mut [T]) {
    let mut order: Vec<(u64, usize)> = Vec::with_capacity(rows.len());
    for (i, row) in rows.iter_mut().enumerate() {
        if row.flag().is_none() {
            order.push((digest(row.bits()), i));
        }
    }
    order.sort_unstable();
    for alike in order.chunk_by_mut(|a, b| a.0 == b.0).filter(|alike| alike.len() > 1) {
        alike.sort_unstable_by_key(|&(_, i)| (rows[i].bits(), i));
        let mut original = alike[0].1;
        for &(_, i) in &alike[1..] {
            if rows[original].bits() == rows[i].bits() {
                *rows[i].flag() = Some(RunFlag::Duplicate { of_line: rows[original].line() });
            } else {
                original = i;
            }
        }
    }
}

/// A digest of numbers: multiply and fold, so that every bit in reaches every bit out.
fn digest<const K: usize>(numbers: [u64; K]) -> u64 {
    /// An odd constant whose bits are irregular: 2^64 over the golden ratio.
    const SPREAD: u64 = 0x9e37_79b9_7f4a_7c15;
    numbers.into_iter().fold(0, |sum: u64, number| {
        let product = (sum ^ number).wrapping_mul(SPREAD);
        product ^ (product >> 32)
    })
}
