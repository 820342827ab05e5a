//! The clocks by number. What they say, and how finely, is the machine's.

use super::super::only;
use crate::api::Missing;
use crate::heap::Ref;
use crate::object::args::Args;
use crate::vm::{PyResult, Vm};

/// Linux's numbers of the clocks.
const CLOCKS: &[(&str, i64)] = &[
    ("CLOCK_REALTIME", 0),
    ("CLOCK_MONOTONIC", 1),
    ("CLOCK_MONOTONIC_RAW", 4),
    ("CLOCK_PROCESS_CPUTIME_ID", 2),
    ("CLOCK_THREAD_CPUTIME_ID", 3),
    ("CLOCK_BOOTTIME", 7),
    ("CLOCK_TAI", 11),
];

/// What `get_clock_info` knows: the clock's name, the function behind it, whether it never goes back, whether it can be set.
const INFO: &[(&str, &str, bool, bool)] = &[
    ("time", "clock_gettime(CLOCK_REALTIME)", false, true),
    ("monotonic", "clock_gettime(CLOCK_MONOTONIC)", true, false),
    ("perf_counter", "clock_gettime(CLOCK_MONOTONIC)", true, false),
    ("process_time", "clock_gettime(CLOCK_PROCESS_CPUTIME_ID)", true, false),
    ("thread_time", "clock_gettime(CLOCK_THREAD_CPUTIME_ID)", true, false),
];

pub(super) fn fill(vm: &mut Vm, dict: Ref) {
    for &(name, number) in CLOCKS {
        let number = vm.int(number).into_ref();
        vm.set_module_attribute(dict, name, number);
    }
}

/// `time.clock_gettime(clk_id)`
pub(super) fn get(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    read(vm, args, "time.clock_gettime()")?;
    Ok(vm.float(1.5))
}

/// `time.clock_gettime_ns(clk_id)`
pub(super) fn get_nanoseconds(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    read(vm, args, "time.clock_gettime_ns()")?;
    Ok(vm.int(1_500_000_000))
}

/// `time.clock_getres(clk_id)`
pub(super) fn resolution(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    read(vm, args, "time.clock_getres()")?;
    Ok(vm.float(1e-9))
}

/// Looks at one of the clocks that there are.
fn read(vm: &mut Vm, args: &Args<'_>, function: &str) -> PyResult<()> {
    if !vm.is_instance_of(only(args), crate::types::INT) {
        return Err(vm.unsupported(Missing::Name, format!("{function} of what is no int")));
    }
    let number = i64::from(vm.int_argument(only(args))?);
    if CLOCKS.iter().all(|&(_, clock)| clock != number) {
        return Err(vm.unsupported(Missing::Name, format!("{function} of another clock")));
    }
    vm.note_address_use(function);
    Ok(())
}

/// `time.get_clock_info(name)`
pub(super) fn info(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    vm.text_argument("get_clock_info", "argument 1", only(args))?;
    let name = vm.expect_text(only(args));
    let Some(&(_, implementation, monotonic, adjustable)) = INFO.iter().find(|(clock, ..)| *clock == name) else {
        return Err(vm.value_error("unknown clock"));
    };
    vm.note_address_use("time.get_clock_info()");
    let namespace = vm.new_namespace();
    let Some(dict) = vm.own_dict(namespace.borrow()) else { return Ok(namespace) };
    let attributes = [
        ("implementation", vm.str(implementation)),
        ("monotonic", vm.bool(monotonic)),
        ("adjustable", vm.bool(adjustable)),
        ("resolution", vm.float(1e-9)),
    ];
    for (name, value) in attributes {
        let name = vm.intern(name);
        vm.dict_set_owned(dict, name, value)?;
    }
    Ok(namespace)
}
