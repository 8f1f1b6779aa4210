//! Checks: what can be wrong with a sweep or a forecast, each with a threshold, a sentence, and what to do.
//!
//! A check is a function and a line in [`CHECKS`]. Those that look at the table
//! alone also serve `isoflop check`. A clean table raises none of them.

mod agreement;
mod bias;
mod checkpoints;
mod grid;
mod law;
mod residuals;
mod surface;
mod table;
mod view;
mod words;

pub(crate) use bias::parabola_is_biased;
pub(crate) use view::{DataView, FitView, LawView};

use words::{counted, joined, list};

use crate::analysis::{Severity, Warning};

/// What a check looks at.
enum Look {
    /// The table alone.
    Data(fn(&DataView) -> Vec<Finding>),
    /// What the approaches made of it.
    Fits(fn(&FitView) -> Vec<Finding>),
    /// One law fitted to it.
    Law(fn(&LawView) -> Vec<Finding>),
}

/// What a check found: a warning before it has its number.
pub(crate) struct Finding {
    severity: Severity,
    message: String,
    advice: String,
}

impl Finding {
    fn new(severity: Severity, message: String, advice: impl Into<String>) -> Self {
        Self { severity, message, advice: advice.into() }
    }
}

/// One check.
pub struct Check {
    /// Its number, as in `docs/checks.md`.
    pub id: &'static str,
    /// What it looks for.
    pub title: &'static str,
    /// Where it speaks up.
    pub threshold: &'static str,
    look: Look,
}

impl Check {
    /// Whether it looks at one law fitted to the table (`isoflop fit`), rather than at the table or at the approaches.
    pub fn is_of_a_law(&self) -> bool {
        matches!(self.look, Look::Law(_))
    }
}

/// Every check, in the order of their numbers.
pub const CHECKS: &[Check] = &[
    Check {
        id: "D1",
        title: "optimum at the edge of its grid",
        threshold: "the best run is the smallest or largest model, or no run on one side is worse by 2 sd of the noise",
        look: Look::Data(grid::unwalled),
    },
    Check {
        id: "D1",
        title: "fitted optimum outside its grid",
        threshold: "the recommended approach's N* or D* is at or beyond an end of the grid",
        look: Look::Fits(grid::outside),
    },
    Check {
        id: "D2",
        title: "no valley",
        threshold: "the profile does not curve upwards, or by less than 2 standard errors",
        look: Look::Fits(grid::no_valley),
    },
    Check {
        id: "D3",
        title: "too few sizes or budgets",
        threshold: "under 4 distinct sizes in a budget; under 3 budgets in a law",
        look: Look::Data(grid::too_few),
    },
    Check {
        id: "D3",
        title: "too few optima for a law",
        threshold: "under 3 budgets whose optimum the approach can use",
        look: Look::Fits(grid::too_few_optima),
    },
    Check {
        id: "D3",
        title: "too few runs for a law",
        threshold: "under 2 rows for each coefficient that is not given",
        look: Look::Law(surface::few_runs),
    },
    Check {
        id: "D4",
        title: "grid off-centre",
        threshold: "its centre is over 0.35 half-widths from N*, or drifts from it by a factor over 1.3 along the ladder and by over 2 standard errors",
        look: Look::Fits(bias::off_centre),
    },
    Check {
        id: "D5",
        title: "grid too wide for a parabola",
        threshold: "predicted bias |α − β|·h²/10 of ln N* over 0.02, where α − β is over 4 standard errors",
        look: Look::Fits(bias::too_wide),
    },
    Check {
        id: "D6",
        title: "far extrapolation",
        threshold: "budget over 5×, 30×, 300× the largest in the data, or 5× below the smallest",
        look: Look::Fits(law::far),
    },
    Check {
        id: "D6",
        title: "far extrapolation of a law",
        threshold: "forecast over 5×, 30×, 300× the largest in the table",
        look: Look::Law(surface::far),
    },
    Check {
        id: "D7",
        title: "short ladder",
        threshold: "budgets within one decade of each other; a law that overflows",
        look: Look::Fits(law::short),
    },
    Check {
        id: "D7",
        title: "narrow range for a law",
        threshold: "model sizes, or token counts, within 10× of each other",
        look: Look::Law(surface::narrow),
    },
    Check {
        id: "D8",
        title: "implausible exponent",
        threshold: "exponent of N*(C) outside 0.35–0.75",
        look: Look::Fits(law::implausible),
    },
    Check {
        id: "D8",
        title: "implausible exponents of a law",
        threshold: "alpha or beta outside 0.2–0.7 (chinchilla, tied)",
        look: Look::Law(surface::implausible),
    },
    Check {
        id: "D9",
        title: "floor not identified",
        threshold: "its interval is open, reaches zero, or is wider than a tenth of the smallest loss",
        look: Look::Law(surface::floor),
    },
    Check {
        id: "D10",
        title: "amplitudes on a ridge",
        threshold: "an amplitude and its exponent are both fitted",
        look: Look::Law(surface::ridge),
    },
    Check {
        id: "D11",
        title: "lack of fit",
        threshold: "a parabola through the residuals along ln N, ln D or ln x bends by over 4 standard errors",
        look: Look::Law(residuals::bent),
    },
    Check {
        id: "D12",
        title: "approaches disagree",
        threshold: "largest N* over smallest above 1.3; a warning where the other's interval does not cover the difference",
        look: Look::Fits(agreement::spread),
    },
    Check {
        id: "D13",
        title: "outliers",
        threshold: "residual over 5 robust standard deviations",
        look: Look::Law(residuals::outliers),
    },
    Check {
        id: "D14",
        title: "duplicates and mixed budgets",
        threshold: "repeated runs; several sweeps in one table; budgets grouped that are not equal; 6ND and C apart by over 10 %",
        look: Look::Data(table::mixed),
    },
    Check {
        id: "D14",
        title: "checkpoints taken for runs",
        threshold: "over 10 % of the rows share a name and a size at several token counts, without clusters",
        look: Look::Law(checkpoints::unclustered),
    },
    Check {
        id: "D19",
        title: "noise",
        threshold: "residuals about a smooth profile under 1e-5 of the loss",
        look: Look::Data(table::noise_free),
    },
    Check {
        id: "D19",
        title: "noise about a law",
        threshold: "residuals about the law under 1e-6",
        look: Look::Law(residuals::noise_free),
    },
    Check {
        id: "D20",
        title: "repeated data",
        threshold: "over 4 epochs, over 16 epochs, by a law without unique tokens",
        look: Look::Law(surface::repeated),
    },
    Check {
        id: "D21",
        title: "refits that failed",
        threshold: "over 5 % of the resampled tables give no law by the recommended approach; too few for the level; its forecast outside its own interval",
        look: Look::Fits(law::failed_refits),
    },
    Check {
        id: "D21",
        title: "search of a law",
        threshold: "not converged, at a bound, or underdetermined; under 3 of 6 or more starts agree; another minimum within 1 %; over 5 % of the refits unconverged; too few of them for the level",
        look: Look::Law(surface::search),
    },
    Check {
        id: "D22",
        title: "not monotone",
        threshold: "N*(C) or L*(C) turns back between budgets by more than 2 sd",
        look: Look::Fits(law::turns_back),
    },
    Check {
        id: "D23",
        title: "R² on few budgets",
        threshold: "a law through 5 budgets or fewer",
        look: Look::Fits(law::r_squared),
    },
    Check {
        id: "D24",
        title: "no floor",
        threshold: "a law without one asked over 3× beyond the table",
        look: Look::Law(surface::floorless),
    },
];

/// The warnings that the table alone raises.
pub(crate) fn of_data(view: &DataView) -> Vec<Warning> {
    run(|check| match check.look {
        Look::Data(look) => look(view),
        Look::Fits(_) | Look::Law(_) => Vec::new(),
    })
}

/// The warnings that the fits raise.
pub(crate) fn of_fits(view: &FitView) -> Vec<Warning> {
    run(|check| match check.look {
        Look::Data(_) | Look::Law(_) => Vec::new(),
        Look::Fits(look) => look(view),
    })
}

/// The warnings that one fitted law raises, gravest first.
pub(crate) fn of_law(view: &LawView) -> Vec<Warning> {
    run(|check| match check.look {
        Look::Data(_) | Look::Fits(_) => Vec::new(),
        Look::Law(look) => look(view),
    })
}

/// D21: why a law that an analysis tries has no fit at all.
pub(crate) fn no_law(law: &str, why: &crate::fit::FitError) -> Warning {
    Warning {
        id: "D21",
        severity: Severity::Refuse,
        message: format!("No law can be fitted to all runs at once: {why}."),
        advice: format!(
            "Add runs of other sizes and budgets; isoflop fit --law {law} shows what fixing coefficients does."
        ),
    }
}

/// Warnings by severity; those of equal weight stay in the order of their numbers.
pub(crate) fn gravest_first(mut warnings: Vec<Warning>) -> Vec<Warning> {
    warnings.sort_by_key(|warning| std::cmp::Reverse(warning.severity));
    warnings
}

fn run(findings: impl Fn(&Check) -> Vec<Finding>) -> Vec<Warning> {
    let numbered = |check: &'static Check, finding: Finding| Warning {
        id: check.id,
        severity: finding.severity,
        message: finding.message,
        advice: finding.advice,
    };
    let found = CHECKS.iter().flat_map(|check| findings(check).into_iter().map(move |f| numbered(check, f)));
    gravest_first(found.collect())
}
