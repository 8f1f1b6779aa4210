//! Rules under any commands in any order.

use isoflop_api::{FailReason, Finish};
use isoflop_server::backend::Work;
use isoflop_server::ledger::{Command, Event, OWN_WORKER, Owner, Purse, Refusal, Report, State, UserId};
use proptest::prelude::*;

use crate::books::{Books, at, config, key, query, report, submit, training};
use crate::check::consistent;

const NUMBERS: [f64; 9] = [1.0, 0.1, 1.0 / 3.0, 4321.0, 43_200.0, -1.0, 1e300, f64::NAN, f64::INFINITY];

fn number() -> impl Strategy<Value = f64> {
    prop::sample::select(&NUMBERS)
}

fn losses() -> impl Strategy<Value = Vec<f64>> {
    prop::collection::vec(prop_oneof![9 => 1.0..5.0_f64, 1 => number()], 0..4)
}

fn user() -> impl Strategy<Value = UserId> {
    prop_oneof![20 => 0..3_u32, 1 => Just(77)].prop_map(UserId)
}

fn work() -> impl Strategy<Value = Work> {
    prop_oneof![
        4 => (0..4_u64, prop_oneof![3 => 1.0..20_000.0, 1 => number()]).prop_map(|(seed, most)| training(seed, most)),
        1 => prop::sample::select(&[1e13, 3e17, 1e18, f64::NAN]).prop_map(query),
    ]
}

fn owner() -> impl Strategy<Value = Owner> {
    prop_oneof![user().prop_map(Owner::User), Just(Owner::Operator), Just(Owner::Worker)]
}

fn run_id() -> impl Strategy<Value = String> {
    prop_oneof![5 => (1..12_u64, 1..4_u32).prop_map(|(id, attempt)| format!("run-{id}-{attempt}")), 1 => "[xy]"]
}

/// An experiment, and the name of one of its attempts or, seldom, of another's.
fn attempt() -> impl Strategy<Value = (u64, String)> {
    let own = (1..12_u64, 1..4_u32).prop_map(|(id, attempt)| (id, format!("run-{id}-{attempt}")));
    prop_oneof![5 => own, 1 => (0..14_u64, run_id())]
}

fn ending() -> impl Strategy<Value = Finish> {
    let reason = prop_oneof![
        losses().prop_map(|partial_val_losses| FailReason::Timeout { partial_val_losses }),
        ".{0,9}".prop_map(|failure| FailReason::Unexpected { failure }),
    ];
    let used = || prop_oneof![3 => 0.0..20_000.0, 1 => number()];
    prop_oneof![
        (used(), losses())
            .prop_map(|(used_runtime_seconds, val_losses)| Finish::Completed { used_runtime_seconds, val_losses }),
        (used(), reason).prop_map(|(used_runtime_seconds, reason)| Finish::Failed { used_runtime_seconds, reason }),
    ]
}

fn operator() -> impl Strategy<Value = Command> {
    let op = || "op".to_owned();
    let purse = prop::sample::select(&[Purse::Seconds, Purse::Flops]);
    prop_oneof![
        ("[a-f ]{0,2}", "[k-n]").prop_map(|(name, text)| Command::AddUser { name, key: key(&text) }),
        (owner(), "[k-n]").prop_map(|(owner, text)| Command::SetKey { owner, key: key(&text) }),
        (user(), purse, number()).prop_map(move |(user, purse, amount)| Command::Adjust {
            user,
            purse,
            amount,
            reason: String::new(),
            actor: op(),
            once: None,
        }),
        (0..14_u64).prop_map(move |experiment| Command::Refund { experiment, reason: String::new(), actor: op() }),
        (user(), 0..4_u64, number()).prop_map(|(user, seed, loss)| Command::SaveFinal {
            user,
            config: config(seed, 9.5),
            predicted_loss: loss
        }),
        (any::<bool>(), prop::option::of(0.0..1e5_f64)).prop_map(move |(frozen, deadline)| Command::Finals {
            frozen,
            deadline: deadline.map(at),
            actor: op(),
        }),
        Just(Command::LaunchFinals { actor: op() }),
        prop::bool::weighted(0.2).prop_map(move |on| Command::Drain { on, actor: op() }),
    ]
}

fn command() -> impl Strategy<Value = Command> {
    let worker = || prop::sample::select(&["w", "v", OWN_WORKER]).prop_map(str::to_owned);
    prop_oneof![
        6 => (user(), work()).prop_map(|(user, work)| submit(user, work)),
        2 => (0..14_u64, owner()).prop_map(|(experiment, owner)| Command::Cancel { experiment, owner }),
        6 => (worker(), 0..4_usize, prop::collection::vec(run_id(), 0..3))
            .prop_map(|(worker, places, holding)| Command::Lease { worker, places, holding }),
        1 => attempt().prop_map(|(experiment, run_id)| Command::Dispatch { experiment, run_id }),
        6 => (attempt(), prop::option::of(losses())).prop_map(|((id, run_id), said)| report(id, &run_id, said.as_deref())),
        4 => (attempt(), prop::bool::weighted(0.8), ending()).prop_map(|((experiment, run_id), says, finish)| {
            Command::Finish { experiment, run_id: says.then_some(run_id), finish }
        }),
        1 => attempt().prop_map(|(experiment, run_id)| Command::Lost { experiment, run_id, why: "gone".to_owned() }),
        1 => attempt().prop_map(|(experiment, run_id)| Command::GiveBack { experiment, run_id }),
        1 => attempt().prop_map(|(experiment, run_id)| {
            Command::Report { experiment, run_id, report: Report { losses: None, waits: true } }
        }),
        2 => Just(Command::Expire),
        1 => prop::sample::select(&[Command::Renew, Command::Restart]),
        3 => operator(),
    ]
}

/// What may be said twice: the second time nothing happens.
fn is_idempotent(command: &Command) -> bool {
    !matches!(
        command,
        Command::AddUser { .. }
            | Command::Submit { .. }
            | Command::Adjust { .. }
            | Command::SaveFinal { .. }
            | Command::Lost { .. }
            | Command::GiveBack { .. }
    )
}

/// One step, with all that must be true of it.
fn step(books: &mut Books, time: f64, command: &Command) {
    let before: Vec<_> = books.ledger.experiments().iter().map(|run| (run.has_ended(), run.attempts())).collect();
    let last_run_id = |books: &Books, id: u64| match &books.ledger.experiment(id).unwrap().state {
        State::Running { lease, .. } => Some(lease.run_id.clone()),
        _ => None,
    };
    let Ok(events) = books.ask(time, command.clone()) else { return };
    for event in &events {
        let Some(id) = event.experiment() else { continue };
        let Some(&(ended, attempts)) = before.get(id as usize - 1) else { continue };
        assert!(!ended || matches!(event, Event::Refunded { .. }), "{event:?} after its end");
        if let Event::Leased { lease, .. } = event {
            assert_eq!(books.ledger.experiment(id).unwrap().attempts(), attempts + 1, "{command:?}");
            assert_eq!(last_run_id(books, id).as_ref(), Some(&lease.run_id));
        }
    }
    consistent(&books.ledger, &books.terms);
    // Who claims to hold what was only now handed out is not heard again.
    let claimed = |event: &Event| match (event, command) {
        (Event::Leased { lease, .. }, Command::Lease { holding, .. }) => holding.contains(&lease.run_id),
        _ => false,
    };
    if is_idempotent(command) && !events.iter().any(claimed) {
        match books.ask(time, command.clone()) {
            Ok(again) => assert_eq!(again, [], "{command:?} twice"),
            // It overran, and its worker is told.
            Err(Refusal::NotRunning(_)) => assert!(matches!(events.last(), Some(Event::Ended { .. })), "{command:?}"),
            Err(other) => panic!("{command:?} twice: {other:?}"),
        }
    }
}

proptest! {
    #[test]
    fn books_stay_right(commands in prop::collection::vec((0..60_u32, command()), 0..250)) {
        let (mut books, mut time) = (Books::of(3), 1.0);
        books.terms.max_running = 6;
        for (pause, command) in commands {
            // Mostly a moment, sometimes a long silence.
            time += if pause == 0 { 3_000.0 } else { f64::from(pause) / 7.0 };
            step(&mut books, time, &command);
            for (id, _) in books.ledger.users() {
                for purse in [Purse::Seconds, Purse::Flops] {
                    let balance = books.ledger.balance(&books.terms, id, purse);
                    prop_assert!(balance.used <= balance.total, "{balance:?} after {command:?}");
                    prop_assert!(balance.left() >= 0.0, "{balance:?} after {command:?}");
                }
            }
        }
        prop_assert_eq!(books.replayed(), books.ledger);
    }
}
