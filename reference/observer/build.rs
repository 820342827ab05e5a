//! Links the observer to the one interpreter it is built for, and says in one line what is missing where it can't.

use std::path::Path;

/// What to install where the interpreter has no shared library that a linker can use.
const REMEDY: &str = "install libpython3-dev (Debian, Ubuntu) or python3-devel (Fedora), or, with pyenv, \
     `PYTHON_CONFIGURE_OPTS=--enable-shared pyenv install VERSION`";

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    pyo3_build_config::use_pyo3_cfgs();
    if let Err(message) = configure() {
        println!("cargo::error={message}");
    }
}

fn configure() -> Result<(), String> {
    let config = pyo3_build_config::get();
    let version = config.version();
    let Some(executable) = config.executable() else {
        return Err("no interpreter is known to build the observer for: set PYO3_PYTHON to one".to_owned());
    };
    if (version.major, version.minor) < (3, 11) || (version.major, version.minor) > (3, 13) {
        return Err(format!(
            "{executable} is Python {}.{}: the observer is for CPython 3.11, 3.12 and 3.13",
            version.major, version.minor
        ));
    }
    if config.is_free_threaded() {
        return Err(format!("{executable} is a free-threaded build: the observer is for builds with the global lock"));
    }
    let facts = config
        .run_python_script(
            "import platform, sys; print(platform.python_implementation(), '.'.join(map(str, sys.version_info[:3])))",
        )
        .map_err(|error| format!("cannot ask {executable} for its version: {error}"))?;
    let Some(running) = facts.trim().strip_prefix("CPython ") else {
        return Err(format!("{executable} is no CPython, but {}", facts.trim()));
    };
    if !config.shared() {
        return Err(format!("{executable} has no shared libpython, which the observer links to: {REMEDY}"));
    }
    let directory = config.lib_dir().ok_or_else(|| format!("{executable} does not say where its libpython is: {REMEDY}"))?;
    let library = config.lib_name().ok_or_else(|| format!("{executable} does not say what its libpython is called: {REMEDY}"))?;
    let found = ["so", "dylib"].iter().any(|suffix| Path::new(directory).join(format!("lib{library}.{suffix}")).exists());
    if !found {
        return Err(format!("there is no lib{library}.so in {directory} to link the observer to {executable}: {REMEDY}"));
    }
    // Without it the loader takes whichever libpython of that minor version the system has.
    pyo3_build_config::add_libpython_rpath_link_args();
    println!("cargo:rustc-env=REFDRIFT_PYTHON={executable}");
    println!("cargo:rustc-env=REFDRIFT_PYTHON_VERSION={running}");
    Ok(())
}
