//! The one place with a lock, a clock and a disk: decide, write, apply, answer.

use std::collections::BTreeSet;
use std::panic::{self, AssertUnwindSafe};
use std::sync::{Arc, RwLock, RwLockReadGuard};
use std::time::Instant;

use isoflop_api::Timestamp;
use tokio::sync::{broadcast, mpsc, oneshot};

use crate::clock::Clock;
use crate::condition::Condition;
use crate::ledger::{Balance, Command, Event, ExperimentId, Ledger, Refusal, Terms, UserId};
use crate::metrics::Metrics;
use crate::store::{Store, StoreError};

/// What came of a command.
#[derive(Clone, Debug, PartialEq)]
pub struct Done {
    /// What happened; nothing, if it was so already.
    pub events: Vec<Event>,
    /// When.
    pub at: Timestamp,
    /// What the purse of a submission holds after it.
    pub balance: Option<Balance>,
}

/// Why nothing came of it.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Problem {
    /// A rule says no.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The disk is full, or gone, or read-only. Nothing has changed; what was known can still be read.
    #[error("nothing can be written now: {0}")]
    Storage(String),
    /// The server is stopping.
    #[error("the server is stopping")]
    Stopping,
    /// The one who writes the books is gone.
    #[error("the writer of the books has ended, through a fault of isoflop; nothing that was answered is lost")]
    Broken,
}

/// A run of this number, or everything, looks different now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Change {
    /// Whose.
    pub user: UserId,
    /// Which.
    pub experiment: ExperimentId,
}

/// A command on its way to the writer.
struct Ask {
    command: Command,
    reply: oneshot::Sender<Result<Done, Problem>>,
}

/// The books with their writer. Clones share them.
#[derive(Clone, Debug)]
pub struct Service {
    inbox: mpsc::Sender<Ask>,
    ledger: Arc<RwLock<Ledger>>,
    changes: broadcast::Sender<Change>,
    terms: Arc<Terms>,
    metrics: Arc<Metrics>,
    condition: Arc<Condition>,
}

/// Commands that are written at once, and wait for the disk but once.
const BATCH: usize = 512;

impl Service {
    /// Replays the store and starts the writer, a thread that ends with the last clone.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub fn start(store: Store, terms: Terms) -> Result<Self, StoreError> {
        let ledger = store.replay()?;
        let (inbox, asks) = mpsc::channel(4 * BATCH);
        let (changes, _) = broadcast::channel(4096);
        let service = Self {
            inbox,
            ledger: Arc::new(RwLock::new(ledger.clone())),
            changes: changes.clone(),
            terms: Arc::new(terms),
            metrics: Arc::default(),
            condition: Arc::default(),
        };
        let writer = Writer {
            clock: Clock::after(ledger.now()),
            head: ledger,
            store,
            committed: Arc::clone(&service.ledger),
            terms: Arc::clone(&service.terms),
            changes,
            metrics: Arc::clone(&service.metrics),
            condition: Arc::clone(&service.condition),
            deaf: false,
        };
        std::thread::Builder::new()
            .name("writer".to_owned())
            .spawn(move || writer.run(asks))
            .expect("a thread can be started");
        Ok(service)
    }

    /// Has a command carried out; what happened is on disk when this answers.
    ///
    /// # Errors
    /// The rule that says no, or the disk.
    pub async fn ask(&self, command: Command) -> Result<Done, Problem> {
        let (reply, answer) = oneshot::channel();
        self.inbox.send(Ask { command, reply }).await.map_err(|_| self.gone())?;
        answer.await.map_err(|_| self.gone())?
    }

    /// The same, from a thread that may wait.
    ///
    /// # Errors
    /// As [`Self::ask`].
    pub fn ask_and_wait(&self, command: Command) -> Result<Done, Problem> {
        let (reply, answer) = oneshot::channel();
        self.inbox.blocking_send(Ask { command, reply }).map_err(|_| self.gone())?;
        answer.blocking_recv().map_err(|_| self.gone())?
    }

    /// Why nobody answers.
    fn gone(&self) -> Problem {
        if self.condition.is_broken() { Problem::Broken } else { Problem::Stopping }
    }

    /// The books as they are on disk. Held for a moment only.
    ///
    /// # Panics
    /// If a thread panicked while it wrote them.
    pub fn ledger(&self) -> RwLockReadGuard<'_, Ledger> {
        self.ledger.read().expect("bookkeeping does not panic")
    }

    /// The settings.
    pub fn terms(&self) -> &Terms {
        &self.terms
    }

    /// What is counted.
    pub fn metrics(&self) -> &Metrics {
        &self.metrics
    }

    /// Whether the server can do its work.
    pub fn condition(&self) -> &Condition {
        &self.condition
    }

    /// The same, to be asked when this service is gone.
    pub fn condition_shared(&self) -> Arc<Condition> {
        Arc::clone(&self.condition)
    }

    /// Says that a run is worth a look, though nothing was written.
    pub(crate) fn nudge(&self, experiment: ExperimentId) {
        let user = self.ledger().experiment(experiment).map(|run| run.user);
        if let Some(user) = user {
            // Nobody may be listening.
            let _ = self.changes.send(Change { user, experiment });
        }
    }

    /// News of every run from now on.
    pub fn changes(&self) -> broadcast::Receiver<Change> {
        self.changes.subscribe()
    }
}

/// The only one that writes.
struct Writer {
    clock: Clock,
    /// The books with what is being written; ahead of the committed ones while the disk is awaited.
    head: Ledger,
    store: Store,
    committed: Arc<RwLock<Ledger>>,
    terms: Arc<Terms>,
    changes: broadcast::Sender<Change>,
    metrics: Arc<Metrics>,
    condition: Arc<Condition>,
    /// Whether workers have spoken in vain: what they said could not be written.
    deaf: bool,
}

impl Writer {
    fn run(mut self, mut asks: mpsc::Receiver<Ask>) {
        let mut batch = Vec::with_capacity(BATCH);
        while asks.blocking_recv_many(&mut batch, BATCH) > 0 {
            let (commands, replies): (Vec<_>, Vec<_>) = batch.drain(..).map(|ask| (ask.command, ask.reply)).unzip();
            let answers = match panic::catch_unwind(AssertUnwindSafe(|| self.carry_out(&commands))) {
                Err(_) => {
                    // What is in memory may be half written; what is on disk is right. Another start reads that.
                    self.condition.breaks();
                    tracing::error!("{}", Problem::Broken);
                    for reply in replies {
                        let _ = reply.send(Err(Problem::Broken));
                    }
                    return;
                }
                Ok(Ok(answers)) => {
                    if !self.condition.is_writable() && commands.contains(&Command::Expire) {
                        // Nobody may write for a long time, while others wait for this to be well again.
                        self.condition.wrote(self.store.probe().is_ok());
                    }
                    self.deaf &= !commands.contains(&Command::Expire);
                    answers
                }
                Ok(Err(error)) => {
                    // Even a refusal may rest on what was not written: everyone asks again.
                    self.deaf = true;
                    self.condition.wrote(false);
                    self.metrics.storage_failed();
                    self.head.clone_from(&self.committed.read().expect("bookkeeping does not panic"));
                    vec![Err(Problem::Storage(error.to_string())); replies.len()]
                }
            };
            for (reply, answer) in replies.into_iter().zip(answers) {
                // Who no longer listens will ask again.
                let _ = reply.send(answer);
            }
        }
    }

    fn carry_out(&mut self, commands: &[Command]) -> Result<Vec<Result<Done, Problem>>, StoreError> {
        let answers: Vec<_> = commands.iter().map(|command| self.decide(command)).collect();
        let happened =
            || answers.iter().flatten().flat_map(|done: &Done| done.events.iter().map(|event| (event, done.at)));
        if happened().next().is_none() {
            return Ok(answers);
        }
        let begun = Instant::now();
        let mut writing = self.store.write()?;
        let (mut experiments, mut users) = (BTreeSet::new(), BTreeSet::new());
        for (event, at) in happened() {
            writing.append(event, at)?;
            experiments.extend(event.experiment());
            users.extend(event.user());
        }
        writing.show(&self.head, experiments.iter().copied(), users)?;
        writing.commit()?;
        self.condition.wrote(true);
        self.metrics.committed(happened().count(), begun.elapsed());
        let mut committed = self.committed.write().expect("bookkeeping does not panic");
        for (event, at) in happened() {
            committed.apply(event, at);
        }
        drop(committed);
        for experiment in experiments {
            let user = self.head.experiment(experiment).expect("it just changed").user;
            // Nobody may be listening.
            let _ = self.changes.send(Change { user, experiment });
        }
        Ok(answers)
    }

    fn decide(&mut self, command: &Command) -> Result<Done, Problem> {
        let at = self.clock.now();
        // Their leases ran out while they could not be renewed, or while the machine slept.
        self.deaf |= self.clock.has_leapt();
        let command = if self.deaf && *command == Command::Expire { &Command::Renew } else { command };
        let decided = self.head.decide(&self.terms, command, at);
        let events = decided.inspect_err(|refusal| self.metrics.refused(refusal))?;
        for event in &events {
            self.head.apply(event, at);
        }
        let balance = match command {
            Command::Submit { user, work, .. } => Some(self.head.balance(&self.terms, *user, work.purse())),
            _ => None,
        };
        Ok(Done { events, at, balance })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::KeyDigest;

    #[test]
    fn a_writer_that_panics_leaves_a_service_that_says_so() {
        let service = Service::start(Store::in_memory().expect("memory"), Terms::default()).expect("no books");
        let add = |name: &str| Command::AddUser { name: name.to_owned(), key: KeyDigest(name.to_owned()) };
        assert!(service.ask_and_wait(add("a")).is_ok() && !service.condition().is_broken());
        let books = Arc::clone(&service.ledger);
        let panicked = std::thread::spawn(move || {
            let _open = books.write();
            panic!("with the books open");
        });
        assert!(panicked.join().is_err());
        assert_eq!(service.ask_and_wait(add("b")), Err(Problem::Broken));
        assert_eq!(service.ask_and_wait(add("c")), Err(Problem::Broken), "and goes on saying so");
    }
}
