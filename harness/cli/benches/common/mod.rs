//! What the benchmarks share: a thread that is large enough, and the observer that the command line names.

use std::path::PathBuf;

use refdrift_runner::{OBSERVER_VARIABLE, PythonSpec, Workshop, select};
use refdrift_vm::Vm;

/// As in the command.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

pub(crate) type Fallible<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// Runs a benchmark on a stack as large as the VM wants: it recurses natively where Python does.
pub(crate) fn on_a_large_stack(bench: fn() -> Fallible<()>) -> Fallible<()> {
    let thread = std::thread::Builder::new().stack_size(Vm::STACK_SIZE).spawn(bench)?;
    thread.join().unwrap_or_else(|lost| std::panic::resume_unwind(lost))
}

/// The arguments that are numbers.
#[allow(dead_code, reason = "not every benchmark takes any")]
pub(crate) fn numbers() -> Vec<u64> {
    std::env::args().skip(1).filter_map(|arg| arg.parse().ok()).collect()
}

/// The observer to measure with: the one that is named by the environment, else that of the Python that an argument names (a
/// version or a path), else that of the `python3` on PATH.
#[allow(dead_code, reason = "not every benchmark lets one choose")]
pub(crate) fn observer() -> Fallible<PathBuf> {
    if let Some(program) = std::env::var_os(OBSERVER_VARIABLE).filter(|path| !path.is_empty()) {
        return Ok(program.into());
    }
    let names = std::env::args().skip(1).filter(|arg| !arg.starts_with('-') && arg.parse::<u64>().is_err());
    let specs: Vec<PythonSpec> = names.flat_map(|arg| arg.parse()).collect();
    Ok(Workshop::new().provide(&select(&specs)?.remove(0), &mut |_| ())?)
}
