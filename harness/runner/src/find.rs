//! Finding interpreters, and choosing those that a person asked for.

use std::env;
use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use refdrift_trace::PyVersion;

use crate::interpreter::{Interpreter, ProbeError, Unusable, supported_series};

/// Which Python a person asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PythonSpec {
    /// The `python3` on PATH: what is meant where nothing is said.
    Default,
    /// The best usable interpreter of every series that refdrift compares with.
    All,
    /// `3.12`: the best usable one of the series.
    Series(u8, u8),
    /// `3.12.1`: exactly that.
    Exact(PyVersion),
    /// The interpreter at a path, or a command's name to be looked up on PATH.
    Path(PathBuf),
}

impl FromStr for PythonSpec {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let numbers: Option<Vec<u8>> = text.split('.').map(|part| part.parse().ok()).collect();
        Ok(match (text, numbers.as_deref()) {
            ("all", _) => Self::All,
            (_, Some(&[major, minor])) => Self::Series(major, minor),
            (_, Some(&[major, minor, micro])) => Self::Exact(PyVersion::new(major, minor, micro)),
            _ => Self::Path(text.into()),
        })
    }
}

impl fmt::Display for PythonSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("python3"),
            Self::All => f.write_str("all"),
            Self::Series(major, minor) => write!(f, "{major}.{minor}"),
            Self::Exact(version) => write!(f, "{version}"),
            Self::Path(path) => write!(f, "{}", path.display()),
        }
    }
}

/// Why there is no interpreter for a [`PythonSpec`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FindError {
    /// Nothing on PATH.
    #[error("no python3 on PATH; refdrift needs CPython {needed} with its shared library (or name one with --python)", needed = needed())]
    NoDefault,
    /// Something on PATH, which is of no use.
    #[error(
        "python3 on PATH is Python {version} ({path}): {reason}; refdrift needs CPython {needed} (name another with --python)",
        needed = needed()
    )]
    BadDefault {
        /// Its version.
        version: PyVersion,
        /// Where it lies.
        path: String,
        /// What is wrong with it.
        reason: Unusable,
    },
    /// Not found under any name.
    #[error("no Python {spec} found (found: {found}); `refdrift pythons` lists where they are looked for")]
    Missing {
        /// What was asked for.
        spec: String,
        /// The versions that were found.
        found: String,
    },
    /// Found, and of no use.
    #[error("Python {version} ({path}) cannot be used: {reason}")]
    Unusable {
        /// Its version.
        version: PyVersion,
        /// Where it lies.
        path: String,
        /// What is wrong with it.
        reason: Unusable,
    },
    /// A path that is no interpreter.
    #[error(transparent)]
    Probe(#[from] ProbeError),
    /// Neither a version nor a path nor a command.
    #[error("`{0}` is no Python version (3.12, 3.12.1), no path of an interpreter, no command on PATH, and not `all`")]
    Unknown(String),
}

fn needed() -> String {
    supported_series().join(", ")
}

/// The interpreters that are asked for, each once, in the order asked; without a spec the default one.
pub fn select(specs: &[PythonSpec]) -> Result<Vec<Interpreter>, FindError> {
    let default = [PythonSpec::Default];
    let specs = if specs.is_empty() { &default } else { specs };
    let everything = specs
        .iter()
        .any(|spec| matches!(spec, PythonSpec::All | PythonSpec::Series(..) | PythonSpec::Exact(_)))
        .then(look)
        .unwrap_or_default();
    let everything = everything.into_iter().collect::<Result<Vec<_>, _>>()?;
    let mut chosen: Vec<Interpreter> = Vec::new();
    for spec in specs {
        for interpreter in choose(spec, &everything)? {
            if !chosen.iter().any(|other| other.executable == interpreter.executable) {
                chosen.push(interpreter);
            }
        }
    }
    Ok(chosen)
}

/// Every interpreter on this machine that refdrift can find, each once by its real executable: those on PATH in its order,
/// then pyenv's and uv's, newest first.
pub fn discover() -> Vec<Interpreter> {
    look().into_iter().filter_map(Result::ok).collect()
}

/// The same, and those that may be interpreters and do not say.
fn look() -> Vec<Result<Interpreter, ProbeError>> {
    let path = env::var_os("PATH").unwrap_or_default();
    let mut candidates: Vec<PathBuf> = Vec::new();
    for folder in env::split_paths(&path) {
        candidates.extend(pythons_in(&folder));
    }
    let on_path = candidates.len();
    for versions in version_folders() {
        for version in subfolders(&versions) {
            candidates.push(version.join("bin").join("python3"));
        }
    }
    candidates.dedup();
    let mut found: Vec<(usize, Interpreter)> = Vec::new();
    let mut silent = Vec::new();
    for (index, probed) in probe_all(&candidates).into_iter().enumerate() {
        match probed {
            Ok(interpreter) if found.iter().any(|(_, other)| other.executable == interpreter.executable) => {}
            Ok(interpreter) => found.push((index, interpreter)),
            Err(error @ ProbeError::Silent { .. }) => silent.push(Err(error)),
            // What answers otherwise (a pyenv shim of a version that is not selected) is no interpreter.
            Err(ProbeError::Start { .. } | ProbeError::Answer { .. }) => {}
        }
    }
    let (front, mut back): (Vec<_>, Vec<_>) = found.into_iter().partition(|(index, _)| *index < on_path);
    back.sort_by_key(|(_, interpreter)| std::cmp::Reverse(interpreter.version));
    front.into_iter().chain(back).map(|(_, interpreter)| Ok(interpreter)).chain(silent).collect()
}

/// The places where [`discover`] looks, in words.
pub fn places() -> Vec<String> {
    let mut places = vec!["python3 and python3.N on PATH".to_owned()];
    places.extend(version_folders().iter().map(|folder| folder.display().to_string()));
    places
}

fn choose(spec: &PythonSpec, everything: &[Interpreter]) -> Result<Vec<Interpreter>, FindError> {
    match spec {
        PythonSpec::Default => default_interpreter().map(|interpreter| vec![interpreter]),
        PythonSpec::All => {
            let all: Vec<_> = supported_series()
                .iter()
                .filter_map(|series| best(everything, |interpreter| interpreter.version.series() == *series).ok())
                .collect();
            if all.is_empty() { Err(missing(spec, everything)) } else { Ok(all) }
        }
        PythonSpec::Series(major, minor) => {
            let wanted = |interpreter: &Interpreter| (interpreter.version.major, interpreter.version.minor) == (*major, *minor);
            best(everything, wanted).map_err(|error| error.unwrap_or_else(|| missing(spec, everything))).map(|one| vec![one])
        }
        PythonSpec::Exact(version) => best(everything, |interpreter| interpreter.version == *version)
            .map_err(|error| error.unwrap_or_else(|| missing(spec, everything)))
            .map(|one| vec![one]),
        PythonSpec::Path(path) => {
            let path = if path.components().count() > 1 || path.is_file() {
                path.clone()
            } else {
                on_path(path).into_iter().next().ok_or_else(|| FindError::Unknown(path.display().to_string()))?
            };
            let interpreter = Interpreter::probe(&path)?;
            check(&interpreter)?;
            Ok(vec![interpreter])
        }
    }
}

/// The first usable interpreter that is wanted; without one, what is wrong with the first that is wanted.
fn best(everything: &[Interpreter], wanted: impl Fn(&Interpreter) -> bool) -> Result<Interpreter, Option<FindError>> {
    let mut wrong = None;
    for interpreter in everything.iter().filter(|interpreter| wanted(interpreter)) {
        match check(interpreter) {
            Ok(()) => return Ok(interpreter.clone()),
            Err(error) => wrong = wrong.or(Some(error)),
        }
    }
    Err(wrong)
}

fn check(interpreter: &Interpreter) -> Result<(), FindError> {
    interpreter.usable().and_then(|()| interpreter.linkable()).map_err(|reason| FindError::Unusable {
        version: interpreter.version,
        path: interpreter.executable.display().to_string(),
        reason,
    })
}

fn missing(spec: &PythonSpec, everything: &[Interpreter]) -> FindError {
    let mut versions: Vec<_> = everything.iter().map(|interpreter| interpreter.version).collect();
    versions.sort_unstable();
    versions.dedup();
    let found: Vec<_> = versions.iter().map(PyVersion::to_string).collect();
    let found = if found.is_empty() { "none".to_owned() } else { found.join(", ") };
    let spec = if *spec == PythonSpec::All { needed() } else { spec.to_string() };
    FindError::Missing { spec, found }
}

/// The first of these that is an interpreter.
fn first(paths: &[PathBuf]) -> Result<Interpreter, FindError> {
    for path in paths {
        match Interpreter::probe(path) {
            Ok(interpreter) => return Ok(interpreter),
            Err(error @ ProbeError::Silent { .. }) => return Err(error.into()),
            Err(ProbeError::Start { .. } | ProbeError::Answer { .. }) => {}
        }
    }
    Err(FindError::NoDefault)
}

/// The first `python3` on PATH that answers.
fn default_interpreter() -> Result<Interpreter, FindError> {
    let interpreter = first(&on_path(Path::new("python3")))?;
    match interpreter.usable().and_then(|()| interpreter.linkable()) {
        Ok(()) => Ok(interpreter),
        Err(reason) => {
            let path = interpreter.executable.display().to_string();
            Err(FindError::BadDefault { version: interpreter.version, path, reason })
        }
    }
}

/// The files of that name in the folders of PATH.
pub(crate) fn on_path(name: &Path) -> Vec<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path).map(|folder| folder.join(name)).filter(|path| path.is_file()).collect()
}

/// `python3` and the `python3.N` in a folder, `python3` first.
fn pythons_in(folder: &Path) -> Vec<PathBuf> {
    let is_python =
        |name: &str| name == "python3" || name.strip_prefix("python3.").is_some_and(|minor| minor.parse::<u8>().is_ok());
    let Ok(entries) = folder.read_dir() else { return Vec::new() };
    let mut names: Vec<String> =
        entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok()).filter(|name| is_python(name)).collect();
    names.sort_by_key(|name| (name.len(), name.clone()));
    names.into_iter().map(|name| folder.join(name)).collect()
}

/// The folders in which pyenv and uv keep their versions.
fn version_folders() -> Vec<PathBuf> {
    let home = env::var_os("HOME").map(PathBuf::from);
    let under_home = |rest: &str| home.as_ref().map(|home| home.join(rest));
    let variable = |name: &str| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let pyenv = variable("PYENV_ROOT").or_else(|| under_home(".pyenv")).map(|root| root.join("versions"));
    let uv = variable("UV_PYTHON_INSTALL_DIR")
        .or_else(|| variable("XDG_DATA_HOME").map(|data| data.join("uv/python")))
        .or_else(|| under_home(".local/share/uv/python"));
    [pyenv, uv].into_iter().flatten().collect()
}

fn subfolders(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = folder.read_dir() else { return Vec::new() };
    let mut folders: Vec<_> = entries.filter_map(|entry| Some(entry.ok()?.path())).filter(|path| path.is_dir()).collect();
    folders.sort();
    folders
}

/// Probes at once: most of an interpreter's start is waiting.
fn probe_all(paths: &[PathBuf]) -> Vec<Result<Interpreter, ProbeError>> {
    std::thread::scope(|scope| {
        let probes: Vec<_> = paths.iter().map(|path| scope.spawn(|| Interpreter::probe(path))).collect();
        let lost = |path: &PathBuf| ProbeError::Answer { path: path.display().to_string(), reason: "the probe failed".to_owned() };
        probes.into_iter().zip(paths).map(|(probe, path)| probe.join().unwrap_or_else(|_| Err(lost(path)))).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::interpreter::tests::sample;

    fn spec(text: &str) -> PythonSpec {
        text.parse().unwrap_or(PythonSpec::Default)
    }

    #[test]
    fn reads_specs() {
        assert_eq!(spec("all"), PythonSpec::All);
        assert_eq!(spec("3.12"), PythonSpec::Series(3, 12));
        assert_eq!(spec("3.12.1"), PythonSpec::Exact(PyVersion::new(3, 12, 1)));
        assert_eq!(spec("/usr/bin/python3"), PythonSpec::Path("/usr/bin/python3".into()));
        assert_eq!(spec("python3.12"), PythonSpec::Path("python3.12".into()));
        assert_eq!(spec("3"), PythonSpec::Path("3".into()));
    }

    #[cfg(unix)]
    #[test]
    fn one_that_is_killed_as_it_is_asked_is_not_taken_for_none() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let script = |name: &str, text: &str| {
            let path = folder.path().join(name);
            std::fs::write(&path, format!("#!/bin/sh\n{text}\n")).unwrap();
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
            path
        };
        let shim = script("shim", "echo 'python3: command not found'; exit 127");
        assert_eq!(first(std::slice::from_ref(&shim)), Err(FindError::NoDefault));
        let killed = first(&[shim, script("killed", "kill -9 $$")]).unwrap_err();
        assert!(killed.to_string().contains("killed was asked which Python it is and gave no answer (signal: 9"), "{killed}");
    }

    #[test]
    fn the_first_usable_interpreter_of_a_series_is_chosen() {
        let first = Interpreter { shared: false, ..sample(PyVersion::new(3, 12, 9)) };
        let here = env::current_dir().unwrap_or_default();
        let library = Interpreter { libdir: here, library: "Cargo.toml".to_owned(), ..sample(PyVersion::new(3, 12, 1)) };
        let everything = [first, library.clone()];
        assert_eq!(choose(&spec("3.12"), &everything), Ok(vec![library.clone()]));
        assert_eq!(choose(&spec("all"), &everything), Ok(vec![library]));
        assert!(matches!(choose(&spec("3.12.9"), &everything), Err(FindError::Unusable { .. })));
        let error = choose(&spec("3.13"), &everything).unwrap_err();
        assert!(error.to_string().starts_with("no Python 3.13 found (found: 3.12.1, 3.12.9)"), "{error}");
        assert_eq!(choose(&spec("pithon"), &everything), Err(FindError::Unknown("pithon".to_owned())));
    }
}
