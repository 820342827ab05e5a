//! A running observer: start it, ask it, see it die.

use std::io::{BufReader, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use refdrift_trace::{FORMAT, LOST_PIPES, PyVersion, Request, Response, TimeRequest};

use serde::{Deserialize, Serialize};

use crate::golden::Unrecorded;
use crate::interpreter::Interpreter;
use crate::watchdog::{Watchdog, Watched};

/// How long an observer may take to start: an interpreter and its standard library from a cold disk.
const START_PATIENCE: Duration = Duration::from_secs(30);
/// How long a process whose stream has ended may take to be gone.
const DEATH_PATIENCE: Duration = Duration::from_secs(2);
/// How long the last words of a dead process may take to arrive.
const WORDS_PATIENCE: Duration = Duration::from_millis(200);
/// The longest wait for a program that is open for writing.
const BUSY_PATIENCE: Duration = Duration::from_millis(500);
/// No message is longer; a longer one is not from an observer.
const MESSAGE_LIMIT: usize = 1 << 30;
/// How much of an observer's last words is kept.
const WORDS_LIMIT: usize = 16 << 10;
/// What an observer inherits of the environment. Snippets see nothing that differs between two machines.
const INHERITED: [&str; 4] = ["PATH", "HOME", "TMPDIR", "RUST_BACKTRACE"];

/// The reference to compare with: an interpreter and its observer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// The interpreter; none if only the observer was named.
    pub interpreter: Option<Interpreter>,
    /// The version that the observer runs.
    pub version: PyVersion,
    /// The observer.
    pub program: PathBuf,
}

/// Why an observer gave no answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum ObserverError {
    /// It could not be started.
    #[error("the observer {program} cannot be started: {reason}")]
    Start {
        /// The program.
        program: String,
        /// Why.
        reason: String,
    },
    /// It was built from other sources.
    #[error("the observer {program} speaks wire format {theirs}, this refdrift {FORMAT}: build it again")]
    Format {
        /// The program.
        program: String,
        /// Its format.
        theirs: u32,
    },
    /// It loaded another Python than it was built for.
    #[error("the observer {program} runs Python {runs}, not {wanted}")]
    Version {
        /// The program.
        program: String,
        /// What it runs.
        runs: PyVersion,
        /// What it should run.
        wanted: PyVersion,
    },
    /// It did not answer in time and was ended.
    #[error("no answer from CPython within {} s (--timeout)", .patience.as_secs_f64())]
    TimedOut {
        /// How long it had.
        patience: Duration,
        /// The line of the snippet at which it was, where it could still say so.
        line: Option<u32>,
    },
    /// It took more memory than it may.
    #[error("more memory than {} MB (--max-memory): {words}", .limit >> 20)]
    Memory {
        /// The limit, in bytes.
        limit: u64,
        /// What it said last.
        words: String,
        /// The line of the snippet at which it was, where it could still say so.
        line: Option<u32>,
    },
    /// It died.
    #[error("CPython died: {how}")]
    Died {
        /// By which signal or status, and what it said last.
        how: String,
        /// The line of the snippet at which it was, where it could still say so.
        line: Option<u32>,
    },
    /// It said something that is no message.
    #[error("the observer broke the protocol: {0}")]
    Nonsense(String),
    /// It is a golden, which does not have it.
    #[error("{0}")]
    #[serde(skip)]
    Golden(Unrecorded),
}

/// A running observer. It ends with its handle.
#[derive(Debug)]
pub struct Observer {
    version: PyVersion,
    watched: Arc<Watched>,
    stdin: Option<ChildStdin>,
    stdout: BufReader<ChildStdout>,
    words: Arc<Mutex<Vec<u8>>>,
    listener: Option<JoinHandle<()>>,
    buffer: Vec<u8>,
    /// What the snippet at hand is called.
    filename: String,
    /// How many bytes snippets may take.
    memory: Option<u64>,
}

impl Observer {
    /// Starts the program and waits until it is ready. With `wanted` it must run that version.
    pub fn start(program: &Path, wanted: Option<PyVersion>, watchdog: &Watchdog) -> Result<Self, ObserverError> {
        Self::start_within(program, None, wanted, watchdog)
    }

    /// The same; its snippets may take `memory` bytes.
    pub fn start_within(
        program: &Path,
        memory: Option<u64>,
        wanted: Option<PyVersion>,
        watchdog: &Watchdog,
    ) -> Result<Self, ObserverError> {
        let mut command = command_for(program);
        if let Some(memory) = memory {
            command.args(["--max-memory", &memory.to_string()]);
        }
        let mut observer = Self::start_by(command, START_PATIENCE, wanted, watchdog)?;
        observer.memory = memory;
        Ok(observer)
    }

    /// The same by a command of one's own, which ends in the observer's program; it may take so long.
    pub(crate) fn start_by(
        mut command: Command,
        patience: Duration,
        wanted: Option<PyVersion>,
        watchdog: &Watchdog,
    ) -> Result<Self, ObserverError> {
        command.stderr(Stdio::piped());
        let program = command.get_program().to_owned();
        let shown = || program.to_string_lossy().into_owned();
        let mut child =
            spawn(&mut command).map_err(|error| ObserverError::Start { program: shown(), reason: error.to_string() })?;
        let missing = || ObserverError::Start { program: shown(), reason: "it has no pipes".to_owned() };
        let stdin = child.stdin.take().ok_or_else(missing)?;
        let stdout = child.stdout.take().ok_or_else(missing)?;
        let words = Arc::new(Mutex::new(Vec::new()));
        let listener = child.stderr.take().map(|stderr| {
            let words = Arc::clone(&words);
            std::thread::spawn(move || listen(stderr, &words))
        });
        let mut observer = Self {
            version: PyVersion::new(0, 0, 0),
            watched: watchdog.watch(child),
            stdin: Some(stdin),
            stdout: BufReader::with_capacity(1 << 16, stdout),
            words,
            listener,
            buffer: Vec::new(),
            filename: String::new(),
            memory: None,
        };
        observer.watched.begin(patience);
        let hello = observer.receive(patience).map_err(|error| match error {
            ObserverError::Died { how: reason, .. } | ObserverError::Nonsense(reason) => {
                ObserverError::Start { program: shown(), reason }
            }
            error => error,
        })?;
        let Response::Ready(hello) = hello else {
            return Err(ObserverError::Start { program: shown(), reason: "its first message is no greeting".to_owned() });
        };
        if hello.format != FORMAT {
            return Err(ObserverError::Format { program: shown(), theirs: hello.format });
        }
        if let Some(wanted) = wanted.filter(|&wanted| wanted != hello.version) {
            return Err(ObserverError::Version { program: shown(), runs: hello.version, wanted });
        }
        observer.version = hello.version;
        Ok(observer)
    }

    /// The Python that it runs.
    pub fn version(&self) -> PyVersion {
        self.version
    }

    /// Asks, and waits for the answer. After an error the observer is of no more use.
    pub fn ask(&mut self, request: &Request, patience: Duration) -> Result<Response, ObserverError> {
        self.words.lock().unwrap_or_else(PoisonError::into_inner).clear();
        if let Request::Run(run) | Request::Time(TimeRequest { run, .. }) = request {
            self.filename.clone_from(&run.filename);
        }
        let mut message = Vec::with_capacity(1 << 12);
        message.extend([0; 4]);
        let mut message = postcard::to_extend(request, message).map_err(|error| ObserverError::Nonsense(error.to_string()))?;
        let length = (message.len() - 4) as u32;
        message[..4].copy_from_slice(&length.to_le_bytes());
        self.watched.begin(patience);
        let sent = self.stdin.as_mut().is_some_and(|stdin| stdin.write_all(&message).and_then(|()| stdin.flush()).is_ok());
        if sent { self.receive(patience) } else { Err(self.death(patience)) }
    }

    fn receive(&mut self, patience: Duration) -> Result<Response, ObserverError> {
        let mut length = [0; 4];
        if self.stdout.read_exact(&mut length).is_err() {
            return Err(self.death(patience));
        }
        let length = u32::from_le_bytes(length) as usize;
        if length > MESSAGE_LIMIT {
            self.watched.end();
            return Err(ObserverError::Nonsense(format!("a message of {length} bytes (did the snippet write to its pipe?)")));
        }
        self.buffer.clear();
        let read = (&mut self.stdout).take(length as u64).read_to_end(&mut self.buffer);
        if !read.is_ok_and(|read| read == length) {
            return Err(self.death(patience));
        }
        if self.watched.done() {
            // It answered while its time ran out: the watchdog has ended it.
            return Err(ObserverError::TimedOut { patience, line: None });
        }
        let response = postcard::from_bytes(&self.buffer).map_err(|error| ObserverError::Nonsense(error.to_string()));
        self.buffer.shrink_to(1 << 20);
        response
    }

    /// What became of a process whose stream ended.
    fn death(&mut self, patience: Duration) -> ObserverError {
        self.stdin = None;
        let status = self.watched.reap(DEATH_PATIENCE);
        let late = self.watched.done();
        // Its last words may still be on their way; a process of the snippet's that holds the pipe open is not waited for.
        let deadline = Instant::now() + WORDS_PATIENCE;
        while self.listener.as_ref().is_some_and(|listener| !listener.is_finished()) && Instant::now() < deadline {
            std::thread::sleep(Duration::from_millis(1));
        }
        let how = status.map_or_else(|| "it closed its pipe".to_owned(), status_words);
        let words = self.words.lock().unwrap_or_else(PoisonError::into_inner);
        let said = String::from_utf8_lossy(&words);
        let line = crash_line(&said, &self.filename);
        if late {
            return ObserverError::TimedOut { patience, line };
        }
        if let (Some(limit), Some(words)) = (self.memory, said.lines().find(|line| is_shortage(line))) {
            return ObserverError::Memory { limit, words: words.to_owned(), line };
        }
        let fatal = said.lines().find(|line| line.starts_with(FATAL));
        let last = fatal.or_else(|| said.lines().map(str::trim).rfind(|line| !line.is_empty()));
        let how = last.map_or_else(|| how.clone(), |last| format!("{how} ({})", last.trim_start_matches(FATAL).trim()));
        ObserverError::Died { how, line }
    }
}

impl Drop for Observer {
    fn drop(&mut self) {
        self.stdin = None;
        self.watched.end();
        self.watched.reap(Duration::ZERO);
    }
}

/// How a program is started that is to run snippets: with pipes, and nothing of this machine in its environment.
pub(crate) fn command_for(program: &Path) -> Command {
    let mut command = Command::new(program);
    command.env_clear().stdin(Stdio::piped()).stdout(Stdio::piped());
    for name in INHERITED {
        if let Some(value) = std::env::var_os(name) {
            command.env(name, value);
        }
    }
    command.env("LC_ALL", "C.UTF-8").env("TZ", "UTC");
    #[cfg(unix)]
    {
        use std::os::unix::process::CommandExt;
        // An interrupt from the keyboard is refdrift's to answer, which ends its observers.
        command.process_group(0);
    }
    command
}

/// Starts a program that may just have been written. Linux refuses to while any process has it open for writing, and a child
/// which another thread forked while the file was being written has it open until it calls `exec`: a matter of
/// microseconds that nothing tells the end of, so the waits start short and grow.
fn spawn(command: &mut Command) -> std::io::Result<std::process::Child> {
    let mut wait = Duration::from_micros(50);
    loop {
        match command.spawn() {
            Err(error) if error.kind() == ErrorKind::ExecutableFileBusy && wait < BUSY_PATIENCE => {
                std::thread::sleep(wait);
                wait *= 2;
            }
            done => return done,
        }
    }
}

/// Whether that is what Rust's allocator says before it aborts: what is recorded grows with the snippet.
fn is_shortage(line: &str) -> bool {
    line.starts_with("memory allocation of ") && line.contains(" bytes failed")
}

/// What CPython says first of all when it crashes.
const FATAL: &str = "Fatal Python error: ";

/// The line of the snippet at which a crash was, out of the traceback that CPython's `faulthandler` writes.
fn crash_line(said: &str, filename: &str) -> Option<u32> {
    let (_, traceback) = said.split_once(FATAL)?;
    let (_, rest) = traceback.split_once(&format!("File \"{filename}\", line "))?;
    rest.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}

/// Keeps the last of what an observer says.
fn listen(mut stderr: impl Read, words: &Mutex<Vec<u8>>) {
    let mut chunk = [0; 4096];
    while let Ok(read @ 1..) = stderr.read(&mut chunk) {
        let mut words = words.lock().unwrap_or_else(PoisonError::into_inner);
        words.extend_from_slice(&chunk[..read]);
        let excess = words.len().saturating_sub(WORDS_LIMIT);
        words.drain(..excess);
    }
}

/// The signals by which a crashing interpreter dies.
#[cfg(unix)]
const SIGNALS: [(i32, &str); 9] = [
    (4, "SIGILL"),
    (5, "SIGTRAP"),
    (6, "SIGABRT"),
    (7, "SIGBUS"),
    (8, "SIGFPE"),
    (9, "SIGKILL"),
    (11, "SIGSEGV"),
    (13, "SIGPIPE"),
    (15, "SIGTERM"),
];

/// A signal in words: `signal 11 SIGSEGV`.
pub(crate) fn signal_words(signal: i32) -> String {
    let name = SIGNALS.iter().find(|(number, _)| *number == signal).map_or("", |(_, name)| name);
    format!("signal {signal} {name}").trim_end().to_owned()
}

fn status_words(status: ExitStatus) -> String {
    #[cfg(unix)]
    {
        use std::os::unix::process::ExitStatusExt;
        if let Some(signal) = status.signal() {
            return signal_words(signal);
        }
    }
    if status.code() == Some(LOST_PIPES) {
        return "the snippet closed the pipes of its observer".to_owned();
    }
    status.code().map_or_else(|| status.to_string(), |code| format!("it exited with status {code}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use refdrift_trace::{Hello, RunRequest};
    use std::fs;

    fn watchdog() -> Watchdog {
        Watchdog::new(Arc::default())
    }

    fn frame(response: &Response) -> String {
        let bytes = postcard::to_allocvec(response).unwrap();
        let mut all = (bytes.len() as u32).to_le_bytes().to_vec();
        all.extend(bytes);
        all.iter().fold(String::new(), |text, byte| text + &format!("\\{byte:03o}"))
    }

    /// A shell script that greets as an observer does, then goes on with `rest`.
    fn script(folder: &Path, version: PyVersion, rest: &str) -> PathBuf {
        use std::os::unix::fs::PermissionsExt;
        let path = folder.join("observer");
        let hello = frame(&Response::Ready(Hello { format: FORMAT, version }));
        fs::write(&path, format!("#!/bin/sh\nprintf '{hello}'\n{rest}\n")).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        path
    }

    fn ask(rest: &str, patience: Duration) -> Result<Response, ObserverError> {
        let folder = tempfile::tempdir().unwrap();
        let program = script(folder.path(), PyVersion::new(3, 12, 1), rest);
        let mut observer = Observer::start(&program, Some(PyVersion::new(3, 12, 1)), &watchdog())?;
        let run = RunRequest { filename: "f".to_owned(), source: Vec::new(), folder: None, step_limit: 1, ..RunRequest::default() };
        observer.ask(&Request::Run(run), patience)
    }

    #[test]
    fn each_way_to_die_is_told_apart() {
        let second = Duration::from_secs(20);
        let died = |words: &str| Err(ObserverError::Died { how: words.to_owned(), line: None });
        assert_eq!(ask("kill -SEGV $$", second), died("signal 11 SIGSEGV"));
        assert_eq!(ask("head -c 4 >/dev/null; echo 'Fatal Python error: deallocating None' >&2; kill -ABRT $$", second), {
            died("signal 6 SIGABRT (deallocating None)")
        });
        assert_eq!(ask("exit 3", second), died("it exited with status 3"));
        assert!(matches!(ask("head -c 4 >/dev/null; printf '\\377\\377\\377\\377'", second), Err(ObserverError::Nonsense(_))));
        let start = Instant::now();
        let patience = Duration::from_millis(100);
        assert_eq!(ask("exec sleep 60", patience), Err(ObserverError::TimedOut { patience, line: None }));
        assert!(start.elapsed() < Duration::from_secs(20));
    }

    #[test]
    fn a_crash_is_at_the_innermost_line_of_the_snippet() {
        let said = "Fatal Python error: Segmentation fault\n\nCurrent thread 0x00007f (most recent call first):\n  \
                    File \"/lib/ctypes/__init__.py\", line 519 in string_at\n  File \"bad/crash\", line 7 in inner\n  \
                    File \"bad/crash\", line 12 in <module>\n";
        assert_eq!(crash_line(said, "bad/crash"), Some(7));
        assert_eq!(crash_line(said, "good/crash"), None);
        assert_eq!(crash_line("File \"bad/crash\", line 7", "bad/crash"), None, "an ordinary traceback");
    }

    #[test]
    fn an_observer_of_another_version_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let program = script(folder.path(), PyVersion::new(3, 11, 2), "exec sleep 60");
        let error = Observer::start(&program, Some(PyVersion::new(3, 11, 7)), &watchdog()).unwrap_err();
        assert!(error.to_string().ends_with("runs Python 3.11.2, not 3.11.7"), "{error}");
        assert!(matches!(Observer::start(Path::new("/bin/echo"), None, &watchdog()), Err(ObserverError::Start { .. })));
    }
}
