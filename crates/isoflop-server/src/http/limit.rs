//! Who asks too often waits: each key that is known, and each address that tries keys that are not.

use std::hash::{BuildHasher, RandomState};
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::time::Duration;

use axum::extract::Request;
use axum::http::header::RETRY_AFTER;
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use serde::Serialize;

use super::paths::template;
use super::{answer, course2025};

/// How often anybody may ask.
#[derive(Debug)]
pub struct Limits {
    /// Requests of one key; its hash stands for it.
    keys: Option<DefaultKeyedRateLimiter<u64>>,
    /// Keys that nobody has, from one address.
    strangers: DefaultKeyedRateLimiter<IpAddr>,
    hash: RandomState,
    clock: DefaultClock,
}

/// Unknown keys that one address may try in a second…
const STRANGERS: NonZeroU32 = NonZeroU32::new(10).expect("ten is not zero");
/// …and at once: a class of whom nobody has asked yet shares an address.
const STRANGERS_AT_ONCE: NonZeroU32 = NonZeroU32::new(300).expect("it is not zero");

impl Limits {
    /// `rate` requests a second of one key, if they are counted at all.
    pub fn new(rate: Option<NonZeroU32>) -> Self {
        Self {
            keys: rate.map(|rate| RateLimiter::keyed(Quota::per_second(rate))),
            strangers: RateLimiter::keyed(Quota::per_second(STRANGERS).allow_burst(STRANGERS_AT_ONCE)),
            hash: RandomState::new(),
            clock: DefaultClock::default(),
        }
    }

    /// Counts a request of whatever key it bears.
    ///
    /// # Errors
    /// How long to wait.
    pub(super) fn check_key(&self, request: &Request) -> Result<(), Duration> {
        let Some(keys) = &self.keys else { return Ok(()) };
        // The key that counts is the one that the path's handler will read.
        let key = if template(request.uri().path()).is_some_and(|path| course2025::PATHS.contains(&path)) {
            course2025::key_of(request.uri().query()).map(String::into_bytes)
        } else {
            request.headers().get("x-api-key").map(|key| key.as_bytes().to_vec())
        };
        let Some(key) = key else { return Ok(()) };
        keys.check_key(&self.hash.hash_one(key)).map_err(|until| until.wait_time_from(self.clock.now()))
    }

    /// Counts a key that nobody may have. Without an address nobody can be told from others.
    ///
    /// # Errors
    /// How long to wait.
    pub(super) fn check_stranger(&self, peer: Option<IpAddr>) -> Result<(), Duration> {
        let Some(peer) = peer else { return Ok(()) };
        self.strangers.check_key(&network(peer)).map_err(|until| until.wait_time_from(self.clock.now()))
    }

    /// Forgets who has not asked for a while.
    pub fn tidy(&self) {
        if let Some(keys) = &self.keys {
            keys.retain_recent();
            keys.shrink_to_fit();
        }
        self.strangers.retain_recent();
        self.strangers.shrink_to_fit();
    }
}

/// One machine has a whole /64 of IPv6.
fn network(peer: IpAddr) -> IpAddr {
    match peer {
        IpAddr::V4(_) => peer,
        IpAddr::V6(address) => IpAddr::V6((u128::from(address) & !u128::from(u64::MAX)).into()),
    }
}

/// The refusal, in the words of every protocol: clients of 2025 read `message`.
pub(super) fn too_often(wait: Duration) -> Response {
    #[derive(Serialize)]
    struct TooOften {
        message: String,
        detail: String,
    }
    let seconds = wait.as_secs_f64().ceil().max(1.0) as u64;
    let why = format!("too many requests; ask again in {seconds} s");
    let body = isoflop_api::to_python_wire(&TooOften { message: why.clone(), detail: why });
    let mut told = answer::json_bytes(StatusCode::TOO_MANY_REQUESTS, body);
    told.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
    told
}
