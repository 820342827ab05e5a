//! Starting the interpreter that this build is for.

use std::ffi::{CStr, CString};

use pyo3::ffi;
use refdrift_trace::PyVersion;
use thiserror::Error;

/// Why there is no interpreter.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub(crate) enum BootError {
    #[error("built for Python {built}, but the libpython that was loaded is {running}")]
    Mismatch { built: &'static str, running: String },
    #[error("starting Python failed: {0}")]
    Start(String),
}

/// The version that was built for.
const BUILT_FOR: &str = env!("REFDRIFT_PYTHON_VERSION");
/// The interpreter whose standard library is used.
const EXECUTABLE: &str = env!("REFDRIFT_PYTHON");

/// The one thing of the environment that counts, since it is set for tools that watch memory (valgrind): with the value `malloc`
/// CPython keeps no arenas of its own, and what is freed is free.
const MALLOC_VARIABLE: &str = "PYTHONMALLOC";
/// CPython's `PYMEM_ALLOCATOR_MALLOC`.
const ALLOCATOR_MALLOC: std::ffi::c_int = 3;

/// Starts the interpreter, isolated: no environment (but [`MALLOC_VARIABLE`]), no user site, UTF-8, no randomness in hashes, no signal handlers. The calling
/// thread holds its lock from then on.
pub(crate) fn boot() -> Result<PyVersion, BootError> {
    // SAFETY: may be called before anything else; the result is a static C string.
    let running = unsafe { CStr::from_ptr(ffi::Py_GetVersion()) }.to_string_lossy();
    let running = running.split_whitespace().next().unwrap_or_default();
    // `3.13.0rc2`, `3.12.1+`: what follows the digits is left out on both sides.
    let (Ok(version), Ok(built)) = (running.parse::<PyVersion>(), BUILT_FOR.parse::<PyVersion>()) else {
        return Err(BootError::Mismatch { built: BUILT_FOR, running: running.to_owned() });
    };
    if version != built {
        return Err(BootError::Mismatch { built: BUILT_FOR, running: running.to_owned() });
    }
    initialise()?;
    Ok(version)
}

fn checked(status: ffi::PyStatus) -> Result<(), BootError> {
    // SAFETY: a status by value; its message, if any, is a static C string.
    unsafe {
        if ffi::PyStatus_Exception(status) == 0 {
            return Ok(());
        }
        let message = if status.err_msg.is_null() {
            "no reason given".to_owned()
        } else {
            CStr::from_ptr(status.err_msg).to_string_lossy().into_owned()
        };
        Err(BootError::Start(message))
    }
}

fn initialise() -> Result<(), BootError> {
    let executable = CString::new(EXECUTABLE).map_err(|_| BootError::Start("a null byte in the interpreter's path".to_owned()))?;
    // SAFETY: the structures are initialised by the functions made for it before anything else reads them, the strings are
    // copied, and the configuration is cleared once.
    unsafe {
        let mut preconfig = std::mem::zeroed::<ffi::PyPreConfig>();
        ffi::PyPreConfig_InitIsolatedConfig(&raw mut preconfig);
        preconfig.utf8_mode = 1;
        if std::env::var_os(MALLOC_VARIABLE).is_some_and(|value| value == "malloc") {
            preconfig.allocator = ALLOCATOR_MALLOC;
        }
        checked(ffi::Py_PreInitialize(&raw const preconfig))?;

        let mut config = std::mem::zeroed::<ffi::PyConfig>();
        ffi::PyConfig_InitIsolatedConfig(&raw mut config);
        config.use_hash_seed = 1;
        config.hash_seed = 0;
        config.install_signal_handlers = 0;
        // A crash says on standard error at which line it was.
        config.faulthandler = 1;
        // What lies in site-packages is not the interpreter's own and may run code at start.
        config.site_import = 0;
        // The standard library is found from where the interpreter lies, not from where this program does.
        let config_pointer = &raw mut config;
        let result =
            checked(ffi::PyConfig_SetBytesString(config_pointer, &raw mut (*config_pointer).program_name, executable.as_ptr()))
                .and_then(|()| {
                    checked(ffi::PyConfig_SetBytesString(
                        config_pointer,
                        &raw mut (*config_pointer).executable,
                        executable.as_ptr(),
                    ))
                })
                .and_then(|()| checked(ffi::Py_InitializeFromConfig(config_pointer)));
        ffi::PyConfig_Clear(config_pointer);
        result
    }
}
