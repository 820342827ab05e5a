//! A process apart: a copy of this one, for what may break the process that it runs in.

use std::io;

/// Which of the two processes goes on.
pub(crate) enum Forked {
    /// The one that was there before.
    Parent(Child),
    /// The copy. It has the thread that forked and no other.
    Child,
}

/// The copy, as its parent knows it. To be waited for.
pub(crate) struct Child(libc::pid_t);

/// How a process ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Ending {
    pub(crate) signal: Option<i32>,
    pub(crate) status: Option<i32>,
}

/// Copies the process. Python's own `os.fork` also runs what modules have asked for (`random` takes another seed); this one
/// leaves the copy as the process was.
pub(crate) fn fork() -> io::Result<Forked> {
    // SAFETY: the thread that calls holds the interpreter's lock or runs no Python, and in the copy is the main one; the other
    // threads (one waits for this one, one sleeps) hold no lock that the copy could need.
    match unsafe { libc::fork() } {
        -1 => Err(io::Error::last_os_error()),
        0 => Ok(Forked::Child),
        child => Ok(Forked::Parent(Child(child))),
    }
}

impl Child {
    /// Waits until it has ended.
    pub(crate) fn wait(self) -> io::Result<Ending> {
        let mut status = 0;
        loop {
            // SAFETY: the number of a child that nobody else waits for, and a place for its status.
            if unsafe { libc::waitpid(self.0, &raw mut status, 0) } == self.0 {
                break;
            }
            let error = io::Error::last_os_error();
            if error.kind() != io::ErrorKind::Interrupted {
                return Err(error);
            }
        }
        Ok(if libc::WIFSIGNALED(status) {
            Ending { signal: Some(libc::WTERMSIG(status)), status: None }
        } else {
            Ending { signal: None, status: Some(libc::WEXITSTATUS(status)) }
        })
    }
}
