//! A Python interpreter, and what it says of itself.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use refdrift_trace::PyVersion;
use refdrift_vm::Vm;
use serde::Deserialize;

/// What an interpreter is asked. It is started without site packages, so that nothing but itself answers.
const QUESTION: &str = "\
import json, os, platform, struct, sys, sysconfig
var = sysconfig.get_config_var
print(json.dumps({
    'implementation': platform.python_implementation(),
    'version': list(sys.version_info[:3]),
    'executable': os.path.realpath(getattr(sys, '_base_executable', None) or sys.executable),
    'prefix': sys.base_prefix,
    'libdir': var('LIBDIR') or '',
    'library': var('LDLIBRARY') or '',
    'shared': bool(var('Py_ENABLE_SHARED')),
    'gil': not var('Py_GIL_DISABLED'),
    'debug': bool(var('Py_DEBUG')),
    'bits': struct.calcsize('P') * 8,
}))
";

/// How long an interpreter may take to answer; one that starts cold from a slow disk takes a second or two.
const PATIENCE: Duration = Duration::from_secs(20);

/// A Python interpreter that answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Interpreter {
    /// The path under which it was found.
    pub found: PathBuf,
    /// Its real executable; that of the base installation for one in a virtual environment.
    pub executable: PathBuf,
    /// Its version.
    pub version: PyVersion,
    /// `CPython`, `PyPy`, …
    pub implementation: String,
    /// Where its installation lies.
    pub prefix: PathBuf,
    /// Where its libpython lies.
    pub libdir: PathBuf,
    /// The file that a linker looks for there.
    pub library: String,
    /// Whether it was built with a shared libpython.
    pub shared: bool,
    /// Whether it has a global interpreter lock.
    pub gil: bool,
    /// Whether it is a debug build.
    pub debug: bool,
    /// The size of a pointer.
    pub bits: u32,
}

/// Why a path is no interpreter.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProbeError {
    /// It could not be started.
    #[error("{path} cannot be run: {reason}")]
    Start {
        /// The path that was tried.
        path: String,
        /// What the system said.
        reason: String,
    },
    /// It ran and failed.
    #[error("{path} is no working Python: {reason}")]
    Answer {
        /// The path that was tried.
        path: String,
        /// The last thing it said.
        reason: String,
    },
    /// It was killed, or hung: who it is nobody knows, and another in its stead would be another.
    #[error("{path} was asked which Python it is and gave no answer ({reason}); try again, or name another with --python")]
    Silent {
        /// The path that was tried.
        path: String,
        /// What became of it.
        reason: String,
    },
}

/// Why an interpreter cannot be a reference.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unusable {
    /// The VM has no instruction set for it.
    #[error("Python {0} is not among those that refdrift compares with ({list})", list = supported_list())]
    Version(PyVersion),
    /// Not CPython.
    #[error("it is {0}; reference counts are CPython's")]
    Implementation(String),
    /// A free-threaded build counts in two places.
    #[error("it is a free-threaded build, whose counts are split between threads")]
    FreeThreaded,
    /// A debug build has a wider object header.
    #[error("it is a debug build, whose objects are laid out otherwise")]
    Debug,
    /// Object layouts are known for 64 bits only.
    #[error("it is a {0}-bit build; refdrift knows the object layouts of 64 bits")]
    Bits(u32),
    /// Nothing to link with.
    #[error(
        "it has no shared libpython; build it with --enable-shared (pyenv: PYTHON_CONFIGURE_OPTS=--enable-shared pyenv install {0})"
    )]
    NoSharedLibrary(PyVersion),
    /// The library's linker name is missing: its development package is not installed.
    #[error(
        "{library} is not in {libdir}; install it (Debian, Ubuntu: libpython{series}-dev or libpython3-dev; Fedora: python3-devel)"
    )]
    NoLinkLibrary {
        /// The file.
        library: String,
        /// Where it should be.
        libdir: String,
        /// `3.12`
        series: String,
    },
}

/// The series of Python that refdrift compares with, oldest first: those that the VM has.
pub fn supported_series() -> Vec<String> {
    (0..=99).map(|minor| PyVersion::new(3, minor, 0)).filter(|&version| supports(version)).map(PyVersion::series).collect()
}

fn supported_list() -> String {
    supported_series().join(", ")
}

/// Whether the observer and the VM both know a version: the observer reads objects as they lie in 3.11 and later.
fn supports(version: PyVersion) -> bool {
    version >= PyVersion::new(3, 11, 0) && version < PyVersion::new(3, 14, 0) && Vm::new(version).is_ok()
}

#[derive(Deserialize)]
struct Answer {
    implementation: String,
    version: (u8, u8, u8),
    executable: PathBuf,
    prefix: PathBuf,
    libdir: PathBuf,
    library: String,
    shared: bool,
    gil: bool,
    debug: bool,
    bits: u32,
}

impl Interpreter {
    /// Asks the program at `path` who it is.
    pub fn probe(path: &Path) -> Result<Self, ProbeError> {
        let shown = || path.display().to_string();
        let start = |error: std::io::Error| ProbeError::Start { path: shown(), reason: error.to_string() };
        let mut child = Command::new(path)
            .args(["-I", "-S", "-c", QUESTION])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(start)?;
        let stdout = drain(child.stdout.take());
        let stderr = drain(child.stderr.take());
        let deadline = Instant::now() + PATIENCE;
        let status = loop {
            match child.try_wait().map_err(start)? {
                Some(status) => break status,
                None if Instant::now() > deadline => {
                    // It is of no use whether or not it can be killed.
                    let _ = child.kill();
                    let _ = child.wait();
                    return Err(ProbeError::Silent { path: shown(), reason: format!("not within {} s", PATIENCE.as_secs()) });
                }
                None => std::thread::sleep(Duration::from_millis(2)),
            }
        };
        let (said, complaint) = (stdout.join().unwrap_or_default(), stderr.join().unwrap_or_default());
        if status.code().is_none() {
            return Err(ProbeError::Silent { path: shown(), reason: status.to_string() });
        }
        if !status.success() {
            let last = complaint.lines().chain(said.lines()).map(str::trim).find(|line| !line.is_empty());
            let reason = last.map_or_else(|| status.to_string(), |line| format!("{status}, `{line}`"));
            return Err(ProbeError::Answer { path: shown(), reason });
        }
        let answer: Answer = serde_json::from_str(said.trim())
            .map_err(|_| ProbeError::Answer { path: shown(), reason: "it does not answer as a Python does".to_owned() })?;
        let (major, minor, micro) = answer.version;
        Ok(Self {
            found: path.to_owned(),
            executable: answer.executable,
            version: PyVersion::new(major, minor, micro),
            implementation: answer.implementation,
            prefix: answer.prefix,
            libdir: answer.libdir,
            library: answer.library,
            shared: answer.shared,
            gil: answer.gil,
            debug: answer.debug,
            bits: answer.bits,
        })
    }

    /// Whether it can be a reference.
    pub fn usable(&self) -> Result<(), Unusable> {
        if self.implementation != "CPython" {
            return Err(Unusable::Implementation(self.implementation.clone()));
        }
        if !supports(self.version) {
            return Err(Unusable::Version(self.version));
        }
        if !self.gil {
            return Err(Unusable::FreeThreaded);
        }
        if self.debug {
            return Err(Unusable::Debug);
        }
        if self.bits != 64 {
            return Err(Unusable::Bits(self.bits));
        }
        Ok(())
    }

    /// Whether an observer can be linked with it.
    pub fn linkable(&self) -> Result<(), Unusable> {
        if !self.shared {
            return Err(Unusable::NoSharedLibrary(self.version));
        }
        if !self.libdir.join(&self.library).exists() {
            return Err(Unusable::NoLinkLibrary {
                library: self.library.clone(),
                libdir: self.libdir.display().to_string(),
                series: self.version.series(),
            });
        }
        Ok(())
    }
}

/// Reads a pipe to its end on a thread of its own, so that a talkative program does not block.
fn drain(pipe: Option<impl Read + Send + 'static>) -> std::thread::JoinHandle<String> {
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(mut pipe) = pipe {
            // What was read before an error is still the answer.
            let _ = pipe.read_to_end(&mut bytes);
        }
        String::from_utf8_lossy(&bytes).into_owned()
    })
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// An interpreter as the development package's user has it.
    pub(crate) fn sample(version: PyVersion) -> Interpreter {
        Interpreter {
            found: "/usr/bin/python3".into(),
            executable: format!("/usr/bin/python{}", version.series()).into(),
            version,
            implementation: "CPython".to_owned(),
            prefix: "/usr".into(),
            libdir: "/usr/lib".into(),
            library: format!("libpython{}.so", version.series()),
            shared: true,
            gil: true,
            debug: false,
            bits: 64,
        }
    }

    #[test]
    fn says_what_is_wrong_with_an_interpreter() {
        let good = sample(PyVersion::new(3, 12, 1));
        assert_eq!(good.usable(), Ok(()));
        let old = sample(PyVersion::new(3, 10, 13));
        assert_eq!(
            old.usable().unwrap_err().to_string(),
            "Python 3.10.13 is not among those that refdrift compares with (3.11, 3.12, 3.13)"
        );
        assert!(Interpreter { gil: false, ..good.clone() }.usable().is_err());
        assert!(Interpreter { implementation: "PyPy".to_owned(), ..good.clone() }.usable().is_err());
        assert!(Interpreter { shared: false, ..good.clone() }.linkable().is_err());
        let missing = Interpreter { libdir: "/nowhere".into(), ..good };
        assert!(missing.linkable().unwrap_err().to_string().starts_with("libpython3.12.so is not in /nowhere; install it"));
    }

    #[test]
    fn a_program_that_fails_is_no_interpreter() {
        assert!(matches!(Interpreter::probe(Path::new("/nowhere/python3")), Err(ProbeError::Start { .. })));
        assert!(matches!(Interpreter::probe(Path::new("/bin/false")), Err(ProbeError::Answer { .. })));
        assert!(matches!(Interpreter::probe(Path::new("/bin/echo")), Err(ProbeError::Answer { .. })));
    }
}
