//! Rules on runs in workers' hands.

use isoflop_api::{FailReason, Finish, Timestamp};

use super::said::{Said, finite, shortened};
use super::{Cause, End, Event, Experiment, ExperimentId, Lease, Ledger, Purpose, Refusal, Report, State, Terms};
use crate::backend::Work;

impl Ledger {
    /// Hands out runs for `places`. A worker whose answer got lost asks again and gets those runs again, as it does not
    /// name them among those it holds.
    pub(super) fn lease(
        &self,
        terms: &Terms,
        worker: &str,
        places: usize,
        holding: &[String],
        now: Timestamp,
    ) -> Vec<Event> {
        let forgotten = self.forgotten(worker, holding).count();
        if self.draining {
            return Vec::new();
        }
        let free = terms.max_running.saturating_sub(self.running.len());
        let expires = now.plus_seconds(terms.lease_seconds);
        let next = self.next(places.saturating_sub(forgotten).min(free));
        let lease = |id| {
            let run_id = self.known(id).next_run_id();
            Event::Leased { experiment: id, lease: Lease { run_id, worker: Some(worker.to_owned()), expires } }
        };
        next.into_iter().map(lease).collect()
    }

    /// Runs that `worker` was handed and does not know of.
    pub fn forgotten(&self, worker: &str, holding: &[String]) -> impl Iterator<Item = &Experiment> {
        self.running().filter(move |run| {
            run.lease().is_some_and(|lease| lease.worker.as_deref() == Some(worker) && !holding.contains(&lease.run_id))
        })
    }

    /// Every attempt has a name of its own, as words of an earlier one may still come.
    pub(super) fn dispatch(
        &self,
        terms: &Terms,
        id: ExperimentId,
        run_id: &str,
        now: Timestamp,
    ) -> Result<Vec<Event>, Refusal> {
        let run = self.experiment(id).ok_or(Refusal::UnknownExperiment(id))?;
        match &run.state {
            State::Queued if self.draining => Err(Refusal::Draining),
            State::Queued if self.running.len() >= terms.max_running => Err(Refusal::AllPlacesTaken(terms.max_running)),
            State::Queued if run.run_ids.iter().any(|known| known == run_id) => {
                Err(Refusal::RunIdTaken { experiment: id, run_id: run_id.to_owned() })
            }
            State::Queued => {
                let expires = now.plus_seconds(terms.dispatched_lease_seconds);
                let lease = Lease { run_id: run_id.to_owned(), worker: None, expires };
                Ok(vec![Event::Leased { experiment: id, lease }])
            }
            State::Running { lease, .. } if lease.run_id == run_id => Ok(Vec::new()),
            _ => Err(Refusal::NotQueued(id)),
        }
    }

    /// The worker's word renews its lease, once half of it is over: each renewal is written to disk.
    ///
    /// A worker that never ends its run would hold it for ever. That is decided when it speaks and not by the clock
    /// alone: who is silent may be trying to hand in a result that a server out of order could not take.
    pub(super) fn report(
        &self,
        terms: &Terms,
        id: ExperimentId,
        run_id: &str,
        report: &Report,
        now: Timestamp,
    ) -> Result<Vec<Event>, Refusal> {
        let run = self.held(id, run_id)?;
        let lease = run.lease().expect("what is held has a lease");
        let said = report.losses.as_ref().map(|losses| finite(losses).0);
        let progressed = said.as_ref().and_then(|losses| progress(run, losses));
        let mut events: Vec<Event> = progressed.into_iter().collect();
        let length = length(terms, lease);
        let is_due = lease.expires.seconds_since(now) < length / 2.0;
        if report.waits && run.losses.is_empty() {
            let waits = Event::Waits { experiment: id, expires: now.plus_seconds(length) };
            return Ok(if is_due { vec![waits] } else { Vec::new() });
        }
        if let Some(used_seconds) = overrun(terms, run, now) {
            let partial_val_losses = said.unwrap_or_else(|| run.losses.clone());
            let end = End::Failed { reason: FailReason::Timeout { partial_val_losses }, cause: Cause::Run };
            events.push(Event::Ended { experiment: id, used_seconds, charge: charge(run, used_seconds), end });
            return Ok(events);
        }
        if is_due {
            events.push(Event::Renewed { experiment: id, expires: now.plus_seconds(length) });
        }
        Ok(events)
    }

    /// The end of a run. Said twice it is heard once; a worker that lost its run to another is told so.
    pub(super) fn finish(
        &self,
        id: ExperimentId,
        run_id: Option<&str>,
        finish: &Finish,
    ) -> Result<Vec<Event>, Refusal> {
        let run = self.experiment(id).ok_or(Refusal::UnknownExperiment(id))?;
        let said = Said::of(finish);
        match (&run.state, run_id) {
            (State::Queued, _) => Err(Refusal::NotRunning(id)),
            (State::Running { lease, .. }, said) if said.is_some_and(|said| said != lease.run_id) => {
                Err(Refusal::AnotherRun { experiment: id, run_id: said.unwrap_or_default().to_owned() })
            }
            // It may be the late word of an attempt before this one.
            (State::Running { .. }, None) if run.attempts() > 1 && !goes_on(run, &said) => Err(Refusal::Unnamed(id)),
            (State::Running { .. }, _) => Ok(settle(run, said)),
            // A cancelled run's worker ends it when it hears of it; that changes nothing.
            (State::Ended { end: End::Failed { cause: Cause::Cancelled, .. }, .. }, _) => Ok(Vec::new()),
            (State::Ended { run_id: last, .. }, Some(run_id)) if run_id != last => {
                Err(Refusal::AnotherRun { experiment: id, run_id: run_id.to_owned() })
            }
            (State::Ended { .. }, _) if is_same_end(run, &said) => Ok(Vec::new()),
            (State::Ended { .. }, _) => Err(Refusal::AlreadyEnded(id)),
        }
    }

    pub(super) fn lost(&self, terms: &Terms, id: ExperimentId, run_id: &str, why: &str) -> Result<Vec<Event>, Refusal> {
        let run = self.held(id, run_id)?;
        Ok(vec![lose(terms, run, &shortened(why))])
    }

    pub(super) fn give_back(&self, id: ExperimentId, run_id: &str) -> Result<Vec<Event>, Refusal> {
        let run = self.held(id, run_id)?;
        Ok(vec![Event::Requeued { experiment: run.id, counts: false, why: "its worker was stopped".to_owned() }])
    }

    /// Every lease that has run out.
    pub(super) fn expire(&self, terms: &Terms, now: Timestamp) -> Vec<Event> {
        let over = self.running().filter(|run| run.lease().is_some_and(|lease| lease.expires < now));
        over.map(|run| lose(terms, run, "its worker fell silent")).collect()
    }

    /// The server's own hands are empty after a start; that is not held against the runs, nor is their silence against
    /// workers that nobody was there to hear.
    pub(super) fn restart(&self, terms: &Terms, now: Timestamp) -> Vec<Event> {
        let is_own = |id| self.known(id).lease().is_some_and(|lease| lease.worker.as_deref() == Some(OWN_WORKER));
        let own = self.running().map(|run| run.id).filter(|&id| is_own(id));
        let why = "the server was started again".to_owned();
        let requeued = own.map(|experiment| Event::Requeued { experiment, counts: false, why: why.clone() });
        let others = self.renew(terms, now).into_iter().filter(|event| match event {
            Event::Renewed { experiment, .. } => !is_own(*experiment),
            _ => true,
        });
        requeued.chain(others).collect()
    }

    /// Nobody's lease ends before they had all of it to speak.
    pub(super) fn renew(&self, terms: &Terms, now: Timestamp) -> Vec<Event> {
        let leases = self.running().filter_map(|run| run.lease().map(|lease| (run.id, lease)));
        leases
            .map(|(experiment, lease)| (experiment, lease.expires, now.plus_seconds(length(terms, lease))))
            .filter(|(_, before, expires)| before < expires)
            .map(|(experiment, _, expires)| Event::Renewed { experiment, expires })
            .collect()
    }

    /// The run, if `run_id` is its attempt that goes on.
    fn held(&self, id: ExperimentId, run_id: &str) -> Result<&Experiment, Refusal> {
        let run = self.experiment(id).ok_or(Refusal::UnknownExperiment(id))?;
        match run.lease() {
            Some(lease) if lease.run_id == run_id => Ok(run),
            Some(_) => Err(Refusal::AnotherRun { experiment: id, run_id: run_id.to_owned() }),
            None => Err(Refusal::NotRunning(id)),
        }
    }
}

/// What the server's own workers are called.
pub const OWN_WORKER: &str = "this server";

/// Only what is new is written, so that thousands of evaluations of one run do not fill the disk.
fn progress(run: &Experiment, losses: &[f64]) -> Option<Event> {
    let kept = run.losses.iter().zip(losses).take_while(|(old, new)| old == new).count();
    let changed = kept < losses.len() || kept < run.losses.len();
    changed.then(|| Event::Progressed { experiment: run.id, kept, losses: losses[kept..].to_vec() })
}

/// Whether an end continues what was said of this attempt, as the course's workers say every loss with its attempt's name
/// before they end it without.
fn goes_on(run: &Experiment, said: &Said) -> bool {
    !run.losses.is_empty() && said.losses.as_ref().is_some_and(|losses| losses.starts_with(&run.losses))
}

fn settle(run: &Experiment, said: Said) -> Vec<Event> {
    let mut events: Vec<Event> = said.losses.iter().filter_map(|losses| progress(run, losses)).collect();
    let (used_seconds, charge) = (said.used_seconds, charge(run, said.used_seconds));
    events.push(Event::Ended { experiment: run.id, used_seconds, charge, end: said.end });
    events
}

/// What `used_seconds` of a run cost its user; the house pays for finals.
pub(super) fn charge(run: &Experiment, used_seconds: f64) -> f64 {
    if run.purpose == Purpose::Own { run.work.cost(used_seconds) } else { 0.0 }
}

/// How long silence is borne.
fn length(terms: &Terms, lease: &Lease) -> f64 {
    if lease.worker.is_some() { terms.lease_seconds } else { terms.dispatched_lease_seconds }
}

/// How long a run has been going on, if that is far beyond its limit. Queries have none.
fn overrun(terms: &Terms, run: &Experiment, now: Timestamp) -> Option<f64> {
    let (State::Running { started, .. }, Work::Training(config)) = (&run.state, &run.work) else { return None };
    let used = now.seconds_since(*started);
    (used > config.max_runtime_seconds * terms.overrun_share + terms.overrun_seconds).then_some(used)
}

fn lose(terms: &Terms, run: &Experiment, why: &str) -> Event {
    let lost = run.lost + 1;
    if lost < terms.max_lost {
        return Event::Requeued { experiment: run.id, counts: true, why: why.to_owned() };
    }
    let failure = format!("lost {lost} times, and not charged: {why}");
    let end = End::Failed { reason: FailReason::Unexpected { failure }, cause: Cause::Lost };
    Event::Ended { experiment: run.id, used_seconds: 0.0, charge: 0.0, end }
}

fn is_same_end(run: &Experiment, said: &Said) -> bool {
    let State::Ended { used_seconds, end, .. } = &run.state else { return false };
    *used_seconds == said.used_seconds
        && *end == said.end
        && said.losses.as_ref().is_none_or(|losses| *losses == run.losses)
}
