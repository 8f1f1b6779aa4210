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
    /// The server's address, a little of the key's digest, and what tells its books from others, if it says so.
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
    /// Address and key.
    asker: String,
    /// The same, and the books that answer.
    account: String,
    /// Answers by account.
    known: HashMap<String, HashMap<String, Box<RawValue>>>,
}

impl Cache {
    /// Reads the file at `path`, if it is there, for one address and key. Until it is said whose books stand behind the
    /// address ([`of_server`](Self::of_server)), they are taken for those that answered last.
    ///
    /// # Errors
    /// If it is there and cannot be read.
    pub fn open(path: &Path, asker: &str) -> io::Result<Self> {
        let text = match fs::read(path) {
            Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
            Err(error) => return Err(error),
        };
        let lines = text.lines().filter_map(|line| serde_json::from_str::<Line>(line).ok());
        let mut known: HashMap<String, HashMap<String, Box<RawValue>>> = HashMap::new();
        let mut account = asker.to_owned();
        for line in lines {
            if line.account.strip_prefix(asker).is_some_and(|rest| rest.is_empty() || rest.starts_with(' ')) {
                account.clone_from(&line.account);
                known.entry(line.account).or_default().insert(line.key, line.answer);
            }
        }
        Ok(Self { path: path.to_owned(), asker: asker.to_owned(), account, known })
    }

    /// Whether there is no answer of any server at this address.
    pub fn is_empty(&self) -> bool {
        self.known.is_empty()
    }

    /// Holds to the answers from these books: other ones may stand behind the same address, and begin to count anew.
    pub fn of_server(&mut self, id: Option<&str>) {
        self.account = id.map_or_else(|| self.asker.clone(), |id| format!("{} {id}", self.asker));
    }

    /// What was answered, if anything was.
    pub fn get<T: DeserializeOwned>(&self, key: &str) -> Option<T> {
        self.known.get(&self.account)?.get(key).and_then(|answer| serde_json::from_str(answer.get()).ok())
    }

    /// Keeps an answer; known ones are not written again.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn put(&mut self, key: &str, answer: &impl Serialize) -> io::Result<()> {
        let answer = serde_json::value::to_raw_value(answer)?;
        let known = self.known.entry(self.account.clone()).or_default();
        if known.get(key).is_some_and(|known| known.get() == answer.get()) {
            return Ok(());
        }
        let line = Line { account: self.account.clone(), key: key.to_owned(), answer };
        let text = serde_json::to_string(&line)? + "\n";
        opened(&self.path)?.write_all(text.as_bytes())?;
        known.insert(line.key, line.answer);
        Ok(())
    }
}

fn opened(path: &Path) -> io::Result<File> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    OpenOptions::new().create(true).append(true).open(path)
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

    #[test]
    fn other_books_at_the_same_address_have_other_answers() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("cache.jsonl");
        let open = || Cache::open(&path, "here 1a2b").expect("read");
        let mut cache = open();
        assert!(cache.is_empty());
        cache.of_server(Some("rehearsal"));
        cache.put("experiment-1", &3.25).expect("written");
        let mut cache = open();
        assert_eq!(cache.get("experiment-1"), Some(3.25), "the last that answered, as long as nobody says who does");
        cache.of_server(Some("course"));
        assert_eq!(cache.get::<f64>("experiment-1"), None);
        cache.put("experiment-1", &2.5).expect("written");
        cache.of_server(Some("rehearsal"));
        assert_eq!(cache.get("experiment-1"), Some(3.25));
        cache.of_server(None);
        assert_eq!(cache.get::<f64>("experiment-1"), None);
        assert_eq!(open().get("experiment-1"), Some(2.5));
        assert!(Cache::open(&path, "here 1a2").expect("read").is_empty(), "another key");
    }
}
