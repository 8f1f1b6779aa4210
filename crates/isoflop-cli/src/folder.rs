//! Writing a report's folder whole or not at all.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use isoflop::progress::Progress;
use isoflop_report::File;

use crate::exit::{Failure, USAGE};

/// Refuses early a folder that could not be written after the work is done, and leaves nothing behind.
pub fn check(folder: &Path) -> Result<(), Failure> {
    let named = |path: &Path| if path.as_os_str().is_empty() { PathBuf::from(".") } else { path.to_path_buf() };
    let Some(standing) = folder.ancestors().map(named).find(|path| path.exists()) else { return Ok(()) };
    if !standing.is_dir() {
        let sentence = format!("{} is a file; -o needs a folder", standing.display());
        return Err(Failure::told(USAGE, sentence, "name another folder with -o"));
    }
    Partial::create(&standing).map(drop).map_err(|error| refuse(folder, &error))
}

/// Writes `files` below `folder`: first all of them in a folder of another name, then in one move each to their place.
///
/// Files of an earlier report are replaced; other files in the folder stay.
pub fn write(folder: &Path, files: &[File], progress: &dyn Progress) -> Result<(), Failure> {
    let partial = Partial::create(folder).map_err(|error| refuse(folder, &error))?;
    for file in files {
        if progress.interrupted() {
            return Err(Failure::interrupted());
        }
        put(&partial.path.join(&file.path), &file.bytes).map_err(|error| refuse(folder, &error))?;
    }
    partial.finish(folder, files).map_err(|error| refuse(folder, &error))
}

fn put(path: &Path, bytes: &[u8]) -> io::Result<()> {
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent)?;
    }
    fs::write(path, bytes)
}

fn refuse(folder: &Path, error: &io::Error) -> Failure {
    Failure::told(USAGE, format!("{} cannot be written: {error}", folder.display()), "name another folder with -o")
}

/// A folder that the files wait in, removed again unless it is finished: beside the folder to be, or inside it
/// where that exists (it may be all that can be written, or the only place on its disk).
struct Partial {
    path: PathBuf,
}

impl Partial {
    fn create(folder: &Path) -> io::Result<Self> {
        let mut name = folder.file_name().unwrap_or_else(|| "report".as_ref()).to_os_string();
        name.push(format!(".partial-{}", std::process::id()));
        let parent = folder.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let around = if folder.is_dir() { folder } else { parent };
        fs::create_dir_all(around)?;
        let path = around.join(name);
        fs::create_dir(&path)?;
        Ok(Self { path })
    }

    fn finish(self, folder: &Path, files: &[File]) -> io::Result<()> {
        if !folder.exists() {
            return fs::rename(&self.path, folder);
        }
        for file in files {
            let place = folder.join(&file.path);
            if let Some(parent) = place.parent() {
                fs::create_dir_all(parent)?;
            }
            fs::rename(self.path.join(&file.path), place)?;
        }
        Ok(())
    }
}

impl Drop for Partial {
    fn drop(&mut self) {
        // After a rename it is gone already; a failure to remove it has nobody left to tell.
        let _ = fs::remove_dir_all(&self.path);
    }
}
