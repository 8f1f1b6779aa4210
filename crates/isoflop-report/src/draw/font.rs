//! The embedded face, and how wide a text set in it is.

use std::sync::{Arc, LazyLock};

use resvg::usvg::fontdb::{Database, Source};
use skrifa::instance::{LocationRef, Size};
use skrifa::{FontRef, MetadataProvider};

/// The family that SVG and CSS name.
pub(crate) const FAMILY: &str = "Roboto";

const REGULAR: &[u8] = include_bytes!("../../assets/roboto-regular.ttf");
const MEDIUM: &[u8] = include_bytes!("../../assets/roboto-medium.ttf");

/// Weight of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Weight {
    Regular,
    Medium,
}

/// Size of a raised or lowered text relative to its line's.
pub(crate) const RAISED_SIZE: f64 = 0.68;
/// How far a raised text stands above its line, relative to the line's size.
pub(crate) const RAISED_BY: f64 = 0.36;

/// Both faces for the SVG renderer; parsed once.
pub(crate) static DATABASE: LazyLock<Arc<Database>> = LazyLock::new(|| {
    let mut database = Database::new();
    for face in [REGULAR, MEDIUM] {
        database.load_font_source(Source::Binary(Arc::new(face)));
    }
    database.set_sans_serif_family(FAMILY);
    Arc::new(database)
});

static ADVANCES: LazyLock<[Vec<f64>; 2]> = LazyLock::new(|| [REGULAR, MEDIUM].map(advances));

/// Code points below this are looked up in a table; the few above it (∝, ₀ …) count as wide letters.
const TABLED: u32 = 0x2240;
/// Advance of a glyph that the face lacks, in em: on the wide side, so that a foreign name keeps clear of its neighbours.
const UNKNOWN_ADVANCE: f64 = 0.75;

/// The advance in em of every code point below [`TABLED`].
fn advances(face: &'static [u8]) -> Vec<f64> {
    let Ok(font) = FontRef::new(face) else { return Vec::new() };
    let (charmap, metrics) = (font.charmap(), font.glyph_metrics(Size::new(1.0), LocationRef::default()));
    (0..TABLED)
        .map(|code| charmap.map(code).and_then(|glyph| metrics.advance_width(glyph)).map_or(UNKNOWN_ADVANCE, f64::from))
        .collect()
}

/// Width in pixels of a line of `text`, whose raised parts are written `^{…}`.
///
/// Kerning is left out: it only ever makes these texts a little narrower.
pub(crate) fn width(text: &str, size: f64, weight: Weight) -> f64 {
    let table = &ADVANCES[usize::from(weight == Weight::Medium)];
    let advance = |c: char| table.get(c as usize).copied().unwrap_or(UNKNOWN_ADVANCE);
    let part = |part: &Part| part.text.chars().map(advance).sum::<f64>() * if part.raised { RAISED_SIZE } else { 1.0 };
    parts(text).iter().map(part).sum::<f64>() * size
}

/// A stretch of text on the line or raised above it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Part<'a> {
    pub(crate) text: &'a str,
    pub(crate) raised: bool,
}

/// Splits `N* ∝ C^{0.51}: 298B` at its raised parts.
pub(crate) fn parts(text: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some((line, raised, after)) =
        rest.split_once("^{").and_then(|(line, tail)| tail.split_once('}').map(|(raised, after)| (line, raised, after)))
    {
        parts.push(Part { text: line, raised: false });
        parts.push(Part { text: raised, raised: true });
        rest = after;
    }
    parts.push(Part { text: rest, raised: false });
    parts.retain(|part| !part.text.is_empty());
    parts
}

/// The same text on one line: `C^{0.51}` as `C^0.51`.
pub(crate) fn flat(text: &str) -> String {
    parts(text).iter().map(|part| if part.raised { format!("^{}", part.text) } else { part.text.to_string() }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_faces_have_every_sign_that_figures_use() {
        for face in [REGULAR, MEDIUM] {
            let charmap = FontRef::new(face).expect("a font").charmap();
            for c in "AZaz09*×÷·–—…’“”≤≥∝≈±√²³⁰⁹⁻₀₉αβγδλ→←".chars() {
                assert!(charmap.map(c).is_some_and(|glyph| glyph.to_u32() != 0), "no glyph for {c}");
            }
        }
    }

    #[test]
    fn raised_parts_are_narrower() {
        assert_eq!(flat("N* ∝ C^{0.51}: 1B"), "N* ∝ C^0.51: 1B");
        assert!(width("C^{0.51}", 40.0, Weight::Regular) < width("C0.51", 40.0, Weight::Regular));
        assert!((width("0", 100.0, Weight::Regular) - 56.15).abs() < 0.1);
    }
}
