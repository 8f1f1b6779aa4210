//! One server for a database.

use std::fs::{File, TryLockError};
use std::path::Path;

use super::StoreError;

/// Keeps other servers from a database while it lives. The system ends it with the process, however that ends.
#[derive(Debug)]
pub struct Guard {
    _file: Option<File>,
}

impl Guard {
    /// Locks `PATH.lock`. Where no such file can be made, or the file system has no locks, it guards nothing: a second
    /// server is then noticed when it first writes.
    ///
    /// # Errors
    /// If another server has it.
    pub fn of(path: &Path) -> Result<Self, StoreError> {
        // By whatever link it is reached: one that is not there yet has no other name.
        let real = path.canonicalize().unwrap_or_else(|_| path.to_owned());
        let mut name = real.into_os_string();
        name.push(".lock");
        let Ok(file) = File::options().create(true).append(true).open(&name) else { return Ok(Self { _file: None }) };
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: Some(file) }),
            Err(TryLockError::WouldBlock) => Err(StoreError::Served),
            Err(TryLockError::Error(_)) => Ok(Self { _file: None }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_database_has_one_server_at_a_time() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("books.db");
        let first = Guard::of(&path).expect("nobody has it");
        assert!(matches!(Guard::of(&path), Err(StoreError::Served)));
        drop(first);
        Guard::of(&path).expect("it is free again");
    }

    #[cfg(unix)]
    #[test]
    fn a_link_is_no_way_round() {
        let folder = tempfile::tempdir().expect("a folder");
        let (path, link) = (folder.path().join("books.db"), folder.path().join("link.db"));
        std::fs::write(&path, "").expect("written");
        std::os::unix::fs::symlink(&path, &link).expect("linked");
        let _first = Guard::of(&path).expect("nobody has it");
        assert!(matches!(Guard::of(&link), Err(StoreError::Served)));
    }
}
