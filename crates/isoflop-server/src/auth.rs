//! Keys: made at random, or named by people; never kept, only their digests.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::{Arc, Mutex};

use argon2::Argon2;
use sha2::{Digest, Sha256};

use crate::ledger::KeyDigest;

/// Keys made here begin with this. They hold 160 random bits, so a plain hash hides them.
const MADE_HERE: &str = "isoflop-";

/// Digests of other keys begin with this.
const CHOSEN: &str = "argon2id-";

/// Longer ones are no keys. Public SSH keys, which the protocol of 2025 uses, have 400 to 800 characters.
pub const LONGEST_KEY: usize = 2048;

/// Answers remembered, so that a person's key costs its slow hash once.
const REMEMBERED: usize = 10_000;

/// A new key.
///
/// # Panics
/// If the machine has no randomness.
pub fn new_key() -> String {
    let mut bytes = [0_u8; 20];
    getrandom::fill(&mut bytes).expect("the machine gives random bytes");
    format!("{MADE_HERE}{}", hex(&bytes))
}

/// Whether a key can be guessed by trying: short, or of few kinds of characters.
pub fn is_weak(key: &str) -> bool {
    key.len() < 16 || (key.len() < 32 && key.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Whether the key was chosen by people, by what is kept of it: only those made here need no slow hash.
pub fn is_chosen(digest: &KeyDigest) -> bool {
    digest.0.starts_with(CHOSEN)
}

/// Why people may not have `key`: it cannot be sent, or seems to be made here and would be hashed fast.
pub fn unfit(key: &str) -> Option<&'static str> {
    let length = key.chars().count();
    if length < 8 {
        Some("a key has at least 8 characters")
    } else if key.len() > LONGEST_KEY {
        Some("a key has at most 2048 characters")
    } else if !key.bytes().all(|byte| (b' '..=b'~').contains(&byte)) || key.trim() != key {
        Some("a key is of letters, digits and signs of ASCII, without blanks at its ends")
    } else if key.starts_with(MADE_HERE) && key.len() != MADE_HERE.len() + 40 {
        Some("only keys that are made here begin with isoflop-")
    } else {
        None
    }
}

/// Turns keys into their digests, with this server's salt.
///
/// Keys that people chose, such as the 8 digits that the stock client insists on, can be found by trying all; each
/// try costs an Argon2id with 4 MiB.
pub struct KeyHasher {
    salt: String,
    known: Mutex<HashMap<[u8; 32], KeyDigest>>,
    turn: tokio::sync::Mutex<()>,
}

impl KeyHasher {
    /// With the salt that the store keeps.
    pub fn new(salt: String) -> Self {
        Self { salt, known: Mutex::default(), turn: tokio::sync::Mutex::default() }
    }

    /// What is kept of `key`. Slow for a person's key the first time.
    ///
    /// # Panics
    /// If a thread panicked in here.
    pub fn digest(&self, key: &str) -> KeyDigest {
        let fast = self.fast(key);
        if key.starts_with(MADE_HERE) {
            return KeyDigest(hex(&fast));
        }
        if let Some(known) = self.known.lock().expect("hashing does not panic").get(&fast) {
            return known.clone();
        }
        let digest = KeyDigest(format!("{CHOSEN}{}", hex(&self.slow(key))));
        let mut known = self.known.lock().expect("hashing does not panic");
        if known.len() >= REMEMBERED {
            known.clear();
        }
        known.insert(fast, digest.clone());
        digest
    }

    /// Whether [`Self::digest`] of this key takes no time.
    ///
    /// # Panics
    /// If a thread panicked in here.
    pub fn is_quick(&self, key: &str) -> bool {
        key.starts_with(MADE_HERE) || self.known.lock().expect("hashing does not panic").contains_key(&self.fast(key))
    }

    /// The same for a thread that must not wait: slow hashes are worked out elsewhere, one at a time, so that wrong keys
    /// by the thousand cost one processor and no more.
    pub async fn digest_of(self: &Arc<Self>, key: &str) -> KeyDigest {
        if self.is_quick(key) {
            return self.digest(key);
        }
        let _turn = self.turn.lock().await;
        let (hasher, key) = (Arc::clone(self), key.to_owned());
        tokio::task::spawn_blocking(move || hasher.digest(&key)).await.expect("hashing does not panic")
    }

    fn fast(&self, key: &str) -> [u8; 32] {
        Sha256::new().chain_update(&self.salt).chain_update([0]).chain_update(key).finalize().into()
    }

    fn slow(&self, key: &str) -> [u8; 32] {
        let costs = argon2::Params::new(4096, 3, 1, Some(32)).expect("these costs are in bounds");
        let mut out = [0; 32];
        Argon2::new(argon2::Algorithm::Argon2id, argon2::Version::V0x13, costs)
            .hash_password_into(key.as_bytes(), self.salt.as_bytes(), &mut out)
            .expect("salt and key have allowed lengths");
        out
    }
}

/// What tells a database from others, in public: 16 digits that say nothing of its salt.
pub(crate) fn id_of(salt: &str) -> String {
    hex(&Sha256::new().chain_update("id").chain_update([0]).chain_update(salt).finalize()[..8])
}

/// Two digits a byte.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_depend_on_key_and_salt_only() {
        let (here, there) = (KeyHasher::new("a salt of this".into()), KeyHasher::new("a salt of that".into()));
        for key in ["06123456", &new_key()] {
            assert_eq!(here.digest(key), here.digest(key));
            assert_ne!(here.digest(key), there.digest(key));
            assert!(!here.digest(key).0.contains(key));
        }
        assert_ne!(here.digest("06123456"), here.digest("06123457"));
    }

    #[test]
    fn only_chosen_keys_are_weak() {
        assert!(is_weak("06123456") && !is_weak(&new_key()));
    }
}
