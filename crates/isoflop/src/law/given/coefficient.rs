//! Coefficients as they are searched, from how they were declared.

use std::borrow::Cow;

use super::error::Misfit;
use super::node::Declared;
use crate::law::{Coefficient, Scale};

/// How far beyond its range a coefficient may be taken, in widths of the range.
const REACH: f64 = 10.0;

/// A coefficient as it was declared. A range of one sign is kept to that sign.
pub(super) fn coefficient(declared: &Declared<'_>, is_exponent: bool) -> Result<Coefficient, Misfit> {
    let Declared { name, span, starts: (low, high), scale, within } = declared;
    let positive = *low > 0.0 && within.as_ref().is_none_or(|((low, _), _)| *low > 0.0);
    let scale = match scale {
        Some((Scale::Log, place)) if !positive => {
            let message = format!(
                "\"{name}\" cannot be searched as its logarithm: its range reaches {}",
                within.as_ref().map_or(*low, |((bound, _), _)| bound.min(*low))
            );
            return Err(Misfit::new(place.clone(), message).hint("leave \"log\" out, or begin the range above 0"));
        }
        Some((scale, _)) => *scale,
        None if positive && !is_exponent => Scale::Log,
        None => Scale::Linear,
    };
    let like = Coefficient::amplitude("", (0.0, 0.0), &[]);
    let searched = |value: f64| if scale == Scale::Log { value.ln() } else { value };
    let bounds = match within {
        Some(((least, most), place)) => {
            if low < least || high > most {
                let message = format!("the bounds of \"{name}\" leave out a part of its range");
                return Err(Misfit::new(place.clone(), message).hint(format!(
                    "widen them to {}..{}",
                    least.min(*low),
                    most.max(*high)
                )));
            }
            (searched(*least), searched(*most))
        }
        None if scale == Scale::Log => (like.bounds.0.min(low.ln()), like.bounds.1.max(high.ln())),
        None => {
            let reach = REACH * (high - low);
            let least = if *low >= 0.0 { f64::max(low - reach, 0.0) } else { low - reach };
            let most = if *high <= 0.0 { f64::min(high + reach, 0.0) } else { high + reach };
            (least, most)
        }
    };
    if !(bounds.1 - bounds.0).is_finite() {
        return Err(Misfit::new(span.clone(), format!("the range of \"{name}\" is too wide to be searched")));
    }
    let starts = (searched(*low), searched(*high));
    Ok(Coefficient { name: Cow::Owned((*name).to_string()), scale, bounds, starts, ..like })
}
