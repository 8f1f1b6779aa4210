//! What must hold of every law in the registry, and a worked number from the source of each.

use isoflop::fit::objective::{Objective, Residual, Room};
use isoflop::law::{COEFFICIENTS_MAX, LAWS, Law, Normal, Origin, Predicted, RowSlopes, Starts, law};
use isoflop::robust::{Bend, Squared};
use isoflop::rows::{At, Input, Row, Rows};
use isoflop::wide::{BLOCK, Block};

/// A law with the coefficients of a paper, and what it says at one place.
struct Worked {
    law: &'static str,
    /// As they are reported.
    coefficients: Vec<f64>,
    at: At,
    loss: f64,
    /// What `loss` may be off by: half of the last digit that is printed.
    digits: f64,
}

impl Worked {
    fn law(&self) -> &'static dyn Law {
        law(self.law).unwrap_or_else(|| panic!("no law is called {}", self.law))
    }

    fn theta(&self) -> Vec<f64> {
        let coefficients = self.law().coefficients();
        assert_eq!(coefficients.len(), self.coefficients.len(), "{}", self.law);
        coefficients.iter().zip(&self.coefficients).map(|(c, &value)| c.searched(value)).collect()
    }

    fn loss(&self, at: At) -> f64 {
        self.law().ln_loss(&self.theta(), at).exp()
    }
}

/// A run, all of its tokens distinct.
fn run(params: f64, tokens: f64) -> At {
    At::allocation(params.ln(), tokens.ln())
}

/// A run that repeats its data.
fn repeated(params: f64, tokens: f64, unique: f64) -> At {
    let mut at = run(params, tokens);
    at.ln[Input::UniqueTokens as usize] = unique.ln();
    at
}

/// A run of compute C = 6ND with M = D/N tokens per parameter.
fn over_trained(compute: f64, tokens_per_param: f64) -> At {
    run((compute / 6.0 / tokens_per_param).sqrt(), (compute / 6.0 * tokens_per_param).sqrt())
}

/// Besiroglu et al. 2024 (arXiv:2404.10102): E, A, B, α, β.
const BESIROGLU: [f64; 5] = [1.8172, 482.01, 2085.43, 0.3478, 0.3658];

/// At least one worked number for each law.
fn worked() -> Vec<Worked> {
    let one = |law, coefficients: &[f64], at, loss, digits| Worked {
        law,
        coefficients: coefficients.to_vec(),
        at,
        loss,
        digits,
    };
    // Hoffmann et al. 2022, equation 10: E, A, B, α, β, of Chinchilla's own run.
    let hoffmann = [1.69, 406.4, 410.7, 0.34, 0.28];
    let chinchilla = run(70e9, 1.4e12);
    // The code of Gadre et al. 2024 on their C4 runs: E, A′, B′, η, for A = A′/6^η, B = B′/6^η, α = 2η.
    let (a, b, eta) = (141.0, 190.0, 0.121);
    let gadre = [1.51, a / 6f64.powf(eta), b / 6f64.powf(eta), 2.0 * eta];
    // Kaplan et al. 2020, table 3: N_c, α_N, D_c, α_D of the joint law.
    let kaplan = [6.4e13, 0.076, 1.8e13, 0.103];
    // Muennighoff et al. 2023, the authors' code: E, A, B, α = β, R_D*, R_N*. It prints the losses.
    let (e, a, b) = (0.6254804_f64.exp(), 6.255414_f64.exp(), 7.3049974_f64.exp());
    let muennighoff = [e, a, b, 0.3526596, 0.3526596, 15.387756, 5.309743];
    // Li et al. 2025: s, q, S, B, b, Q, A, a, E.
    let li = [-0.062465473, 0.13, 0.1284880679, 230.7343709, -0.1729, -1.544209554, -1.665630816, 0.0459, 3.133347199];
    // Kaplan et al. 2020, equations 1.1 to 1.3: k = x_c^γ, of N, of D and of the least compute (3.1e8 PF-days).
    let alone = |critical: f64, gamma: f64| [critical.powf(gamma), gamma];
    // Caballero et al. 2023, figure 1: a, b, c0, then c, d, f of each break.
    let caballero = [1e-3, 4.66e3, 0.05, 0.49, 3e6, 1.1, -0.811, 1e14, 1.425, 2.1, 2e20, 0.05];
    let axis = |x: f64| At::axis(x.ln());
    // The best losses of Besiroglu's law: γ = αβ/(α+β), and both terms together are g·(1/α + 1/β) = k·C^−γ with
    // g = 0.0870624 at 1e21 FLOPs.
    let [e, _, _, alpha, beta] = BESIROGLU;
    let gamma = alpha * beta / (alpha + beta);
    let best = [e, 0.0870624 * (1.0 / alpha + 1.0 / beta) * 1e21_f64.powf(gamma), gamma];
    vec![
        one("chinchilla", &hoffmann, chinchilla, 1.936645, 5e-7),
        one("chinchilla", &BESIROGLU, chinchilla, 1.973882, 5e-7),
        one("tied", &gadre, over_trained(1e21, 20.0), 2.473444, 5e-7),
        one("tied", &gadre, over_trained(1e21, 320.0), 2.597385, 5e-7),
        // With k = 1 it is Chinchilla; no paper prints a number to compare with.
        one("joint-exponent", &[1.69, 406.4, 410.7, 0.34, 0.28, 1.0], chinchilla, 1.936645, 5e-7),
        // The bracket of Hoffmann's numbers is 0.24664547: 1.69 + 0.24664547^0.4.
        one("joint-exponent", &[1.69, 406.4, 410.7, 0.34, 0.28, 0.4], chinchilla, 2.261254, 5e-7),
        one("kaplan", &kaplan, run(1.5e9, 2.3e10), 2.310064, 5e-7),
        one("kaplan", &kaplan, run(1.5e9, 1e300), 2.248468, 5e-7),
        one("data-constrained", &muennighoff, repeated(6.34e9, 242e9, 25e9), 2.2256440889984477, 1e-9),
        one("data-constrained", &muennighoff, repeated(8.67e9, 178e9, 25e9), 2.2269634075087867, 1e-9),
        one("farseer", &li, run(1e9, 1e11), 0.505029, 5e-7),
        one("farseer", &li, run(2.5e10, 4.75e11), 0.410284, 5e-7),
        one("frontier", &best, axis(1e21), 2.305529, 1e-6),
        one("power", &alone(8.8e13, 0.076), axis(1.5e9), 2.303551, 5e-7),
        one("power", &alone(5.4e13, 0.095), axis(2.3e10), 2.090322, 5e-7),
        one("power", &alone(3.1e8, 0.050), axis(1.0), 2.658080, 5e-7),
        // No paper prints a number for one or two breaks; of those of three, breaks far beyond x change next to nothing.
        one("broken", &caballero[..6], axis(1e6), 1972.323, 6e-3),
        one("broken-2", &caballero[..9], axis(1e12), 2.408754, 5e-7),
        one("broken-3", &caballero, axis(1e6), 1972.323, 5e-4),
        one("broken-3", &caballero, axis(1e12), 2.408754, 5e-7),
        one("broken-3", &caballero, axis(1e16), 0.6986126, 5e-8),
    ]
}

/// Rows all over the plane and along an axis, some with repeated data; losses of 1.
fn places(count: usize) -> Vec<Row> {
    let spread = |i: usize, every: usize, low: f64, high: f64| low + (high - low) * (i % every) as f64 / every as f64;
    let row = |i: usize| {
        let mut at = At::allocation(spread(i, 11, 18.5, 25.0), spread(i, 13, 21.0, 29.5));
        at.ln[Input::UniqueTokens as usize] -= spread(i, 5, 0.0, 4.0);
        at.ln[Input::Axis as usize] = spread(i, 17, 10.0, 45.0);
        Row { at, ln_loss: 0.0, weight: 1.0 }
    };
    (0..count).map(row).collect()
}

/// ∂ln L̂/∂θ and ∂²ln L̂/∂θ² at one place; the second without what the law does not know.
fn derivatives(law: &dyn Law, theta: &[f64], at: At) -> Normal {
    let rows = Rows::new(&[Row { at, ln_loss: 0.0, weight: 1.0 }]);
    let mut prepared = Predicted::default();
    law.prepare(theta, &rows, &mut prepared);
    let mut pull: Block = [0.0; BLOCK];
    pull[0] = 1.0;
    let wanted = &[true; COEFFICIENTS_MAX];
    law.normal(&rows, &prepared, RowSlopes { pull: &[pull], bend: &[[0.0; BLOCK]], which: Bend::Exact, wanted })
}

/// The worked coefficients, and two places some way from them.
fn thetas(worked: &Worked) -> Vec<Vec<f64>> {
    let theta = worked.theta();
    let moved = |by: f64| {
        let share = |k: usize| by * (k as f64 * 1.7 + 0.4).sin();
        theta.iter().enumerate().map(|(k, t)| t * (1.0 + share(k))).collect()
    };
    vec![theta.clone(), moved(0.05), moved(-0.1)]
}

#[test]
fn each_law_has_a_worked_number() {
    for law in LAWS {
        assert!(worked().iter().any(|w| w.law == law.name()), "{} has no number from its source", law.name());
    }
    for w in worked() {
        let loss = w.loss(w.at);
        assert!((loss - w.loss).abs() <= w.digits, "{}: {loss}, printed {}", w.law, w.loss);
    }
}

#[test]
fn names_are_kebab_case_and_unique_and_sources_are_cited() {
    let mut names: Vec<&str> = LAWS.iter().map(|law| law.name()).collect();
    let kebab = |name: &str| {
        name.split('-')
            .all(|part| !part.is_empty() && part.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit()))
    };
    assert!(names.iter().all(|name| kebab(name)), "{names:?}");
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), LAWS.len());
    for law in LAWS {
        assert!(law.source().contains("arXiv:") && law.source().contains("20"), "{}: {}", law.name(), law.source());
        assert!(law.equation().starts_with("L = "), "{}", law.equation());
    }
}

#[test]
fn coefficients_have_names_and_ranges_that_make_sense() {
    for law in LAWS {
        let coefficients = law.coefficients();
        assert!(!coefficients.is_empty() && coefficients.len() <= COEFFICIENTS_MAX, "{}", law.name());
        for (k, c) in coefficients.iter().enumerate() {
            let named = (law.name(), &c.name);
            assert_eq!(law.coefficient(&c.name), Some(k), "{named:?} is there twice");
            assert!(c.bounds.0 < c.bounds.1 && c.starts.0 < c.starts.1, "{named:?}");
            if c.origin == Origin::Zero {
                assert!(c.bounds.0 <= c.starts.0 && c.starts.1 <= c.bounds.1, "{named:?}");
            }
            if let Origin::Loss(power) | Origin::One(power) = c.origin {
                assert_eq!(coefficients[power.exponent].origin, Origin::Zero, "{named:?} starts from one that waits");
                assert!(law.inputs().contains(&power.input), "{named:?}");
            }
            assert!((c.shown(c.searched(0.37)) - 0.37).abs() < 1e-15, "{named:?}");
        }
        for term in law.terms() {
            let power = term.power.map(|power| power.exponent);
            assert!(term.amplitude < coefficients.len() && power.is_none_or(|k| k < coefficients.len()));
            assert!(term.power.is_none_or(|power| law.inputs().contains(&power.input)), "{}", law.name());
        }
    }
}

#[test]
fn published_coefficients_are_within_bounds() {
    for w in worked() {
        for (c, theta) in w.law().coefficients().iter().zip(w.theta()) {
            assert!(c.bounds.0 < theta && theta < c.bounds.1, "{}: {} = {theta}", w.law, c.name);
        }
    }
}

/// Starts are within bounds and of the table's own size, whatever its units.
#[test]
fn searches_start_at_losses_like_those_of_the_table() {
    for w in worked() {
        let (law, theta) = (w.law(), w.theta());
        let mut rows = places(100);
        for row in &mut rows {
            row.ln_loss = law.ln_loss(&theta, row.at);
        }
        // A row that does not count is not looked at.
        rows.push(Row { at: At::axis(1e3), ln_loss: 1e3, weight: 0.0 });
        let rows = Rows::new(&rows);
        let starts = Starts::new(law, &rows);
        let count = law.coefficients().len();
        let mut near = 0;
        for i in 0..200 {
            let shares: Vec<f64> = (0..count).map(|k| (f64::from(i + 1) * (k as f64 + 2.0).sqrt()).fract()).collect();
            let start = starts.at(&shares);
            for (c, theta) in law.coefficients().iter().zip(start) {
                assert!(c.bounds.0 <= theta && theta <= c.bounds.1, "{}: {} = {theta}", w.law, c.name);
            }
            let mean = |of: &dyn Fn(Row) -> f64| rows.iter().take(100).map(of).sum::<f64>() / 100.0;
            let off = mean(&|row| law.ln_loss(&start[..count], row.at)) - mean(&|row| row.ln_loss);
            assert!(off.is_finite(), "{} at {start:?}", w.law);
            near += usize::from(off.abs() < 5.0);
        }
        assert!(near > 20, "{}: {near} of 200 starts are within e⁵ of the losses", w.law);
    }
}

/// Every law at some coefficients, those that are searched in other ones in both.
fn laws_somewhere() -> Vec<(&'static dyn Law, Vec<f64>)> {
    let mut all = Vec::new();
    for w in worked() {
        for theta in thetas(&w) {
            if let Some(recast) = w.law().recast() {
                let mut padded = [0.0; COEFFICIENTS_MAX];
                padded[..theta.len()].copy_from_slice(&theta);
                all.push((recast.law, (recast.searched)(&padded)[..theta.len()].to_vec()));
            }
            all.push((w.law(), theta));
        }
    }
    all
}

#[test]
fn gradients_are_those_of_central_differences() {
    for (law, theta) in laws_somewhere() {
        for row in places(30) {
            let normal = derivatives(law, &theta, row.at);
            for k in 0..theta.len() {
                let step = 1e-6 * theta[k].abs().max(1e-2);
                let at = |by: f64| {
                    let mut theta = theta.clone();
                    theta[k] += by;
                    law.ln_loss(&theta, row.at)
                };
                let (slope, exact) = ((at(step) - at(-step)) / (2.0 * step), normal.gradient[k]);
                // What rounding does to the difference, and what the third derivative does.
                let allowed = 1e-15 * at(0.0).abs().max(10.0) / step + 1e-6 * exact.abs();
                let name = &law.coefficients()[k].name;
                assert!((slope - exact).abs() <= allowed, "{} by {name}: {exact}, {slope} at {theta:?}", law.name());
            }
        }
    }
}

/// By every two coefficients: of more, most laws have none.
#[test]
fn exact_second_derivatives_are_differences_of_gradients() {
    for (law, theta) in laws_somewhere() {
        let rows = Rows::new(&places(20));
        let normal = |theta: &[f64], free: &[bool]| {
            let (robust, residual) = (&Squared, Residual::Log);
            let objective = Objective { law, rows: &rows, free, robust, residual, priors: &[], hold: None };
            let mut room = Room::default();
            objective.prepare(theta, Bend::Exact, &mut room);
            objective.normal(theta, Bend::Exact, &room)
        };
        let all = normal(&theta, &vec![true; theta.len()]);
        for k in 0..theta.len() {
            let step = 1e-6 * theta[k].abs().max(1e-2);
            let gradient = |by: f64| {
                let mut theta = theta.clone();
                theta[k] += by;
                normal(&theta, &vec![true; theta.len()]).gradient
            };
            let (above, below) = (gradient(step), gradient(-step));
            for j in 0..theta.len() {
                let two: Vec<bool> = (0..theta.len()).map(|i| i == j || i == k).collect();
                assert!(law.knows_curvature(&two), "{}", law.name());
                let exact = normal(&theta, &two);
                for (one, other) in
                    exact.gradient.iter().zip(all.gradient).zip(&two).filter(|(_, two)| **two).map(|p| p.0)
                {
                    assert!((one - other).abs() <= 1e-12 * other.abs(), "{}: {one}, {other}", law.name());
                }
                let (bend, exact) = ((above[j] - below[j]) / (2.0 * step), exact.hessian[j][k]);
                // What rounding does to the difference, and what the fourth derivative does.
                let allowed = 1e-14 * all.gradient[j].abs().max(1.0) / step + 1e-5 * exact.abs();
                assert!((bend - exact).abs() <= allowed, "{} by {k} and {j}: {exact}, {bend}", law.name());
            }
        }
    }
}

/// A law that is searched in other coefficients has the same losses in them, and its own come back.
#[test]
fn recast_laws_are_the_same_laws() {
    let mut recast_laws = 0;
    for w in worked() {
        let Some(recast) = w.law().recast() else { continue };
        recast_laws += 1;
        let count = w.law().coefficients().len();
        assert_eq!((recast.law.coefficients().len(), recast.law.inputs()), (count, w.law().inputs()));
        for theta in thetas(&w) {
            let mut padded = [0.0; COEFFICIENTS_MAX];
            padded[..count].copy_from_slice(&theta);
            let searched = (recast.searched)(&padded);
            let back = (recast.published)(&searched);
            for k in 0..count {
                assert!(
                    (back[k] - theta[k]).abs() <= 1e-11 * theta[k].abs().max(1.0),
                    "{}: {back:?}, {theta:?}",
                    w.law
                );
                assert!(!recast.kept.contains(&k) || searched[k] == theta[k], "{}: {k} is another number", w.law);
            }
            for row in places(30) {
                let (one, other) = (w.law().ln_loss(&theta, row.at), recast.law.ln_loss(&searched[..count], row.at));
                assert!((one - other).abs() <= 1e-12 * one.abs().max(1.0), "{}: {one}, recast {other}", w.law);
            }
        }
    }
    assert!(recast_laws > 0, "none is");
}

/// One row alone, one of many, and one asked for by itself are the same bits.
#[test]
fn predictions_do_not_depend_on_the_rows_beside_them() {
    for w in worked() {
        let (law, theta) = (w.law(), w.theta());
        let rows = places(100);
        let (mut many, mut prepared, mut alone) = Default::default();
        law.predict(&theta, &Rows::new(&rows), &mut many);
        law.prepare(&theta, &Rows::new(&rows), &mut prepared);
        for (i, row) in rows.iter().enumerate() {
            let of = |predicted: &Predicted, i: usize| predicted.ln_loss.as_flattened()[i].to_bits();
            law.predict(&theta, &Rows::new(&rows[i..=i]), &mut alone);
            let expected = law.ln_loss(&theta, row.at).to_bits();
            assert_eq!([of(&many, i), of(&prepared, i), of(&alone, 0)], [expected; 3], "{}, row {i}", w.law);
        }
    }
}

#[test]
fn rows_drawn_from_a_law_have_no_residuals_under_it() {
    for w in worked() {
        let (law, theta) = (w.law(), w.theta());
        let drawn = places(40).into_iter().map(|row| Row { ln_loss: law.ln_loss(&theta, row.at), ..row });
        let rows = Rows::new(&drawn.collect::<Vec<_>>());
        for residual in Residual::ALL {
            let free = &[true; COEFFICIENTS_MAX];
            let objective = Objective { law, rows: &rows, free, robust: &Squared, residual, priors: &[], hold: None };
            assert_eq!(objective.of_data(&theta, &mut Room::default()), 0.0, "{}, {}", w.law, residual.name());
        }
    }
}

/// At published coefficients more of anything lowers the loss, within the sizes that people train.
#[test]
fn more_parameters_tokens_or_compute_lower_the_loss() {
    // The loss of a broken law may rise; here it does.
    for w in worked().iter().filter(|w| !w.law.starts_with("broken")) {
        for &input in w.law().inputs() {
            for row in places(100) {
                let mut more = row.at;
                more.ln[input as usize] += 0.3;
                assert!(w.loss(more) <= w.loss(row.at), "{} rises with {input:?} at {:?}", w.law, row.at);
                // What is repeated, or in excess of the data, may be worth nothing to the last bit.
                if !w.law().inputs().contains(&Input::UniqueTokens) {
                    assert!(w.loss(more) < w.loss(row.at), "{} is flat along {input:?}", w.law);
                }
            }
        }
    }
}

/// Besiroglu et al. 2024: N* = 2.77846e9, D* = 5.99853e10, L* = 2.305529 at 1e21 FLOPs.
#[test]
fn the_best_model_of_a_budget_is_the_published_one() {
    let law = law("chinchilla").expect("a law");
    let theta: Vec<f64> = law.coefficients().iter().zip(BESIROGLU).map(|(c, value)| c.searched(value)).collect();
    let [n, d] = law.optimum(&theta, (1e21_f64 / 6.0).ln()).expect("a valley");
    assert!((n.exp() / 2.77846e9 - 1.0).abs() < 2e-6 && (d.exp() / 5.99853e10 - 1.0).abs() < 2e-6, "{n} {d}");
    assert!((law.ln_loss(&theta, At::allocation(n, d)).exp() - 2.305529).abs() < 5e-7);
}

/// Laws whose best N and D are those of Chinchilla at the same A, B and exponents: the joint exponent does not move
/// them, and neither does what repeated data are worth where all are distinct.
#[test]
fn some_optima_are_those_of_chinchilla() {
    let chinchilla = law("chinchilla").expect("a law");
    let [e, a, b, alpha, beta] = BESIROGLU.map(f64::ln);
    let (alpha, beta) = (alpha.exp(), beta.exp());
    let joint = law("joint-exponent").expect("a law");
    let repeats = law("data-constrained").expect("a law");
    for compute in [1e18_f64, 1e21, 1e25] {
        let ln_product = (compute / 6.0).ln();
        let expected = chinchilla.optimum(&[e, a, b, alpha, beta], ln_product).expect("a valley");
        for k in [0.3_f64, 1.0, 1.8] {
            let found = joint.optimum(&[e, a, b, alpha, beta, k.ln()], ln_product).expect("a valley");
            assert!((found[0] - expected[0]).abs() < 1e-6, "{found:?}, not {expected:?}");
        }
        let found = repeats.optimum(&[e, a, b, alpha, beta, 2.7, 1.7], ln_product).expect("a valley");
        assert!((found[0] - expected[0]).abs() < 1e-6, "{found:?}, not {expected:?}");
    }
}

/// The best losses of Chinchilla's law, budget by budget, are a frontier.
#[test]
fn the_best_losses_of_a_surface_are_a_frontier() {
    let surface = law("chinchilla").expect("a law");
    let theta: Vec<f64> = surface.coefficients().iter().zip(BESIROGLU).map(|(c, value)| c.searched(value)).collect();
    let frontier = worked().into_iter().find(|w| w.law == "frontier").expect("a worked number");
    for compute in [1e18_f64, 1e21, 1e24, 1e27] {
        let [n, d] = surface.optimum(&theta, (compute / 6.0).ln()).expect("a valley");
        let (on, along) = (surface.ln_loss(&theta, At::allocation(n, d)).exp(), frontier.loss(At::axis(compute.ln())));
        // k comes from six digits of g.
        assert!((on / along - 1.0).abs() < 3e-6, "{on} on the surface, {along} along the frontier at {compute}");
    }
}

/// Farseer's law falls towards models of one token too; its optimum is the valley among the authors' runs.
#[test]
fn a_valley_is_found_where_the_loss_is_lower_still_at_the_end() {
    let farseer = worked().into_iter().find(|w| w.law == "farseer").expect("a worked number");
    for (compute, decades) in [(6e18, 8.0..8.6), (6e20, 9.0..9.7), (6e22, 9.8..10.4)] {
        let ln_product = (compute / 6.0_f64).ln();
        let [n, d] = farseer.law().optimum(&farseer.theta(), ln_product).expect("a valley");
        assert!(decades.contains(&(n / 10f64.ln())), "N* = {} at {compute}", n.exp());
        let loss = |n: f64| farseer.loss(At::allocation(n, ln_product - n));
        assert!(loss(n) <= loss(n - 0.1) && loss(n) <= loss(n + 0.1) && loss(ln_product) < loss(n), "{n} {d}");
    }
}

/// Repeated data are worth something, but less than fresh, and a pool that was not used is worth nothing.
#[test]
fn repeats_are_worth_less_than_fresh_tokens() {
    let w = worked().into_iter().find(|w| w.law == "data-constrained").expect("a worked number");
    let (once, four, forty) = (run(1e9, 1e10), repeated(1e9, 4e10, 1e10), repeated(1e9, 4e11, 1e10));
    assert!(w.loss(four) < w.loss(once) && w.loss(four) > w.loss(run(1e9, 4e10)));
    // Four epochs are nearly as good as fresh data: Muennighoff et al. 2023, abstract.
    let (repeated_gain, fresh_gain) = (w.loss(once) - w.loss(four), w.loss(once) - w.loss(run(1e9, 4e10)));
    assert!(repeated_gain > 0.9 * fresh_gain, "{repeated_gain} of {fresh_gain}");
    // What is left to gain after forty epochs is little.
    assert!(w.loss(forty) - w.loss(repeated(1e9, 4e13, 1e10)) < 0.01);
    assert_eq!(w.loss(repeated(1e9, 1e10, 5e10)), w.loss(once));
}
