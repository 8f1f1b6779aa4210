//! Lists of experiments as they were last sent, so that who asks again costs nothing until something has changed.

use std::collections::HashMap;
use std::sync::{LazyLock, Mutex};

use axum::body::Bytes;
use axum::http::header::IF_NONE_MATCH;
use axum::http::{HeaderMap, HeaderValue};

use crate::ledger::UserId;

/// Bodies of answers, by user, with the version of the user's books that they show.
#[derive(Debug, Default)]
pub struct Lists {
    kept: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    bytes: usize,
    lists: HashMap<UserId, (u64, Bytes)>,
}

/// All lists together, bytes: those of twenty users with a thousand experiments each.
const ROOM: usize = 24 << 20;

impl Lists {
    /// The list at this version, if it is still here.
    pub(super) fn at(&self, user: UserId, version: u64) -> Option<Bytes> {
        let kept = self.kept.lock().expect("nothing panics in here");
        kept.lists.get(&user).filter(|(known, _)| *known == version).map(|(_, list)| list.clone())
    }

    /// Keeps a list for who asks next.
    pub(super) fn keep(&self, user: UserId, version: u64, list: &Bytes) {
        let mut kept = self.kept.lock().expect("nothing panics in here");
        if let Some((_, old)) = kept.lists.remove(&user) {
            kept.bytes -= old.len();
        }
        if kept.bytes + list.len() > ROOM {
            *kept = Kept::default();
        }
        if list.len() <= ROOM {
            kept.bytes += list.len();
            kept.lists.insert(user, (version, list.clone()));
        }
    }
}

/// What tells this process from every other: versions are counted anew in another database.
static PROCESS: LazyLock<u64> = LazyLock::new(|| getrandom::u64().expect("the machine gives random bytes"));

/// What tells a list from every other. Weak, as the same list goes out compressed and not.
pub(super) fn tag(user: UserId, version: u64) -> HeaderValue {
    HeaderValue::try_from(format!("W/\"{:x}-{}-{version}\"", *PROCESS, user.0)).expect("digits may stand in a header")
}

/// Whether the client has what `tag` names.
pub(super) fn is_known(headers: &HeaderMap, tag: &HeaderValue) -> bool {
    let opaque = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
    let wanted = opaque(tag.to_str().unwrap_or_default());
    headers
        .get_all(IF_NONE_MATCH)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .any(|value| value.split(',').any(|known| known.trim() == "*" || opaque(known) == wanted))
}
