//! Progress on the terminal, and Ctrl-C.

use std::io::{IsTerminal, Write};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use isoflop::progress::Progress;

use crate::exit::INTERRUPTED;

/// Work shorter than this shows nothing.
const PATIENCE: Duration = Duration::from_millis(500);

/// Shows long work on standard error where that is a terminal, and learns of Ctrl-C.
pub struct Watch {
    started: Instant,
    seen: bool,
    /// Set by Ctrl-C while files are written; otherwise Ctrl-C ends the program at once.
    stop: Arc<AtomicBool>,
    writing: Arc<AtomicBool>,
    stage: Mutex<(String, u64)>,
    done: AtomicU64,
    bar: Mutex<Option<ProgressBar>>,
}

impl Watch {
    /// Starts to watch. Call once.
    pub fn start() -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let writing = Arc::new(AtomicBool::new(false));
        let (stop_at, is_writing) = (Arc::clone(&stop), Arc::clone(&writing));
        // A second handler in one process is refused; the program then ends at Ctrl-C as any other does.
        let _ = ctrlc::set_handler(move || {
            // Nothing is half-written before the report: leave, even from a read that blocks. While it is
            // written, the writer sees the flag and cleans up; a second Ctrl-C does not wait for that.
            let writing = is_writing.load(Ordering::SeqCst);
            if !writing || stop_at.swap(true, Ordering::SeqCst) {
                let what = if writing { "the report may be incomplete" } else { "nothing was written" };
                // Not `eprintln!`: whoever read standard error may be gone, and a panic here would leave
                // the program running and deaf to signals.
                let _ = writeln!(std::io::stderr(), "\nerror: interrupted; {what}");
                std::process::exit(i32::from(INTERRUPTED));
            }
        });
        Self {
            started: Instant::now(),
            seen: std::io::stderr().is_terminal(),
            stop,
            writing,
            stage: Mutex::default(),
            done: AtomicU64::new(0),
            bar: Mutex::new(None),
        }
    }

    /// From here on files are written: Ctrl-C is left to the writer.
    pub fn say(&self, stage: &str) {
        self.writing.store(true, Ordering::SeqCst);
        self.begin(stage, 0);
    }

    /// Takes the bar away.
    pub fn end(&self) {
        if let Some(bar) = self.bar.lock().unwrap_or_else(PoisonError::into_inner).take() {
            bar.finish_and_clear();
        }
        self.writing.store(false, Ordering::SeqCst);
    }

    fn show(&self, done: u64) {
        // Another thread is drawing: this step will be in its next drawing.
        let Ok(mut bar) = self.bar.try_lock() else { return };
        let (stage, total) = self.stage.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let bar = bar.get_or_insert_with(|| {
            let style = ProgressStyle::with_template("{msg:12} {bar:32} {percent:>3} %  {eta} left");
            let hidden = ProgressBar::with_draw_target(Some(total), ProgressDrawTarget::hidden());
            let bar = hidden.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
            // Filled in first and shown then: an empty bar promises that nothing is left.
            let bar = bar.with_message(stage.clone()).with_position(done);
            bar.set_draw_target(ProgressDrawTarget::stderr());
            bar
        });
        bar.set_length(total);
        bar.set_message(stage);
        bar.set_position(done);
    }
}

impl Progress for Watch {
    fn begin(&self, stage: &str, total: u64) {
        *self.stage.lock().unwrap_or_else(PoisonError::into_inner) = (stage.to_string(), total);
        self.done.store(0, Ordering::Relaxed);
        if let Some(bar) = self.bar.lock().unwrap_or_else(PoisonError::into_inner).as_ref() {
            bar.reset();
        }
    }

    fn advance(&self, steps: u64) {
        let done = self.done.fetch_add(steps, Ordering::Relaxed) + steps;
        if self.seen && self.started.elapsed() > PATIENCE {
            self.show(done);
        }
    }

    fn interrupted(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }
}
