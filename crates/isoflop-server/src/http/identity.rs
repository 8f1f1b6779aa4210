//! Who asks.

use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;

use super::asker::ASKER;
use super::{App, answer};
use crate::auth::LONGEST_KEY;
use crate::ledger::{Owner, UserId};

/// The user whose key the request bears, in the words of the 2026 protocol.
pub(super) async fn user(app: &App, headers: &HeaderMap) -> Result<UserId, Response> {
    let key = headers.get("x-api-key").filter(|key| !key.is_empty());
    let key = key.ok_or_else(|| answer::detail(StatusCode::UNAUTHORIZED, "missing X-API-Key"))?;
    // A key with other than printable ASCII is nobody's.
    match owner(app, key.to_str().unwrap_or_default()).await {
        Some(Owner::User(user)) => Ok(user),
        _ => Err(answer::detail(StatusCode::UNAUTHORIZED, "invalid API key")),
    }
}

/// Whether the request bears a worker's key.
pub(super) async fn worker(app: &App, headers: &HeaderMap) -> Result<(), Response> {
    if let Some(key) = header(headers, "x-internal-key")
        && owner(app, key).await == Some(Owner::Worker)
    {
        return Ok(());
    }
    Err(answer::detail(StatusCode::UNAUTHORIZED, "invalid internal key"))
}

/// Whether the request bears an operator's key.
pub(super) async fn operator(app: &App, headers: &HeaderMap) -> Result<(), Response> {
    if let Some(key) = header(headers, "x-operator-key")
        && owner(app, key).await == Some(Owner::Operator)
    {
        return Ok(());
    }
    Err(answer::detail(StatusCode::UNAUTHORIZED, "invalid operator key"))
}

/// Whose key this is. The shell hears of it too; and who has tried too many keys is told there to wait, whatever the
/// handler makes of this.
pub(super) async fn owner(app: &App, key: &str) -> Option<Owner> {
    if key.len() > LONGEST_KEY {
        return None;
    }
    let must_wait = || {
        // Handlers are also called without a shell, by tests.
        let peer = ASKER.try_with(|asker| asker.peer).ok().flatten();
        let wait = app.limits.check_stranger(peer).err();
        wait.is_some() && ASKER.try_with(|asker| asker.wait.set(wait)).is_ok()
    };
    // Slow hashes are not worked out for whoever likes to send keys.
    let is_quick = app.keys.is_quick(key);
    if !is_quick && must_wait() {
        return None;
    }
    let digest = app.keys.digest_of(key).await;
    let owner = app.service.ledger().owner(&digest);
    if owner.is_none() && is_quick {
        must_wait();
    }
    let _ = ASKER.try_with(|asker| asker.owner.set(owner));
    owner
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}
