//! What a program says on its standard output: a JSON object a line, and whatever else it prints.

use serde::Deserialize;

/// One line that is for us.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub(crate) struct Line {
    /// How long the run has been going on, seconds as it is to be charged.
    pub elapsed_seconds: Option<f64>,
    /// Every validation loss so far; none for one that is no number.
    pub val_losses: Option<Vec<Option<f64>>>,
    /// One more validation loss, if any.
    #[serde(deserialize_with = "one")]
    pub val_loss: Vec<Option<f64>>,
    /// Whether its seconds are over.
    pub timed_out: bool,
}

/// `null` is a loss that is no number, and not the same as none.
fn one<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Vec<Option<f64>>, D::Error> {
    Option::<f64>::deserialize(deserializer).map(|loss| vec![loss])
}

impl Line {
    /// None for a line that is not for us; an error for one that is and makes no sense.
    pub fn parse(text: &str) -> Result<Option<Self>, String> {
        let text = text.trim();
        if !text.starts_with('{') {
            return Ok(None);
        }
        // Python writes numbers that are none in its own way.
        let plain = || text.replace("-Infinity", "null").replace("Infinity", "null").replace("NaN", "null");
        let line: Self = serde_json::from_str(text).or_else(|_| serde_json::from_str(&plain())).map_err(|error| {
            let shown: String = text.chars().take(200).collect();
            format!("the trainer printed a line that is not of its protocol ({error}): {shown}")
        })?;
        match line.elapsed_seconds {
            Some(seconds) if !(seconds.is_finite() && seconds >= 0.0) => {
                Err(format!("the trainer printed elapsed_seconds = {seconds}"))
            }
            _ => Ok(Some(line)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn losses_come_all_together_or_one_by_one() {
        let read = |text| Line::parse(text).expect("a line").expect("for us");
        let both = read(r#"{"elapsed_seconds": 12.5, "val_losses": [4.5, 4.25], "step": 100}"#);
        assert_eq!((both.elapsed_seconds, both.val_losses), (Some(12.5), Some(vec![Some(4.5), Some(4.25)])));
        assert_eq!(read(r#"{"val_loss": 4}"#).val_loss, [Some(4.0)]);
        assert_eq!(read(r#"{"val_loss": NaN}"#).val_loss, [None]);
        assert_eq!(read(r#"{"val_loss": null}"#).val_loss, [None]);
        assert_eq!(read(r#"{"val_losses": [1.0, -Infinity]}"#).val_losses, Some(vec![Some(1.0), None]));
        assert!(read(r#"{"timed_out": true}"#).timed_out);
        assert_eq!(read("{}"), Line::default());
    }

    #[test]
    fn what_else_is_printed_is_no_matter_but_broken_lines_are() {
        for text in ["", "step 100", "[1, 2]", "NaN", "\u{fffd}"] {
            assert_eq!(Line::parse(text), Ok(None));
        }
        for text in ["{", r#"{"val_loss": "low"}"#, r#"{"elapsed_seconds": -1}"#, r#"{"val_losses": 3}"#] {
            assert!(Line::parse(text).is_err(), "{text}");
        }
    }
}
