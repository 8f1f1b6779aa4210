//! One approach's result: its optima, laws, intervals and forecasts, written up from what was found.

use rayon::prelude::*;

use crate::analysis::{ApproachResult, BandPoint, Estimate, Forecast, LawEstimate, Optimum, Refits, Status, Valley};
use crate::analyze::{Fitted, Options};
use crate::approach::{Approach, Sample};
use crate::frontier::{self, Found, Laws};
use crate::interval;
use crate::power_law::PowerLaw;
use crate::profile::Profile;
use crate::resample::Optima;
use crate::run::RunTable;
use crate::units::{Flops, Loss, Params, Tokens};

/// The largest budget that every band reaches at least.
const BAND_REACHES: f64 = 1e24;

/// Points of a band along the budget axis.
pub(crate) const BAND_POINTS: usize = 25;

/// Tables that a thread refits at a time: one alone is too little work to hand over.
const TABLES_AT_ONCE: usize = 64;

/// Points of a valley along the size axis.
pub(crate) const VALLEY_POINTS: usize = 49;

/// Turns what one approach found into its result.
pub(crate) struct Writing<'a> {
    pub table: &'a RunTable,
    pub profiles: &'a [Profile],
    pub options: &'a Options,
    pub fitted: &'a Fitted,
    /// The optima of the resampled tables, and which of their approaches this is.
    pub optima: &'a Optima,
    pub position: usize,
}

impl Writing<'_> {
    pub fn result(&self) -> ApproachResult {
        let Fitted { approach, found, weights, .. } = self.fitted;
        let ln_c: Vec<f64> = self.profiles.iter().map(|p| p.compute.0.ln()).collect();
        let own: Vec<[f64; 2]> = found
            .iter()
            .map(|f| f.usable().map_or([f64::NAN; 2], |optimum| [optimum.ln_params, optimum.ln_tokens]))
            .collect();
        let laws = frontier::laws(&ln_c, &own, weights);
        let finite = laws.as_ref().is_none_or(|laws| self.is_finite(laws));
        let laws = laws.filter(|_| finite);
        let (refitted, refits) = self.refits(&ln_c, weights);
        let points = own.iter().filter(|optimum| optimum[0].is_finite()).count();
        let law = |of: fn(&Laws) -> &PowerLaw| {
            laws.as_ref().map(|laws| {
                let of_each = |read: &dyn Fn(&PowerLaw) -> f64| refitted.iter().map(|l| read(of(l))).collect();
                LawEstimate {
                    coefficient: self.in_logs(of(laws).intercept, of_each(&|l| l.intercept)),
                    exponent: self.estimate(of(laws).exponent, of_each(&|l| l.exponent), |v| v),
                    r2: of(laws).r2,
                    points,
                }
            })
        };
        ApproachResult {
            name: approach.name(),
            label: approach.label(),
            status: match &laws {
                Some(_) => Status::Ok,
                None if finite => Status::TooFewBudgets,
                None => Status::NotFinite,
            },
            optima: self.profiles.iter().zip(found).map(|(profile, found)| self.optimum(profile, found)).collect(),
            params_law: law(|l| &l.params),
            tokens_law: law(|l| &l.tokens),
            forecasts: laws.map_or(Vec::new(), |laws| self.forecasts(&laws, &refitted)),
            refits,
            valleys: if self.options.drawn { valleys(*approach, self.profiles) } else { Vec::new() },
            band: if self.options.drawn && laws.is_some() { self.band(&refitted) } else { Vec::new() },
        }
    }

    /// Whether everything the laws will be asked for is a positive number: budgets a hair apart can give exponents
    /// that overflow.
    fn is_finite(&self, laws: &Laws) -> bool {
        let asked = self.options.at.iter().map(|c| c.0.ln());
        let answers = asked.flat_map(|ln_c| [laws.params.ln_at(ln_c), laws.tokens.ln_at(ln_c)]);
        let ln_values = answers.chain([laws.params.intercept, laws.tokens.intercept]);
        ln_values.map(f64::exp).all(f64::is_normal)
    }

    /// An optimum as it is printed: where it is a run, that run's own numbers to the unit.
    fn optimum(&self, profile: &Profile, found: &Found) -> Optimum {
        let optimum = found.optimum.as_ref();
        let run = optimum.and_then(|o| o.run).map(|i| &self.table.runs()[profile.runs[i]]);
        Optimum {
            compute: profile.compute,
            params: run.map(|r| r.params).or(optimum.map(|o| Params(o.ln_params.exp()))),
            tokens: run.map(|r| r.tokens).or(optimum.map(|o| Tokens(o.ln_tokens.exp()))),
            loss: optimum.map(|o| Loss(o.loss)),
            flag: found.flag,
        }
    }

    /// The laws of every resampled table, through the budgets that the law of the table itself uses.
    fn refits(&self, ln_c: &[f64], weights: &[[f64; 2]]) -> (Vec<Laws>, Refits) {
        let used: Vec<bool> = self.fitted.found.iter().map(|f| f.usable().is_some()).collect();
        let total = self.optima.tables();
        let refit = |row: &mut Vec<[f64; 2]>, k: usize| {
            let mut failed = 0;
            for ((value, &found), &used) in row.iter_mut().zip(self.optima.table(k, self.position)).zip(&used) {
                *value = if used { found } else { [f64::NAN; 2] };
                failed += usize::from(used && found[0].is_nan());
            }
            (frontier::laws(ln_c, row, weights), failed)
        };
        let row = || vec![[f64::NAN; 2]; used.len()];
        let found: Vec<(Option<Laws>, usize)> =
            (0..total).into_par_iter().with_min_len(TABLES_AT_ONCE).map_init(row, refit).collect();
        let profiles_failed = found.iter().map(|(_, failed)| failed).sum();
        let laws: Vec<Laws> = found.into_iter().filter_map(|(laws, _)| laws).collect();
        let refits = Refits { total, failed: total - laws.len(), profiles_failed };
        (laws, refits)
    }

    fn forecasts(&self, laws: &Laws, refitted: &[Laws]) -> Vec<Forecast> {
        let largest = self.profiles.last().map_or(f64::NAN, |p| p.compute.0);
        let forecast = |&compute: &Flops| {
            let ln_c = compute.0.ln();
            let of = |law: fn(&Laws) -> &PowerLaw| {
                self.in_logs(law(laws).ln_at(ln_c), refitted.iter().map(|l| law(l).ln_at(ln_c)).collect())
            };
            let (params, tokens) = (of(|l| &l.params), of(|l| &l.tokens));
            Forecast {
                compute,
                params,
                tokens,
                loss: None,
                tokens_per_param: tokens.value / params.value,
                reach: compute.0 / largest,
            }
        };
        self.options.at.iter().map(forecast).collect()
    }

    fn band(&self, refitted: &[Laws]) -> Vec<BandPoint> {
        let (first, last) = band_reach(self.profiles, self.options);
        let point = |i: usize| {
            let ln_c = first + (last - first) * i as f64 / (BAND_POINTS - 1) as f64;
            let of = |law: fn(&Laws) -> &PowerLaw| {
                let mut values = refitted.iter().map(|l| law(l).ln_at(ln_c)).collect();
                interval::central(&mut values, self.options.level).map(|(low, high)| (low.exp(), high.exp()))
            };
            Some(BandPoint { compute: Flops(ln_c.exp()), params: of(|l| &l.params)?, tokens: of(|l| &l.tokens)? })
        };
        (0..BAND_POINTS).into_par_iter().filter_map(point).collect()
    }

    /// An estimate whose interval is formed in logarithms, so that its ends are positive.
    fn in_logs(&self, ln_value: f64, ln_values: Vec<f64>) -> Estimate {
        self.estimate(ln_value, ln_values, f64::exp)
    }

    fn estimate(&self, value: f64, mut values: Vec<f64>, shown: fn(f64) -> f64) -> Estimate {
        let ends = interval::central(&mut values, self.options.level);
        Estimate { value: shown(value), low: ends.map(|(low, _)| shown(low)), high: ends.map(|(_, high)| shown(high)) }
    }
}

/// ln C of the first and last point of a band.
pub(crate) fn band_reach(profiles: &[Profile], options: &Options) -> (f64, f64) {
    let first = profiles.first().map_or(1.0, |p| p.compute.0).ln();
    let last = profiles.last().map_or(1.0, |p| p.compute.0);
    let asked = options.at.iter().map(|c| c.0).reduce(f64::max).unwrap_or(BAND_REACHES);
    (first, asked.max(last).ln())
}

fn valleys(approach: &dyn Approach, profiles: &[Profile]) -> Vec<Valley> {
    let valley = |profile: &Profile| {
        let curve = approach.curve(&profile.sizes, Sample { weights: &profile.weights, loss: &profile.loss })?;
        let point = |i: usize| {
            let u = 2.0 * i as f64 / (VALLEY_POINTS - 1) as f64 - 1.0;
            let ln = profile.sizes.unscale(u);
            (ln.exp(), curve(ln))
        };
        Some(Valley { compute: profile.compute, points: (0..VALLEY_POINTS).map(point).collect() })
    };
    profiles.iter().filter_map(valley).collect()
}
