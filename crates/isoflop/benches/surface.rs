//! scratch
use isoflop::fit::Setup;
use isoflop::fit::newton::*;
use isoflop::fit::objective::*;
use isoflop::fit::search::*;
use isoflop::law::*;
use isoflop::robust::*;
use isoflop::rows::*;
use std::time::Instant;
fn rows() -> Vec<Row> {
    let table = isoflop::source::read(
        concat!(env!("CARGO_MANIFEST_DIR"), "/../../testdata/chinchilla-fig4-epoch/svg_extracted_data.csv"),
        &Default::default(),
        &isoflop::progress::Quiet,
    )
    .unwrap();
    let mut l: Vec<f64> = table.runs().iter().map(|r| r.loss.0).collect();
    l.sort_by(f64::total_cmp);
    let cut = l[l.len() - 5];
    table
        .runs()
        .iter()
        .filter(|r| r.loss.0 < cut)
        .map(|r| Row {
            at: At::allocation(r.params.0.ln(), (r.compute.0 / 6.0 / r.params.0).ln()),
            ln_loss: r.loss.0.ln(),
            weight: 1.0,
        })
        .collect()
}
fn main() {
    let raw = rows();
    let law = law("chinchilla").unwrap();
    let huber = Huber { delta: 1e-3 };
    let fixed = [None; 5];
    let (setup, rows) = Setup::new(law, &raw, &huber, Residual::Log, &[], &fixed);
    let objective = setup.search(&rows).objective;
    let mut room = Room::default();
    let best = setup.as_searched(&[1.8172f64.ln(), 482.01f64.ln(), 2085.43f64.ln(), 0.3478, 0.3658]);
    macro_rules! time {
        ($name:expr,$reps:expr,$e:expr) => {{
            let mut m = f64::MAX;
            for _ in 0..15 {
                let t = Instant::now();
                for _ in 0..$reps {
                    std::hint::black_box($e);
                }
                m = m.min(t.elapsed().as_secs_f64() / $reps as f64);
            }
            println!("{:30} {:.3} us", $name, m * 1e6);
        }};
    }
    time!("value", 1000, objective.of_data(&best[..5], &mut room));
    time!("prepare", 1000, objective.prepare(&best[..5], Bend::Exact, &mut room));
    time!("prepare+majorant", 1000, {
        objective.prepare(&best[..5], Bend::Majorant, &mut room);
        objective.normal(&best[..5], Bend::Majorant, &mut room)
    });
    time!("prepare+exact", 1000, {
        objective.prepare(&best[..5], Bend::Exact, &mut room);
        objective.normal(&best[..5], Bend::Exact, &mut room)
    });
    let search = setup.search(&rows);
    let b = search.descend(&best, Bend::Exact, &mut room);
    println!("{:?} {:e} {} {:?}", b.stop, b.objective, b.steps, &setup.as_published(&b.theta)[..5]);
    time!("warm fit", 100, search.descend(&best, Bend::Exact, &mut room));
    for name in ["projected", "multi-start", "hoffmann-grid"] {
        let s = isoflop::fit::search::search(name).unwrap();
        let f = descend_all(&setup, &rows, s).unwrap();
        println!("{name} tried {} polished {}", f.tried, f.polished);
        for m in f.modes.iter().take(5) {
            println!("   {:.15e} {} {:?} steps {}", m.bottom.objective, m.reached_by, m.bottom.stop, m.bottom.steps);
        }
        time!(name, 3, descend_all(&setup, &rows, s));
    }
    let p = Projection::new(&setup, &rows, 32);
    time!("projection columns", 20, Projection::new(&setup, &rows, 32));
    time!("projection starts", 20, p.starts(&setup, rows.weights(), 6));
    let p = Projection::new(&setup, &rows, 16);
    time!("projection16 starts", 20, p.starts(&setup, rows.weights(), 6));
}
