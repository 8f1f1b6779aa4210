//! A program with all that it starts, ended together.

use std::io;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// What is asked to end has this long to do so.
const GRACE: Duration = Duration::from_secs(2);
/// How often it is looked whether it has.
const LOOK: Duration = Duration::from_millis(5);

/// A program and its descendants. Dropped, it is ended: none of them goes on, and none is left for others to reap.
pub(super) struct Group {
    child: Child,
    reaped: bool,
}

impl Group {
    /// Starts `program` with its three streams piped.
    pub fn spawn(program: &[String]) -> io::Result<Self> {
        let (name, arguments) = program.split_first().ok_or_else(|| io::Error::other("no program is named"))?;
        let mut command = Command::new(name);
        command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        Ok(Self { child: command.spawn()?, reaped: false })
    }

    /// The program itself, for its streams.
    pub fn child(&mut self) -> &mut Child {
        &mut self.child
    }

    /// Ends all that is left of the group at once, and says how the program itself ended.
    pub fn kill(&mut self) -> io::Result<ExitStatus> {
        // Before it is reaped: its number cannot yet be another's.
        if !self.reaped {
            self.signal(Signal::Kill);
            self.reaped = true;
        }
        self.child.wait()
    }

    /// Asks the group to end, and ends it if it does not.
    pub fn stop(&mut self) -> io::Result<ExitStatus> {
        if self.reaped {
            // It ended before it was told to, and its number may be another's by now.
            return self.kill();
        }
        self.signal(Signal::Terminate);
        let asked = Instant::now();
        while asked.elapsed() < GRACE && !self.has_exited()? {
            sleep(LOOK);
        }
        self.kill()
    }
}

/// What is sent to a group.
#[derive(Clone, Copy)]
enum Signal {
    Terminate,
    Kill,
}

#[cfg(unix)]
impl Group {
    /// Whether the program itself has ended. It is not reaped, so that its number stays its group's.
    pub fn has_exited(&mut self) -> io::Result<bool> {
        use rustix::process::{WaitId, WaitIdOptions, waitid};
        let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
        Ok(waitid(WaitId::Pid(rustix::process::Pid::from_child(&self.child)), options)?.is_some())
    }

    fn signal(&mut self, signal: Signal) {
        let signal = match signal {
            Signal::Terminate => rustix::process::Signal::TERM,
            Signal::Kill => rustix::process::Signal::KILL,
        };
        // That all of it has ended already is as good.
        let _ = rustix::process::kill_process_group(rustix::process::Pid::from_child(&self.child), signal);
    }
}

#[cfg(not(unix))]
impl Group {
    pub fn has_exited(&mut self) -> io::Result<bool> {
        Ok(self.child.try_wait()?.is_some())
    }

    fn signal(&mut self, _: Signal) {
        let _ = self.child.kill();
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        let _ = self.kill();
    }
}
