//! A program's output, read as it comes.

use std::io::{BufRead, BufReader, Read};
use std::process::Child;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::heard::LINE_MAX;
use super::log::Log;

/// Lines that wait; a program that prints faster than it is heard waits too.
const LINES_WAITING: usize = 16;
/// How long an ended program's last words are waited for: something that it started may hold its streams open.
const LAST_WORDS: Duration = Duration::from_millis(500);

/// What comes from the standard output.
pub(super) enum Said {
    Line(String),
    TooLong,
    Closed,
}

/// Both outputs of a program.
pub(super) struct Streams {
    lines: Receiver<Said>,
    log: Arc<Mutex<Log>>,
    log_closed: Receiver<()>,
}

impl Streams {
    /// Takes them from a program.
    pub fn of(child: &mut Child) -> Self {
        let (to_lines, lines) = sync_channel(LINES_WAITING);
        if let Some(stdout) = child.stdout.take() {
            std::thread::spawn(move || read_lines(BufReader::new(stdout), &to_lines));
        }
        let (log, (open, log_closed)) = (Arc::<Mutex<Log>>::default(), sync_channel(1));
        if let Some(mut stderr) = child.stderr.take() {
            let log = Arc::clone(&log);
            std::thread::spawn(move || {
                let mut bytes = [0; 8192];
                while let Ok(count @ 1..) = stderr.read(&mut bytes) {
                    log.lock().unwrap_or_else(PoisonError::into_inner).push(&bytes[..count]);
                }
                drop(open);
            });
        }
        Self { lines, log, log_closed }
    }

    /// What comes next within `wait`; none if nothing does.
    pub fn next(&self, wait: Duration) -> Option<Said> {
        let asked = Instant::now();
        match self.lines.recv_timeout(wait) {
            Ok(said) => Some(said),
            Err(RecvTimeoutError::Timeout) => None,
            Err(RecvTimeoutError::Disconnected) => {
                // Its end is waited for as its lines were, but not for long.
                sleep(wait.min(Duration::from_millis(5)).saturating_sub(asked.elapsed()));
                Some(Said::Closed)
            }
        }
    }

    /// `failure`, and below it what the program said of it.
    pub fn failure(&self, failure: &str) -> String {
        let _ = self.log_closed.recv_timeout(LAST_WORDS);
        let log = self.log.lock().unwrap_or_else(PoisonError::into_inner).text();
        let failure = failure.replace('\0', "?");
        if log.is_empty() { failure } else { format!("{failure}\n{log}") }
    }
}

/// Reads until the end, or until nobody listens.
fn read_lines(mut stdout: impl BufRead, to: &SyncSender<Said>) {
    loop {
        let mut line = Vec::new();
        let read = stdout.by_ref().take(LINE_MAX as u64).read_until(b'\n', &mut line);
        let said = match read {
            Ok(0) | Err(_) => return,
            Ok(count) if count == LINE_MAX && line.last() != Some(&b'\n') => Said::TooLong,
            Ok(_) => Said::Line(String::from_utf8_lossy(&line).into_owned()),
        };
        if to.send(said).is_err() {
            return;
        }
    }
}
