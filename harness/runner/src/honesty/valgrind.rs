//! An observer under valgrind: memory that is not there, or not there any more, is not read or written.

use std::fs;
use std::path::Path;
use std::time::Duration;

use refdrift_trace::{Request, Response, RunRequest};
use tempfile::TempDir;

use crate::examine::death_words;
use crate::find::on_path;
use crate::observer::{Observer, ObserverError, Reference, command_for};
use crate::watchdog::Watchdog;

/// How much longer everything takes.
const SLOWER: u32 = 30;
/// How long an interpreter may take to start.
const START_PATIENCE: Duration = Duration::from_secs(300);
/// How many boundaries of a program are looked at, at most: one takes a millisecond.
pub(super) const STEPS: u32 = 20_000;
/// The lines of a report that are told.
const LINES: usize = 24;
/// What valgrind is told. It ends the process at the first error, so the case at hand is the one that showed it. Whether memory was
/// written before it is read is not asked: the observer reads whole segments in search of a table.
const ARGUMENTS: [&str; 6] = [
    "--quiet",
    "--undef-value-errors=no",
    "--exit-on-first-error=yes",
    "--error-exitcode=99",
    // The observer's thread has a stack of gigabytes, so that deep recursion is the program's own business.
    "--max-stackframe=4294967296",
    // What was freed stays marked as such until so many bytes more were.
    "--freelist-vol=200000000",
];

/// What valgrind said of a program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Said {
    /// Nothing, and the program ran as far as it was to.
    Nothing,
    /// An error.
    Error(String),
    /// The compiler refused the program.
    Refused,
    /// The process died without an error of memory: the program's own doing.
    Died(String),
}

/// A running observer under valgrind. It ends with its handle.
#[derive(Debug)]
pub(super) struct Memcheck {
    observer: Observer,
    /// What valgrind says, a file for each process.
    logs: TempDir,
}

impl Memcheck {
    /// Starts it.
    pub(super) fn start(reference: &Reference, watchdog: &Watchdog) -> Result<Self, ObserverError> {
        let failed = |reason: String| ObserverError::Start { program: "valgrind".to_owned(), reason };
        let valgrind = on_path(Path::new("valgrind")).into_iter().next();
        let valgrind = valgrind.ok_or_else(|| failed("it is not on PATH (Debian: apt install valgrind)".to_owned()))?;
        let logs = TempDir::new().map_err(|error| failed(format!("there is no folder for what it says: {error}")))?;
        let mut command = command_for(&valgrind);
        let log = format!("--log-file={}", logs.path().join("%p").display());
        // Memory that CPython keeps for itself would never be free.
        command.args(ARGUMENTS).arg(log).arg(&reference.program).env("PYTHONMALLOC", "malloc");
        let observer = Observer::start_by(command, START_PATIENCE, Some(reference.version), watchdog)?;
        Ok(Self { observer, logs })
    }

    /// Runs a program, which would have so long without valgrind. After anything but [`Said::Nothing`] and [`Said::Refused`] the
    /// observer is of no more use.
    pub(super) fn run(&mut self, request: RunRequest, patience: Duration) -> Result<Said, ObserverError> {
        let step_limit = request.step_limit.min(STEPS);
        let answer = self.observer.ask(&Request::Run(RunRequest { step_limit, ..request }), patience * SLOWER);
        if let Some(error) = self.error()? {
            return Ok(Said::Error(error));
        }
        match answer {
            Ok(Response::Finished(_)) => Ok(Said::Nothing),
            Ok(Response::Rejected(_)) => Ok(Said::Refused),
            Ok(Response::Crashed(crash)) => Ok(Said::Died(death_words(&crash))),
            Ok(_) => Err(ObserverError::Nonsense("an answer that does not fit together".to_owned())),
            Err(error @ ObserverError::Died { .. }) => Ok(Said::Died(error.to_string())),
            Err(error) => Err(error),
        }
    }

    /// What valgrind said since it was last asked.
    fn error(&self) -> Result<Option<String>, ObserverError> {
        let unreadable = |error: std::io::Error| ObserverError::Nonsense(format!("what valgrind said cannot be read: {error}"));
        let mut said = String::new();
        for file in fs::read_dir(self.logs.path()).map_err(unreadable)? {
            let path = file.map_err(unreadable)?.path();
            said += &plain(&fs::read_to_string(&path).map_err(unreadable)?);
        }
        Ok((!said.is_empty()).then_some(said))
    }
}

/// A report without the numbers in front of its lines, and without warnings that are none about memory.
fn plain(report: &str) -> String {
    let lines = report.lines().filter_map(|line| line.trim_start_matches('=').split_once("== ").map(|(_, text)| text.trim_end()));
    let lines = lines.filter(|line| !line.is_empty() && !line.starts_with("Warning: set address range perms"));
    lines.take(LINES).fold(String::new(), |text, line| text + "    " + line + "\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_is_told_without_its_numbers() {
        let report = "==12== Warning: set address range perms: large range\n==12== Thread 2:\n==12== Invalid read of size 8\n\
                      ==12==    at 0x1: f (in x)\n==12== \n";
        assert_eq!(plain(report), "    Thread 2:\n    Invalid read of size 8\n       at 0x1: f (in x)\n");
        assert_eq!(plain("==12== \n"), "");
    }
}
