//! Where the protocol goes, out of the snippet's reach.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::fd::{AsRawFd, FromRawFd, RawFd};
use std::sync::atomic::{AtomicI32, Ordering};

/// The least number that a moved descriptor gets: programs that close or write to descriptors by number take small ones.
const OUT_OF_REACH: RawFd = 700;

/// The moved descriptors, for a process that a snippet forks off.
static MOVED: [AtomicI32; 2] = [AtomicI32::new(-1), AtomicI32::new(-1)];

/// Standard input and output, moved away from descriptors 0 and 1, which lead to nowhere from then on.
pub(crate) struct Standard {
    pub(crate) input: File,
    pub(crate) output: File,
}

impl Standard {
    /// Moves them.
    pub(crate) fn take() -> io::Result<Self> {
        let standard = Self { input: moved(0)?, output: moved(1)? };
        point_to_nowhere()?;
        MOVED[0].store(standard.input.as_raw_fd(), Ordering::Relaxed);
        MOVED[1].store(standard.output.as_raw_fd(), Ordering::Relaxed);
        // SAFETY: a function that only calls what may be called after a fork.
        if unsafe { libc::pthread_atfork(None, None, Some(after_fork)) } != 0 {
            return Err(io::Error::other("a handler for forks is refused"));
        }
        Ok(standard)
    }

    /// Points 0 and 1 to nowhere again if someone closed them.
    pub(crate) fn mend() -> io::Result<()> {
        // SAFETY: numbers only.
        if [0, 1].into_iter().all(|number| unsafe { libc::fcntl(number, libc::F_GETFD) } >= 0) {
            Ok(())
        } else {
            point_to_nowhere()
        }
    }
}

/// In a copy of this process: the protocol is its parent's alone, whose end must be seen at the other side of the pipes even if the
/// copy lives on; and so that it does not, it ends with its parent.
unsafe extern "C" fn after_fork() {
    for descriptor in &MOVED {
        // SAFETY: numbers only; nobody in the copy uses these descriptors.
        unsafe { libc::close(descriptor.swap(-1, Ordering::Relaxed)) };
    }
    #[cfg(target_os = "linux")]
    // SAFETY: numbers only.
    unsafe {
        libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL);
    }
}

/// Leaves this process at once, and says that the protocol's descriptors are lost.
pub(crate) fn give_up() -> ! {
    // SAFETY: does not return.
    unsafe { libc::_exit(refdrift_trace::LOST_PIPES) }
}

/// Leaves a process that a snippet forked off, at once and without a word: the protocol belongs to its parent.
pub(crate) fn vanish() -> ! {
    // SAFETY: does not return.
    unsafe { libc::_exit(0) }
}

/// Points descriptors 0 and 1 at `/dev/null`, if they do not lead there already.
fn point_to_nowhere() -> io::Result<()> {
    let nowhere = OpenOptions::new().read(true).write(true).open("/dev/null")?;
    for number in [0, 1] {
        if nowhere.as_raw_fd() == number {
            // It was closed, and opening took its place.
            std::mem::forget(nowhere);
            return point_to_nowhere();
        }
        // SAFETY: two numbers; whoever owned 0 and 1 was moved away by `Standard::take`.
        if unsafe { libc::dup2(nowhere.as_raw_fd(), number) } < 0 {
            return Err(io::Error::last_os_error());
        }
    }
    Ok(())
}

fn moved(number: RawFd) -> io::Result<File> {
    let duplicate = [OUT_OF_REACH, 3].into_iter().find_map(|least| {
        // SAFETY: numbers only.
        let descriptor = unsafe { libc::fcntl(number, libc::F_DUPFD_CLOEXEC, least) };
        (descriptor >= 0).then_some(descriptor)
    });
    let Some(descriptor) = duplicate else { return Err(io::Error::last_os_error()) };
    // SAFETY: just made, so that nobody else owns it.
    Ok(unsafe { File::from_raw_fd(descriptor) })
}
