//! Piecewise-constant answers: what a forest of trees, fitted to a sweep, says of a smooth surface.
//!
//! The box of all questions is split `depth` times, each time along the field over which the surface changes most, at a
//! place near its middle that is drawn; a leaf answers with the surface at its centre, and the trees' answers are
//! averaged. Nothing is stored: the path to a leaf is drawn again for each question. The 2024 and 2025 courses answered
//! from gradient-boosted trees over real runs, whose plateaus these stand for.

use super::draw;
use super::settings::Surrogate;

/// The fields of a question in the protocol's order: width, layers, heads, sequences in a batch, learning rate, FLOPs.
pub(super) const FIELDS: usize = 6;
/// Their bounds in the protocol.
const BOUNDS: [(f64, f64); FIELDS] =
    [(64.0, 1024.0), (2.0, 24.0), (2.0, 16.0), (128.0, 256.0), (1e-4, 1e-3), (1e13, 1e18)];

/// What the forest answers where the surface answers `surface`.
pub(super) fn answer(
    forest: Surrogate,
    seed: u64,
    asked: [f64; FIELDS],
    surface: &dyn Fn([f64; FIELDS]) -> f64,
) -> f64 {
    let ln_loss = |ln: [f64; FIELDS]| surface(ln.map(f64::exp)).ln();
    let leaves = (0..forest.trees.0).map(|tree| {
        let (low, high) = leaf(forest.depth.0, seed, tree, asked.map(f64::ln), &ln_loss);
        ln_loss(std::array::from_fn(|field| 0.5 * (low[field] + high[field])))
    });
    (leaves.sum::<f64>() / f64::from(forest.trees.0)).exp()
}

/// The corners of the leaf that a question falls into, in logarithms.
fn leaf(
    depth: u16,
    seed: u64,
    tree: u16,
    asked: [f64; FIELDS],
    ln_loss: &dyn Fn([f64; FIELDS]) -> f64,
) -> ([f64; FIELDS], [f64; FIELDS]) {
    let (mut low, mut high) = (BOUNDS.map(|(low, _)| low.ln()), BOUNDS.map(|(_, high)| high.ln()));
    let mut path = format!("{tree} ");
    for _ in 0..depth {
        let centre: [f64; FIELDS] = std::array::from_fn(|field| 0.5 * (low[field] + high[field]));
        let gain = |field: usize| {
            let at = |value: f64| {
                let mut place = centre;
                place[field] = value;
                ln_loss(place)
            };
            // As wide as each side can be from the centre: a valley has alike ends.
            let (left, middle, right) = (at(low[field]), ln_loss(centre), at(high[field]));
            let change = (left - middle).abs() + (right - middle).abs();
            change * draw::uniform(seed, "gain", &format!("{path}{field}")).max(0.3)
        };
        let gains: [f64; FIELDS] = std::array::from_fn(gain);
        let field = (0..FIELDS).max_by(|a, b| gains[*a].total_cmp(&gains[*b])).expect("six fields");
        let share = 0.35 + 0.3 * draw::uniform(seed, "split", &path);
        let split = low[field] + share * (high[field] - low[field]);
        if asked[field] < split {
            high[field] = split;
            path.push('l');
        } else {
            low[field] = split;
            path.push('r');
        }
    }
    (low, high)
}
