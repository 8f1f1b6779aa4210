//! What becomes known of who asks, while their request is answered.
//!
//! Handlers find out whose key it is; the shell, which logs and limits, reads it here.

use std::cell::Cell;
use std::net::IpAddr;
use std::time::Duration;

use crate::ledger::Owner;

/// Who asks, as far as is known.
#[derive(Clone, Debug, Default)]
pub(super) struct Asker {
    /// Where the connection comes from.
    pub peer: Option<IpAddr>,
    /// Whose key it bore, once that was looked up.
    pub owner: Cell<Option<Owner>>,
    /// How long they are to wait before they try another unknown key.
    pub wait: Cell<Option<Duration>>,
}

tokio::task_local! {
    /// Who asks for what this task answers.
    pub(super) static ASKER: Asker;
}

/// The address of a connection's other end, among a request's extensions.
#[derive(Clone, Copy, Debug)]
pub(super) struct Peer(pub IpAddr);
