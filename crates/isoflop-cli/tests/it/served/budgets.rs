//! Many at once, and one budget.

use std::sync::Barrier;

use serde_json::Value;

use super::wire::Wire;
use super::{JSON, Server, config};
use crate::program::Place;

/// Sends these configurations at the same moment, each on a connection of its own; gives the statuses.
fn at_once(server: &Server, key: &str, configs: &[Value]) -> Vec<u16> {
    let start = Barrier::new(configs.len());
    std::thread::scope(|scope| {
        let asked: Vec<_> = configs
            .iter()
            .map(|config| {
                let (start, address) = (&start, server.address);
                scope.spawn(move || {
                    let (mut wire, text) = (Wire::open(address).unwrap(), config.to_string());
                    start.wait();
                    wire.ask("POST", "/submit", &[JSON, ("X-API-Key", key)], text.as_bytes()).unwrap().status
                })
            })
            .collect();
        asked.into_iter().map(|asked| asked.join().unwrap()).collect()
    })
}

fn count(statuses: &[u16], status: u16) -> usize {
    statuses.iter().filter(|&&known| known == status).count()
}

#[test]
fn parallel_submissions_never_overspend() {
    let place = Place::new();
    let server = Server::start(&place.path(""), "--no-workers --budget-seconds 1000");
    let key = &server.keys.user;
    for round in 0..5 {
        let configs: Vec<_> = (0..40).map(|seed| config(round * 100 + seed, 30)).collect();
        let statuses = at_once(&server, key, &configs);
        let room = if round == 0 { 33 } else { 0 };
        assert_eq!((count(&statuses, 200), count(&statuses, 400)), (room, 40 - room), "{statuses:?}");
        assert_eq!(server.budget(key), (990.0, 10.0, 1000.0));
    }
    assert_eq!(server.submit(key, &config(999, 10)).status, 200, "the remainder can be used up");
    assert_eq!(server.budget(key), (1000.0, 0.0, 1000.0));
}

#[test]
fn equal_submissions_make_one_run() {
    let place = Place::new();
    let server = Server::start(&place.path(""), "--no-workers --budget-seconds 1000");
    let key = &server.keys.user;
    for seed in 0..5 {
        let statuses = at_once(&server, key, &vec![config(seed, 30); 24]);
        assert_eq!((count(&statuses, 200), count(&statuses, 409)), (1, 23), "{statuses:?}");
    }
    assert_eq!(server.budget(key).0, 150.0);
    assert_eq!(server.get("/experiments", key).json().as_array().unwrap().len(), 5);
}
