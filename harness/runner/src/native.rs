//! Native modules: from a case's C source to a shared object, once for each source and Python.

use std::env::consts;
use std::ffi::OsString;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};

use refdrift_cases::{Convention, Native};
use refdrift_trace::PyVersion;

/// How many errors of a compiler are told.
const MOST_ERRORS: usize = 3;

/// Numbers what is being compiled.
static SERIAL: AtomicU32 = AtomicU32::new(0);

/// Why there is no extension module.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NativeError {
    /// No headers.
    #[error(
        "{path}:{line}: there is no Python.h in {include}: install the headers of Python {version} (Debian, Ubuntu: libpython3-dev)"
    )]
    Headers { path: String, line: u32, include: String, version: PyVersion },
    /// No compiler.
    #[error("{path}:{line}: there is no C compiler: {reason} (Debian, Ubuntu: apt install build-essential)")]
    Compiler { path: String, line: u32, reason: String },
    /// The compiler refused the source.
    #[error("the C source of {module} does not compile: {said}")]
    Refused { module: String, said: String },
    /// A file or folder cannot be written.
    #[error("{path}: {reason}")]
    Folder { path: String, reason: io::Error },
}

/// The Python to compile for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Headers {
    pub(crate) version: PyVersion,
    /// The folder of `Python.h`.
    pub(crate) include: PathBuf,
}

/// The shared object of a native module in that folder, compiled if it is not there.
pub(crate) fn compile(native: &Native, headers: &Headers, folder: &Path) -> Result<PathBuf, NativeError> {
    let mut hasher = DefaultHasher::new();
    (&native.module, &native.source, &native.path, native.source_line, headers).hash(&mut hasher);
    let stem = format!("{}-{}-{:016x}", native.module, headers.version, hasher.finish());
    let object = folder.join(format!("{stem}.so"));
    if object.is_file() {
        return Ok(object);
    }
    let place = || (native.path.display().to_string(), native.source_line);
    if !headers.include.join("Python.h").is_file() {
        let (path, line) = place();
        return Err(NativeError::Headers { path, line, include: headers.include.display().to_string(), version: headers.version });
    }
    let failed = |path: &Path| {
        let path = path.display().to_string();
        move |reason: io::Error| NativeError::Folder { path, reason }
    };
    fs::create_dir_all(folder).map_err(failed(folder))?;
    // Others may compile the same at the same time: each in a file of its own, moved in place whole.
    let fresh = format!("{stem}.{}-{}", std::process::id(), SERIAL.fetch_add(1, Ordering::Relaxed));
    let (source, output) = (folder.join(format!("{fresh}.c")), folder.join(format!("{fresh}.new")));
    // The compiler speaks of lines of the file that a person wrote.
    let text = format!("#line {} {:?}\n{}", native.source_line, native.path.display().to_string(), native.source);
    fs::write(&source, text).map_err(failed(&source))?;
    let mut compiler = compiler().map_err(|reason| {
        let (path, line) = place();
        NativeError::Compiler { path, line, reason }
    })?;
    compiler.args(link_options()).arg("-I").arg(&headers.include).arg(&source).arg("-o").arg(&output);
    let ran = compiler.output();
    let _ = fs::remove_file(&source);
    let ran = ran.map_err(|error| {
        let (path, line) = place();
        NativeError::Compiler { path, line, reason: error.to_string() }
    })?;
    if !ran.status.success() {
        let _ = fs::remove_file(&output);
        return Err(NativeError::Refused { module: native.module.clone(), said: complaint(&ran.stderr) });
    }
    fs::rename(&output, &object).map_err(failed(&object))?;
    Ok(object)
}

/// The compiler of this machine, as the `cc` crate finds it (`CC`, `CFLAGS`).
fn compiler() -> Result<Command, String> {
    let triple = triple();
    let mut build = cc::Build::new();
    build.target(&triple).host(&triple).opt_level(0).debug(false).warnings(false).pic(true).cargo_metadata(false);
    Ok(build.try_get_compiler().map_err(|error| error.to_string())?.to_command())
}

/// This machine, in the words of compilers.
fn triple() -> String {
    let system = match consts::OS {
        "macos" => "apple-darwin",
        "linux" => "unknown-linux-gnu",
        other => other,
    };
    format!("{}-{system}", consts::ARCH)
}

/// What makes a shared object whose Python is the process's that loads it.
fn link_options() -> Vec<OsString> {
    let options: &[&str] = if consts::OS == "macos" { &["-bundle", "-undefined", "dynamic_lookup"] } else { &["-shared"] };
    options.iter().map(OsString::from).collect()
}

/// The first errors of a compiler, on one line; its last words, if it has no word for an error.
fn complaint(said: &[u8]) -> String {
    let said = String::from_utf8_lossy(said);
    let lines = || said.lines().map(str::trim).filter(|line| !line.is_empty());
    let errors: Vec<&str> = lines().filter(|line| line.contains("error:")).take(MOST_ERRORS).collect();
    if errors.is_empty() { lines().next_back().unwrap_or_default().to_owned() } else { errors.join("; ") }
}

/// A native module for the VM, its twin compiled.
pub(crate) fn for_vm(native: &Native, twin: refdrift_trace::CodeUnit) -> refdrift_vm::NativeModule {
    let convention = |convention: Convention| match convention {
        Convention::None => refdrift_vm::Convention::None,
        Convention::One => refdrift_vm::Convention::One,
        Convention::Tuple => refdrift_vm::Convention::Tuple,
        Convention::Fast => refdrift_vm::Convention::Fast,
    };
    let conventions = native.functions.iter().map(|(name, contract)| (name.clone(), convention(contract.convention))).collect();
    refdrift_vm::NativeModule { name: native.module.clone(), twin: std::sync::Arc::new(twin), conventions }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_complaint_is_its_errors() {
        let said = b"In file included from x.c:1:\nx.c: In function 'f':\nx.c:7:3: error: expected ';'\n    7 |   int a\n\
                     x.c:9:1: error: no\n";
        assert_eq!(complaint(said), "x.c:7:3: error: expected ';'; x.c:9:1: error: no");
        assert_eq!(complaint(b"ld: no such file\n\n"), "ld: no such file");
        assert_eq!(complaint(b""), "");
    }
}
