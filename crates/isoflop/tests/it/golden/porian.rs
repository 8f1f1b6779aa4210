//! `testdata/porian-isoflops`: ten configurations on RefinedWeb whose sizes span over two decades per budget.

use isoflop::analyze::{Options, analyze};
use isoflop::approach::Akima;
use isoflop::progress::Quiet;

use super::{by, table, within};

/// Source: Porian et al. 2024 (arXiv:2406.19146), figure 1 and the authors' data: the exponent of N*(C) of each
/// configuration. Method there: Akima interpolation of ln L over ln N, weighted log–log line, nothing excluded but
/// optima at an edge. Tolerance: 0.005 (the authors' own unweighted exponents differ by up to 0.007).
#[test]
fn akima_gives_the_published_exponent_of_each_configuration() {
    let published = include_str!("../../../../../testdata/porian-isoflops/published_exponents.csv");
    let mut compared = 0;
    for line in published.lines().skip(1) {
        let fields: Vec<&str> = line.split(',').collect();
        let [data, hparams, warmup, decay, count, split, exponent, ..] = fields[..] else { panic!("{line}") };
        let condition = format!(
            "dataset == '{data}' && hparams == '{hparams}' && warmup == '{warmup}' && decay == '{decay}' && \
             param_count == '{count}' && loss_split == '{split}'"
        );
        let table = table("testdata/porian-isoflops/isoflop_points.csv", &condition);
        let options =
            Options { approaches: vec![&Akima], parametric: false, resamples: Some(1000), ..Options::default() };
        let analysis = analyze(&table, &options, &Quiet).expect("runs are left");
        let law = by(&analysis, "akima").params_law.expect("a law");
        within(law.exponent.value, exponent.parse().expect("a number"), 0.005);
        compared += 1;
    }
    assert_eq!(compared, 10);
}

/// Source: the same data's `optimal_points.csv`, for the configuration that repeats Kaplan et al.: N* of each budget,
/// on a grid 25 times finer than the runs. Tolerance: one step of that grid.
#[test]
fn akima_gives_the_published_optima() {
    let condition = "hparams == 'base' && warmup == 'long' && decay == 'kaplan' && param_count == 'kaplan'";
    let table = table("testdata/porian-isoflops/isoflop_points.csv", condition);
    let analysis = analyze(&table, &Options { resamples: Some(100), ..Options::default() }, &Quiet).expect("runs");
    let published = include_str!("../../../../../testdata/porian-isoflops/optimal_points.csv");
    let mut compared = 0;
    for line in published.lines().filter(|line| line.starts_with("rw,base,long,kaplan,kaplan,train,")) {
        let fields: Vec<&str> = line.split(',').collect();
        let number = |i: usize| fields[i].parse::<f64>().expect("a number");
        let optima = &by(&analysis, "akima").optima;
        let own = optima.iter().find(|o| o.compute.0 == number(6)).expect("the budget");
        let step = 5.0_f64.ln() / 25.0;
        within(own.params.expect("an optimum").0.ln(), number(11).ln(), step);
        compared += 1;
    }
    assert_eq!(compared, 11);
}
