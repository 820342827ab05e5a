//! Programs run by the interpreter itself, with nothing hooked.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{ChildStdin, ChildStdout, Stdio};
use std::sync::Arc;
use std::time::Duration;

use refdrift_trace::{Outcome, Raised, RunRequest};
use serde::{Deserialize, Serialize};

use crate::observer::{ObserverError, command_for};
use crate::watchdog::{Watchdog, Watched};

/// What the interpreter runs.
const DRIVER: &str = include_str!("plain.py");

/// What the driver needs beyond the program's own time, at most.
const PATIENCE: Duration = Duration::from_secs(20);

/// How a program ended that nobody observed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Plain {
    /// It came to its end, and through the teardown.
    Ran {
        /// What it printed.
        output: String,
        /// Whether an exception left it.
        outcome: Outcome,
    },
    /// The compiler refused it.
    Refused,
    /// It did not end in time.
    TimedOut,
    /// Its process died: `signal 11`, `status 3`.
    Died(String),
}

/// A running interpreter. It ends with its handle.
#[derive(Debug)]
pub(super) struct Interpreter {
    watched: Arc<Watched>,
    stdin: ChildStdin,
    stdout: BufReader<ChildStdout>,
}

impl Interpreter {
    /// Starts the interpreter as the observer starts it: without site packages, hashes without randomness.
    /// Of the modules those are imported that can be.
    pub(super) fn start(program: &Path, modules: &[&str], watchdog: &Watchdog) -> Result<Self, ObserverError> {
        let failed = |reason: String| ObserverError::Start { program: program.display().to_string(), reason };
        let mut command = command_for(program);
        command.args(["-s", "-S", "-P", "-B", "-X", "utf8", "-c", DRIVER]).env("PYTHONHASHSEED", "0").stderr(Stdio::inherit());
        let mut child = command.spawn().map_err(|error| failed(error.to_string()))?;
        let pipes = child.stdin.take().zip(child.stdout.take());
        let watched = watchdog.watch(child);
        let (mut stdin, stdout) = pipes.ok_or_else(|| failed("it has no pipes".to_owned()))?;
        writeln!(stdin, "{}", serde_json::json!(modules)).map_err(|error| failed(error.to_string()))?;
        Ok(Self { watched, stdin, stdout: BufReader::new(stdout) })
    }

    /// Runs a program, with so many more frames beneath it. After an error the interpreter is of no more use.
    pub(super) fn run(&mut self, request: &RunRequest, deeper: u32, patience: Duration) -> Result<Plain, ObserverError> {
        let nonsense = |error: String| ObserverError::Nonsense(format!("the plain interpreter: {error}"));
        let source = request.source.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"));
        let question = Question {
            source,
            filename: &request.filename,
            folder: request.folder.as_deref(),
            patience: patience.as_secs_f64(),
            deeper,
        };
        let mut line = serde_json::to_vec(&question).map_err(|error| nonsense(error.to_string()))?;
        line.push(b'\n');
        self.watched.begin(patience + PATIENCE);
        let mut answer = String::new();
        let asked = self.stdin.write_all(&line).and_then(|()| self.stdin.flush());
        let read = asked.and_then(|()| self.stdout.read_line(&mut answer));
        if self.watched.done() {
            return Err(ObserverError::TimedOut { patience, line: None });
        }
        if read.map_err(|error| nonsense(error.to_string()))? == 0 {
            return Err(nonsense("it ended before it answered".to_owned()));
        }
        let answer = serde_json::from_str(&answer).map_err(|error| nonsense(error.to_string()))?;
        Ok(match answer {
            Answer::Ran(Ran { output, raised }) => Plain::Ran {
                output,
                outcome: raised
                    .map_or(Outcome::Completed, |(type_name, message, line)| Outcome::Raised(Raised { type_name, message, line })),
            },
            Answer::Refused(()) => Plain::Refused,
            Answer::Died(how) if how == "time_out" => Plain::TimedOut,
            Answer::Died(how) => Plain::Died(how),
        })
    }
}

impl Drop for Interpreter {
    fn drop(&mut self) {
        self.watched.end();
        self.watched.reap(Duration::ZERO);
    }
}

#[derive(Serialize)]
struct Question<'a> {
    source: String,
    filename: &'a str,
    folder: Option<&'a str>,
    patience: f64,
    deeper: u32,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Answer {
    Ran(Ran),
    Refused(()),
    Died(String),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Ran {
    output: String,
    raised: Option<(String, String, Option<u32>)>,
}
