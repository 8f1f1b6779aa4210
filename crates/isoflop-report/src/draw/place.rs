//! Finds places for labels where they cover neither each other nor the data.

use crate::draw::rect::Rect;
use crate::draw::scene::Label;

/// The places taken so far.
#[derive(Clone, Debug, Default)]
pub(crate) struct Places {
    labels: Vec<Rect>,
    marks: Vec<Rect>,
}

impl Places {
    /// Notes a drawn point or piece of a line, which labels avoid where they can.
    pub(crate) fn avoid(&mut self, mark: Rect) {
        self.marks.push(mark);
    }

    /// Notes a label that stands already.
    pub(crate) fn take(&mut self, label: &Label) {
        self.labels.push(label.bounds());
    }

    /// The candidate inside `frame` that overlaps no label and the fewest marks, the earlier of equals; none if all
    /// overlap a label. It is noted as taken.
    pub(crate) fn choose(&mut self, candidates: impl IntoIterator<Item = Label>, frame: &Rect) -> Option<Label> {
        let mut best: Option<(usize, Label)> = None;
        for candidate in candidates {
            let bounds = candidate.bounds();
            if !frame.holds(&bounds) || self.labels.iter().any(|label| label.overlaps(&bounds)) {
                continue;
            }
            let covered = self.marks.iter().filter(|mark| mark.overlaps(&bounds)).count();
            if best.as_ref().is_none_or(|(least, _)| covered < *least) {
                best = Some((covered, candidate));
            }
            if covered == 0 {
                break;
            }
        }
        let (_, label) = best?;
        self.take(&label);
        Some(label)
    }
}

/// Moves heights apart to at least `gap`, each as little as the whole allows, inside `top..=bottom`; keeps their order.
///
/// Neighbours that are too close form a block about the mean of where they
/// want to be; blocks that then touch are merged, as in isotonic regression.
pub(crate) fn spread(wanted: &[f64], gap: f64, top: f64, bottom: f64) -> Vec<f64> {
    let mut order: Vec<usize> = (0..wanted.len()).collect();
    order.sort_by(|&a, &b| wanted[a].total_cmp(&wanted[b]));
    // A block: how many, and the mean of what each member asks of the block's first.
    let mut blocks: Vec<(usize, f64)> = Vec::new();
    for &i in &order {
        let mut block = (1, wanted[i]);
        while let Some(&(count, first)) = blocks.last() {
            if first + gap * count as f64 <= block.1 {
                break;
            }
            blocks.pop();
            let merged = count + block.0;
            let asks = first * count as f64 + (block.1 - gap * count as f64) * block.0 as f64;
            block = (merged, asks / merged as f64);
        }
        blocks.push(block);
    }
    let mut heights: Vec<f64> =
        blocks.iter().flat_map(|&(count, first)| (0..count).map(move |i| first + gap * i as f64)).collect();
    let last = heights.len();
    for (i, height) in heights.iter_mut().enumerate() {
        *height = height.min(bottom - gap * (last - 1 - i) as f64);
    }
    for (i, height) in heights.iter_mut().enumerate() {
        *height = height.max(top + gap * i as f64);
    }
    let mut spread = vec![0.0; last];
    for (&i, height) in order.iter().zip(heights) {
        spread[i] = height;
    }
    spread
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heights_move_apart_and_keep_their_order() {
        assert_eq!(spread(&[50.0, 50.0, 200.0], 20.0, 0.0, 300.0), [40.0, 60.0, 200.0]);
        assert_eq!(spread(&[295.0, 290.0], 20.0, 0.0, 300.0), [300.0, 280.0]);
        assert_eq!(spread(&[1.0, 0.0], 20.0, 0.0, 300.0), [20.0, 0.0]);
        assert!(spread(&[], 20.0, 0.0, 300.0).is_empty());
    }
}
