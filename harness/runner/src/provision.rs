//! The observer on demand: one build for each interpreter, made where it is missing and kept.
//!
//! An observer is linked with one Python, so it cannot be built with the rest of the workspace. It is built from the
//! workspace that this crate itself was built from, with the locked dependencies, in a target folder of its own under
//! `target/observers` (or the folder that [`OBSERVERS_VARIABLE`] names), and kept there by version and path of the
//! interpreter. Whether it is still the right one is told by a fingerprint of the sources' contents: asking cargo would cost
//! a third of a second each time.

use std::ffi::OsString;
use std::fs::{self, File};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use std::{env, io::ErrorKind};

use crate::interpreter::{Interpreter, Unusable};

/// The environment variable that names an observer which is already built.
pub const OBSERVER_VARIABLE: &str = "REFDRIFT_OBSERVER";
/// The environment variable that names the folder in which observers are built and kept.
pub const OBSERVERS_VARIABLE: &str = "REFDRIFT_OBSERVERS";

/// What an observer is built from, in the workspace.
const SOURCES: [&str; 4] = ["Cargo.toml", "Cargo.lock", "harness/trace", "reference/observer"];
/// How many lines of a failed build are told.
const MOST_LINES: usize = 12;

/// What is being done; told to whoever waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Progress {
    /// Another refdrift holds the lock of this interpreter's folder.
    Waiting,
    /// The build starts.
    Building,
    /// Cargo said something: `Compiling pyo3 v0.30.1`.
    Said(String),
    /// The build is done.
    Built(Duration),
}

/// Why there is no observer.
#[derive(Debug, thiserror::Error)]
pub enum ProvisionError {
    /// The interpreter cannot be linked with.
    #[error("no observer for {path}: {reason}")]
    Unusable {
        /// The interpreter.
        path: String,
        /// What is wrong with it.
        reason: Unusable,
    },
    /// The sources are gone.
    #[error(
        "the sources of the observer are not in {0} any more, from which this refdrift was built; \
         build it again, or name a built observer with --observer or {OBSERVER_VARIABLE}"
    )]
    NoSources(String),
    /// No cargo.
    #[error(
        "cargo cannot be run to build the observer ({0}); install Rust from https://rustup.rs, or name a built observer with --observer"
    )]
    NoCargo(io::Error),
    /// The build failed.
    #[error("the observer for Python {version} ({path}) does not build:\n{said}\nto do: {advice}", said = indented(.lines))]
    Build {
        /// The version.
        version: String,
        /// The interpreter.
        path: String,
        /// What the build said, from its first error on.
        lines: Vec<String>,
        /// What to do about it.
        advice: &'static str,
    },
    /// Something about files.
    #[error("{what} {path}: {error}")]
    File {
        /// What was being done.
        what: &'static str,
        /// To which file.
        path: String,
        /// What came of it.
        error: io::Error,
    },
}

fn indented(lines: &[String]) -> String {
    lines.iter().map(|line| format!("    {line}")).collect::<Vec<_>>().join("\n")
}

/// Where observers are built from and kept.
#[derive(Clone, Debug)]
pub struct Workshop {
    workspace: PathBuf,
    folder: PathBuf,
}

impl Workshop {
    /// The workspace that this crate was built from, and its folder of observers.
    pub fn new() -> Self {
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        let workspace = here.ancestors().nth(2).unwrap_or(here).to_owned();
        let folder = env::var_os(OBSERVERS_VARIABLE)
            .filter(|value| !value.is_empty())
            .map_or_else(|| workspace.join("target").join("observers"), PathBuf::from);
        Self { workspace, folder }
    }

    /// The workspace.
    pub fn workspace(&self) -> &Path {
        &self.workspace
    }

    /// The bundled cases; as a person there would write it, where that is shorter.
    pub fn bundled_cases(&self) -> PathBuf {
        let cases = self.workspace.join("cases");
        let below = env::current_dir().ok().and_then(|here| cases.strip_prefix(here).ok().map(Path::to_owned));
        below.filter(|below| !below.as_os_str().is_empty()).unwrap_or(cases)
    }

    /// Where compiled extension modules are kept.
    pub fn natives(&self) -> PathBuf {
        self.folder.with_file_name("natives")
    }

    /// The observer for an interpreter, if it is built from the present sources.
    pub fn ready(&self, interpreter: &Interpreter) -> Option<PathBuf> {
        let kept = self.kept(interpreter);
        let current = kept.program.is_file() && fs::read_to_string(&kept.stamp).ok()? == self.fingerprint().ok()?;
        current.then_some(kept.program)
    }

    /// The observer for an interpreter, built if it is not there. Two refdrifts that build at once take turns.
    pub fn provide(&self, interpreter: &Interpreter, progress: &mut dyn FnMut(Progress)) -> Result<PathBuf, ProvisionError> {
        if let Some(program) = self.ready(interpreter) {
            return Ok(program);
        }
        let path = || interpreter.executable.display().to_string();
        interpreter
            .usable()
            .and_then(|()| interpreter.linkable())
            .map_err(|reason| ProvisionError::Unusable { path: path(), reason })?;
        if !self.workspace.join("reference/observer/Cargo.toml").is_file() {
            return Err(ProvisionError::NoSources(self.workspace.display().to_string()));
        }
        let kept = self.kept(interpreter);
        fs::create_dir_all(&kept.folder).map_err(failed("cannot make", &kept.folder))?;
        let lock_path = kept.folder.join("lock");
        let lock = File::create(&lock_path).map_err(failed("cannot make", &lock_path))?;
        if lock.try_lock().is_err() {
            progress(Progress::Waiting);
            lock.lock().map_err(failed("cannot lock", &lock_path))?;
            if let Some(program) = self.ready(interpreter) {
                return Ok(program);
            }
        }
        // Taken before the build: what is edited while it runs makes it stale, not current.
        let fingerprint = self.fingerprint()?;
        let start = Instant::now();
        progress(Progress::Building);
        let built = self.build(interpreter, &kept.target, progress)?;
        // By a rename: an observer that is running keeps its old file.
        let fresh = kept.folder.join("refdrift-observer.new");
        fs::copy(&built, &fresh).map_err(failed("cannot copy to", &fresh))?;
        fs::rename(&fresh, &kept.program).map_err(failed("cannot replace", &kept.program))?;
        fs::write(&kept.stamp, fingerprint).map_err(failed("cannot write", &kept.stamp))?;
        progress(Progress::Built(start.elapsed()));
        Ok(kept.program)
    }

    fn kept(&self, interpreter: &Interpreter) -> Kept {
        let mut hasher = DefaultHasher::new();
        interpreter.executable.hash(&mut hasher);
        let folder = self.folder.join(format!("{}-{:08x}", interpreter.version, hasher.finish() as u32));
        Kept { program: folder.join("refdrift-observer"), stamp: folder.join("sources"), target: folder.join("target"), folder }
    }

    /// A number for the contents of all that an observer is built from.
    fn fingerprint(&self) -> Result<String, ProvisionError> {
        let mut hasher = DefaultHasher::new();
        for source in SOURCES {
            hash_tree(&self.workspace.join(source), &mut hasher)?;
        }
        Ok(format!("{:016x}\n", hasher.finish()))
    }

    fn build(
        &self,
        interpreter: &Interpreter,
        target: &Path,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<PathBuf, ProvisionError> {
        let cargo = env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo"));
        let mut command = Command::new(cargo);
        command
            .args(["build", "--release", "--locked", "--color", "never", "-p", "refdrift-observer"])
            .current_dir(&self.workspace)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped());
        for (name, _) in env::vars_os().filter(|(name, _)| is_leaked(&name.to_string_lossy())) {
            command.env_remove(name);
        }
        command.env("CARGO_TARGET_DIR", target).env("PYO3_PYTHON", &interpreter.executable);
        let mut child = command.spawn().map_err(ProvisionError::NoCargo)?;
        let mut said = Vec::new();
        if let Some(stderr) = child.stderr.take() {
            for line in BufReader::new(stderr).split(b'\n').map_while(Result::ok) {
                let line = String::from_utf8_lossy(&line).trim_end().to_owned();
                if !line.is_empty() {
                    progress(Progress::Said(line.trim_start().to_owned()));
                    said.push(line);
                }
            }
        }
        let status = child.wait().map_err(ProvisionError::NoCargo)?;
        let program = target.join("release").join("refdrift-observer");
        if status.success() && program.is_file() {
            return Ok(program);
        }
        let advice = advice(&said);
        // The first error says more than the last line, which only counts them.
        let start = said.iter().position(|line| line.trim_start().starts_with("error"));
        let start = start.unwrap_or_else(|| said.len().saturating_sub(MOST_LINES));
        Err(ProvisionError::Build {
            version: interpreter.version.to_string(),
            path: interpreter.executable.display().to_string(),
            lines: said.into_iter().skip(start).take(MOST_LINES).collect(),
            advice,
        })
    }
}

impl Default for Workshop {
    fn default() -> Self {
        Self::new()
    }
}

struct Kept {
    folder: PathBuf,
    program: PathBuf,
    stamp: PathBuf,
    target: PathBuf,
}

/// What is found in a failed build's words, and what helps.
const ADVICE: [(&str, &str); 7] = [
    ("linker `cc` not found", "install a C compiler, whose linker Rust uses (Debian, Ubuntu: build-essential; Fedora: gcc)"),
    (
        "unable to find library -lpython",
        "install the interpreter's development package (Debian, Ubuntu: libpython3-dev; Fedora: python3-devel)",
    ),
    (
        "cannot find -lpython",
        "install the interpreter's development package (Debian, Ubuntu: libpython3-dev; Fedora: python3-devel)",
    ),
    (
        "failed to download",
        "connect to the network once, so that cargo can fetch the locked dependencies (or run `cargo fetch` elsewhere and copy its cache)",
    ),
    (
        "failed to fetch",
        "connect to the network once, so that cargo can fetch the locked dependencies (or run `cargo fetch` elsewhere and copy its cache)",
    ),
    ("--locked was passed", "Cargo.lock does not fit Cargo.toml: run `cargo update --workspace` in the project"),
    ("requires rustc", "update Rust: `rustup update`"),
];

fn advice(said: &[String]) -> &'static str {
    let known = ADVICE.iter().find(|(words, _)| said.iter().any(|line| line.contains(words)));
    known
        .map_or("build it by hand to see all: PYO3_PYTHON=<that python> cargo build --release -p refdrift-observer", |(_, what)| {
            what
        })
}

/// Whether a variable that cargo (or a test run) set for this process would change or block the build of another one.
fn is_leaked(name: &str) -> bool {
    const KEPT: [&str; 3] = ["CARGO_HOME", "CARGO_HTTP_", "CARGO_NET_"];
    const LEAKED: [&str; 11] = [
        "CARGO",
        "OUT_DIR",
        "TARGET",
        "HOST",
        "RUSTFLAGS",
        "RUSTDOCFLAGS",
        "RUSTC",
        "RUSTC_WORKSPACE_WRAPPER",
        "PYTHONHOME",
        "PYTHONPATH",
        "LLVM_PROFILE_FILE",
    ];
    let kept = KEPT.iter().any(|prefix| name.starts_with(prefix)) || name.starts_with("CARGO_REGISTRIES_");
    !kept && (name.starts_with("CARGO_") || name.starts_with("PYO3_") || LEAKED.contains(&name))
}

fn failed(what: &'static str, path: &Path) -> impl FnOnce(io::Error) -> ProvisionError {
    let path = path.display().to_string();
    move |error| ProvisionError::File { what, path, error }
}

fn hash_tree(path: &Path, hasher: &mut DefaultHasher) -> Result<(), ProvisionError> {
    if path.is_dir() {
        let mut entries = path
            .read_dir()
            .and_then(|entries| entries.map(|entry| entry.map(|entry| entry.path())).collect::<io::Result<Vec<_>>>())
            .map_err(failed("cannot read", path))?;
        entries.sort();
        return entries.iter().try_for_each(|entry| hash_tree(entry, hasher));
    }
    match fs::read(path) {
        Ok(contents) => {
            path.file_name().hash(hasher);
            contents.hash(hasher);
            Ok(())
        }
        Err(error) if error.kind() == ErrorKind::NotFound => Err(ProvisionError::NoSources(path.display().to_string())),
        Err(error) => Err(failed("cannot read", path)(error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::interpreter::tests::sample;
    use refdrift_trace::PyVersion;

    #[test]
    fn an_observer_is_ready_only_while_its_sources_are_the_same() {
        let root = tempfile::tempdir().unwrap();
        let workshop = Workshop { workspace: root.path().join("w"), folder: root.path().join("observers") };
        for source in ["harness/trace/src", "reference/observer/src"] {
            fs::create_dir_all(workshop.workspace.join(source)).unwrap();
        }
        for file in ["Cargo.toml", "Cargo.lock", "harness/trace/src/lib.rs", "reference/observer/src/main.rs"] {
            fs::write(workshop.workspace.join(file), file).unwrap();
        }
        let interpreter = sample(PyVersion::new(3, 12, 1));
        assert_eq!(workshop.ready(&interpreter), None);
        let kept = workshop.kept(&interpreter);
        fs::create_dir_all(&kept.folder).unwrap();
        fs::write(&kept.program, "").unwrap();
        fs::write(&kept.stamp, workshop.fingerprint().unwrap()).unwrap();
        assert_eq!(workshop.ready(&interpreter), Some(kept.program));
        assert_eq!(workshop.ready(&sample(PyVersion::new(3, 12, 2))), None, "another version");
        fs::write(workshop.workspace.join("reference/observer/src/main.rs"), "changed").unwrap();
        assert_eq!(workshop.ready(&interpreter), None, "changed sources");
    }

    #[test]
    fn what_is_missing_is_said_before_the_build() {
        let root = tempfile::tempdir().unwrap();
        let workshop = Workshop { workspace: root.path().join("gone"), folder: root.path().join("observers") };
        let interpreter = sample(PyVersion::new(3, 12, 1));
        let error = workshop.provide(&interpreter, &mut |_| ()).unwrap_err();
        assert!(matches!(error, ProvisionError::Unusable { .. }), "{error}");
        fs::write(root.path().join("libpython3.12.so"), "").unwrap();
        let linkable = Interpreter { libdir: root.path().to_owned(), ..interpreter };
        let error = workshop.provide(&linkable, &mut |_| ()).unwrap_err();
        assert!(matches!(error, ProvisionError::NoSources(_)), "{error}");
    }

    #[test]
    fn cargo_s_own_variables_do_not_leak() {
        for name in ["CARGO", "CARGO_MANIFEST_DIR", "CARGO_TARGET_DIR", "CARGO_ENCODED_RUSTFLAGS", "RUSTFLAGS", "PYO3_CONFIG_FILE"]
        {
            assert!(is_leaked(name), "{name}");
        }
        for name in ["CARGO_HOME", "PATH", "HOME", "RUSTUP_HOME", "RUSTUP_TOOLCHAIN", "CARGO_NET_OFFLINE", "RUSTC_WRAPPER"] {
            assert!(!is_leaked(name), "{name}");
        }
    }

    #[test]
    fn a_failed_build_says_what_to_do() {
        let said = ["error: linker `cc` not found".to_owned()];
        assert!(advice(&said).contains("build-essential"));
        assert!(advice(&[]).contains("by hand"));
    }
}
