//! CPython's own table of stack effects.

use std::ffi::c_int;

use pyo3::ffi;

/// By how much an instruction changes the depth of the value stack, if it jumps or if it does not. Nothing for one that
/// the compiler does not know.
pub(crate) fn stack_effect(opcode: u8, argument: u32, jumps: bool) -> Option<i32> {
    // SAFETY: a pure function of numbers.
    let effect = unsafe { ffi::PyCompile_OpcodeStackEffectWithJump(c_int::from(opcode), argument as c_int, c_int::from(jumps)) };
    // `PY_INVALID_STACK_EFFECT` is `INT_MAX`.
    (effect != c_int::MAX).then_some(effect)
}
