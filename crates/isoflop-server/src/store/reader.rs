//! A second look at the database, beside the writer: it waits for nobody and nobody waits for it.

use std::path::Path;
use std::time::Duration;

use isoflop_api::Timestamp;
use rusqlite::{Connection, OpenFlags, Row, params};
use serde_json::Value;

use super::StoreError;

/// A connection that only reads.
#[derive(Debug)]
pub struct Reader {
    connection: Connection,
}

/// An event as it is stored.
#[derive(Clone, Debug, PartialEq)]
pub struct Stored {
    /// Its number.
    pub seq: i64,
    /// When it happened.
    pub at: Timestamp,
    /// What happened, without what is kept of keys: whoever has that can try short keys in peace.
    pub event: Value,
}

const COLUMNS: &str = "select seq, at, json_remove(event, '$.key') from events where";
/// Events say first what they are.
const IS_DEED: &str = "substr(event, 1, 19) = '{\"event\":\"operated\"'";

impl Reader {
    /// Opens the database at `path`.
    ///
    /// # Errors
    /// If it cannot be read.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        connection.busy_timeout(Duration::from_secs(5))?;
        Ok(Self { connection })
    }

    /// At most `limit` events after the one numbered `after`.
    ///
    /// # Errors
    /// If they cannot be read.
    pub fn events(&self, after: i64, limit: usize) -> Result<Vec<Stored>, StoreError> {
        self.select(&format!("{COLUMNS} seq > ?1 order by seq limit ?2"), after, limit)
    }

    /// At most `limit` deeds of operators, the last first, all before the event numbered `before`.
    ///
    /// # Errors
    /// If they cannot be read.
    pub fn deeds(&self, before: i64, limit: usize) -> Result<Vec<Stored>, StoreError> {
        self.select(&format!("{COLUMNS} seq < ?1 and {IS_DEED} order by seq desc limit ?2"), before, limit)
    }

    /// Copies the database, as it is now, into a new file. Writers go on writing.
    ///
    /// # Errors
    /// If the file exists or cannot be written.
    pub fn copy_into(&self, path: &Path) -> Result<(), StoreError> {
        self.connection.execute("vacuum into ?1", [path.to_string_lossy()])?;
        Ok(())
    }

    /// What is wrong with the file; `ok` if nothing is.
    ///
    /// # Errors
    /// If it cannot be read.
    pub fn check(&self) -> Result<String, StoreError> {
        Ok(self.connection.query_row("pragma quick_check(1)", [], |row| row.get(0))?)
    }

    fn select(&self, query: &str, place: i64, limit: usize) -> Result<Vec<Stored>, StoreError> {
        let mut statement = self.connection.prepare(query)?;
        let mut rows = statement.query(params![place, i64::try_from(limit).unwrap_or(i64::MAX)])?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            found.push(stored(row)?);
        }
        Ok(found)
    }
}

fn stored(row: &Row) -> Result<Stored, StoreError> {
    let (seq, at, text): (i64, i64, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
    let event = serde_json::from_str(&text).map_err(|why| StoreError::Event { seq, why })?;
    Ok(Stored { seq, at: Timestamp(at), event })
}
