//! What must be true of any books.

use std::collections::{BTreeMap, BTreeSet};

use isoflop_server::ledger::{Amount, Cause, End, Ledger, Purpose, Purse, State, Terms};

/// Recomputes every index and sum from the experiments.
pub fn consistent(ledger: &Ledger, terms: &Terms) {
    let mut running = BTreeSet::new();
    let mut standing = BTreeMap::new();
    for (place, run) in ledger.experiments().iter().enumerate() {
        assert_eq!(run.id, place as u64 + 1);
        assert!(run.charge.is_finite() && run.charge >= 0.0 && run.charge <= run.work.reservation(), "{run:?}");
        assert!(run.purpose == Purpose::Own || run.charge == 0.0, "the house pays: {run:?}");
        assert!(run.lost as usize <= run.attempts(), "{run:?}");
        if matches!(run.state, State::Running { .. }) {
            running.insert(run.id);
        }
        let reserved = run.purpose == Purpose::Own && !run.has_ended();
        assert!(!reserved || run.charge == run.work.reservation(), "{run:?}");
        let free = matches!(&run.state, State::Ended { end: End::Failed { cause, .. }, .. } if *cause != Cause::Run);
        if run.purpose == Purpose::Own && !free {
            let before = standing.insert((run.user, run.digest.clone()), run.id);
            assert_eq!(before, None, "two runs stand for one configuration");
        }
    }
    assert_eq!(ledger.running().map(|run| run.id).collect::<BTreeSet<_>>(), running);
    for run in ledger.experiments() {
        let expected = standing.get(&(run.user, run.digest.clone())).copied();
        assert_eq!(ledger.standing_for(run.user, &run.digest), expected);
    }
    let mut waiting = 0;
    for (id, user) in ledger.users() {
        let own = || ledger.experiments().iter().filter(|run| run.user == id);
        assert_eq!(user.experiments, own().map(|run| run.id).collect::<Vec<_>>());
        let queued: BTreeSet<_> = own().filter(|run| run.state == State::Queued).map(|run| run.id).collect();
        waiting += queued.len();
        assert_eq!(user.queued, queued);
        assert_eq!(user.running, own().filter(|run| running.contains(&run.id)).count());
        for purse in [Purse::Seconds, Purse::Flops] {
            let mut used = Amount::default();
            for run in own().filter(|run| run.purse() == purse) {
                used += Amount::of(purse, run.charge);
            }
            let balance = ledger.balance(terms, id, purse);
            assert_eq!((user.used(purse), balance.used), (used, used.nearest(purse)));
            assert!(balance.used >= 0.0 && balance.left().is_finite());
        }
    }
    assert_eq!(ledger.load(), (waiting, running.len()));
}
