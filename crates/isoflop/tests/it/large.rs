//! Tables of more rows than starts are found from.

use isoflop::fit::{FitOptions, Held, fit};
use isoflop::law::law;
use isoflop::robust::Squared;
use isoflop::rows::At;
use isoflop::simulate::{Scatter, Tails, rows};

#[test]
fn a_large_table_is_fitted_from_starts_that_some_of_its_rows_give() {
    let truth = [1.69_f64.ln(), 406.4_f64.ln(), 410.7_f64.ln(), 0.34, 0.28];
    let law = law("chinchilla").expect("it is registered");
    let place = |i: u32| At::allocation(15.0 + f64::from(i % 173) * 0.05, 18.0 + f64::from(i % 149) * 0.06);
    let places: Vec<At> = (0..25_000).map(place).collect();
    let table = rows(law, &truth, &places, Scatter { sd: 0.003, tails: Tails::Normal }, 3);
    let mut held = Held::default();
    let fit = fit(law, &table, &FitOptions::new(&Squared), &mut held).expect("there are runs enough");
    for (found, truth) in fit.coefficients().iter().zip([1.69, 406.4, 410.7, 0.34, 0.28]) {
        assert!((found / truth - 1.0).abs() < 0.02, "{found}, not {truth}");
    }
}
