//! What a program can set of the interpreter, and nothing here depends on.

use super::super::only;
use crate::heap::Ref;
use crate::object::args::Args;
use crate::vm::{PyResult, Vm};

/// Those settings.
#[derive(Clone)]
pub(crate) struct Settings {
    /// How long a thread may run while another waits, in microseconds.
    switch_interval: u32,
    /// How shared libraries are opened: `RTLD_NOW`.
    pub(super) dlopen_flags: i32,
    /// The `sys.stderr` that the run started with, once there is a `sys`.
    pub(crate) stderr: Option<Ref>,
}

impl Default for Settings {
    fn default() -> Self {
        Self { switch_interval: 5000, dlopen_flags: 2, stderr: None }
    }
}

/// `sys.getswitchinterval()`
pub(super) fn switch_interval(vm: &mut Vm, _args: &Args<'_>) -> PyResult {
    let interval = vm.module_state.interpreter.switch_interval;
    Ok(vm.float(1e-6 * f64::from(interval)))
}

/// `sys.setswitchinterval(interval)`: in whole microseconds (`_PyEval_SetSwitchInterval`).
pub(super) fn set_switch_interval(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let interval = vm.as_f64(only(args))?;
    if interval <= 0.0 {
        return Err(vm.value_error("switch interval must be strictly positive"));
    }
    vm.module_state.interpreter.switch_interval = (1e6 * interval) as u32;
    Ok(vm.none())
}
