//! Colours, by what they are for, in a light and a dark theme.
//!
//! The ramp of budgets runs in equal steps of OKLCH lightness from pale teal to
//! deep violet (reversed in lightness on dark paper), so that it is even to the
//! eye, ordered in grey, and safe for colour-blind readers. The hues of
//! approaches are apart in hue and in lightness.

use std::fmt::Write;

/// What a colour is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Paint {
    /// The page.
    Paper,
    /// Text and axes.
    Ink,
    /// Secondary text; still 4.5:1 on paper.
    Muted,
    /// Flagged runs, leader lines.
    Faint,
    /// Grid lines.
    Grid,
    /// The recommended approach.
    Lead,
    /// What must not be missed.
    Alarm,
    /// Any other approach, counted from 0.
    Other(usize),
    /// A budget: 0 the smallest, [`RAMP_STEPS`] − 1 the largest.
    Ramp(usize),
}

/// Distinct colours of budgets.
pub(crate) const RAMP_STEPS: usize = 16;
const OTHERS: usize = 6;

const FIXED: [(Paint, &str, &str); 7] = [
    (Paint::Paper, "#ffffff", "#14171c"),
    (Paint::Ink, "#16191d", "#eceef1"),
    (Paint::Muted, "#565d66", "#a6aeb9"),
    (Paint::Faint, "#959da8", "#6e7783"),
    (Paint::Grid, "#e4e7eb", "#2a2f37"),
    (Paint::Lead, "#0b57c4", "#6cb0ff"),
    (Paint::Alarm, "#b3261e", "#ff8d84"),
];
const OTHER: [(&str, &str); OTHERS] = [
    ("#c2540a", "#ff9a52"),
    ("#0a8763", "#35c99a"),
    ("#a8327e", "#f58ccb"),
    ("#7a6a00", "#d8c23a"),
    ("#5b4bb5", "#b3a5ff"),
    ("#4d565f", "#b8c1cc"),
];
const RAMP: [(&str, &str); RAMP_STEPS] = [
    ("#37ce9a", "#724aab"),
    ("#00c4a1", "#6858bb"),
    ("#0fb7a6", "#5966c8"),
    ("#03aca8", "#4675d1"),
    ("#02a0a8", "#2584d5"),
    ("#0795a7", "#0193cf"),
    ("#038aa6", "#039fc7"),
    ("#057ea4", "#0daac0"),
    ("#0673a3", "#0db5ba"),
    ("#0166a5", "#0fc0b3"),
    ("#0e58a8", "#02cca7"),
    ("#274ba0", "#47d497"),
    ("#333d97", "#75d986"),
    ("#3a308b", "#9bdd76"),
    ("#3e227e", "#bedf69"),
    ("#401470", "#dee05f"),
];

impl Paint {
    /// The colour in the light theme, in which files that stand alone are drawn.
    pub(crate) fn light(self) -> &'static str {
        self.pair().0
    }

    fn pair(self) -> (&'static str, &'static str) {
        match self {
            Paint::Other(i) => OTHER[i % OTHERS],
            Paint::Ramp(i) => RAMP[i.min(RAMP_STEPS - 1)],
            fixed => FIXED.iter().find(|(paint, ..)| *paint == fixed).map_or(("#000000", "#ffffff"), |f| (f.1, f.2)),
        }
    }

    /// The name of its CSS variable, without the dashes.
    pub(crate) fn variable(self) -> String {
        match self {
            Paint::Paper => "paper".into(),
            Paint::Ink => "ink".into(),
            Paint::Muted => "muted".into(),
            Paint::Faint => "faint".into(),
            Paint::Grid => "grid".into(),
            Paint::Lead => "lead".into(),
            Paint::Alarm => "alarm".into(),
            Paint::Other(i) => format!("other{}", i % OTHERS),
            Paint::Ramp(i) => format!("ramp{}", i.min(RAMP_STEPS - 1)),
        }
    }

    /// The colour of budget `i` of `count`, smallest first.
    pub(crate) fn of_budget(i: usize, count: usize) -> Self {
        // A single budget takes the middle, which reads well on both papers.
        if count < 2 { Paint::Ramp(RAMP_STEPS / 2) } else { Paint::Ramp(i * (RAMP_STEPS - 1) / (count - 1)) }
    }
}

/// The declarations of all colour variables: for the light theme, and for the dark.
pub(crate) fn variables() -> (String, String) {
    let fixed = FIXED.iter().map(|(paint, ..)| *paint);
    let all = fixed.chain((0..OTHERS).map(Paint::Other)).chain((0..RAMP_STEPS).map(Paint::Ramp));
    let (mut light, mut dark) = (String::new(), String::new());
    for paint in all {
        let (name, (on_light, on_dark)) = (paint.variable(), paint.pair());
        let _ = write!(light, "--{name}:{on_light};");
        let _ = write!(dark, "--{name}:{on_dark};");
    }
    (light, dark)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Relative luminance as WCAG 2 defines it.
    fn luminance(hex: &str) -> f64 {
        let channel = |at: usize| {
            let c = f64::from(u8::from_str_radix(&hex[at..at + 2], 16).expect("hex")) / 255.0;
            if c <= 0.04045 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5)
    }

    fn contrast(a: &str, b: &str) -> f64 {
        let (a, b) = (luminance(a), luminance(b));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    #[test]
    fn text_and_marks_contrast_with_the_paper() {
        let paper = Paint::Paper.pair();
        let needs = |paint: Paint, least: f64| {
            let (light, dark) = paint.pair();
            assert!(contrast(light, paper.0) >= least, "{paint:?} on light: {}", contrast(light, paper.0));
            assert!(contrast(dark, paper.1) >= least, "{paint:?} on dark: {}", contrast(dark, paper.1));
        };
        for paint in [Paint::Ink, Paint::Muted, Paint::Lead, Paint::Alarm] {
            needs(paint, 4.5);
        }
        for i in 0..OTHERS {
            needs(Paint::Other(i), 4.5);
        }
        for i in 0..RAMP_STEPS {
            needs(Paint::Ramp(i), 2.0);
        }
    }

    #[test]
    fn the_ramp_is_ordered_in_grey() {
        let grey: Vec<f64> = (0..RAMP_STEPS).map(|i| luminance(Paint::Ramp(i).light())).collect();
        assert!(grey.is_sorted_by(|a, b| a > b));
        assert_eq!(Paint::of_budget(8, 9), Paint::Ramp(RAMP_STEPS - 1));
    }
}
