//! Which known name somebody most likely meant.

/// Below this likeness (0 to 1) a suggestion is more likely wrong than right.
const ALIKE: f64 = 0.75;

/// The candidate most like `name` in spelling, ignoring case and punctuation; none if all are far.
pub fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let wanted = normalised(name);
    candidates
        .into_iter()
        // A single letter is like every word that begins with it.
        .filter(|candidate| normalised(candidate).len() > 1 || normalised(candidate) == wanted)
        .map(|candidate| (strsim::jaro_winkler(&wanted, &normalised(candidate)), candidate))
        .filter(|(likeness, _)| *likeness >= ALIKE)
        .fold(None, |best: Option<(f64, &str)>, next| match best {
            Some(best) if best.0 >= next.0 => Some(best),
            _ => Some(next),
        })
        .map(|(_, candidate)| candidate)
}

/// Lower case, letters and digits only: `Model Size` and `model_size` are one name.
pub(crate) fn normalised(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Names as a person reads them in a sentence, at most a dozen.
pub fn listed<'a>(names: impl ExactSizeIterator<Item = &'a str>) -> String {
    const SHOWN: usize = 12;
    let rest = names.len().saturating_sub(SHOWN);
    let shown: Vec<&str> = names.take(SHOWN).collect();
    if rest == 0 { shown.join(", ") } else { format!("{}, and {rest} more", shown.join(", ")) }
}
