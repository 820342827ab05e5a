//! Ends observers that take too long, or that nobody waits for any more.

use std::process::{Child, ExitStatus};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process, kill_process_group};
#[cfg(target_os = "linux")]
use rustix::process::{Resource, Rlimit, prlimit};

/// How often the watchdog looks. A time-out is late by at most that.
const TICK: Duration = Duration::from_millis(20);
/// How long a process has for its last words, once its time is up.
const LAST_WORDS: Duration = Duration::from_millis(300);
/// The deadline of a process that is not at work.
const IDLE: u64 = 0;
/// The deadline of a process whose time is up.
const FIRED: u64 = u64::MAX;

/// A thread that looks after processes; it ends with the last handle to it.
#[derive(Clone, Debug)]
pub struct Watchdog {
    kennel: Arc<Kennel>,
}

#[derive(Debug)]
struct Kennel {
    start: Instant,
    cancelled: Arc<AtomicBool>,
    watched: Mutex<Vec<Weak<Watched>>>,
}

/// A process that leads a group of its own, with all that it has started.
#[derive(Debug)]
struct Leader {
    child: Child,
    /// Its number may be that of another process.
    buried: bool,
}

/// A process under watch.
#[derive(Debug)]
pub(crate) struct Watched {
    child: Mutex<Leader>,
    /// Milliseconds since the kennel's start, from 1; [`IDLE`] or [`FIRED`].
    deadline: AtomicU64,
    /// When a process whose time is up is ended; none before.
    end: Mutex<Option<Instant>>,
    /// The watchdog lives as long as what it watches.
    kennel: Arc<Kennel>,
}

impl Watchdog {
    /// Starts one. Once `cancelled` is true it ends every process.
    pub fn new(cancelled: Arc<AtomicBool>) -> Self {
        let kennel = Arc::new(Kennel { start: Instant::now(), cancelled, watched: Mutex::default() });
        let seen = Arc::downgrade(&kennel);
        std::thread::spawn(move || {
            while let Some(kennel) = seen.upgrade() {
                kennel.look();
                drop(kennel);
                std::thread::sleep(TICK);
            }
        });
        Self { kennel }
    }

    /// Whether the run has been cancelled.
    pub fn cancelled(&self) -> bool {
        self.kennel.cancelled.load(Ordering::Relaxed)
    }

    pub(crate) fn watch(&self, child: Child) -> Arc<Watched> {
        let watched = Arc::new(Watched {
            child: Mutex::new(Leader { child, buried: false }),
            deadline: AtomicU64::new(IDLE),
            end: Mutex::default(),
            kennel: Arc::clone(&self.kennel),
        });
        let mut all = self.kennel.watched.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|other| other.strong_count() > 0);
        all.push(Arc::downgrade(&watched));
        watched
    }
}

impl Kennel {
    fn look(&self) {
        let cancelled = self.cancelled.load(Ordering::Relaxed);
        let now = self.start.elapsed().as_millis() as u64;
        for watched in self.watched.lock().unwrap_or_else(PoisonError::into_inner).iter().filter_map(Weak::upgrade) {
            let deadline = watched.deadline.load(Ordering::Acquire);
            let due = deadline != IDLE && deadline != FIRED && deadline <= now;
            // Whoever changes the deadline first, the worker that is done or the watchdog, has decided.
            if due && watched.deadline.compare_exchange(deadline, FIRED, Ordering::AcqRel, Ordering::Acquire).is_ok() {
                watched.abort();
            }
            if cancelled || watched.end.lock().unwrap_or_else(PoisonError::into_inner).is_some_and(|end| end <= Instant::now()) {
                watched.end();
            }
        }
    }
}

impl Leader {
    /// How it ended, if it has; what it left behind in its group ends then.
    fn status(&mut self) -> std::io::Result<Option<ExitStatus>> {
        let status = self.child.try_wait()?;
        if status.is_some() && !self.buried {
            // No group gets its number as long as one of the old one lives; and if none does, it was free for an instant only.
            self.end_group();
            self.buried = true;
        }
        Ok(status)
    }

    /// Ends it and its group.
    fn end(&mut self) {
        // What is gone already cannot be killed, which is as good.
        if let Ok(None) = self.status() {
            self.end_group();
            let _ = self.child.kill();
        }
    }

    /// Has it say where it is, which CPython does when it is aborted.
    fn abort(&mut self) {
        if let (Ok(None), Some(process)) = (self.status(), Pid::from_raw(self.child.id() as i32)) {
            // No core of it is wanted. What cannot be told is not told: it is ended all the same.
            #[cfg(target_os = "linux")]
            let _ = prlimit(Some(process), Resource::Core, Rlimit { current: Some(0), maximum: Some(0) });
            let _ = kill_process(process, Signal::ABORT);
        }
    }

    fn end_group(&self) {
        if let Some(group) = Pid::from_raw(self.child.id() as i32) {
            let _ = kill_process_group(group, Signal::KILL);
        }
    }
}

impl Watched {
    /// The process is at work from now on, and may take so long.
    pub(crate) fn begin(&self, patience: Duration) {
        let deadline = (self.kennel.start.elapsed() + patience).as_millis() as u64;
        self.deadline.store(deadline.clamp(1, FIRED - 1), Ordering::Release);
    }

    /// The process is done; whether its time was up before.
    pub(crate) fn done(&self) -> bool {
        self.deadline.swap(IDLE, Ordering::AcqRel) == FIRED
    }

    /// Lets the process say its last words, and ends it soon.
    fn abort(&self) {
        *self.end.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now() + LAST_WORDS);
        self.child.lock().unwrap_or_else(PoisonError::into_inner).abort();
    }

    /// Ends the process.
    pub(crate) fn end(&self) {
        self.child.lock().unwrap_or_else(PoisonError::into_inner).end();
    }

    /// Waits for the process to end by itself, then ends it; what became of it.
    pub(crate) fn reap(&self, patience: Duration) -> Option<ExitStatus> {
        let deadline = Instant::now() + patience;
        loop {
            // Locked anew each time: the watchdog must not wait for it.
            let mut child = self.child.lock().unwrap_or_else(PoisonError::into_inner);
            match child.status() {
                Ok(Some(status)) => return Some(status),
                Ok(None) if Instant::now() < deadline => {}
                _ => {
                    child.end();
                    let _ = child.child.wait();
                    child.buried = true;
                    return None;
                }
            }
            drop(child);
            std::thread::sleep(Duration::from_millis(1));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::Command;

    fn sleeper(watchdog: &Watchdog) -> Arc<Watched> {
        watchdog.watch(Command::new("sleep").arg("60").spawn().unwrap())
    }

    #[test]
    fn ends_what_takes_too_long_and_nothing_else() {
        let watchdog = Watchdog::new(Arc::default());
        let (slow, idle) = (sleeper(&watchdog), sleeper(&watchdog));
        slow.begin(Duration::from_millis(30));
        assert!(slow.child.lock().unwrap().status().unwrap().is_none());
        std::thread::sleep(Duration::from_millis(300));
        assert!(slow.reap(Duration::ZERO).is_some(), "it was ended");
        assert!(slow.done());
        assert!(!idle.done());
        assert!(idle.reap(Duration::ZERO).is_none(), "it was still running");
    }

    #[test]
    fn a_cancelled_run_leaves_no_process() {
        let cancelled = Arc::new(AtomicBool::new(false));
        let watchdog = Watchdog::new(Arc::clone(&cancelled));
        let child = sleeper(&watchdog);
        cancelled.store(true, Ordering::Relaxed);
        std::thread::sleep(Duration::from_millis(300));
        assert!(child.reap(Duration::ZERO).is_some());
    }
}
