//! The folder of an attempt: what the job hears, what it says, and how it ended.

use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::auth::hex;
use crate::backend::Work;
use crate::backend::command::heard::LINE_MAX;
use crate::backend::command::log::Log;
use crate::http::worker::Leased;

/// One attempt's files.
pub(super) struct Folder {
    path: PathBuf,
    name: String,
}

impl Folder {
    /// That of `lease`, of this server: another's first run has the same name.
    pub fn of(root: &Path, server: &str, lease: &Leased) -> Self {
        let digest = Sha256::digest(format!("{server}\0{}\0{}", lease.run_id, lease.work.digest()));
        let name = format!("isoflop-{}-{}", lease.run_id, hex(&digest[..4]));
        // A job starts elsewhere.
        let root = std::path::absolute(root).unwrap_or_else(|_| root.to_owned());
        Self { path: root.join(&name), name }
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What Slurm knows the job by.
    pub fn job_name(&self) -> String {
        self.name.clone()
    }

    pub fn script(&self) -> PathBuf {
        self.path.join("job.sh")
    }

    /// Writes what the job hears and does.
    pub fn write(&self, command: &str, work: &Work) -> io::Result<()> {
        fs::create_dir_all(&self.path)?;
        let line = match work {
            Work::Training(config) => serde_json::to_string(config)?,
            Work::Query(query) => serde_json::to_string(query)?,
        };
        fs::write(self.path.join("work.json"), line + "\n")?;
        let folder = shlex::try_quote(self.path.to_str().ok_or_else(|| io::Error::other("its name is no UTF-8"))?)
            .map_err(io::Error::other)?
            .into_owned();
        let script = format!(
            "#!/bin/sh\n( {command}\n) < {folder}/work.json > {folder}/out 2> {folder}/err\necho $? > {folder}/code.new\n\
             mv {folder}/code.new {folder}/code\n"
        );
        fs::write(self.script(), script)
    }

    /// The job's number, once it is known.
    pub fn job(&self) -> Option<String> {
        fs::read_to_string(self.path.join("job")).ok().map(|job| job.trim().to_owned()).filter(|job| !job.is_empty())
    }

    pub fn set_job(&self, job: &str) -> io::Result<()> {
        let new = self.path.join("job.new");
        fs::write(&new, job)?;
        fs::rename(new, self.path.join("job"))
    }

    /// How the program ended, once it has.
    pub fn exit_code(&self) -> Option<i32> {
        fs::read_to_string(self.path.join("code")).ok()?.trim().parse().ok()
    }

    /// Every whole line of the output beyond `read` bytes; whether the next is longer than any may be. What cannot be
    /// read now is read at the next look.
    pub fn lines(&self, read: &mut u64, mut hear: impl FnMut(&str)) -> bool {
        loop {
            let Ok(bytes) = self.part(*read) else { return false };
            let whole = bytes.iter().rposition(|&byte| byte == b'\n').map_or(0, |last| last + 1);
            *read += whole as u64;
            bytes[..whole].split(|&byte| byte == b'\n').for_each(|line| hear(&String::from_utf8_lossy(line)));
            if bytes.len() < LINE_MAX || whole == 0 {
                return whole == 0 && bytes.len() == LINE_MAX;
            }
        }
    }

    /// The output from byte `from` on, as much as the longest line.
    fn part(&self, from: u64) -> io::Result<Vec<u8>> {
        let mut file = File::open(self.path.join("out"))?;
        file.seek(SeekFrom::Start(from))?;
        let mut bytes = Vec::new();
        file.take(LINE_MAX as u64).read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    /// What failed, with the beginning and the end of what the program said of it.
    pub fn with_log(&self, failure: &str) -> String {
        let mut log = Log::default();
        log.push(&fs::read(self.path.join("err")).unwrap_or_default());
        let text = log.text();
        if text.is_empty() { failure.to_owned() } else { format!("{failure}\n{text}") }
    }

    pub fn remove(&self) {
        // Nobody looks there again: a later attempt has another name.
        let _ = fs::remove_dir_all(&self.path);
    }
}
