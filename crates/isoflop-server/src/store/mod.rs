//! Events on disk, in `SQLite`: what was answered is on disk before the answer.

mod guard;
mod reader;
mod tables;

use std::cell::Cell;
use std::path::Path;
use std::time::Duration;

use isoflop_api::Timestamp;
use rusqlite::{Connection, OptionalExtension, Transaction, params};

use crate::ledger::{Event, ExperimentId, Ledger, UserId};

pub use guard::Guard;
pub use reader::{Reader, Stored};

/// The database could not be opened, read or written.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// `SQLite` says why.
    #[error("{0}")]
    Sqlite(#[from] rusqlite::Error),
    /// It was written by a later version, or is no database of ours.
    #[error("the database has format {found}; this program reads format {FORMAT}")]
    Format {
        /// What it says of itself.
        found: i64,
    },
    /// An event cannot be read.
    #[error("event {seq} cannot be read: {why}")]
    Event {
        /// Its number.
        seq: i64,
        /// Why.
        why: serde_json::Error,
    },
    /// One server writes a database.
    #[error("another server has this database open")]
    Served,
    /// Another program has written to it since it was read.
    #[error("another program has written event {0}; is a second server running?")]
    Overtaken(i64),
}

/// Rises when an older program can no longer read what this one writes.
const FORMAT: i64 = 1;

/// The database, with its one writer.
#[derive(Debug)]
pub struct Store {
    connection: Connection,
    /// The number of the last event that was read or written here.
    last: Cell<i64>,
}

impl Store {
    /// Opens the database, or creates it.
    ///
    /// # Errors
    /// If it cannot be opened or written, or is of another format.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        // Only its owner may read a new one: it says who trained what. SQLite gives its other files the same mode.
        #[cfg(unix)]
        {
            use std::os::unix::fs::OpenOptionsExt;
            // If it cannot be made SQLite will say why, in its words.
            let _ = std::fs::File::options().write(true).create_new(true).mode(0o600).open(path);
        }
        Self::prepare(Connection::open(path)?)
    }

    /// One that is gone with the process, for tests and rehearsals.
    ///
    /// # Errors
    /// If there is no memory.
    pub fn in_memory() -> Result<Self, StoreError> {
        Self::prepare(Connection::open_in_memory()?)
    }

    fn prepare(connection: Connection) -> Result<Self, StoreError> {
        connection.busy_timeout(Duration::from_secs(5))?;
        // Before anything is written: it may be somebody else's.
        let found: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
        let is_empty: bool =
            connection.query_row("select not exists (select * from sqlite_schema)", [], |row| row.get(0))?;
        if found != FORMAT && !(found == 0 && is_empty) {
            return Err(StoreError::Format { found });
        }
        // Whoever was answered must find their run after a power cut: each commit waits for the disk.
        connection.pragma_update(None, "journal_mode", "wal")?;
        connection.pragma_update(None, "synchronous", "full")?;
        // Writes even if nothing is missing, so that a database that cannot be written is told of here.
        connection
            .execute_batch(&format!("begin immediate; {} pragma user_version = {FORMAT}; commit;", tables::CREATE))?;
        Ok(Self { connection, last: Cell::new(0) })
    }

    /// The books after every event.
    ///
    /// # Errors
    /// If an event cannot be read.
    pub fn replay(&self) -> Result<Ledger, StoreError> {
        let mut ledger = Ledger::default();
        let mut statement = self.connection.prepare("select seq, at, event from events order by seq")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let (seq, at, text): (i64, i64, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
            let event = serde_json::from_str(&text).map_err(|why| StoreError::Event { seq, why })?;
            ledger.apply(&event, Timestamp(at));
            self.last.set(seq);
        }
        Ok(ledger)
    }

    /// A word that was stored under `name`; `make` gives it the first time.
    ///
    /// # Errors
    /// If the database cannot be read or written.
    pub fn word(&self, name: &str, make: impl FnOnce() -> String) -> Result<String, StoreError> {
        let known = self
            .connection
            .query_row("select value from words where name = ?1", [name], |row| row.get(0))
            .optional()?;
        if let Some(word) = known {
            return Ok(word);
        }
        let word = make();
        self.connection.execute("insert into words (name, value) values (?1, ?2)", [name, &word])?;
        Ok(word)
    }

    /// Begins to write behind the last event replayed; nothing is kept until the [`Writing`] is committed.
    ///
    /// # Errors
    /// If the database cannot be written.
    pub fn write(&mut self) -> Result<Writing<'_>, StoreError> {
        let next = self.last.get() + 1;
        Ok(Writing { transaction: self.connection.transaction()?, last: &self.last, next })
    }

    /// Tries whether anything can be written.
    ///
    /// # Errors
    /// If not.
    pub fn probe(&self) -> Result<(), StoreError> {
        self.connection.execute("insert or replace into words (name, value) values ('probe', datetime('now'))", [])?;
        Ok(())
    }

    /// Moves all that was committed into the database's own file, so that it alone may be copied. Others may go on.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn gather(path: &Path) -> Result<(), StoreError> {
        let connection = Connection::open(path)?;
        connection.busy_timeout(Duration::from_secs(5))?;
        connection.query_row("pragma wal_checkpoint(truncate)", [], |_| Ok(()))?;
        Ok(())
    }

    /// Copies the database, as it is now, into a new file.
    ///
    /// # Errors
    /// If the file exists or cannot be written.
    pub fn back_up(&self, path: &Path) -> Result<(), StoreError> {
        self.connection.execute("vacuum into ?1", [path.to_string_lossy()])?;
        Ok(())
    }
}

/// Events that are being written.
#[derive(Debug)]
pub struct Writing<'a> {
    transaction: Transaction<'a>,
    last: &'a Cell<i64>,
    next: i64,
}

impl Writing<'_> {
    /// Adds an event to the end.
    ///
    /// # Errors
    /// If the database cannot be written, or another program has: what was decided rests on books that are not these.
    pub fn append(&mut self, event: &Event, at: Timestamp) -> Result<(), StoreError> {
        let text = serde_json::to_string(event).expect("events become JSON");
        self.transaction
            .prepare_cached("insert into events (seq, at, event) values (?1, ?2, ?3)")?
            .execute(params![self.next, at.0, text])
            .map_err(|error| match error.sqlite_error() {
                Some(why) if why.extended_code == rusqlite::ffi::SQLITE_CONSTRAINT_PRIMARYKEY => {
                    StoreError::Overtaken(self.next)
                }
                _ => error.into(),
            })?;
        self.next += 1;
        Ok(())
    }

    /// Brings the tables for people up to these books, for the experiments and users named.
    ///
    /// # Errors
    /// If the database cannot be written.
    pub fn show(
        &self,
        ledger: &Ledger,
        experiments: impl IntoIterator<Item = ExperimentId>,
        users: impl IntoIterator<Item = UserId>,
    ) -> Result<(), StoreError> {
        tables::show(&self.transaction, ledger, experiments, users)
    }

    /// Waits for the disk.
    ///
    /// # Errors
    /// If it could not be written; then nothing was.
    pub fn commit(self) -> Result<(), StoreError> {
        self.transaction.commit()?;
        self.last.set(self.next - 1);
        Ok(())
    }
}
