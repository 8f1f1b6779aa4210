//! What has been answered for good, kept in a file: asking again costs no request.

use std::collections::HashMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// One line of the file.
#[derive(Serialize, Deserialize)]
struct Line {
    /// The server's address, and a little of the key's digest.
    account: String,
    /// The configuration's digest, or `experiment-7`.
    key: String,
    /// What was answered.
    answer: Box<RawValue>,
}

/// Answers that will not change, of any number of servers, as JSON lines in one file.
///
/// Lines are only ever added, each in one write, so that several programs may share the file; a line that was cut off
/// is skipped.
#[derive(Debug)]
pub struct Cache {
    path: PathBuf,
    account: String,
    known: HashMap<String, Box<RawValue>>,
}

impl Cache {
    /// Reads the file at `path`, if it is there, for one account.
    ///
    /// # Errors
    /// If it is there and cannot be read.
    pub fn open(path: &Path, account: &str) -> io::Result<Self> {
        let text = match fs::read(path) {
            Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
            Err(error) => return Err(error),
        };
        let lines = text.lines().filter_map(|line| serde_json::from_str::<Line>(line).ok());
        let known = lines.filter(|line| line.account == account).map(|line| (line.key, line.answer)).collect();
        Ok(Self { path: path.to_owned(), account: account.to_owned(), known })
    }

    /// What was answered, if anything was.
    pub fn get<T: DeserializeOwned>(&self, key: &str) -> Option<T> {
        self.known.get(key).and_then(|answer| serde_json::from_str(answer.get()).ok())
    }

    /// Keeps an answer; known ones are not written again.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn put(&mut self, key: &str, answer: &impl Serialize) -> io::Result<()> {
        let answer = serde_json::value::to_raw_value(answer)?;
        if self.known.get(key).is_some_and(|known| known.get() == answer.get()) {
            return Ok(());
        }
        let line = Line { account: self.account.clone(), key: key.to_owned(), answer };
        let text = serde_json::to_string(&line)? + "\n";
        self.file()?.write_all(text.as_bytes())?;
        self.known.insert(line.key, line.answer);
        Ok(())
    }

    fn file(&self) -> io::Result<File> {
        if let Some(folder) = self.path.parent() {
            fs::create_dir_all(folder)?;
        }
        OpenOptions::new().create(true).append(true).open(&self.path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_found_again_by_their_account_only() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("new/cache.jsonl");
        let mut cache = Cache::open(&path, "here").expect("an empty one");
        assert_eq!(cache.get::<f64>("a"), None);
        cache.put("a", &3.25).expect("written");
        cache.put("a", &3.25).expect("known");
        fs::OpenOptions::new()
            .append(true)
            .open(&path)
            .expect("open")
            .write_all(b"{\"account\": \"he")
            .expect("cut off");
        assert_eq!(Cache::open(&path, "here").expect("read").get("a"), Some(3.25));
        assert_eq!(Cache::open(&path, "there").expect("read").get::<f64>("a"), None);
        assert_eq!(fs::read_to_string(&path).expect("text").lines().count(), 2);
    }
}
