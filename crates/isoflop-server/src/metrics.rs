//! What is counted while the server runs, for Prometheus. No name of a user, and no key, is among it.

use std::sync::atomic::AtomicU64;
use std::time::Duration;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::{Registry, Unit};

use crate::ledger::{Ledger, Purse, Refusal};

/// Every counter.
#[derive(Debug)]
pub struct Metrics {
    registry: Registry,
    requests: Family<Asked, Counter>,
    latencies: Family<Where, Histogram>,
    refusals: Family<Rule, Counter>,
    limited: Family<Limit, Counter>,
    events: Counter,
    commits: Histogram,
    storage_failures: Counter,
    backend_failures: Counter,
    queued: Gauge,
    running: Gauge,
    reserved_seconds: Gauge<f64, AtomicU64>,
    reserved_flops: Gauge<f64, AtomicU64>,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Asked {
    path: &'static str,
    method: &'static str,
    status: u16,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Where {
    path: &'static str,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Rule {
    rule: String,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Limit {
    limit: &'static str,
}

/// 0.1 ms to 26 s.
fn times() -> Histogram {
    Histogram::new(exponential_buckets(1e-4, 4.0, 10))
}

impl Default for Metrics {
    fn default() -> Self {
        let mut metrics = Self {
            registry: Registry::with_prefix("isoflop"),
            requests: Family::default(),
            latencies: Family::new_with_constructor(times),
            refusals: Family::default(),
            limited: Family::default(),
            events: Counter::default(),
            commits: times(),
            storage_failures: Counter::default(),
            backend_failures: Counter::default(),
            queued: Gauge::default(),
            running: Gauge::default(),
            reserved_seconds: Gauge::default(),
            reserved_flops: Gauge::default(),
        };
        metrics.register();
        metrics
    }
}

impl Metrics {
    fn register(&mut self) {
        let to = &mut self.registry;
        to.register("build", "The program", Info::new([("version", env!("CARGO_PKG_VERSION"))]));
        to.register("http_requests", "Requests answered", self.requests.clone());
        let until = "From the request's head to the answer's";
        to.register_with_unit("http_request_duration", until, Unit::Seconds, self.latencies.clone());
        to.register("refusals", "Commands that a rule refused", self.refusals.clone());
        to.register("limited", "Requests that came too often", self.limited.clone());
        to.register("events_written", "Events on disk since the start", self.events.clone());
        to.register_with_unit("commit", "From the first event to the disk's word", Unit::Seconds, self.commits.clone());
        to.register("storage_failures", "Commits that failed", self.storage_failures.clone());
        to.register("backend_failures", "Runs that this machine's backend lost", self.backend_failures.clone());
        to.register("runs_queued", "Runs that wait", self.queued.clone());
        to.register("runs_running", "Runs with workers", self.running.clone());
        let reserved = "Reserved by runs that have not ended";
        to.register_with_unit("budget_reserved", reserved, Unit::Seconds, self.reserved_seconds.clone());
        to.register("budget_reserved_flops", reserved, self.reserved_flops.clone());
    }

    /// A request was answered. `path` is a template: there are few of them.
    pub fn answered(&self, path: &'static str, method: &'static str, status: u16, took: Duration) {
        self.requests.get_or_create(&Asked { path, method, status }).inc();
        self.latencies.get_or_create(&Where { path }).observe(took.as_secs_f64());
    }

    /// A request came too often.
    pub fn limited(&self, limit: &'static str) {
        self.limited.get_or_create(&Limit { limit }).inc();
    }

    /// A rule said no.
    pub fn refused(&self, refusal: &Refusal) {
        // The rule's name is what its numbers follow.
        let told = format!("{refusal:?}");
        let rule = told.split(|letter: char| !letter.is_alphanumeric()).next().unwrap_or_default().to_owned();
        self.refusals.get_or_create(&Rule { rule }).inc();
    }

    /// Events are on disk.
    pub fn committed(&self, events: usize, took: Duration) {
        self.events.inc_by(events as u64);
        self.commits.observe(took.as_secs_f64());
    }

    /// The disk said no.
    pub fn storage_failed(&self) {
        self.storage_failures.inc();
    }

    /// A backend failed, and not its run.
    pub fn backend_failed(&self) {
        self.backend_failures.inc();
    }

    /// Everything, with the books as they are, in the text format of `OpenMetrics`.
    pub fn text(&self, ledger: &Ledger) -> String {
        let (queued, running) = ledger.load();
        self.queued.set(i64::try_from(queued).unwrap_or(i64::MAX));
        self.running.set(i64::try_from(running).unwrap_or(i64::MAX));
        let waiting = ledger.users().flat_map(|(_, user)| &user.queued).filter_map(|&id| ledger.experiment(id));
        let (mut seconds, mut flops) = (0.0, 0.0);
        for run in waiting.chain(ledger.running()) {
            match run.purse() {
                Purse::Seconds => seconds += run.charge,
                Purse::Flops => flops += run.charge,
            }
        }
        self.reserved_seconds.set(seconds);
        self.reserved_flops.set(flops);
        let mut text = String::new();
        encode(&mut text, &self.registry).expect("a text takes whatever is written to it");
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_happened_is_told_in_prometheus_words() {
        let metrics = Metrics::default();
        metrics.answered("/experiment/{id}", "GET", 404, Duration::from_millis(2));
        metrics.refused(&Refusal::AnotherRun { experiment: 3, run_id: "run-3-1".to_owned() });
        metrics.committed(2, Duration::from_millis(1));
        let text = metrics.text(&Ledger::default());
        for line in [
            r#"isoflop_http_requests_total{path="/experiment/{id}",method="GET",status="404"} 1"#,
            r#"isoflop_refusals_total{rule="AnotherRun"} 1"#,
            "isoflop_events_written_total 2",
            "isoflop_runs_queued 0",
            "isoflop_commit_seconds_count 1",
        ] {
            assert!(text.lines().any(|known| known == line), "{line} is not in\n{text}");
        }
    }
}
