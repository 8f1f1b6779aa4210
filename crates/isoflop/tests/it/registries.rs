//! What must hold of every member of the registries of robust losses, searches and interval methods, and their docs.

use isoflop::fit::search::SEARCHES;
use isoflop::law::LAWS;
use isoflop::robust::{ROBUST_LOSSES, robust_loss};
use isoflop::uncertainty::INTERVALS;

/// Every member has its row in `docs/laws.md`, in the registry's order.
#[test]
fn the_documented_members_are_the_registered_ones() {
    let docs = include_str!("../../../../docs/laws.md");
    let rows = |names: Vec<(&str, &str, &str)>| {
        let row = |(name, label, source): &(&str, &str, &str)| format!("| `{name}` | {label} | {source} |");
        names.iter().map(row).collect::<Vec<_>>().join("\n")
    };
    let tables = [
        rows(LAWS.iter().map(|law| (law.name(), law.equation(), law.source())).collect()),
        rows(ROBUST_LOSSES.iter().map(|kind| (kind.name, kind.label, kind.source)).collect()),
        rows(SEARCHES.iter().map(|search| (search.name(), search.label(), search.source())).collect()),
        rows(INTERVALS.iter().map(|method| (method.name(), method.label(), method.source())).collect()),
    ];
    for table in tables {
        assert!(docs.contains(&format!("|---|---|---|\n{table}\n")), "docs/laws.md lacks this table:\n{table}");
    }
}

/// ρ(0) = 0 and ρ > 0 elsewhere, ψ = ρ′, weight = ψ/r, and the parabola with that weight through a point is nowhere on
/// its side of 0 below ρ.
#[test]
fn robust_losses_and_their_slopes_belong_together() {
    for spelled in ["huber:0.001", "squared", "log-cosh:0.002", "quantile:0.1", "quantile:0.9,0.003", "huber"] {
        let rho = robust_loss(spelled).expect("it is registered");
        assert_eq!((rho.cost(0.0).rho, rho.cost(0.0).psi), (0.0, 0.0), "{spelled}");
        for r in [-0.3, -0.0101, -0.0017, -0.00041, 0.00023, 0.0009, 0.0033, 0.07, 2.5] {
            let (cost, h) = (rho.cost(r), 1e-5 * f64::abs(r));
            let slope = (rho.cost(r + h).rho - rho.cost(r - h).rho) / (2.0 * h);
            let bend = (rho.cost(r + h).psi - rho.cost(r - h).psi) / (2.0 * h);
            assert!(cost.rho > 0.0, "{spelled} at {r}");
            assert!((cost.psi - slope).abs() < 1e-6 * slope.abs(), "{spelled} at {r}: ψ {}, ρ′ {slope}", cost.psi);
            assert!((cost.psi_prime - bend).abs() < 1e-5, "{spelled} at {r}: ψ′ {}, {bend}", cost.psi_prime);
            assert!((cost.weight * r - cost.psi).abs() <= 1e-12 * cost.psi.abs(), "{spelled} at {r}");
            for other in [-1.0, -0.002, 0.0004, 0.3].into_iter().filter(|other| other * r > 0.0) {
                let above = cost.rho + 0.5 * cost.weight * (other * other - r * r);
                assert!(above >= rho.cost(other).rho - 1e-12, "{spelled}: the parabola at {r} is too low at {other}");
            }
        }
    }
}

#[test]
fn every_robust_loss_is_spelled_as_it_is_asked_for() {
    for kind in ROBUST_LOSSES {
        let made =
            robust_loss(if kind.name == "quantile" { "quantile:0.1" } else { kind.name }).expect("it is registered");
        assert!(made.spelled().starts_with(kind.name));
        assert_eq!(robust_loss(&made.spelled()).expect("it reads what it writes").spelled(), made.spelled());
    }
    for wrong in
        ["huber:0", "huber:-1", "huber:x", "huber:1,2", "squared:1", "quantile", "quantile:1.5", "log-cosh:nan"]
    {
        assert!(robust_loss(wrong).is_err(), "{wrong}");
    }
}
