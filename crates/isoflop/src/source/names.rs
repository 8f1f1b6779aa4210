//! What a column's name says about the quantity it holds.

use super::known_names::{AXES, STEPS, plain_names};
use crate::near::normalised;
use crate::run::{LossUnit, ParamsCount, Role};

/// How well a column's name fits a quantity.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Fit {
    /// 0 for the plainest names; the column of the lowest tier is taken.
    pub tier: u8,
    /// What its numbers must be multiplied by.
    pub factor: f64,
}

/// How well `column` fits `role` by its name; none if it does not.
pub(super) fn fit(role: Role, column: &str) -> Option<Fit> {
    match role {
        Role::Axis => axis(column),
        // `metrics/u` and `u*` are something else.
        Role::UniqueTokens if !matches!(column, "U" | "u") && normalised(last_part(column)) == "u" => None,
        _ => quantity(role, column),
    }
}

/// How well `column` fits the axis of a curve: as tokens best, then as compute, as params, as any count of data.
fn axis(column: &str) -> Option<Fit> {
    /// More than any quantity has tiers.
    const NEXT: u8 = 8;
    let counted = AXES.into_iter().zip(0..).find_map(|(role, rank)| {
        let fit = quantity(role, column)?;
        Some(Fit { tier: rank * NEXT + fit.tier, ..fit })
    });
    let whole = normalised(column);
    let rest = if STEPS.contains(&whole.as_str()) { Some(4) } else { (whole == "x").then_some(5) };
    counted.or_else(|| Some(Fit { tier: rest? * NEXT, factor: 1.0 }))
}

/// How well `column` fits a quantity by its words and its unit.
fn quantity(role: Role, column: &str) -> Option<Fit> {
    let words = words(column);
    let (factor, unit_words) = unit(role, &words);
    let last = last_part(column);
    let whole = normalised(column);
    let plain = |name: &str| plain_names(role).contains(&name);
    let tier = if unfit(role, &whole, &words) {
        return None;
    } else if plain(&whole) {
        // One letter says less than a word: `n` beside `params` is something else.
        u8::from(whole.len() == 1)
    } else if plain(&normalised(last)) && role != Role::Loss {
        1
    } else {
        let without_unit = words[..words.len() - unit_words].concat();
        let last_without_unit =
            self::words(last).len().checked_sub(unit_words).map(|kept| self::words(last)[..kept].concat());
        let named =
            |name: &str| plain(name) || (role == Role::Compute && matches!(name, "total" | "training" | "train" | ""));
        if unit_words > 0 && (named(&without_unit) || last_without_unit.as_deref().is_some_and(named)) {
            2
        } else {
            weak(role, &whole, last)?
        }
    };
    Some(Fit { tier, factor })
}

/// What follows the last `/` of a name such as `eval/c4/loss`.
fn last_part(column: &str) -> &str {
    column.rsplit('/').next().unwrap_or(column)
}

/// The tier of a name that only resembles the plain ones.
fn weak(role: Role, whole: &str, last: &str) -> Option<u8> {
    let training = whole.starts_with("train") || whole.contains("trainloss") || whole.contains("trainingloss");
    match role {
        Role::Params if says_non_embedding(whole) || whole.contains("active") => {
            (whole.contains("param") || whole.starts_with('n')).then_some(3)
        }
        Role::Params => (whole.ends_with("params") || whole.ends_with("parameters")).then_some(4),
        Role::Tokens => whole.ends_with("tokens").then_some(4),
        Role::Compute => (whole.ends_with("flops") || whole.ends_with("flop")).then_some(4),
        Role::Loss if training && whole.ends_with("loss") => Some(6),
        Role::Loss if normalised(last) == "loss" => Some(2),
        Role::Loss if whole.ends_with("loss") => Some(if validates(whole) { 3 } else { 4 }),
        // `L` is as often the number of layers.
        Role::Loss if whole == "l" => Some(7),
        Role::Loss => {
            let ends = ["bpb", "bitsperbyte", "crossentropy", "logperplexity", "nll"];
            ends.iter().any(|end| whole.ends_with(end)).then_some(if training { 6 } else { 5 })
        }
        Role::UniqueTokens => (says_unique(whole) && whole.ends_with("tokens")).then_some(4),
        Role::Axis | Role::Weight | Role::Cluster => None,
    }
}

/// Whether repeats are not counted.
fn says_unique(whole: &str) -> bool {
    ["unique", "distinct"].iter().any(|word| whole.contains(word))
}

fn validates(whole: &str) -> bool {
    ["val", "eval", "test"].iter().any(|word| whole.contains(word))
}

/// Names that look like a quantity and are another: rates, sizes of a batch, parts of a loss.
fn unfit(role: Role, whole: &str, words: &[String]) -> bool {
    let any = |parts: &[&str]| parts.iter().any(|part| whole.contains(part));
    let word = |known: &[&str]| words.iter().any(|word| known.contains(&word.as_str()));
    let rate = any(&["persec", "pergpu", "perdevice", "utilization", "utilisation", "mfu"])
        || word(&["s", "sec", "second"]) && !word(&["day", "days"])
        || (whole.contains("throughput") && !whole.contains("total"));
    match role {
        Role::Params => {
            let embedding = whole.contains("embed") && !whole.contains("incl") && !says_non_embedding(whole);
            rate || embedding || any(&["hyperparam", "pertoken", "perparam"])
        }
        Role::Tokens | Role::UniqueTokens | Role::Axis => {
            let other = ["per", "batch", "val", "eval", "test", "context", "seq", "vocab", "special", "max"];
            rate || word(&other) || (role == Role::Tokens && says_unique(whole))
        }
        Role::Compute => rate || word(&["per", "peak", "inference"]),
        Role::Loss => {
            any(&["auxloss", "auxiliaryloss", "balanc", "zloss", "routerloss", "regulari"])
                || word(&["aux", "z", "delta"])
        }
        Role::Weight | Role::Cluster => false,
    }
}

const SECONDS_PER_DAY: f64 = 86_400.0;

/// The unit that the last words of a name give (`total_gflops`, `tokens (B)`):
/// its factor, and how many words it takes.
fn unit(role: Role, words: &[String]) -> (f64, usize) {
    let last =
        |back: usize| words.len().checked_sub(back).and_then(|index| words.get(index)).map_or("", String::as_str);
    match role {
        Role::Loss | Role::Weight | Role::Cluster => (1.0, 0),
        // `d_k` is a width of attention, not thousands of tokens.
        Role::Params | Role::Tokens | Role::UniqueTokens | Role::Axis
            if words.iter().rev().skip(1).map(String::len).sum::<usize>() < 2 =>
        {
            (1.0, 0)
        }
        Role::Params | Role::Tokens | Role::UniqueTokens | Role::Axis => match last(1) {
            "k" | "thousand" | "thousands" => (1e3, 1),
            "m" | "million" | "millions" => (1e6, 1),
            "b" | "billion" | "billions" => (1e9, 1),
            "t" | "trillion" | "trillions" => (1e12, 1),
            _ => (1.0, 0),
        },
        Role::Compute => {
            let prefix = |word: &str| {
                let prefix = word.strip_suffix("flops").or_else(|| word.strip_suffix("flop"))?;
                match prefix.trim_start_matches("total") {
                    "k" | "kilo" => Some(1e3),
                    "m" | "mega" => Some(1e6),
                    "g" | "giga" => Some(1e9),
                    "t" | "tera" => Some(1e12),
                    "p" | "peta" => Some(1e15),
                    "e" | "exa" => Some(1e18),
                    "z" | "zetta" => Some(1e21),
                    "y" | "yotta" => Some(1e24),
                    _ => None,
                }
            };
            if matches!(last(1), "pfdays" | "pflopdays" | "petaflopdays") {
                return (1e15 * SECONDS_PER_DAY, 1);
            }
            if !matches!(last(1), "day" | "days") {
                return prefix(last(1)).map_or((1.0, 0), |factor| (factor, 1));
            }
            // Petaflop/s-days, the unit of Kaplan et al. 2020: pf_days, petaflop_s_days.
            let skip = if matches!(last(2), "s" | "sec") { 3 } else { 2 };
            let rate = if last(skip) == "pf" { Some(1e15) } else { prefix(last(skip)) };
            rate.map_or((1.0, 0), |rate| (rate * SECONDS_PER_DAY, skip))
        }
    }
}

/// The words of a name in lower case: split at punctuation, and where a capital follows a small letter.
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut before = ' ';
    for c in name.chars() {
        if !c.is_alphanumeric() || (c.is_uppercase() && before.is_lowercase()) {
            words.push(String::new());
        }
        if let (true, Some(word)) = (c.is_alphanumeric(), words.last_mut()) {
            word.extend(c.to_lowercase());
        }
        before = c;
    }
    words.retain(|word| !word.is_empty());
    words
}

/// What the name of the params column says it counts.
pub(super) fn params_count(column: &str) -> ParamsCount {
    if says_non_embedding(&normalised(column)) {
        ParamsCount::NonEmbedding
    } else if words(column).iter().any(|word| word == "total") {
        ParamsCount::Total
    } else {
        ParamsCount::Unstated
    }
}

fn says_non_embedding(whole: &str) -> bool {
    ["nonembed", "noembed", "nonemb", "withoutembed", "excludingembed", "exclembed"]
        .iter()
        .any(|part| whole.contains(part))
}

/// The unit that the name of the loss column gives.
pub(super) fn loss_unit(column: &str) -> LossUnit {
    let whole = normalised(column);
    let bits = whole.contains("bpb") || whole.contains("bitsperbyte");
    if bits { LossUnit::BitsPerByte } else { LossUnit::NatsPerTokenAssumed }
}

/// What the numbers of a column must be multiplied by, by the unit in its name.
pub(super) fn factor(role: Role, column: &str) -> f64 {
    match role {
        // The unit is that of the quantity which the axis is; a column of another name has none.
        Role::Axis => axis(column).map_or(1.0, |fit| fit.factor),
        _ => unit(role, &words(column)).0,
    }
}
